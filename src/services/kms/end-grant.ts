import type {
  RetireGrantCommandInput,
  RetireGrantCommandOutput,
  RevokeGrantCommandInput,
  RevokeGrantCommandOutput,
} from '@aws-sdk/client-kms'
import type { Call } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { isForAwsResource } from './create-grant.ts'
import { dryRun, validation } from './errors.ts'
import { type Grant, grantKey, GRANTS } from './grant.ts'
import { retiringPolicies } from './grant-policies.ts'
import { readGrantToken } from './grant-token.ts'
import { findKey, type KeyName } from './key.ts'
import { parseKeyOnly } from './key-id.ts'
import { requireNotGone } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { keyNeed, onOwnKey } from './needs.ts'

/** inferred: the sentence. */
const grantNotFound = (id: string) => new AwsError('NotFoundException', `Grant ID ${id} not found`)

export const revokeGrant = kmsOperation<RevokeGrantCommandInput, RevokeGrantCommandOutput>('RevokeGrant', {
  needs: onOwnKey('RevokeGrant', {
    crossAccount: true,
    options: (_input, call) => ({ context: { 'kms:GrantIsForAWSResource': String(isForAwsResource(call)) } }),
  }),
  perform: (input, { call, world: { store } }) =>
    store.transaction(() => {
      const key = findKey(store, parseKeyOnly(input.KeyId, call))
      requireNotGone(key)
      const at = grantKey(key, input.GrantId)
      if (!store.get(GRANTS, at)) throw grantNotFound(input.GrantId)
      if (input.DryRun) throw dryRun()
      store.delete(GRANTS, at)
      return {}
    }),
})

type RetireInput = Shape<RetireGrantCommandInput>

/**
 * Retiring "is determined primarily by the grant": its retiring principal may, and its grantee where the grant has the
 * RetireGrant operation; beside them whom key and IAM policies let (API reference, RetireGrant).
 */
export const retireGrant = kmsOperation<RetireGrantCommandInput, RetireGrantCommandOutput>('RetireGrant', {
  needs: (input, call) => {
    const { key, grantId } = namedGrant(call, input)
    const grant = call.world.store.get<Grant>(GRANTS, grantKey(key, grantId))
    const one = keyNeed(call, 'RetireGrant', { kind: 'key', ...key })
    const context = { ...one.context, 'kms:GrantIsForAWSResource': String(isForAwsResource(call)) }
    return [{ ...one, context, grants: grant ? retiringPolicies(grant) : [] }]
  },
  perform: (input, { call, world: { store } }) =>
    store.transaction(() => {
      const { key: name, grantId } = namedGrant(call, input)
      const key = findKey(store, name)
      requireNotGone(key)
      const at = grantKey(key, grantId)
      if (!store.get(GRANTS, at)) throw grantNotFound(grantId)
      if (input.DryRun) throw dryRun()
      store.delete(GRANTS, at)
      return {}
    }),
})

/** "To identify the grant, use a grant token, or both the grant ID and a key identifier (key ID or key ARN)". inferred: the sentence. */
function namedGrant(call: Call, { GrantToken, KeyId, GrantId }: RetireInput): { key: KeyName; grantId: string } {
  if (GrantToken !== undefined && KeyId === undefined && GrantId === undefined) {
    const { grantId, ...key } = readGrantToken(call.world, GrantToken)
    return { key, grantId }
  }
  if (GrantToken !== undefined || KeyId === undefined || GrantId === undefined)
    throw validation('Specify either a grant token, or both a grant ID and a key ID.')
  const { kind: _kind, ...key } = parseKeyOnly(KeyId, call)
  return { key, grantId: GrantId }
}
