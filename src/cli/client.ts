import { createHash, createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { existsSync, readFileSync } from 'node:fs'
import { places } from '../door/hosts.ts'
import { decodeAnswer, encodeCall, type ClientRequest } from './client-wire.ts'
import { UsageError } from './failure.ts'

/** Makes signed calls, as every AWS client does. */
export interface Client {
  readonly region: string
  readonly endpoint: string
  /** One call; rejects with AwsError. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, callers know their shape
  call(service: string, operation: string, input?: Record<string, unknown>): Promise<any>
}

type Environment = Record<string, string | undefined>

/** A client with endpoint and credentials from the environment, or from the profile that it names. */
export function connect(environment: Environment = process.env): Client {
  const settings = { ...profile(environment), ...defined(environment) }
  const accessKeyId = settings['AWS_ACCESS_KEY_ID']
  const secretAccessKey = settings['AWS_SECRET_ACCESS_KEY']
  const endpoint = settings['AWS_ENDPOINT_URL']
  if (!accessKeyId || !secretAccessKey || !endpoint) {
    throw new UsageError('no credentials or endpoint in the environment: run eval "$(./sallyport env)" first')
  }
  const region = settings['AWS_REGION'] ?? settings['AWS_DEFAULT_REGION'] ?? 'us-east-1'
  const keys = { accessKeyId, secretAccessKey, sessionToken: settings['AWS_SESSION_TOKEN'] }
  return {
    region,
    endpoint,
    async call(service, operation, input = {}) {
      const place = places[service]!
      const scope = { region: place.global ? 'us-east-1' : region, service: place.signingName }
      const answer = await send(endpoint, signed(encodeCall(service, operation, input), endpoint, keys, scope))
      return decodeAnswer(service, operation, answer)
    },
  }
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((pair): pair is [string, string] => Boolean(pair[1])))
}

/** ~/.aws/credentials and ~/.aws/config, the section of AWS_PROFILE or [default]. */
export function profile(environment: Environment): Record<string, string> {
  const name = environment['AWS_PROFILE'] ?? 'default'
  const home = homedir()
  const credentials = section(environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'), [name])
  const config = section(environment['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'), [name, `profile ${name}`])
  const all = { ...config, ...credentials }
  const names = {
    aws_access_key_id: 'AWS_ACCESS_KEY_ID',
    aws_secret_access_key: 'AWS_SECRET_ACCESS_KEY',
    aws_session_token: 'AWS_SESSION_TOKEN',
    region: 'AWS_REGION',
    endpoint_url: 'AWS_ENDPOINT_URL',
  } as const
  return Object.fromEntries(Object.entries(names).flatMap(([from, to]) => (all[from] ? [[to, all[from]]] : [])))
}

function section(path: string, names: readonly string[]): Record<string, string> {
  if (!existsSync(path)) return {}
  const values: Record<string, string> = {}
  let inside = false
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)
    if (header) inside = names.includes(header[1]!.trim())
    const pair = /^\s*([a-z_]+)\s*=\s*(\S.*?)\s*$/.exec(line)
    if (inside && pair) values[pair[1]!] = pair[2]!
  }
  return values
}

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | undefined
}

/** Signature Version 4 by header (IAM User Guide, "Create a signed AWS API request"). */
export function signed(
  call: ClientRequest,
  endpoint: string,
  keys: Keys,
  scope: { region: string; service: string },
  /** Hash of a body that is not at hand. */
  bodySha256?: string,
): ClientRequest {
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const payload = bodySha256 ?? sha256(call.body)
  const headers: Record<string, string> = {
    ...call.headers,
    host: new URL(endpoint).host,
    'x-amz-date': now,
    'x-amz-content-sha256': payload,
    ...(keys.sessionToken ? { 'x-amz-security-token': keys.sessionToken } : {}),
  }
  const names = Object.keys(headers).sort()
  // Every service but S3 escapes the path once more for the signature.
  const path = scope.service === 's3' ? call.path : call.path.split('/').map(encodeURIComponent).join('/')
  const query = call.query
    .split('&')
    .filter(Boolean)
    .map((part) => (part.includes('=') ? part : `${part}=`))
    .sort()
    .join('&')
  const canonical = [
    call.method,
    path,
    query,
    ...names.map((name) => `${name}:${headers[name]!.trim()}`),
    '',
    names.join(';'),
    payload,
  ].join('\n')
  const credentialScope = `${now.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`
  const key = hmac(
    hmac(hmac(hmac(`AWS4${keys.secretAccessKey}`, now.slice(0, 8)), scope.region), scope.service),
    'aws4_request',
  )
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${credentialScope}\n${sha256(canonical)}`).toString('hex')
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${credentialScope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...call, headers }
}

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

function send(endpoint: string, call: ClientRequest): Promise<Answer> {
  const url = new URL(endpoint)
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = start({
      host: url.hostname,
      port: url.port,
      method: call.method,
      path: call.query ? `${call.path}?${call.query}` : call.path,
      headers: { ...call.headers, 'content-length': call.body.length },
      timeout: 60_000,
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ECONNREFUSED' ? new Error(`no server at ${endpoint}: start one with ./sallyport serve`) : error,
      ),
    )
    request.on('timeout', () => request.destroy(new Error(`connect or read timeout at ${endpoint}`)))
    request.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(parts),
        }),
      )
    })
    request.end(call.body)
  })
}
