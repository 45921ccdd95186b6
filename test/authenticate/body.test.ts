import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { checksum, checksumAlgorithms, type ChecksumAlgorithm } from '../../src/door/checksum.ts'
import { checkedBody } from '../../src/door/checksum-body.ts'
import { parseQuery } from '../../src/door/sigv4-encode.ts'
import { httpRequest, readAll, streamOf, type PlainRequest } from './request.ts'

/** What S3 says of bodies that are not what their headers promise. `body` is written as it goes over the wire. */

interface Row {
  name: string
  headers: Record<string, string>
  body: string
  method?: string
  query?: string
  /** Absent: the body is taken. */
  error?: { code: string; status: number; message: string; fields?: Record<string, string> }
  content?: string
  checksums?: Record<string, string>
}

const digestOf = (algorithm: ChecksumAlgorithm, text: string): string => {
  const state = checksum(algorithm)
  state.update(Buffer.from(text))
  return state.digest()
}

const hello = 'hello'
const big = 'x'.repeat(8192)
const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
const trailing = (length: number, name = 'x-amz-checksum-crc32') => ({
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-decoded-content-length': String(length),
  'x-amz-trailer': name,
})
const trailerLine = (text: string) => `x-amz-checksum-crc32:${digestOf('CRC32', text)}\r\n`
const refused = (code: string, message: string, status = 400) => ({ code, message, status })
const incomplete = refused(
  'IncompleteBody',
  'You did not provide the number of bytes specified by the Content-Length HTTP header',
)
const cutShort = refused('IncompleteBody', 'The request body terminated unexpectedly')
const badTrailer = refused(
  'MalformedTrailerError',
  'The request contained trailing data that was not well-formed or did not conform to our published schema.',
)
const badFraming = refused('InvalidRequest', 'The aws-chunked encoding of the body is not well-formed.')

const rows: Row[] = [
  { name: 'the hash that was signed', headers: { 'x-amz-content-sha256': hash('sha256', hello) }, body: hello },
  {
    name: 'another hash',
    headers: { 'x-amz-content-sha256': hash('sha256', 'other') },
    body: hello,
    error: {
      ...refused(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      ),
      fields: {
        ClientComputedContentSHA256: hash('sha256', 'other'),
        S3ComputedContentSHA256: hash('sha256', hello),
      },
    },
  },
  {
    name: 'fewer bytes than promised',
    headers: { ...unsigned, 'content-length': '6' },
    body: hello,
    error: incomplete,
  },
  { name: 'more bytes than promised', headers: { ...unsigned, 'content-length': '4' }, body: hello, error: incomplete },
  { name: 'Content-MD5', headers: { ...unsigned, 'content-md5': 'XUFAKrxLKna5cZ2REBfFkg==' }, body: hello },
  {
    name: 'another Content-MD5',
    headers: { ...unsigned, 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' },
    body: hello,
    error: {
      ...refused('BadDigest', 'The Content-MD5 you specified did not match what we received.'),
      fields: { ExpectedDigest: '1B2M2Y8AsgTpgAmY7PhCfg==', CalculatedDigest: 'XUFAKrxLKna5cZ2REBfFkg==' },
    },
  },
  {
    name: 'a Content-MD5 that is none',
    headers: { ...unsigned, 'content-md5': 'hello' },
    body: hello,
    error: refused('InvalidDigest', 'The Content-MD5 you specified was invalid.'),
  },
  ...checksumAlgorithms.flatMap((algorithm): Row[] => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`
    const value = digestOf(algorithm, hello)
    return [
      { name: algorithm, headers: { ...unsigned, [name]: value }, body: hello, checksums: { [algorithm]: value } },
      {
        name: `another ${algorithm}`,
        headers: { ...unsigned, [name]: digestOf(algorithm, 'other') },
        body: hello,
        error: refused('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`),
      },
      {
        name: `a ${algorithm} that is none`,
        headers: { ...unsigned, [name]: 'AAA=' },
        body: hello,
        error: refused('InvalidRequest', `Value for ${name} header is invalid.`),
      },
      {
        name: `${algorithm} in the trailer`,
        headers: trailing(5, name),
        body: `5\r\nhello\r\n0\r\n${name}:${value}\r\n\r\n`,
        content: hello,
        checksums: { [algorithm]: value },
      },
    ]
  }),
  {
    name: 'two checksums',
    headers: { ...unsigned, 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' },
    body: hello,
    error: refused(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    ),
  },
  {
    name: 'an algorithm without its checksum',
    headers: { ...unsigned, 'x-amz-sdk-checksum-algorithm': 'CRC32' },
    body: hello,
    error: refused(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    ),
  },
  {
    name: 'an algorithm with the checksum of another',
    headers: { ...unsigned, 'x-amz-sdk-checksum-algorithm': 'SHA1', 'x-amz-checksum-crc32': digestOf('CRC32', hello) },
    body: hello,
    error: refused('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.'),
  },
  {
    name: 'an algorithm that is not built',
    headers: { ...unsigned, 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' },
    body: hello,
    error: refused('NotImplemented', 'A header you provided implies functionality that is not implemented', 501),
  },
  {
    name: "CompleteMultipartUpload: the object's checksum, not the body's",
    method: 'POST',
    query: 'uploadId=u',
    headers: { ...unsigned, 'x-amz-checksum-crc32': 'AAAAAA==' },
    body: '<CompleteMultipartUpload/>',
    content: '<CompleteMultipartUpload/>',
  },
  {
    name: 'chunks',
    headers: trailing(8197),
    body: `2000\r\n${big}\r\n5\r\nhello\r\n0\r\n${trailerLine(big + hello)}\r\n`,
    content: big + hello,
  },
  {
    name: 'chunks: a small one that is not the last',
    headers: trailing(10),
    body: `5\r\nhello\r\n5\r\nhello\r\n0\r\n${trailerLine(hello + hello)}\r\n`,
    error: {
      ...refused('InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes', 403),
      fields: { Chunk: '2', BadChunkSize: '5' },
    },
  },
  {
    name: 'chunks: another checksum in the trailer',
    headers: trailing(5),
    body: `5\r\nhello\r\n0\r\n${trailerLine('other')}\r\n`,
    error: refused('BadDigest', 'The CRC32 you specified did not match the calculated checksum.'),
  },
  { name: 'chunks: the trailer forgotten', headers: trailing(5), body: '5\r\nhello\r\n0\r\n\r\n', error: badTrailer },
  {
    name: 'chunks: a trailer that nobody announced',
    headers: trailing(5),
    body: `5\r\nhello\r\n0\r\n${trailerLine(hello)}x-amz-checksum-sha1:x\r\n\r\n`,
    error: badTrailer,
  },
  {
    name: 'chunks: the same trailer twice',
    headers: trailing(5),
    body: `5\r\nhello\r\n0\r\n${trailerLine('other')}${trailerLine(hello)}\r\n`,
    error: badTrailer,
  },
  {
    name: 'chunks: a trailer without end',
    headers: trailing(5),
    body: `5\r\nhello\r\n0\r\n${`x-amz-meta-a:${'y'.repeat(500)}`.repeat(20)}`,
    error: badTrailer,
  },
  {
    name: 'chunks: a trailer of another kind',
    headers: trailing(5, 'x-amz-meta-a'),
    body: '',
    error: refused('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported'),
  },
  { name: 'chunks: no size', headers: trailing(5), body: 'hello\r\n', error: badFraming },
  { name: 'chunks: a header without end', headers: trailing(5), body: '5'.repeat(2000), error: badFraming },
  {
    name: 'chunks: more content than its size',
    headers: trailing(5),
    body: '5\r\nhello!\r\n0\r\n\r\n',
    error: badFraming,
  },
  {
    name: 'chunks: signed where nothing was',
    headers: trailing(5),
    body: `5;chunk-signature=${'0'.repeat(64)}\r\nhello`,
    error: badFraming,
  },
  { name: 'chunks: no last one', headers: trailing(5), body: '5\r\nhello\r\n', error: cutShort },
  {
    name: 'chunks: not closed',
    headers: trailing(5),
    body: `5\r\nhello\r\n0\r\n${trailerLine(hello)}`,
    error: cutShort,
  },
  {
    name: 'chunks: fewer bytes than promised',
    headers: trailing(6),
    body: `5\r\nhello\r\n0\r\n${trailerLine(hello)}\r\n`,
    error: incomplete,
  },
  {
    name: 'chunks: more bytes than promised',
    headers: trailing(4),
    body: `5\r\nhello\r\n0\r\n${trailerLine(hello)}\r\n`,
    error: incomplete,
  },
  {
    name: 'chunks: no length promised',
    headers: { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
    body: '',
    error: refused('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411),
  },
  {
    name: 'chunks: signed ones of an unsigned request',
    headers: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'x-amz-decoded-content-length': '0' },
    body: '',
    error: refused('InvalidRequest', 'Signed chunks go on from the signature of the request, and it has none.'),
  },
]

void describe('bodies and what they promise', () => {
  for (const row of rows) {
    void it(row.name, async () => {
      const request: PlainRequest = {
        method: row.method ?? 'PUT',
        path: '/bucket/key',
        query: row.query ?? '',
        headers: Object.entries(row.headers),
        body: '',
      }
      // In one piece, and byte by byte: the answer is the same.
      for (const cuts of [[row.body], Array.from(row.body)]) {
        const checked = checkedBody(httpRequest(request), parseQuery(request.query), {
          payload: undefined,
          seed: undefined,
        })
        const content = readAll(checked.body(streamOf(...cuts)))
        if (row.error) {
          await assert.rejects(content, row.error)
        } else {
          assert.equal((await content).toString(), row.content ?? row.body)
          if (row.checksums) assert.deepEqual(checked.checksums, row.checksums)
        }
      }
    })
  }
})
