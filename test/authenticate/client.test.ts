import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { authenticate, type Authenticated } from '../../src/door/authenticate.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import { findIn, httpRequest, readAll } from './request.ts'

/** The S3 client of AWS, unmodified, against a listener that does nothing but authenticate. */

const credentials = { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret', sessionToken: 'token/with+signs==' }
let seen: { authenticated: Authenticated; body: Buffer } | undefined

const server = createServer((message, response) => {
  const [path = '', query = ''] = message.url!.split('?')
  const raw = message.rawHeaders
  const headers = raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1]!]] : []))
  const request = httpRequest({ method: message.method!, path, query, headers, body: '' })
  void (async () => {
    try {
      const authenticated = authenticate(request, {
        style: 's3',
        signingNames: ['s3'],
        region: 'us-east-1',
        now: Date.now(),
        find: findIn([credentials]),
        bodySha256: undefined,
      })
      seen = { authenticated, body: await readAll(authenticated.body(message)) }
      response.end()
    } catch (error) {
      const { code, message, status } =
        error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500)
      response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
    }
  })()
})

/** What the listener took last. */
function taken() {
  assert.ok(seen)
  return seen
}

let client: S3Client
let endpoint: string

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 })
})
after(() => {
  client.destroy()
  server.closeAllConnections()
  server.close()
})

const Bucket = 'bucket'
const keys = ['plain', 'a b+c', 'ü/漢😀', "quote'(1)*!~", 'a//b/c/', '%2F', '?&=#;']

void describe("AWS's S3 client", () => {
  for (const Key of keys) {
    void it(`key ${Key}`, async () => {
      await client.send(new GetObjectCommand({ Bucket, Key, VersionId: 'a+b/c=' }))
      assert.equal(taken().authenticated.credential?.accessKeyId, credentials.accessKeyId)
      const url = await getSignedUrl(
        client,
        new GetObjectCommand({ Bucket, Key, ResponseContentType: 'text/plain; a=b' }),
      )
      assert.equal((await fetch(url)).status, 200)
      assert.equal(taken().authenticated.signature?.authType, 'REST-QUERY-STRING')
      assert.equal((await fetch(url, { method: 'DELETE' })).status, 403)
    })
  }

  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    void it(`uploads with ${ChecksumAlgorithm}, whole and as a stream with a trailer`, async () => {
      const content = Buffer.alloc(200_000, 'content')
      await client.send(
        new PutObjectCommand({ Bucket, Key: 'k', Body: content, ChecksumAlgorithm, Metadata: { a: 'x  y' } }),
      )
      assert.ok(taken().body.equals(content))
      const { checksums } = taken().authenticated
      assert.deepEqual(Object.keys(checksums), [ChecksumAlgorithm])

      const Body = Readable.from([content.subarray(0, 65_536), content.subarray(65_536)])
      await client.send(
        new PutObjectCommand({ Bucket, Key: 'k', Body, ContentLength: content.length, ChecksumAlgorithm }),
      )
      assert.ok(taken().body.equals(content))
      assert.equal(taken().authenticated.decodedLength, content.length)
      assert.deepEqual(taken().authenticated.checksums, checksums)
    })
  }

  void it('is refused with another secret, and with another token', async () => {
    for (const [wrong, code] of [
      [{ secretAccessKey: 'x' }, 'SignatureDoesNotMatch'],
      [{ sessionToken: 'x' }, 'InvalidToken'],
    ] as const) {
      const other = new S3Client({
        endpoint,
        region: 'us-east-1',
        credentials: { ...credentials, ...wrong },
        forcePathStyle: true,
        maxAttempts: 1,
      })
      await assert.rejects(other.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' })), { name: code })
      other.destroy()
    }
  })
})
