/** What strangers may throw at the listener: always an answer or a closed connection, and the server lives on. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { services } from '../../src/wire/model.ts'
import { call, exchange, type Answer } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { sign } from '../support/sign.ts'

const MiB = 1024 * 1024

let server: TestServer
before(async () => (server = await startTestServer({ logLevel: 'error' })))
after(() => server.close())
afterEach(async () => {
  // Those who came properly are served as before.
  assert.match((await call(server.url, server.admin, 'sts', 'GetCallerIdentity')).Arn, /:user\/admin$/)
})

interface Outcome {
  /** All that came back. */
  text: string
  status: number | undefined
  closed: boolean
}

/** The head of an answer; that a client may go on is none yet. */
const answer = /^HTTP\/1\.1 (?!100)(\d{3}) [\s\S]*?\r\n\r\n/m

/**
 * Writes raw bytes and waits for the end of the connection, or for the first answer where it stays open.
 * `end`: says that no more will come; `abort`: is gone without a word after so many milliseconds.
 */
function talk(
  parts: readonly (string | Uint8Array)[],
  { end = false, abort }: { end?: boolean; abort?: number } = {},
): Promise<Outcome> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    let text = ''
    const done = (closed: boolean) => {
      clearTimeout(deadline)
      socket.destroy()
      resolve({ text, closed, status: Number(answer.exec(text)?.[1]) || undefined })
    }
    const deadline = setTimeout(
      () => (socket.destroy(), reject(new Error(`neither answer nor end: ${JSON.stringify(text)}`))),
      20_000,
    )
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (answer.test(text)) setImmediate(done, false)
    })
    socket.on('close', () => done(true))
    // The server may close while this side still writes: that is one of the good endings.
    socket.on('error', () => {})
    for (const part of parts) socket.write(part)
    if (end) socket.end()
    if (abort !== undefined) setTimeout(done, abort, true)
  })
}

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const json = [
  'POST / HTTP/1.1',
  'Host: localhost',
  'X-Amz-Target: SageMaker.ListModels',
  'Content-Type: application/x-amz-json-1.1',
]

describe('the listener', () => {
  const refused: [name: string, parts: (string | Uint8Array)[], status: number | undefined][] = [
    ['headers beyond its bound', [head(...json, `X-Long: ${'x'.repeat(40_000)}`)], 431],
    ['a request line beyond its bound', [head(`GET /${'x'.repeat(40_000)} HTTP/1.1`, 'Host: localhost')], 431],
    ['a method that is none', [head('BREW / HTTP/1.1', 'Host: localhost')], 400],
    [
      'no HTTP at all',
      ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'.repeat(20), '\r\n\r\n'],
      400,
    ],
    ['a version that is none', [head('GET / HTTP/9.9', 'Host: localhost')], 400],
    ['no Host', [head('GET / HTTP/1.1')], 400],
    ['a header without a name', [head('GET / HTTP/1.1', 'Host: localhost', ': x')], 400],
    ['a NUL in a header', [head('GET / HTTP/1.1', 'Host: localhost', 'X-Odd: a\u0000b')], 400],
    ['two lengths', [head(...json, 'Content-Length: 2', 'Content-Length: 3'), '{}'], 400],
    ['a length and chunks', [head(...json, 'Content-Length: 2', 'Transfer-Encoding: chunked'), '0\r\n\r\n'], 400],
    ['a length that is no number', [head(...json, 'Content-Length: ten')], 400],
    ['a chunk whose size is no number', [head(...json, 'Transfer-Encoding: chunked'), 'zz\r\n{}\r\n0\r\n\r\n'], 400],
    ['a chunk without its end', [head(...json, 'Transfer-Encoding: chunked'), '2\r\n{}xx'], 400],
    ['a body beyond its bound', [head(...json, `Content-Length: ${11 * MiB}`), new Uint8Array(11 * MiB)], 413],
    ['a body beyond its bound in chunks', [head(...json, 'Transfer-Encoding: chunked'), ...chunks(11)], 413],
  ]
  for (const [name, parts, status] of refused) {
    it(`refuses ${name}`, async () => {
      const outcome = await talk(parts)
      // A client that is still writing may lose the answer to the reset that ends the connection.
      assert.ok(outcome.status === status || (outcome.closed && outcome.text === ''), outcome.text.slice(0, 300))
    })
  }

  const answered: [name: string, request: string][] = [
    ['a path of broken escapes', head('GET /%zz/%?x=%&%=%u1 HTTP/1.1', 'Host: localhost')],
    ['an absolute URL', head('GET http://example.org/bucket/key HTTP/1.1', 'Host: localhost')],
    ['a path of slashes', head('GET ////../..//%2e%2e HTTP/1.1', 'Host: localhost')],
    ['OPTIONS *', head('OPTIONS * HTTP/1.1', 'Host: localhost')],
    ['a method of WebDAV', head('PROPFIND /bucket HTTP/1.1', 'Host: localhost')],
    ['TRACE', head('TRACE / HTTP/1.1', 'Host: localhost')],
    ['a bare GET', head('GET / HTTP/1.1', 'Host: localhost')],
    [
      'a target that is none',
      head('POST / HTTP/1.1', 'Host: localhost', 'X-Amz-Target: __proto__.constructor', 'Content-Length: 2') + '{}',
    ],
    [
      'an Authorization that is none',
      head('GET /bucket HTTP/1.1', 'Host: localhost', 'Authorization: AWS4-HMAC-SHA256 Credential=,,,='),
    ],
    [
      'a presigned URL of nonsense',
      head('GET /b/k?X-Amz-Credential=%E0%A4%A&X-Amz-Algorithm=x&Signature=y HTTP/1.1', 'Host: localhost'),
    ],
    ['a Host that is none', head('GET / HTTP/1.1', 'Host: ]:[:s3.')],
    ['an Expect that is none', head(...json, 'Expect: the Spanish Inquisition', 'Content-Length: 2') + '{}'],
    ['an Expect that it meets', head(...json, 'Expect: 100-continue', 'Content-Length: 2') + '{}'],
    ['an upgrade', head('GET /chat HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket')],
    ['a body with GET', head('GET /bucket/key HTTP/1.1', 'Host: localhost', 'Content-Length: 5') + 'hello'],
    ['two requests at once', head(...json, 'Content-Length: 2') + '{}' + head(...json, 'Content-Length: 2') + '{}'],
  ]
  for (const [name, request] of answered) {
    it(`answers ${name}`, async () => {
      const { status, text } = await talk([request])
      assert.ok(status !== undefined && status >= 400 && (status < 500 || status === 501), text.slice(0, 300))
    })
  }

  it('ends a tunnel', async () => {
    const { status, closed } = await talk([head('CONNECT example.org:443 HTTP/1.1', 'Host: example.org')])
    assert.ok(closed || status! >= 400)
  })

  it('bears clients that go away in the middle', async () => {
    const put = ['PUT /bucket/key HTTP/1.1', 'Host: s3.localhost', 'Content-Length: 1000']
    const forms = [
      'POST / HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 1000',
    ]
    for (const request of [head(...json, 'Content-Length: 1000'), head(...put), head(...forms), 'GET / HT']) {
      await talk([request, 'half'], { end: true })
      await talk([request, 'half'], { abort: 20 })
    }
    await talk([head(...json, 'Transfer-Encoding: chunked'), '5\r\nhal'], { abort: 20 })
  })

  it('serves others while someone dawdles', async () => {
    const dawdling = Array.from({ length: 20 }, () =>
      talk([head(...json, 'Content-Length: 1000'), '{'], { abort: 300 }),
    )
    assert.match((await call(server.url, server.root, 'sts', 'GetCallerIdentity')).Arn, /:root$/)
    await Promise.all(dawdling)
  })
})

function chunks(megabytes: number): Uint8Array[] {
  return Array.from({ length: megabytes }, () =>
    Buffer.concat([Buffer.from(`${MiB.toString(16)}\r\n`), Buffer.alloc(MiB, 'x'), Buffer.from('\r\n')]),
  )
}

interface Odd {
  service: string
  method?: string
  path?: string
  query?: string
  headers?: Record<string, string>
  body: string | Uint8Array
}

/** Well-signed requests whose bodies are traps for parsers. */
async function signedAnswer({
  service,
  method = 'POST',
  path = '/',
  query = '',
  headers = {},
  body,
}: Odd): Promise<Answer> {
  const plain = {
    method,
    path,
    query,
    headers: { host: new URL(server.url).host, ...headers },
    body: Buffer.from(body as string),
  }
  return exchange(
    server.url,
    await sign(plain, { keys: server.admin, region: 'us-east-1', service: services[service]!.signingName }),
  )
}

describe('a signed body', () => {
  const sagemaker = {
    service: 'sagemaker',
    headers: { 'x-amz-target': 'SageMaker.ListTrainingJobs', 'content-type': 'application/x-amz-json-1.1' },
  }
  const createJob = { ...sagemaker, headers: { ...sagemaker.headers, 'x-amz-target': 'SageMaker.CreateTrainingJob' } }
  const form = { service: 'iam', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  const cbor = {
    service: 'cloudwatch',
    path: '/service/GraniteServiceVersion20100801/operation/PutMetricData',
    headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
  }
  const xml = { service: 's3', method: 'PUT', path: '/sample-bucket', query: 'tagging=' }
  const createUser = 'Action=CreateUser&Version=2010-05-08&UserName=odd'
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 12 }, (_, n) => `<!ENTITY ${String.fromCodePoint(98 + n)} "${`&${String.fromCodePoint(97 + n)};`.repeat(10)}">`).join('')}]><Tagging>&m;</Tagging>`

  const traps: Record<string, Odd> = {
    'JSON, deeply nested': { ...createJob, body: '{"HyperParameters":'.repeat(50_000) },
    'JSON, deeply nested and closed': { ...createJob, body: `{"Tags":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
    'JSON that is cut off': { ...sagemaker, body: '{"MaxResults":' },
    'JSON that is no object': { ...sagemaker, body: '[1]' },
    'JSON null': { ...sagemaker, body: 'null' },
    'JSON with members of Object': {
      ...sagemaker,
      body: '{"__proto__":{"MaxResults":1},"constructor":1,"toString":{}}',
    },
    'JSON of another type': { ...sagemaker, body: '{"MaxResults":"many","NameContains":{},"SortBy":[1]}' },
    'JSON with numbers beyond all bounds': { ...sagemaker, body: '{"MaxResults":1e999,"CreationTimeAfter":-1e308}' },
    'bytes that are no UTF-8': { ...sagemaker, body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
    'an empty body': { ...createJob, body: '' },
    'a form, deeply nested': { ...form, body: `${createUser}&${'Tags.member.1.'.repeat(10_000)}=x` },
    'a form with a list of a billion': { ...form, body: `${createUser}&Tags.member.999999999.Key=x` },
    'a form with odd indexes': {
      ...form,
      body: `${createUser}&Tags.member.-1.Key=x&Tags.member.x.Key=x&Tags.member.1e9.Key=x&Tags.member.__proto__.Key=x`,
    },
    'a form of ten thousand parameters': {
      ...form,
      body: createUser + Array.from({ length: 10_000 }, (_, n) => `&Tags.member.${n + 1}.Key=k${n}`).join(''),
    },
    'a form of broken escapes': { ...form, body: `${createUser}&Path=%zz%&%=%&&&=` },
    'a form with a member given twice': { ...form, body: `${createUser}&UserName=other&Tags=x&Tags.member=y` },
    'XML, deeply nested': { ...xml, body: '<Tagging>'.repeat(100_000) },
    'XML, deeply nested and closed': { ...xml, body: '<a>'.repeat(50_000) + '</a>'.repeat(50_000) },
    'XML with entities of entities': { ...xml, body: bomb },
    'XML with an entity from a file': {
      ...xml,
      body: '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Tagging><TagSet><Tag><Key>&f;</Key><Value>v</Value></Tag></TagSet></Tagging>',
    },
    'XML that is none': { ...xml, body: '<Tagging><TagSet></Tagging>]]>&' },
    'CBOR, deeply nested': { ...cbor, body: new Uint8Array(200_000).fill(0x81) },
    'CBOR that promises more than it has': {
      ...cbor,
      body: new Uint8Array([0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    },
    'CBOR of endless maps': { ...cbor, body: new Uint8Array(200_000).fill(0xbf) },
    'gzip of far more than it seems': {
      ...cbor,
      headers: { ...cbor.headers, 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(64 * MiB)),
    },
    'gzip that is none': { ...cbor, headers: { ...cbor.headers, 'content-encoding': 'gzip' }, body: 'plain' },
  }
  for (const [name, odd] of Object.entries(traps)) {
    it(`of ${name} is answered`, async () => {
      const answer = await signedAnswer(odd)
      assert.ok(answer.status < 500, `${answer.status} ${answer.body.toString().slice(0, 300)}`)
      assert.ok(!answer.body.includes('root:'))
      assert.ok(server.world.decisions.get(answer.requestId))
    })
  }

  before(() => call(server.url, server.admin, 's3', 'CreateBucket', { Bucket: 'sample-bucket' }))
})
