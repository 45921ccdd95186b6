import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answerContainerCredentials } from '../metadata/container-credentials.ts'
import { answerMetadata } from '../metadata/imds.ts'
import type { AskingInterface, LinkLocalAnswer, LinkLocalRequest } from '../metadata/place.ts'
import type { World } from '../world.ts'

/** Undefined: the answer is lost on its way. */
export type LinkLocalService = (
  world: World,
  asking: AskingInterface,
  request: LinkLocalRequest,
) => Promise<LinkLocalAnswer | undefined>

/** By the addresses that every instance and every container knows them at. */
const services: Readonly<Record<string, LinkLocalService>> = {
  '169.254.169.254': answerMetadata,
  'fd00:ec2::254': answerMetadata,
  '169.254.170.2': answerContainerCredentials,
}

/** Nobody sends these services more than a line, nor takes long over it. */
const limits = { bodyBytes: 1024, bodyMs: 5000, silenceMs: 300_000 }

/** Answers plain HTTP at link-local addresses, to the interfaces that `placeOf` knows by their sockets. */
export function linkLocalHandler(
  world: World,
  placeOf: (socket: Socket) => AskingInterface | undefined,
): RequestListener {
  return linkLocalListener(world, placeOf, services)
}

/**
 * The address that was dialled tells the service, the socket who asks; what the request says of itself counts for
 * neither. Who is not known, and an address where nothing is, gets a reset.
 */
export function linkLocalListener(
  world: World,
  placeOf: (socket: Socket) => AskingInterface | undefined,
  services: Readonly<Record<string, LinkLocalService>>,
): RequestListener {
  return (message, response) => {
    const { socket } = message
    const service = services[(socket.localAddress ?? '').replace(/^::ffff:/, '')]
    const asking = placeOf(socket)
    if (!service || !asking) return void socket.resetAndDestroy()
    answer(message, response, (request) => service(world, asking, request)).catch((error: unknown) => {
      if (socket.destroyed) return // by whoever asked, or by the clock
      world.log.error({ err: error }, 'a link-local service failed')
      if (response.headersSent) response.destroy()
      else send(message, response, { status: 500, headers: {}, body: '' })
    })
  }
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  serve: (request: LinkLocalRequest) => Promise<LinkLocalAnswer | undefined>,
): Promise<void> {
  if (!(await passBody(message))) {
    response.shouldKeepAlive = false
    return send(message, response, { status: 413, headers: {}, body: '' })
  }
  const { method = '', url: path = '', headers, socket } = message
  const said = await serve({ method, path, headers })
  if (said) return send(message, response, said)
  socket.setTimeout(limits.silenceMs, () => socket.destroy())
  socket.resume()
}

/** Reads past a body, which means nothing to any of these services; false: it is longer than it may be. */
async function passBody(message: IncomingMessage): Promise<boolean> {
  const timer = setTimeout(() => message.socket.resetAndDestroy(), limits.bodyMs)
  let length = 0
  try {
    // Leaving early must not take the socket along: the refusal has to go out by it.
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > limits.bodyBytes) return false
    }
  } finally {
    clearTimeout(timer)
  }
  return true
}

function send(message: IncomingMessage, response: ServerResponse, { status, headers, body }: LinkLocalAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(message.method === 'HEAD' ? undefined : body)
}
