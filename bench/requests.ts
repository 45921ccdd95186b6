import { signed } from '../src/cli/client.ts'
import { encodeCall } from '../src/cli/client-wire.ts'
import { places } from '../src/door/hosts.ts'

/** One signed call as a whole HTTP message, ready to be replayed (a signature is good for 15 minutes). */
export function signedMessage(
  url: string,
  env: Record<string, string>,
  service: string,
  operation: string,
  input: Record<string, unknown>,
): string {
  const place = places[service]!
  const keys = {
    accessKeyId: env['AWS_ACCESS_KEY_ID']!,
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
    sessionToken: env['AWS_SESSION_TOKEN'],
  }
  const call = signed(encodeCall(service, operation, input), url, keys, {
    region: 'us-east-1',
    service: place.signingName,
  })
  const headers = Object.entries({ ...call.headers, 'content-length': String(call.body.length) })
  const target = call.query ? `${call.path}?${call.query}` : call.path
  return `${call.method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${call.body.toString('latin1')}`
}
