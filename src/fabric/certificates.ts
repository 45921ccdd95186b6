/**
 * X.509 certificates (RFC 5280) in DER (X.690), for P-256 keys: the few forms that a local CA needs.
 * node:crypto signs but makes no certificates; a leaf made here takes a fraction of a millisecond.
 */
import { X509Certificate, createHash, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { TRUE, bits, der, identifier, octets, sequence, time } from './der.ts'

const name = (parts: Readonly<Record<string, string>>): Buffer =>
  sequence(
    ...Object.entries(parts).map(([type, text]) => der(0x31, sequence(identifier(type), der(0x0c, Buffer.from(text))))),
  )

const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(identifier(id), ...(critical ? [TRUE] : []), octets(value))

/** A subject's alternative name: an address where it is one, else a host name. */
const alternative = (host: string): Buffer =>
  isIP(host) ? der(0x87, Buffer.from(ipaddr.parse(host).toByteArray())) : der(0x82, Buffer.from(host, 'latin1'))

function subtree(permitted: string): Buffer {
  if (!permitted.includes('/')) return sequence(der(0x82, Buffer.from(permitted)))
  const [address, length] = ipaddr.parseCIDR(permitted)
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  const mask = family.subnetMaskFromPrefixLength(length).toByteArray()
  return sequence(der(0x87, Buffer.from([...address.toByteArray(), ...mask])))
}

/** The extension that confines a CA to domains (with all below them) and blocks of addresses. */
export const nameConstraints = (permitted: readonly string[]): Buffer =>
  extension('2.5.29.30', true, sequence(der(0xa0, ...permitted.map(subtree))))

export interface CertificateRequest {
  /** Attribute types and values, e.g. `{ '2.5.4.3': 'name' }`. */
  subject: Readonly<Record<string, string>>
  publicKey: KeyObject
  /** A CA that can sign leaves only, or a server's leaf with these names. */
  use: { authority: readonly string[] } | { server: readonly string[] }
  serial: Buffer
  /** Epoch milliseconds. */
  notBefore: number
  notAfter: number
  issuer: { subject: Readonly<Record<string, string>>; publicKey: KeyObject; privateKey: KeyObject }
}

const ECDSA_WITH_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'))
const SERVER_AUTH = extension('2.5.29.37', false, sequence(identifier('1.3.6.1.5.5.7.3.1')))
const keyUsage = (flags: number, unused: number) => extension('2.5.29.15', true, bits(Buffer.from([flags]), unused))

const publicBytes = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })
/** SHA-1 of the point, which are the last 65 bytes of a P-256 key (RFC 5280, 4.2.1.2). */
const keyId = (key: KeyObject): Buffer => createHash('sha1').update(publicBytes(key).subarray(-65)).digest()

/** A signed certificate, PEM. Names and addresses must be well formed. */
export function certificate({
  subject,
  publicKey,
  use,
  serial,
  notBefore,
  notAfter,
  issuer,
}: CertificateRequest): string {
  const own =
    'authority' in use
      ? [
          extension('2.5.29.19', true, sequence(TRUE, der(0x02, Buffer.from([0])))),
          keyUsage(0x06, 1),
          nameConstraints(use.authority),
        ]
      : [
          extension('2.5.29.19', true, sequence()),
          keyUsage(0x80, 7),
          extension('2.5.29.17', false, sequence(...use.server.map(alternative))),
        ]
  const extensions = [
    ...own,
    SERVER_AUTH,
    extension('2.5.29.14', false, octets(keyId(publicKey))),
    extension('2.5.29.35', false, sequence(der(0x80, keyId(issuer.publicKey)))),
  ]
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const number = der(0x02, Buffer.concat([Buffer.from([0x01]), serial])) // positive, without leading zeros
  const body = sequence(
    version,
    number,
    ECDSA_WITH_SHA256,
    name(issuer.subject),
    sequence(time(notBefore), time(notAfter)),
    name(subject),
    publicBytes(publicKey),
    der(0xa3, sequence(...extensions)),
  )
  const signed = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.privateKey)))
  return new X509Certificate(signed).toString()
}
