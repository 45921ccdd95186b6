import type { HttpRequest } from '../../src/wire/request.ts'

/** A request as the SDK hands it to its transport. */
export interface SdkRequest {
  method: string
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

/** The same as our door would see it. */
export function fromSdk(request: SdkRequest): HttpRequest {
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (each) => `${encodeURIComponent(name)}=${encodeURIComponent(each ?? '')}`,
    ),
  )
  const entries = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    method: request.method,
    path: request.path,
    query: query.join('&'),
    headers: new Map(entries),
    rawHeaders: entries.flat(),
  }
}

/** The bytes of the body, which may be a stream. */
export async function sdkBody(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0)
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Buffer.from(body)
  return Buffer.concat(await Array.fromAsync(body as AsyncIterable<Uint8Array>))
}
