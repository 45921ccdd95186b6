import type { World } from '../../world.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The first `length` base-32 digits (RFC 4648 letters) of hexadecimal text. */
export function base32(hex: string, length: number): string {
  let bits = BigInt(`0x${hex}`)
  const spare = BigInt(hex.length * 4 - length * 5)
  if (spare < 0n) throw new Error(`${hex.length} hex digits are too few for ${length} base-32 digits`)
  bits >>= spare
  let digits = ''
  for (let left = length; left > 0; left--) {
    digits = alphabet.charAt(Number(bits & 31n)) + digits
    bits >>= 5n
  }
  return digits
}

/** Of users, groups, roles, policies, instance profiles, server certificates, public keys, service-specific credentials. */
type IdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'ANPA' | 'AIPA' | 'ASCA' | 'APKA' | 'ACCA'

/** Unique ids as AWS prefixes them (IAM User Guide, "Unique identifiers"): 21 characters. */
export function uniqueId(world: World, prefix: IdPrefix): string {
  return prefix + base32(world.hex(24), 17)
}

/** 20 characters: AKIA… for long-term keys, ASIA… for sessions. */
export function accessKeyId(world: World, prefix: 'AKIA' | 'ASIA'): string {
  return prefix + base32(world.hex(24), 16)
}

/** 40 characters of base64. */
export function secretAccessKey(world: World): string {
  return base64(world.hex(60))
}

/** Opaque to its holder: 400 characters of base64. */
export function sessionToken(world: World): string {
  return base64(world.hex(600))
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}
