import { createHash } from 'node:crypto'
import type { World } from '../../world.ts'
import { invalidArgument } from './errors.ts'

/** The name of a version that was written while its bucket kept none (S3 User Guide, "How S3 Versioning works"). */
export const NULL_VERSION = 'null'

/**
 * A version id as AWS's look: 32 letters, opaque to clients. Behind a mask lies the version's place in the sequence, so that it is
 * found without an index, and a check, so that an id that we never gave is known as such.
 */
export function newVersionId(world: World, sequence: number): string {
  const salt = Buffer.from(world.hex(24), 'hex')
  const payload = Buffer.alloc(12)
  payload.writeBigUInt64BE(BigInt(sequence))
  checkOf(salt, sequence).copy(payload, 8)
  return Buffer.concat([salt, masked(salt, payload)])
    .toString('base64url')
    .replaceAll('-', '.')
}

export const isVersionId = (versionId: string) => versionId === NULL_VERSION || unmasked(versionId) !== undefined

/** The sequence of the version that an id names; throws InvalidArgument on what is no version id. */
export function sequenceOf(versionId: string): number {
  const sequence = unmasked(versionId)
  if (sequence === undefined) throw invalidVersionId(versionId)
  return sequence
}

function unmasked(versionId: string): number | undefined {
  const bytes = Buffer.from(versionId.replaceAll('.', '-'), 'base64url')
  if (/^[A-Za-z0-9._]{32}$/.test(versionId)) {
    const salt = bytes.subarray(0, 12)
    const payload = masked(salt, bytes.subarray(12))
    const sequence = Number(payload.readBigUInt64BE())
    if (payload.subarray(8).equals(checkOf(salt, sequence))) return sequence
  }
  return undefined
}

export const invalidVersionId = (versionId: string) =>
  invalidArgument('Invalid version id specified', 'versionId', versionId)

function masked(salt: Buffer, payload: Buffer): Buffer {
  const mask = createHash('sha256').update('version').update(salt).digest()
  return Buffer.from(payload.map((byte, at) => byte ^ mask[at]!))
}

function checkOf(salt: Buffer, sequence: number): Buffer {
  return createHash('sha256').update(`check ${sequence}`).update(salt).digest().subarray(0, 4)
}
