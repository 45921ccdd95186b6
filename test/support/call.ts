import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { decodeAnswer, encodeCall } from '../../src/cli/client-wire.ts'
import { places } from '../../src/door/hosts.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { sign, type Keys, type PlainRequest } from './sign.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
  /** Under which the decision is recorded. */
  requestId: string
}

export interface CallOptions {
  /** Absent: unsigned. */
  keys?: Keys
  region?: string
  at?: Date
  /** Headers that are there when it signs. */
  headers?: Record<string, string>
  /** Changes the signed request before it is sent. */
  tamper?: (signed: PlainRequest) => PlainRequest
}

/** Writes an operation's input down as clients do, signs it with AWS's signer and sends it over a socket. */
export async function send(
  url: string,
  service: string,
  operation: string,
  input: object,
  options: CallOptions = {},
): Promise<Answer> {
  const encoded = encodeCall(service, operation, input as Record<string, unknown>)
  const plain: PlainRequest = {
    ...encoded,
    headers: { ...encoded.headers, host: new URL(url).host, ...options.headers },
  }
  return exchange(url, await prepared(plain, service, options))
}

async function prepared(
  plain: PlainRequest,
  service: string,
  { keys, at, tamper, region = 'us-east-1' }: CallOptions,
): Promise<PlainRequest> {
  if (!keys) return plain
  const place = places[service]!
  const scope = { keys, service: place.signingName, region: place.global ? 'us-east-1' : region, ...(at ? { at } : {}) }
  const signed = await sign(plain, scope)
  return tamper ? tamper(signed) : signed
}

/** The call's output; rejects with AwsError, whose RequestId field names the record. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
export async function call(
  url: string,
  keys: Keys,
  service: string,
  operation: string,
  input: object = {},
): Promise<any> {
  return decodeAnswer(service, operation, await send(url, service, operation, input, { keys }))
}

/** Code and sentence of an answer that is none of success; S3's answers to HEAD have neither. */
export function errorOf(
  service: string,
  operation: string,
  answer: Answer,
): { code: string; message: string } | undefined {
  if (answer.status < 300) return undefined
  try {
    decodeAnswer(service, operation, answer)
  } catch (error) {
    const { code, message } = error as AwsError
    return { code, message }
  }
  return undefined
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 })

/** Sends a request as it is. Rejects when the connection ends without an answer, or is silent for ten seconds. */
export function exchange(url: string, { method, path, query, headers, body }: PlainRequest): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      agent,
      host: hostname,
      port,
      method,
      path: query ? `${path}?${query}` : path,
      headers: { ...headers, 'content-length': body.length },
      timeout: 10_000,
    })
    request.on('error', reject)
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)))
    request.on('response', (response) => {
      const parts: Buffer[] = []
      const live = response.headers['content-type'] === 'application/vnd.amazon.eventstream'
      response.on('data', (part: Buffer) => {
        parts.push(part)
        // Live events have no end: that there are some will do.
        if (live) response.destroy()
      })
      response.on('error', reject)
      response.on(live ? 'close' : 'end', () => {
        const flat = flattened(response.headers)
        const requestId = flat['x-amzn-requestid'] ?? flat['x-amz-request-id'] ?? ''
        resolve({ status: response.statusCode ?? 0, headers: flat, body: Buffer.concat(parts), requestId })
      })
    })
    request.end(body)
  })
}

function flattened(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
