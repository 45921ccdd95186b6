/** Each of S3's refusals over the wire: status, code, sentence, the elements beside them and the headers. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { crc32 } from 'node:zlib'
import { XMLParser } from 'fast-xml-parser'
import { call, exchange, type Answer } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { sign, type Keys, type PlainRequest } from '../support/sign.ts'
import { buckets } from './error-rows/buckets.ts'
import { callers } from './error-rows/callers.ts'
import { listings } from './error-rows/listings.ts'
import { methods } from './error-rows/methods.ts'
import { objects } from './error-rows/objects.ts'
import { parts } from './error-rows/parts.ts'
import { places } from './error-rows/places.ts'
import { unknown } from './error-rows/unknown-values.ts'
import type { Row } from './error-rows/row.ts'

const rows: Row[] = [places, callers, methods, listings, objects, unknown, parts, buckets].flat()

const parser = new XMLParser({ parseTagValue: false, trimValues: false })

describe('refusals of S3', () => {
  let server: TestServer
  let keys: Record<'admin' | 'powerless' | 'outsider', Keys>
  const made: Record<string, string> = {}
  const s3 = (operation: string, input: object) => call(server.url, server.admin, 's3', operation, input)

  before(async () => {
    server = await startTestServer()
    const { url, admin } = server
    await call(url, admin, 'iam', 'CreateUser', { UserName: 'powerless' })
    const { AccessKey } = await call(url, admin, 'iam', 'CreateAccessKey', { UserName: 'powerless' })
    const powerless = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    keys = { admin, powerless, outsider: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' } }
    for (const Bucket of ['errors', 'dots.in.name', 'versions', 'bare']) await s3('CreateBucket', { Bucket })
    await s3('CreateBucket', { Bucket: 'listed', ObjectOwnership: 'ObjectWriter' })
    const { Owner } = await s3('GetBucketAcl', { Bucket: 'listed' })
    await s3('CreateBucket', {
      Bucket: 'elsewhere',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    })
    const { store } = server.world
    const bare = store.get<{ name: string }>('s3/bucket', 'bare')!
    store.put('s3/bucket', 'taken', { ...bare, name: 'taken', account: '210987654321' })
    await s3('DeletePublicAccessBlock', { Bucket: 'bare' })
    await s3('DeleteBucketOwnershipControls', { Bucket: 'bare' })
    const { ETag } = await s3('PutObject', { Bucket: 'errors', Key: 'k', Body: 'text' })
    await s3('PutObject', { Bucket: 'errors', Key: 'cold', Body: 'text', StorageClass: 'GLACIER' })
    await s3('PutBucketVersioning', { Bucket: 'versions', VersioningConfiguration: { Status: 'Enabled' } })
    const { VersionId } = await s3('PutObject', { Bucket: 'versions', Key: 'gone', Body: 'x' })
    const marker = await s3('DeleteObject', { Bucket: 'versions', Key: 'gone' })
    const { UploadId } = await s3('CreateMultipartUpload', { Bucket: 'errors', Key: 'k' })
    const upload = { Bucket: 'errors', Key: 'k', UploadId }
    for (const PartNumber of [1, 2, 3]) {
      const part = await s3('UploadPart', { ...upload, PartNumber, Body: 'text' })
      made['part'] = part.ETag
    }
    Object.assign(made, { etag: ETag, version: VersionId, marker: marker.VersionId, upload: UploadId, owner: Owner.ID })
  })
  after(() => server.close())

  const filled = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => made[name] ?? whole)
  const all = (texts: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, filled(value)]))

  async function ask({
    ask: line,
    as = 'admin' as const,
    ...row
  }: Omit<Row, 'as'> & { as?: Row['as'] | 'admin' }): Promise<Answer> {
    const [method = '', target = ''] = filled(line).split(' ')
    const [path = '', query = ''] = target.split(/\?(.*)/s)
    const body = Buffer.from(filled(row.body ?? ''))
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    made['crc32'] = sum.toString('base64')
    const headers = { host: row.host ?? new URL(server.url).host, ...all(row.headers) }
    const plain: PlainRequest = { method, path, query, headers, body }
    const at = new Date(Date.now() - (row.ago ?? 0))
    const scope = { region: row.region ?? 'us-east-1', service: 's3', at }
    const signed = as === 'nobody' ? plain : await sign(plain, { keys: keys[as], ...scope })
    return exchange(server.url, { ...signed, headers: { ...signed.headers, ...row.tamper } })
  }

  for (const row of rows) {
    const { status, code, message, fields = {}, answers, as = 'admin' } = row
    it(`${row.ask.slice(0, 60)} by ${as}: ${status} ${code ?? ''}`, async () => {
      const answer = await ask(row)
      const text = answer.body.toString()
      assert.equal(answer.status, status, text)
      for (const [name, value] of Object.entries(all(answers))) assert.equal(answer.headers[name], value, name)
      assert.match(answer.headers['x-amz-request-id'] ?? '', /^[\da-f-]{36}$/)
      assert.match(answer.headers['x-amz-id-2'] ?? '', /^[\w+/]{70,}=*$/)
      if (code === undefined) {
        if (status >= 300) assert.equal(text, '')
        return
      }
      assert.equal(answer.headers['content-type'], 'application/xml')
      const { Error: error } = parser.parse(text) as { Error: Record<string, string> }
      const { Code, Message, RequestId, HostId, ...rest } = error
      assert.equal(Code, code, text)
      assert.equal(RequestId, answer.headers['x-amz-request-id'])
      assert.equal(HostId, answer.headers['x-amz-id-2'])
      if (message instanceof RegExp) assert.match(Message!, message)
      else if (message !== undefined) assert.equal(Message, message)
      assert.deepEqual(Object.keys(rest).sort(), Object.keys(fields).sort(), text)
      for (const [name, value] of Object.entries(fields)) {
        if (value instanceof RegExp) assert.match(rest[name]!, value, name)
        else assert.equal(rest[name], filled(value), name)
      }
    })
  }
})
