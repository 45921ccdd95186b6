import { deflateRawSync } from 'node:zlib'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import type { Tag } from '../iam/entities.ts'
import { accessKeyId, secretAccessKey } from '../iam/ids.ts'
import type { Session, SessionPolicy } from './sessions.ts'

/** What a session token may take up (AWS What's New, September 2026: one limit, the assembled token's). */
const MAX_TOKEN = 4096
/** inferred: what a token takes without policies and tags. */
const BARE_TOKEN = 400

export interface Wish {
  /** Epoch milliseconds. */
  now: number
  /** Seconds. */
  duration: number
  policies?: readonly SessionPolicy[]
  tags?: readonly Tag[]
  /** To try out how long a token one's own software takes. */
  MinimumSessionTokenSize?: number
}

/**
 * New keys and what the answer says of their size. AWS's expirations are whole seconds. Throws PackedPolicyTooLarge.
 * Our tokens are only names and hold nothing; they are yet as long as if they held what AWS's do.
 */
export function issue(world: World, wish: Wish) {
  const { now, duration, policies = [], tags = [], MinimumSessionTokenSize = 0 } = wish
  const size = Math.max(MinimumSessionTokenSize, BARE_TOKEN + packed(policies, tags))
  const utilization = Math.ceil((size / MAX_TOKEN) * 100)
  if (size > MAX_TOKEN) {
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${utilization}% of allotted space, please use smaller policy.`,
    )
  }
  return {
    keys: {
      accessKeyId: accessKeyId(world, 'ASIA'),
      secretAccessKey: secretAccessKey(world),
      sessionToken: tokenOf(world, size),
      issuedAt: now,
      expiresAt: Math.floor(now / 1000 + duration) * 1000,
    },
    sizes: {
      // The older name of the same figure; left out, as ever, where there is no policy and no tag.
      ...((policies.length > 0 || tags.length > 0) && { PackedPolicySize: utilization }),
      SessionTokenUtilization: utilization,
      SessionTokenSize: size,
    },
  }
}

/** Characters of base64. inferred: AWS's own packing is not known. A managed policy counts by its ARN, as only that is passed. */
function packed(policies: readonly SessionPolicy[], tags: readonly Tag[]): number {
  if (policies.length === 0 && tags.length === 0) return 0
  const content = JSON.stringify([policies.map(({ id, managed, text }) => (managed ? id : text)), tags])
  return Math.ceil(deflateRawSync(content).length / 3) * 4
}

function tokenOf(world: World, length: number): string {
  const bytes = Math.ceil(length / 4) * 3
  return Buffer.from(world.hex(bytes * 2), 'hex')
    .toString('base64')
    .slice(0, length)
}

/** As every answer of STS has them. */
export function credentialsOf({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, ...rest }: Session) {
  return { AccessKeyId, SecretAccessKey, SessionToken: rest.sessionToken, Expiration: rest.expiresAt / 1000 }
}
