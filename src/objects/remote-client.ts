import { request as httpRequest, type IncomingMessage, Agent } from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { signed, type Keys } from '../cli/client.ts'

/** Another S3 store, as the operator names it. */
export interface RemoteStore {
  /** `https://s3.us-east-1.amazonaws.com`, say; buckets are named in the path. */
  endpoint: string
  bucket: string
  /** Empty, or with its slash at the end. */
  prefix: string
  region: string
  keys: Keys
}

export interface RemoteRequest {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Key under the prefix; absent: the bucket itself. */
  key?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Buffer
}

/** What the other store answers instead of what was asked for. */
export class RemoteError extends Error {
  readonly status: number

  constructor(status: number, request: RemoteRequest, body: string) {
    const code = /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? 'no code'
    super(`the object store answered ${request.method} ${request.key ?? '/'} with ${status} ${code}`)
    this.status = status
  }
}

const ATTEMPTS = 4
const FIRST_PAUSE_MS = 100
const SILENCE_MS = 60_000

/** Signed calls over kept connections; tried again where the store or the way to it failed for the moment. */
export function remoteClient(store: RemoteStore) {
  const url = new URL(store.endpoint)
  const tls = url.protocol === 'https:'
  const agent = tls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true })

  function once({
    method,
    key,
    query = {},
    headers = {},
    body = Buffer.alloc(0),
  }: RemoteRequest): Promise<IncomingMessage> {
    const path = `/${store.bucket}${key === undefined ? '' : `/${escaped(store.prefix + key)}`}`
    const search = Object.entries(query)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&')
    const call = signed({ method, path, query: search, headers, body }, store.endpoint, store.keys, {
      region: store.region,
      service: 's3',
    })
    return new Promise((resolve, reject) => {
      const request = (tls ? httpsRequest : httpRequest)({
        host: url.hostname,
        port: url.port,
        method,
        path: search ? `${path}?${search}` : path,
        headers: { ...call.headers, 'content-length': body.length },
        agent,
        timeout: SILENCE_MS,
      })
      request.on('error', reject)
      request.on('timeout', () => request.destroy(new Error(`the object store at ${store.endpoint} is silent`)))
      request.on('response', resolve)
      request.end(body)
    })
  }

  async function attempt(request: RemoteRequest): Promise<IncomingMessage> {
    const response = await once(request)
    if (response.statusCode! < 300) return response
    throw new RemoteError(response.statusCode!, request, await text(response))
  }

  /** The answer, its body unread. Throws RemoteError. */
  async function send(request: RemoteRequest): Promise<IncomingMessage> {
    for (let tried = 1; ; tried++) {
      try {
        return await attempt(request)
      } catch (error) {
        const forGood = error instanceof RemoteError && error.status < 500 && error.status !== 429
        if (forGood || tried === ATTEMPTS) throw error
        await pause(FIRST_PAUSE_MS * 2 ** (tried - 1))
      }
    }
  }

  return {
    send,
    /** The answer's body. */
    ask: async (request: RemoteRequest): Promise<{ body: string; headers: IncomingMessage['headers'] }> => {
      const response = await send(request)
      return { body: await text(response), headers: response.headers }
    },
  }
}

const escaped = (key: string) => key.split('/').map(encodeURIComponent).join('/')
