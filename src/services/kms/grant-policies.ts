import { compileGrant } from '../../policy/grant.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { equals, includes, type EncryptionContext } from './encryption-context.ts'
import { type Grant, type GrantDraft, grantPrefix, GRANTS } from './grant.ts'
import type { Key } from './key.ts'

/** "Grants with grant constraints can include the DescribeKey and RetireGrant operations, but the constraint doesn't apply." */
const UNCONSTRAINED = new Set(['DescribeKey', 'RetireGrant'])

/** Grants on a key as policies for one action, so that they are decided on, recorded and explained as policies are. */
export function grantsFor(
  store: Store,
  key: Key,
  action: string,
  { encryptionContext: context = {}, draft }: { encryptionContext?: EncryptionContext; draft?: GrantDraft },
): readonly CompiledPolicy[] {
  return store
    .list<Grant>(GRANTS, { prefix: grantPrefix(key) })
    .filter(({ value }) => (value.operations as readonly string[]).includes(action))
    .filter(({ value }) => !draft || covers(value, draft))
    .flatMap(({ value }) => asPolicy(value, draft || UNCONSTRAINED.has(action) ? undefined : context) ?? [])
}

/**
 * Names of condition keys know no case, encryption contexts do: so KMS compares them itself. A grant whose constraints
 * hold is handed on without them; one whose constraints do not, with them, so that the record shows what was wanted; one
 * that only differs by case, not at all.
 */
function asPolicy(grant: Grant, context: EncryptionContext | undefined): CompiledPolicy | undefined {
  if (!context || holds(grant, context)) return compiled(grant, false)
  return holds(lowered(grant), lower(context)) ? undefined : compiled(grant, true)
}

/**
 * "Grantee principals who have permission to create grants […] can include only the operations that are in the grant. […] The
 * grant constraints must be the same or stricter" (AWS KMS Developer Guide, "Grants in AWS KMS").
 */
function covers(grant: Grant, draft: GrantDraft): boolean {
  if (!draft.operations.every((operation) => grant.operations.includes(operation))) return false
  const { EncryptionContextEquals: same, EncryptionContextSubset: subset } = grant.constraints ?? {}
  const { EncryptionContextEquals: exactly, EncryptionContextSubset: atLeast } = draft.constraints ?? {}
  if (same && !(exactly && equals(same, exactly))) return false
  return !subset || includes(subset, exactly ?? atLeast ?? {})
}

export function holds({ constraints = {} }: Pick<Grant, 'constraints'>, context: EncryptionContext): boolean {
  const { EncryptionContextEquals: same, EncryptionContextSubset: subset } = constraints
  return (!same || equals(same, context)) && (!subset || includes(subset, context))
}

function lowered({ constraints = {} }: Grant): Pick<Grant, 'constraints'> {
  const { EncryptionContextEquals: same, EncryptionContextSubset: subset } = constraints
  return {
    constraints: {
      ...(same && { EncryptionContextEquals: lower(same) }),
      ...(subset && { EncryptionContextSubset: lower(subset) }),
    },
  }
}

function lower(context: EncryptionContext): Record<string, string> {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]))
}

const free = new WeakMap<Grant, CompiledPolicy>()
const bound = new WeakMap<Grant, CompiledPolicy>()

function compiled(grant: Grant, constrained: boolean): CompiledPolicy {
  const cache = constrained ? bound : free
  let policy = cache.get(grant)
  if (!policy) {
    const { EncryptionContextEquals: same, EncryptionContextSubset: subset } = grant.constraints ?? {}
    policy = compileGrant({
      id: `grant:${grant.id}`,
      grantee: grant.granteeId ?? grant.grantee,
      operations: grant.operations,
      ...(constrained && {
        constraints: {
          ...(same && { encryptionContextEquals: same }),
          ...(subset && { encryptionContextSubset: subset }),
        },
      }),
    })
    cache.set(grant, policy)
  }
  return policy
}

/** Who may retire a grant: its retiring principal, and its grantee where the grant says so. */
export function retiringPolicies(grant: Grant): readonly CompiledPolicy[] {
  const retire = { id: `grant:${grant.id}`, operations: ['RetireGrant'] }
  const { retiring, retiringId, operations } = grant
  return [
    ...(retiring === undefined ? [] : [compileGrant({ ...retire, grantee: retiringId ?? retiring })]),
    ...(operations.includes('RetireGrant') ? [compiled(grant, false)] : []),
  ]
}
