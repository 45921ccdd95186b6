import { createHash, hash } from 'node:crypto'
import { authenticate } from '../src/door/authenticate.ts'
import type { HttpRequest } from '../src/wire/request.ts'
import { canonicalRequest, scopeText, sign, signingKey, stringToSign } from '../src/door/sigv4.ts'

/** What it costs to verify a signature once its signing key is cached, beside the bare SHA-256 of the same canonical request. */

const scope = { date: '20261123', region: 'us-east-1', service: 'sagemaker' }
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const bodySha256 = hash('sha256', '{}')
const signedHeaders = ['content-type', 'host', 'x-amz-date', 'x-amz-target']

function requestWith(authorization: string): HttpRequest {
  const sent = {
    Host: 'localhost:4566',
    'User-Agent': 'aws-sdk-js/3.1142.0',
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Date': '20261123T100000Z',
    'X-Amz-Target': 'SageMaker.DescribeTrainingJob',
    'Content-Length': '2',
    'amz-sdk-invocation-id': '3f0b3f6e-6b1b-4c54-9a50-3a1f3f0b3f6e',
    'amz-sdk-request': 'attempt=1; max=3',
    Connection: 'keep-alive',
    Authorization: authorization,
  }
  const rawHeaders = Object.entries(sent).flat()
  const headers = new Map(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]))
  return { method: 'POST', path: '/', query: '', headers, rawHeaders }
}

/** Least microseconds of one run over the rounds: what else the machine does only ever adds. */
function time(work: () => unknown, { rounds = 30, runs = 3000 } = {}): number {
  const samples = Array.from({ length: rounds }, () => {
    const start = performance.now()
    for (let i = 0; i < runs; i++) work()
    return ((performance.now() - start) * 1000) / runs
  })
  return Math.min(...samples)
}

export function benchSigv4(): { verifyMicroseconds: number; hashMicroseconds: number } {
  const canonical = canonicalRequest(requestWith(''), { path: '/', parameters: [], signedHeaders, payload: bodySha256 })
  const signature = sign(
    signingKey(secretAccessKey, scope),
    stringToSign('20261123T100000Z', scopeText(scope), canonical),
  )
  const request = requestWith(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  )
  const caller = { kind: 'root', account: '', arn: '', principalArn: '', userId: '', tags: {} } as const
  const credential = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey, caller, active: true }
  const options = {
    style: 'json',
    signingNames: ['sagemaker'],
    region: 'us-east-1',
    now: Date.UTC(2026, 10, 23, 10),
    find: () => credential,
    bodySha256,
  } as const
  return {
    verifyMicroseconds: time(() => authenticate(request, options)),
    hashMicroseconds: time(() => createHash('sha256').update(canonical).digest('hex')),
  }
}

if (import.meta.main) console.log(benchSigv4())
