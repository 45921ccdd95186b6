import { compile } from '../../policy/compile.ts'
import { invalidPrincipal } from '../../policy/parse.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { isSuspended } from '../organizations/membership.ts'
import { bindPrincipals, type BoundPolicy, boundText } from './bound-principals.ts'
import { entityByArn, type Role } from './entities.ts'
import { checkPolicy } from './policy-text.ts'

/** A role and its compiled trust policy, or undefined when no role has exactly this ARN, or its account was closed. */
export function trustPolicy(store: Store, roleArn: string): { role: Role; policy: CompiledPolicy } | undefined {
  const role = entityByArn(store, roleArn)
  if (role?.type !== 'role' || isSuspended(store, role.account)) return undefined
  return { role: role as Role, policy: compiledTrust(role as Role) }
}

const compiled = new WeakMap<Role, CompiledPolicy>()

function compiledTrust(role: Role): CompiledPolicy {
  let policy = compiled.get(role)
  if (!policy) {
    const of = { id: `trust-policy:${role.name}`, managed: false, grammar: 'trust' } as const
    policy = compile(boundText(role.trust), of)
    compiled.set(role, policy)
  }
  return policy
}

/** Checks a trust policy and binds it to those it names. Throws AWS's MalformedPolicyDocument. */
export function bindTrust(store: Store, text: string): BoundPolicy {
  checkPolicy(text, 'trust')
  const { principals, stranger } = bindPrincipals(store, text)
  if (stranger !== undefined) throw new AwsError('MalformedPolicyDocument', invalidPrincipal('AWS', stranger))
  return { text, principals }
}
