import type { PolicyType } from '@aws-sdk/client-organizations'
import type { World } from '../../world.ts'
import type { Handshake } from './handshake.ts'
import type { Organization } from './documents.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Lower-case letters and digits. Each takes four bytes, so that all are as good as equally likely. */
function random(world: World, length: number): string {
  const hex = world.hex(length * 8)
  let text = ''
  for (let at = 0; at < hex.length; at += 8) text += alphabet[parseInt(hex.slice(at, at + 8), 16) % alphabet.length]
  return text
}

/** Ids as the patterns of the API have them and AWS fills them: `o-a1b2c3d4e5`, `p-a1b2c3d4`. */
export const newId = {
  organization: (world: World): string => `o-${random(world, 10)}`,
  root: (world: World): string => `r-${random(world, 4)}`,
  /** The root's letters are in it. */
  unit: (world: World, root: string): string => `ou-${root.slice('r-'.length)}-${random(world, 8)}`,
  policy: (world: World): string => `p-${random(world, 8)}`,
  resourcePolicy: (world: World): string => `rp-${random(world, 8)}`,
  handshake: (world: World): string => `h-${random(world, 32)}`,
  creation: (world: World): string => `car-${random(world, 32)}`,
  /** Twelve digits. */
  account: (world: World): string => ((BigInt(`0x${world.hex(24)}`) % 900_000_000_000n) + 100_000_000_000n).toString(),
}

type Place = Pick<Organization, 'id' | 'managementAccount'>

const prefix = ({ managementAccount }: Place, kind: string) => `arn:aws:organizations::${managementAccount}:${kind}`

/** ARNs (Service Authorization Reference, "Resource types defined by AWS Organizations"): all are the management account's. */
export const organizationArn = (place: Place): string => `${prefix(place, 'organization')}/${place.id}`
export const rootArn = (place: Place, id: string): string => `${prefix(place, 'root')}/${place.id}/${id}`
export const unitArn = (place: Place, id: string): string => `${prefix(place, 'ou')}/${place.id}/${id}`
export const accountArn = (place: Place, id: string): string => `${prefix(place, 'account')}/${place.id}/${id}`
export const resourcePolicyArn = (place: Place, id: string): string =>
  `${prefix(place, 'resourcepolicy')}/${place.id}/${id}`

export function policyArn(place: Place, type: PolicyType, id: string): string {
  return `${prefix(place, 'policy')}/${place.id}/${type.toLowerCase()}/${id}`
}

export function handshakeArn(place: Place, { action, id }: Pick<Handshake, 'action' | 'id'>): string {
  return `${prefix(place, 'handshake')}/${place.id}/${action.toLowerCase()}/${id}`
}

/** By the id's own form, of anything that policies hang on. */
export function targetArn(place: Place, id: string): string {
  return id.startsWith('r-') ? rootArn(place, id) : id.startsWith('ou-') ? unitArn(place, id) : accountArn(place, id)
}
