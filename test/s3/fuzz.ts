import { createHash, createHmac, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { request as httpRequest } from 'node:http'
import type { TestServer } from '../support/server.ts'
import { sign } from '../support/sign.ts'

/**
 * Seeded hostile input for the parts of S3 that read what a client wrote: XML bodies, aws-chunked framing, ranges and forms.
 * Each case is well-formed and then broken; the server has to answer it, in time, and never with a 500.
 */
export const kinds = ['xml', 'chunks', 'range', 'form'] as const
export type Kind = (typeof kinds)[number]

export interface Counts {
  cases: number
  /** By status. */
  statuses: Record<number, number>
  /** Milliseconds of the slowest answer. */
  slowest: number
  failures: { case: number; what: string }[]
}

interface Case {
  method: string
  path: string
  headers: Record<string, string>
  body: Buffer
  /** Whether all of it is signed, or only the headers. */
  signed: boolean
}

type Random = () => number

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const below = (random: Random, end: number) => Math.floor(random() * end)
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!

/** Bytes as they are, cut, doubled, flipped, or with something put in. */
function broken(random: Random, bytes: Buffer, spice: readonly string[]): Buffer {
  let out = bytes
  for (let times = below(random, 4); times > 0; times--) {
    const at = below(random, out.length + 1)
    const to = at + below(random, Math.min(64, out.length - at + 1))
    switch (below(random, 5)) {
      case 0:
        out = Buffer.concat([out.subarray(0, at), out.subarray(to)])
        break
      case 1:
        out = Buffer.concat([out.subarray(0, to), out.subarray(at)])
        break
      case 2:
        if (at < out.length) {
          out = Buffer.from(out)
          out[at] = below(random, 256)
        }
        break
      case 3:
        out = Buffer.concat([out.subarray(0, at), Buffer.from(pick(random, spice)), out.subarray(at)])
        break
      default:
        out = out.subarray(0, at)
    }
  }
  return out
}

const xmlSpice = [
  '<',
  '>',
  '&',
  '&amp;',
  '&#0;',
  '&#x110000;',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<?xml?>',
  '<__proto__/>',
  '<constructor>',
  '\0',
  '\ufffe',
  '<Tag>'.repeat(300),
  'x'.repeat(5000),
  ' xsi:type="Group"',
  '-1',
  '1e999',
  '💥',
]
const documents: [string, string][] = [
  [
    '?cors',
    '<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin><MaxAgeSeconds>3</MaxAgeSeconds></CORSRule></CORSConfiguration>',
  ],
  ['?tagging', '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>'],
  [
    '?acl',
    '<AccessControlPolicy><Owner><ID>a</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>a</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>',
  ],
  [
    '?website',
    '<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule><Redirect><HostName>h</HostName></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration>',
  ],
  ['?versioning', '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>'],
  [
    '?publicAccessBlock',
    '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>',
  ],
  [
    '?ownershipControls',
    '<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>',
  ],
  [
    '?lifecycle',
    '<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix>p</Prefix></Filter><Status>Enabled</Status><Expiration><Days>365</Days></Expiration></Rule></LifecycleConfiguration>',
  ],
  [
    '?encryption',
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
  ],
  [
    '?replication',
    '<ReplicationConfiguration><Role>arn:aws:iam::123456789012:role/r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::b</Bucket></Destination></Rule></ReplicationConfiguration>',
  ],
  [
    '?notification',
    '<NotificationConfiguration><QueueConfiguration><Queue>arn:aws:sqs:us-east-1:1:q</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>',
  ],
  [
    '?inventory&id=a',
    '<InventoryConfiguration><Id>a</Id><IsEnabled>true</IsEnabled><IncludedObjectVersions>All</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule><Destination><S3BucketDestination><Bucket>arn:aws:s3:::b</Bucket><Format>CSV</Format></S3BucketDestination></Destination></InventoryConfiguration>',
  ],
  [
    '?delete',
    '<Delete><Quiet>true</Quiet><Object><Key>none</Key></Object><Object><Key>a</Key><VersionId>null</VersionId></Object></Delete>',
  ],
]

function xmlCase(random: Random): Case {
  const [query, document] = pick(random, documents)
  const body = broken(random, Buffer.from(document), xmlSpice)
  const md5 = createHash('md5').update(body).digest('base64')
  return {
    method: query === '?delete' ? 'POST' : 'PUT',
    path: `/fuzzed${query}`,
    headers: { 'content-md5': md5 },
    body,
    signed: true,
  }
}

const rangeSpice = [
  '-',
  ',',
  'bytes=',
  '0',
  '99999999999999999999',
  ' ',
  '=',
  '\t',
  'x',
  '--',
  '9007199254740993',
  '-0',
]

function rangeCase(random: Random): Case {
  const text = pick(random, [
    'bytes=0-4',
    'bytes=-5',
    'bytes=5-',
    'bytes=0-1,3-4',
    'bytes=999-',
    'items=0-1',
    'bytes=4-2',
    'bytes=-0',
  ])
  const range = broken(random, Buffer.from(text), rangeSpice)
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e]/g, '?')
    .trim()
  const conditions: Record<string, string>[] = [
    {},
    { 'if-match': range },
    { 'if-modified-since': range },
    { 'if-none-match': '"x"' },
  ]
  const path = `/fuzzed/object${pick(random, ['', '', '?partNumber=1', `?partNumber=${below(random, 20_000)}`, '?versionId=null'])}`
  return {
    method: pick(random, ['GET', 'HEAD']),
    path,
    headers: { range, ...pick(random, conditions) },
    body: Buffer.alloc(0),
    signed: true,
  }
}

const formSpice = [
  '\r\n',
  '--b',
  '--b--',
  '\0',
  'filename="',
  '; name=',
  'x'.repeat(3000),
  '${filename}',
  'Content-Type: ',
  '\r\n\r\n',
  '"',
  '%00',
]

function formCase(random: Random, { accessKeyId, secretAccessKey }: TestServer['admin']): Case {
  const conditions = broken(
    random,
    Buffer.from(JSON.stringify([{ bucket: 'fuzzed' }, ['starts-with', '$key', ''], ['content-length-range', 0, 100]])),
    ['[', ']', '{}', '"', 'null', '1e400', ',', '$', '[['.repeat(500)],
  ).toString()
  const document = `{"expiration":"${new Date(Date.now() + 60_000).toISOString()}","conditions":${conditions}}`
  const policy = Buffer.from(document).toString('base64')
  const signature = createHmac('sha1', secretAccessKey).update(policy).digest('base64')
  const fields: [string, string][] = [
    ['key', pick(random, ['form/${filename}', 'form', '', '\u0001', 'k'.repeat(1100)])],
    ['AWSAccessKeyId', accessKeyId],
    ['policy', policy],
    ['signature', signature],
    ['file', 'content'],
  ]
  const text = fields
    .map(([name, value]) => {
      const file = name === 'file' ? '; filename="a.txt"\r\nContent-Type: text/plain' : ''
      return `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
    })
    .join('')
  const body = broken(random, Buffer.from(`${text}--b--\r\n`), formSpice)
  const boundary = pick(random, ['b', 'b', 'b', 'b', '"b"', '', 'x'.repeat(200)])
  return {
    method: 'POST',
    path: '/fuzzed',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body,
    signed: false,
  }
}

const chunkSpice = [
  '\r\n',
  ';',
  'chunk-signature=',
  '0',
  'ffffffff',
  '-1',
  'x-amz-checksum-crc32:AAAAAA==',
  '0\r\n\r\n',
  ':',
  ' ',
  'x'.repeat(2000),
]

function chunkCase(random: Random): Case {
  const kind = pick(random, [
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  ])
  const content = randomish(random, below(random, 300))
  const signature = kind.includes('HMAC') ? `;chunk-signature=${'0'.repeat(64)}` : ''
  const trailer = kind.endsWith('TRAILER')
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(content))
  const framed = Buffer.concat([
    Buffer.from(`${content.length.toString(16)}${signature}\r\n`),
    content,
    Buffer.from(`\r\n0${signature}\r\n${trailer ? `x-amz-checksum-crc32:${sum.toString('base64')}\r\n` : ''}\r\n`),
  ])
  return {
    method: 'PUT',
    path: '/fuzzed/chunked',
    headers: {
      'x-amz-content-sha256': kind,
      'x-amz-decoded-content-length': String(pick(random, [content.length, content.length, 0, content.length + 1])),
      'content-encoding': 'aws-chunked',
      ...(trailer
        ? { 'x-amz-trailer': pick(random, ['x-amz-checksum-crc32', 'x-amz-checksum-crc32', 'x-amz-nothing', '']) }
        : {}),
    },
    body: broken(random, framed, chunkSpice),
    signed: true,
  }
}

function randomish(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)))
}

const LIMIT_MS = 10_000

/** Runs so many cases of a kind from a seed. */
export async function fuzz(server: TestServer, kind: Kind, seed: number, cases: number): Promise<Counts> {
  const counts: Counts = { cases, statuses: {}, slowest: 0, failures: [] }
  for (let number = 0; number < cases; number++) {
    const random = seeded(seed + number * 7919)
    const made =
      kind === 'xml'
        ? xmlCase(random)
        : kind === 'range'
          ? rangeCase(random)
          : kind === 'form'
            ? formCase(random, server.admin)
            : chunkCase(random)
    const started = performance.now()
    const status = await answered(server, made).catch((error: Error) => error.message)
    counts.slowest = Math.max(counts.slowest, performance.now() - started)
    if (typeof status === 'number') counts.statuses[status] = (counts.statuses[status] ?? 0) + 1
    if (typeof status !== 'number' || status === 500)
      counts.failures.push({ case: seed + number * 7919, what: String(status) })
  }
  return counts
}

/** The status of the answer. Rejects when there is none in time. */
async function answered({ url, admin }: TestServer, { method, path, headers, body, signed }: Case): Promise<number> {
  const [plain = '', query = ''] = path.split('?')
  const { host, hostname, port } = new URL(url)
  const sent = signed
    ? (
        await sign(
          { method, path: plain, query, headers: { host, ...headers }, body },
          { keys: admin, region: 'us-east-1', service: 's3' },
        )
      ).headers
    : { host, ...headers }
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: hostname,
        port,
        method,
        path,
        headers: { ...sent, 'content-length': body.length },
        timeout: LIMIT_MS,
        agent: false,
      },
      (response) => {
        response.resume()
        response.on('error', reject)
        response.on('end', () => resolve(response.statusCode ?? 0))
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer within ${LIMIT_MS} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}

/** What the cases are about. */
export async function prepare(call: (operation: string, input: object) => Promise<unknown>): Promise<void> {
  await call('CreateBucket', { Bucket: 'fuzzed' })
  await call('PutObject', { Bucket: 'fuzzed', Key: 'object', Body: randomBytes(100).toString('hex') })
}
