/**
 * ECDSA of a digest that was made elsewhere (FIPS 186-5, section 6.4), which node:crypto has no call for. The secret nonce is
 * multiplied by OpenSSL; only what is public, and one equation modulo the order, is worked out here.
 */
import { createECDH, type KeyObject, randomBytes } from 'node:crypto'

interface Curve {
  readonly p: bigint
  readonly a: bigint
  readonly n: bigint
  readonly g: Point
  /** Bytes of a coordinate. */
  readonly size: number
}

type Point = readonly [x: bigint, y: bigint] | undefined

const curve = (size: number, p: string, a: string, n: string, x: string, y: string): Curve => {
  const [P, A, N, X, Y] = [p, a, n, x, y].map((text) => BigInt(`0x${text.replaceAll(' ', '')}`)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  return { size, p: P, a: A, n: N, g: [X, Y] }
}

/** SEC 2, version 2.0. */
const curves: Readonly<Record<string, Curve>> = {
  prime256v1: curve(
    32,
    'FFFFFFFF 00000001 00000000 00000000 00000000 FFFFFFFF FFFFFFFF FFFFFFFF',
    'FFFFFFFF 00000001 00000000 00000000 00000000 FFFFFFFF FFFFFFFF FFFFFFFC',
    'FFFFFFFF 00000000 FFFFFFFF FFFFFFFF BCE6FAAD A7179E84 F3B9CAC2 FC632551',
    '6B17D1F2 E12C4247 F8BCE6E5 63A440F2 77037D81 2DEB33A0 F4A13945 D898C296',
    '4FE342E2 FE1A7F9B 8EE7EB4A 7C0F9E16 2BCE3357 6B315ECE CBB64068 37BF51F5',
  ),
  secp256k1: curve(
    32,
    'FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFE FFFFFC2F',
    '0',
    'FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFE BAAEDCE6 AF48A03B BFD25E8C D0364141',
    '79BE667E F9DCBBAC 55A06295 CE870B07 029BFCDB 2DCE28D9 59F2815B 16F81798',
    '483ADA77 26A3C465 5DA4FBFC 0E1108A8 FD17B448 A6855419 9C47D08F FB10D4B8',
  ),
  secp384r1: curve(
    48,
    'FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFE FFFFFFFF 00000000 00000000 FFFFFFFF',
    'FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFE FFFFFFFF 00000000 00000000 FFFFFFFC',
    'FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF C7634D81 F4372DDF 581A0DB2 48B0A77A ECEC196A CCC52973',
    'AA87CA22 BE8B0537 8EB1C71E F320AD74 6E1D3B62 8BA79B98 59F741E0 82542A38 5502F25D BF55296C 3A545E38 72760AB7',
    '3617DE4A 96262C6F 5D9E98BF 9292DC29 F8F41DBD 289A147C E9DA3113 B5F0B8C0 0A60B1CE 1D7E819D 7A431D7C 90EA0E5F',
  ),
  secp521r1: curve(
    66,
    `1FF ${'FFFFFFFF '.repeat(16)}`,
    `1FF ${'FFFFFFFF '.repeat(15)}FFFFFFFC`,
    `1FF ${'FFFFFFFF '.repeat(7)}FFFFFFFA 51868783 BF2F966B 7FCC0148 F709A5D0 3BB5C9B8 899C47AE BB6FB71E 91386409`,
    'C6 858E06B7 0404E9CD 9E3ECB66 2395B442 9C648139 053FB521 F828AF60 6B4D3DBA A14B5E77 EFE75928 FE1DC127 A2FFA8DE 3348B3C1 856A429B F97E7E31 C2E5BD66',
    '118 39296A78 9A3BC004 5C8A5FB4 2C7D1BD9 98F54449 579B4468 17AFBD17 273E662C 97EE7299 5EF42640 C550B901 3FAD0761 353C7086 A272C240 88BE9476 9FD16650',
  ),
}

/** The signature in DER. */
export function signDigest(key: KeyObject, digest: Uint8Array): Buffer {
  const { name, at } = curveOf(key)
  const d = fromBase64(key.export({ format: 'jwk' }).d!)
  for (;;) {
    const k = randomBelow(at.n)
    const nonce = createECDH(name)
    nonce.setPrivateKey(toBytes(k, at.size))
    const r = mod(fromBytes(nonce.getPublicKey().subarray(1, 1 + at.size)), at.n)
    const s = mod(inverse(k, at.n) * (leftmost(digest, at.n) + r * d), at.n)
    if (r !== 0n && s !== 0n) return der(r, s)
  }
}

export function verifyDigest(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const { at } = curveOf(key)
  const pair = readDer(signature)
  if (!pair || pair.some((one) => one <= 0n || one >= at.n)) return false
  const [r, s] = pair
  const { x, y } = key.export({ format: 'jwk' })
  const w = inverse(s, at.n)
  const one = times(at, mod(leftmost(digest, at.n) * w, at.n), at.g)
  const sum = plus(at, one, times(at, mod(r * w, at.n), [fromBase64(x!), fromBase64(y!)]))
  return sum !== undefined && mod(sum[0], at.n) === r
}

function curveOf(key: KeyObject): { name: string; at: Curve } {
  const name = key.asymmetricKeyDetails?.namedCurve ?? ''
  const at = curves[name]
  if (!at) throw new Error(`no curve ${name}`)
  return { name, at }
}

/** As many bits of the digest as the order has. */
function leftmost(digest: Uint8Array, n: bigint): bigint {
  const surplus = digest.length * 8 - n.toString(2).length
  const z = fromBytes(digest)
  return surplus > 0 ? z >> BigInt(surplus) : z
}

function plus({ p, a }: Curve, one: Point, other: Point): Point {
  if (!one) return other
  if (!other) return one
  if (one[0] === other[0] && mod(one[1] + other[1], p) === 0n) return undefined
  const slope =
    one[0] === other[0]
      ? (3n * one[0] * one[0] + a) * inverse(2n * one[1], p)
      : (other[1] - one[1]) * inverse(other[0] - one[0], p)
  const x = mod(slope * slope - one[0] - other[0], p)
  return [x, mod(slope * (one[0] - x) - one[1], p)]
}

function times(at: Curve, factor: bigint, point: Point): Point {
  let sum: Point
  let power = point
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = plus(at, sum, power)
    power = plus(at, power, power)
  }
  return sum
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** By Euclid; the modulus is a prime. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [mod(value, modulus), modulus, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b, x, y] = [b - quotient * a, a, y - quotient * x, x]
  }
  return mod(x, modulus)
}

function randomBelow(n: bigint): bigint {
  // Eight bytes more than needed, so that no number is noticeably likelier than another (FIPS 186-5, A.3.1).
  return 1n + (fromBytes(randomBytes(Math.ceil(n.toString(16).length / 2) + 8)) % (n - 1n))
}

const fromBytes = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
const fromBase64 = (text: string) => fromBytes(Buffer.from(text, 'base64url'))
const toBytes = (value: bigint, size: number) => Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex')

/** SEQUENCE of two INTEGERs. */
function der(...pair: [bigint, bigint]): Buffer {
  const body = Buffer.concat(pair.map(integer))
  return Buffer.concat([Buffer.from(body.length < 128 ? [0x30, body.length] : [0x30, 0x81, body.length]), body])
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16)
  const even = hex.length % 2 ? `0${hex}` : hex
  const bytes = Buffer.from(Number.parseInt(even.slice(0, 2), 16) >= 128 ? `00${even}` : even, 'hex')
  return Buffer.concat([Buffer.from([2, bytes.length]), bytes])
}

/** Reads what `der` writes and nothing else: one signature has one spelling. */
function readDer(signature: Uint8Array): [bigint, bigint] | undefined {
  const bytes = Buffer.from(signature)
  let at = bytes[1] === 0x81 ? 3 : 2
  const next = (): bigint => {
    const length = bytes[at + 1] ?? 0
    const value = fromBytes(bytes.subarray(at + 2, at + 2 + length))
    at += 2 + length
    return value
  }
  const pair: [bigint, bigint] = [next(), next()]
  return der(...pair).equals(bytes) ? pair : undefined
}
