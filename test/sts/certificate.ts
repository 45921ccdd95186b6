/** Certificates for tests, written down byte by byte (X.509, RFC 5280): no tool and no file has to be there. */
import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export interface Certificate {
  /** PEM. */
  certificate: string
  key: string
  /** As IAM lists it: SHA-1 in hex. */
  thumbprint: string
  name: string
}

interface Wish {
  name: string
  /** Who signs; absent: it signs itself. */
  by?: Certificate & { signer?: KeyObject }
  authority?: boolean
  /** IPv4 addresses that it is good for. */
  addresses?: readonly string[]
  hosts?: readonly string[]
  rsa?: boolean
  /** `YYYYMMDD`. */
  from?: string
  to?: string
}

let serial = 0

export function makeCertificate(wish: Wish): Certificate {
  const {
    name,
    by,
    authority = false,
    addresses = [],
    hosts = [],
    rsa = false,
    from = '20200101',
    to = '20991231',
  } = wish
  const { privateKey, publicKey } = rsa
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = by?.key ?? privateKey.export({ type: 'pkcs8', format: 'pem' })
  const algorithm = createPublicKey(signer).asymmetricKeyType === 'rsa' ? sha256WithRsa : ecdsaWithSha256
  const names = [
    ...hosts.map((host) => tlv(0x82, Buffer.from(host))),
    ...addresses.map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
  ]
  const extensions = [
    extension('2.5.29.19', sequence(...(authority ? [tlv(0x01, Buffer.of(0xff))] : []))),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names))] : []),
  ]
  const body = sequence(
    tlv(0xa0, integer(2)),
    integer(++serial),
    algorithm,
    distinguishedName(by?.name ?? name),
    sequence(time(from), time(to)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  )
  const der = sequence(body, algorithm, tlv(0x03, Buffer.of(0), sign('sha256', body, signer)))
  return {
    certificate: pem(der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    thumbprint: createHash('sha1').update(der).digest('hex'),
    name,
  }
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts)
}

function integer(value: number): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return tlv(0x02, bytes[0]! > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 127]
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128)
    bytes.push(...digits)
  }
  return tlv(0x06, Buffer.from(bytes))
}

const sha256WithRsa = sequence(objectId('1.2.840.113549.1.1.11'), tlv(0x05))
const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))

function distinguishedName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(objectId('2.5.4.3'), tlv(0x0c, Buffer.from(name)))))
}

function time(day: string): Buffer {
  return tlv(0x18, Buffer.from(`${day}000000Z`))
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), tlv(0x04, value))
}
