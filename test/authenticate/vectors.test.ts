import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import s3Examples from '../../corpus/sigv4/s3-examples.json' with { type: 'json' }
import suite from '../../corpus/sigv4/aws-suite.json' with { type: 'json' }
import type { Authenticated } from '../../src/door/authenticate.ts'
import { check, findIn, readAll, streamOf, type PlainRequest } from './request.ts'

void describe('the AWS signing test suite', () => {
  for (const vector of suite.cases) {
    void it(vector.name, () => {
      const { accessKeyId } = check(vector as unknown as PlainRequest, {
        style: 'json',
        signingNames: [suite.service],
        region: suite.region,
        now: Date.parse(suite.time),
        find: findIn([
          {
            accessKeyId: suite.accessKeyId,
            secretAccessKey: suite.secretAccessKey,
            ...(vector.sessionToken === undefined ? {} : { sessionToken: vector.sessionToken }),
          },
        ]),
      }).credential!
      assert.equal(accessKeyId, suite.accessKeyId)
    })
  }
})

function s3(plain: PlainRequest): Authenticated {
  return check(plain, {
    style: 's3',
    signingNames: [s3Examples.service],
    region: s3Examples.region,
    now: Date.parse(s3Examples.time),
    find: findIn([s3Examples]),
  })
}

void describe("the examples of S3's documentation", () => {
  for (const example of s3Examples.cases) {
    void it(example.name, async () => {
      const authenticated = s3(example as unknown as PlainRequest)
      assert.equal(authenticated.credential?.accessKeyId, s3Examples.accessKeyId)
      const body = await readAll(authenticated.body(streamOf(example.body)))
      assert.equal(body.toString(), example.body)
    })
  }
})

type Upload = (typeof s3Examples.uploads)[number]

function framed(upload: Upload): Buffer {
  const chunks = upload.chunks as [number, string][]
  const parts = chunks.map(([size, signature]) => {
    const header = `${size.toString(16)};chunk-signature=${signature}\r\n`
    return size === 0 ? header : `${header}${'a'.repeat(size)}\r\n`
  })
  const trailer = upload.trailer
    ? `${upload.trailer.join(':')}\r\nx-amz-trailer-signature:${upload.trailerSignature}\r\n`
    : ''
  return Buffer.from(`${parts.join('')}${trailer}\r\n`)
}

/** The stream cut at every multiple of `size` bytes. */
function cut(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

void describe("the chunked uploads of S3's documentation", () => {
  for (const upload of s3Examples.uploads) {
    const plain = { ...upload, body: '' } as unknown as PlainRequest

    void it(`${upload.name}: accepted however the stream is cut`, async () => {
      const stream = framed(upload)
      for (const size of [1, 7, 89, 8192, 65536, stream.length]) {
        const authenticated = s3(plain)
        assert.equal(authenticated.decodedLength, 66560)
        const content = await readAll(authenticated.body(streamOf(...cut(stream, size))))
        assert.ok(content.equals(Buffer.alloc(66560, 'a')), `cut at ${size}`)
        if (upload.trailer) assert.deepEqual(authenticated.checksums, { CRC32C: upload.trailer[1] })
      }
    })

    void it(`${upload.name}: no changed byte goes unseen`, async () => {
      const stream = framed(upload)
      const contentStart = stream.indexOf('\r\n') + 2
      const marks = [10, contentStart - 3, contentStart, contentStart + 65535, stream.indexOf('\r\n400;') + 3]
      for (const at of [...marks, stream.length - 300, stream.length - 60, stream.length - 5]) {
        const changed = Buffer.from(stream)
        changed[at]! ^= 1
        await assert.rejects(readAll(s3(plain).body(streamOf(changed))), { name: /./ }, `byte ${at}`)
      }
    })

    void it(`${upload.name}: a stream that ends early is refused`, async () => {
      const stream = framed(upload)
      for (const length of [0, 50, 100, 65536, stream.length - 100, stream.length - 2]) {
        const short = readAll(s3(plain).body(streamOf(stream.subarray(0, length))))
        await assert.rejects(short, { code: /IncompleteBody|MalformedTrailerError/ }, `${length} bytes`)
      }
    })
  }
})
