import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import corpus from '../../corpus/sigv4/refusals.json' with { type: 'json' }
import { credentialHint } from '../../src/door/authenticate.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { check, findIn, httpRequest, type PlainRequest } from './request.ts'
import { signed, type Signer } from './sign.ts'

type Style = 'json' | 'rest-json' | 'query' | 'ec2' | 's3'

/** How a row's request differs from a well-signed one. */
interface Row {
  style: Style
  name: string
  /** What the signer does otherwise. */
  sign?: Partial<Signer>
  presign?: boolean
  /** Headers that are there when it signs. */
  headers?: Record<string, string>
  /** Changes after signing: headers set, removed, replaced by pattern; query parameters appended, dropped, put. */
  set?: Record<string, string>
  remove?: string[]
  replace?: [header: string, pattern: string, by: string][]
  query?: string
  drop?: string[]
  put?: Record<string, string>
  error: { code: string; status: number; message: string; fields?: Record<string, string> }
  messageBegins?: boolean
}

const plain: Record<Style, PlainRequest> = {
  json: { method: 'POST', path: '/', query: '', headers: [['x-amz-target', 'SageMaker.ListModels']], body: '{}' },
  'rest-json': { method: 'POST', path: '/endpoints/e/invocations', query: '', headers: [], body: 'x' },
  query: { method: 'POST', path: '/', query: '', headers: [], body: 'Action=GetCallerIdentity&Version=2011-06-15' },
  ec2: { method: 'POST', path: '/', query: '', headers: [], body: 'Action=DescribeVpcs&Version=2016-11-15' },
  s3: { method: 'PUT', path: '/bucket/key', query: '', headers: [], body: 'content' },
}

const known = corpus.credentials[0]!

async function requestOf(row: Row): Promise<PlainRequest> {
  const base = plain[row.style]
  const signer: Signer = {
    accessKeyId: known.accessKeyId,
    secretAccessKey: known.secretAccessKey,
    region: corpus.region,
    service: row.style === 's3' ? 's3' : 'service',
    at: corpus.now,
    ...row.sign,
  }
  const headers: PlainRequest['headers'] = [
    ['host', 'localhost'],
    ...base.headers,
    ...Object.entries(row.headers ?? {}),
  ]
  const request = await signed({ ...base, headers }, signer, { presign: row.presign ?? false, s3: row.style === 's3' })
  const after = new Map(request.headers)
  for (const [name, value] of Object.entries(row.set ?? {})) after.set(name, value)
  for (const name of row.remove ?? []) after.delete(name)
  for (const [name, pattern, by] of row.replace ?? [])
    after.set(name, after.get(name)!.replace(new RegExp(pattern), by))
  const query = new URLSearchParams(request.query)
  for (const name of row.drop ?? []) query.delete(name)
  for (const [name, value] of Object.entries(row.put ?? {})) query.set(name, value)
  const parts = [query.toString(), row.query ?? ''].filter((part) => part !== '')
  return { ...request, headers: [...after], query: parts.join('&') }
}

function tryOn(row: Row, request: PlainRequest) {
  return check(request, {
    style: row.style,
    signingNames: [row.style === 's3' ? 's3' : 'service'],
    region: corpus.region,
    now: Date.parse(corpus.now),
    find: findIn(corpus.credentials),
  })
}

void describe('refusals', () => {
  for (const row of corpus.rows as unknown as Row[]) {
    void it(`${row.style}: ${row.name}`, async () => {
      const request = await requestOf(row)
      assert.throws(
        () => tryOn(row, request),
        (error: AwsError) => {
          const { code, status, fields } = error
          const message = row.messageBegins ? error.message.slice(0, row.error.message.length) : error.message
          assert.deepEqual(
            { code, status, message },
            { code: row.error.code, status: row.error.status, message: row.error.message },
          )
          for (const [name, value] of Object.entries(row.error.fields ?? {})) assert.equal(fields[name], value, name)
          return true
        },
      )
    })
  }

  for (const style of Object.keys(plain) as Style[]) {
    for (const presign of [false, true]) {
      void it(`${style}: nothing wrong${presign ? ', presigned' : ''}`, async () => {
        for (const sign of [{}, { accessKeyId: 'ASIASESSION', sessionToken: 'token' }]) {
          const row: Row = { style, name: '', sign, presign, error: { code: '', status: 0, message: '' } }
          assert.ok(tryOn(row, await requestOf(row)).credential)
        }
      })
    }
  }

  void it('only S3 takes a request without credentials', () => {
    const request = { ...plain.s3, headers: [['host', 'localhost']] as PlainRequest['headers'] }
    const row: Row = { style: 's3', name: '', error: { code: '', status: 0, message: '' } }
    assert.equal(tryOn(row, request).credential, undefined)
  })

  void it('whoever comes with the key `test` is told where keys are', () => {
    const at = (headers: PlainRequest['headers'], query = '') =>
      credentialHint(httpRequest({ ...plain.s3, headers, query }))
    const hint = /eval "\$\(\.\/sallyport env\)"/
    assert.match(
      at([['authorization', 'AWS4-HMAC-SHA256 Credential=test/20150830/us-east-1/s3/aws4_request']]) ?? '',
      hint,
    )
    assert.match(at([], 'X-Amz-Credential=test%2F20150830') ?? '', hint)
    assert.match(at([], 'AWSAccessKeyId=test&Signature=x') ?? '', hint)
    assert.equal(at([['authorization', 'AWS4-HMAC-SHA256 Credential=tester/20150830']]), undefined)
    assert.equal(at([]), undefined)
  })
})
