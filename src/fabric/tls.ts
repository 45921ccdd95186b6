import type { ServerOptions } from 'node:https'
import type { SecureContext } from 'node:tls'
import type { Authority } from './authority.ts'

/** Names of the certificate for clients that name nobody: AWS's endpoints show theirs to such clients too. */
const NOBODY = ['amazonaws.com', '*.amazonaws.com']

/**
 * Options of an HTTPS server that stands for all of AWS: a certificate for each host name that a client names (SNI), made
 * when it is first asked for. Who dials an address names nobody and is shown the default one, which holds `addresses`.
 * TLS 1.2 and 1.3, as AWS's endpoints (AWS security blog, "TLS 1.2 to become the minimum").
 */
export function tlsOptions(authority: Authority, addresses: readonly string[] = []): ServerOptions {
  return {
    ...authority.leaf([...NOBODY, ...addresses]),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: 10_000,
    SNICallback(host: string, done: (error: Error | null, context?: SecureContext) => void) {
      done(null, authority.context(host.toLowerCase()))
    },
  }
}
