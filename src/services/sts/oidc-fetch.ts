import { createHash, type X509Certificate } from 'node:crypto'
import type { LookupFunction } from 'node:net'
import type { TLSSocket } from 'node:tls'
import ipaddr from 'ipaddr.js'

/** The issuer's certificate is of no known authority, nor of one whose thumbprint the provider lists. */
export class ThumbprintMismatch extends Error {}

export interface From {
  /** Whom the account's administrator trusts; it may publish its keys elsewhere, but only at a public address. */
  issuer: URL
  /** SHA-1 of certificates, in hex. */
  thumbprints: readonly string[]
  signal: AbortSignal
}

const MAX_BYTES = 256 * 1024

/**
 * A JSON document by HTTPS; nothing else, no redirects. The server's certificate must come of an authority that this
 * machine knows, or the topmost one that it shows must have a thumbprint that is listed: then it is the authority
 * (IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider").
 */
export async function getJson(url: URL, from: From): Promise<unknown> {
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') throw new Error(`${url.href} is refused`)
  try {
    return await get(url, from)
  } catch (error) {
    if (!unknownAuthority.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    const top = await topCertificate(url, from)
    if (!from.thumbprints.includes(thumbprint(top)))
      throw new ThumbprintMismatch(`${url.host} shows ${thumbprint(top)}`)
    return await get(url, from, top)
  }
}

/** OpenSSL's complaints about who signed; others, a wrong name or a date long past, no thumbprint excuses. */
const unknownAuthority: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function thumbprint({ raw }: X509Certificate): string {
  return createHash('sha1').update(raw).digest('hex')
}

function get(url: URL, from: From, authority?: X509Certificate): Promise<unknown> {
  const { request } = process.getBuiltinModule('node:https')
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      agent: false,
      signal: from.signal,
      headers: { accept: 'application/json' },
      ...(authority && {
        secureContext: createSecureContext({ ca: authority.toString(), allowPartialTrustChain: true }),
      }),
      ...reach(url, from),
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      if (response.statusCode !== 200) {
        sent.destroy(new Error(`${url.href} answered ${response.statusCode}`))
        return
      }
      const parts: Buffer[] = []
      let length = 0
      response.on('data', (part: Buffer) => {
        length += part.length
        if (length > MAX_BYTES) sent.destroy(new Error(`${url.href} is longer than ${MAX_BYTES} bytes`))
        else parts.push(part)
      })
      response.on('error', reject)
      response.on('end', () => {
        try {
          const document: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
          if (typeof document === 'object' && document !== null) resolve(document)
          else reject(new Error(`${url.href} is no JSON object`))
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.end()
  })
}

/** The last certificate of the chain that a server shows, whether anyone vouches for it or not; nothing is sent or read. */
function topCertificate(url: URL, from: From): Promise<X509Certificate> {
  const { connect } = process.getBuiltinModule('node:tls')
  const { isIP } = process.getBuiltinModule('node:net')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host,
      port: Number(url.port || 443),
      ...(isIP(host) ? {} : { servername: host }),
      // Only to look at it: the document is fetched over another connection that is checked in full.
      rejectUnauthorized: false,
      ...reach(url, from),
    })
    const stop = () => socket.destroy(new Error(`${url.host} is too slow`))
    from.signal.addEventListener('abort', stop, { once: true })
    socket.on('error', reject)
    socket.on('close', () => from.signal.removeEventListener('abort', stop))
    socket.on('secureConnect', () => {
      let top = socket.getPeerX509Certificate()
      while (top?.issuerCertificate) top = top.issuerCertificate
      socket.destroy()
      if (top) resolve(top)
      else reject(new Error(`${url.host} shows no certificate`))
    })
  })
}

/**
 * The issuer's own host is the administrator's choice. Any other is the issuer's, and must not be one behind our walls:
 * the address is looked at when the connection is made, so a name cannot change its meaning in between.
 */
function reach(url: URL, { issuer }: From): { lookup?: LookupFunction } {
  if (url.host === issuer.host) return {}
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(host) && !isPublic(host)) throw new Error(`${url.host} is no public address`)
  return { lookup: publicLookup }
}

const publicLookup: LookupFunction = (host, options, done) => {
  const { lookup } = process.getBuiltinModule('node:dns')
  lookup(host, { ...options, all: true }, (error, found) => {
    const addresses = error ? [] : found
    const inside = addresses.find(({ address }) => !isPublic(address))
    const failure = error ?? (inside && new Error(`${host} has the address ${inside.address}, which is not public`))
    if (failure) done(failure, '', 0)
    else if (options.all) done(null, addresses)
    else done(null, addresses[0]!.address, addresses[0]!.family)
  })
}

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast'
}
