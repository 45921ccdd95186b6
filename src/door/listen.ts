import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ServerOptions as TlsOptions } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TLSSocket } from 'node:tls'
import { isCrossOrigin, isPostObject, isPreflight } from '../browser/route.ts'
import { isRegistryRequest } from '../registry/route.ts'
import type { HttpAnswer, HttpRequest } from '../wire/request.ts'
import type { World } from '../world.ts'
import type { Origin } from './call.ts'
import { enter, type Arrival } from './door.ts'
import { Unreachable } from './locate.ts'

// An `import` of node:http reads every name it has, and with them loads all of fetch's and WebSocket's code: a tenth of a start.
const { createServer } = process.getBuiltinModule('node:http')

const MINUTE = 60_000

/** What a request may cost before anyone is known: bytes of headers, and time without progress. */
const limits = {
  headerBytes: 32 * 1024,
  headerMs: MINUTE / 2,
  requestMs: 60 * MINUTE,
  idleMs: MINUTE,
  silenceMs: 5 * MINUTE,
}

/**
 * Stage 0: takes connections on one address. The address that accepted a call tells where it comes from:
 * the main one is the internet's, others stand for an interface endpoint or for a job's network interface.
 */
export async function listen(world: World, at: { host: string; port: number }, origin?: Origin): Promise<Server> {
  const server = httpServer(world, (message) => origin ?? { kind: 'internet', ip: address(message) })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, resolve)
  })
  return server
}

/** A server that takes calls once it listens; the socket that a message came by tells `originOf` where it is from. */
export function httpServer(world: World, originOf: (message: IncomingMessage) => Origin, tls?: TlsOptions): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.headerMs,
    keepAliveTimeout: MINUTE,
  }
  const server = tls
    ? process.getBuiltinModule('node:https').createServer({ ...options, ...tls })
    : createServer(options)
  server.setTimeout(limits.idleMs)
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    // The bare health line: it tells that a server stands here and nothing else.
    if (message.url === '/_health' && message.method === 'GET') return void response.end('ok\n')
    void take(world, message, response, originOf(message), tls !== undefined)
  })
  // S3 clients wait for this before they send a body; the signature is checked on the way.
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) => {
    response.writeContinue()
    server.emit('request', message, response)
  })
  return server
}

/** `TLSv1.3` as S3's condition key spells it. */
function tlsVersionOf({ socket }: IncomingMessage): string | undefined {
  if (!('getProtocol' in socket)) return undefined
  return /^TLSv(\d\.\d)$/.exec((socket as TLSSocket).getProtocol() ?? '')?.[1]
}

function address(message: IncomingMessage): string {
  return (message.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

async function take(
  world: World,
  message: IncomingMessage,
  response: ServerResponse,
  origin: Origin,
  secure: boolean,
): Promise<void> {
  try {
    const arrival = { request: requestOf(message), body: message, origin, secure, tlsVersion: tlsVersionOf(message) }
    const answer = isRegistryRequest(arrival.request)
      ? await (await import('../registry/serve.ts')).serveRegistry(world, arrival)
      : await enterOrForm(world, arrival)
    await send(message, response, answer)
  } catch (error) {
    if (error instanceof Unreachable) return vanish(response, error)
    world.log.error({ err: error }, 'answer could not be sent')
    response.destroy()
  }
}

/** S3 as browsers know it: forms that upload, preflights, and answers that a page of another origin may read. */
async function enterOrForm(world: World, arrival: Arrival): Promise<HttpAnswer> {
  const { request } = arrival
  if (isPreflight(request)) return (await import('../browser/cross-origin.ts')).servePreflight(world, arrival)
  const answer = isPostObject(request)
    ? await (await import('../browser/post-object.ts')).servePostObject(world, arrival)
    : await enter(world, arrival)
  if (!isCrossOrigin(request)) return answer
  const { crossOriginHeaders } = await import('../browser/cross-origin.ts')
  return { ...answer, headers: { ...answer.headers, ...crossOriginHeaders(world, request) } }
}

function requestOf(message: IncomingMessage): HttpRequest {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const headers = new Map<string, string>()
  const raw = message.rawHeaders
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    const before = headers.get(name)
    headers.set(name, before === undefined ? raw[i + 1]! : `${before},${raw[i + 1]}`)
  }
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers,
    rawHeaders: raw,
  }
}

async function send(message: IncomingMessage, response: ServerResponse, answer: HttpAnswer): Promise<void> {
  const { status, headers, body } = answer
  // What is left of a refused upload is not read: the connection ends with the answer.
  if (!message.complete && !(body instanceof Readable)) response.shouldKeepAlive = false
  if (body instanceof Readable) {
    response.writeHead(status, headers)
    await pipeline(body, response).catch((error: unknown) => {
      // Headers are out: cutting the connection is the only way left to say that the bytes are not whole.
      response.destroy()
      throw error
    })
    return
  }
  // Text goes out as it is: node:http then sends head and body in one piece.
  const length = body === undefined ? undefined : Buffer.byteLength(body)
  if (length !== undefined && headers['content-length'] === undefined && message.method !== 'HEAD') {
    headers['content-length'] = String(length)
  }
  response.writeHead(status, headers)
  together(() => response.end(message.method === 'HEAD' ? undefined : body))
}

let leaving: (() => void)[] = []

/**
 * Answers of one turn of the event loop leave together at its end. The kernel wakes a waiting client for each answer;
 * while it is at work on the first the others need not wake it again, which is a third of what a small call costs.
 */
function together(leave: () => void): void {
  if (leaving.push(leave) > 1) return
  setImmediate(() => {
    const all = leaving
    leaving = []
    for (const each of all) each()
  })
}

/** The network stopped the call: dropped packets stay unanswered, a closed port resets (facts: network.md "What the program observes"). */
function vanish(response: ServerResponse, stopped: Unreachable): void {
  const socket = response.socket
  if (!socket) return
  if (stopped.connection.verdict === 'timeout') {
    socket.setTimeout(limits.silenceMs, () => socket.destroy())
    socket.resume()
    return
  }
  socket.resetAndDestroy()
}
