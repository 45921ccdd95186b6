import type { KeyState } from '@aws-sdk/client-kms'
import { AwsError } from '../../wire/aws-error.ts'
import { disabled, invalidState } from './errors.ts'
import { type Key, keyArn } from './key.ts'

/** AWS KMS Developer Guide, "Key states of AWS KMS keys". */
export function stateOf(key: Key): KeyState {
  if (key.deletion) return 'PendingDeletion'
  if (key.deletionAfterReplicas) return 'PendingReplicaDeletion'
  const materials = key.materials.filter(({ pending }) => !pending)
  if (materials.length === 0 || materials.some(({ sealed }) => sealed === undefined)) return 'PendingImport'
  return key.enabled ? 'Enabled' : 'Disabled'
}

const words: Readonly<Partial<Record<KeyState, string>>> = {
  PendingDeletion: 'is pending deletion.',
  PendingReplicaDeletion: 'is pending replica deletion.',
  PendingImport: 'is pending import.',
}

/** Throws in KMS's words unless the key is in one of the states. */
export function requireState(key: Key, ...allowed: KeyState[]): void {
  const state = stateOf(key)
  if (allowed.includes(state)) return
  if (state === 'Disabled') throw disabled(keyArn(key))
  // inferred: what is said of a key that is enabled and may not be, as of one that is not pending deletion.
  throw invalidState(`${keyArn(key)} ${words[state] ?? `is ${state.toLowerCase()}.`}`)
}

/** For every use of the key itself. */
export function requireUsable(key: Key): void {
  requireState(key, 'Enabled')
}

/** For what changes a key and does not mind that it is disabled. */
export function requireNotDeleted(key: Key): void {
  requireState(key, 'Enabled', 'Disabled', 'PendingImport')
}

/** For what concerns its grants: these may be taken away until the key is. */
export function requireNotGone(key: Key): void {
  requireState(key, 'Enabled', 'Disabled', 'PendingImport', 'PendingDeletion', 'PendingReplicaDeletion')
}

/** Of AWS-managed keys AWS alone changes anything. inferred: where their policy has not already said no. */
export function requireNotManaged(key: Key): void {
  if (key.manager === 'AWS')
    throw new AwsError('UnsupportedOperationException', `${keyArn(key)} is an AWS managed key and cannot be changed.`)
}
