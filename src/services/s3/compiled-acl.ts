import { compile } from '../../policy/compile.ts'
import type { StatementDocument } from '../../policy/document.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import {
  actionsOf,
  ALL_USERS,
  AUTHENTICATED_USERS,
  isPublicGroup,
  LOG_DELIVERY,
  type AclGrant,
  type Subject,
} from './acl-grants.ts'
import { ANONYMOUS_ID } from './owner.ts'

/** By list, which the store gives as the same object until it changes. */
const cache = new WeakMap<
  readonly AclGrant[],
  { whole?: readonly CompiledPolicy[]; withoutPublic?: readonly CompiledPolicy[] }
>()

/**
 * An access control list as a policy that only ever allows, to stand beside the bucket policy in a decision.
 * `arn` is the bucket's or the object's own. Gives none for a list that grants nothing.
 */
export function compiledAcl(
  grants: readonly AclGrant[],
  subject: Subject,
  arn: string,
  ignorePublic: boolean,
): readonly CompiledPolicy[] {
  let known = cache.get(grants)
  if (!known) cache.set(grants, (known = {}))
  const slot = ignorePublic ? 'withoutPublic' : 'whole'
  return (known[slot] ??= compileAcl(
    ignorePublic ? grants.filter(({ grantee }) => !isPublicGroup(grantee)) : grants,
    subject,
    arn,
  ))
}

function compileAcl(grants: readonly AclGrant[], subject: Subject, arn: string): readonly CompiledPolicy[] {
  const Resource = subject === 'bucket' ? [arn, `${arn}/*`] : [literal(arn)]
  const Statement = grants
    .map(({ grantee, permission }) => ({
      Effect: 'Allow' as const,
      ...principalOf(grantee),
      Action: [...actionsOf(subject, permission)],
      Resource,
    }))
    .filter(({ Action }) => Action.length > 0)
  // There is no policy without a statement.
  if (Statement.length === 0) return []
  const id = `${subject}-acl:${arn.slice('arn:aws:s3:::'.length)}`
  return [compile({ Version: '2012-10-17', Statement }, { id, grammar: 'resource' })]
}

/** Keys may hold what patterns and variables are made of. */
const literal = (arn: string): string => arn.replace(/[$*?]/g, (letter) => `\${${letter}}`)

/** Whom a grantee means as a principal. */
function principalOf(grantee: string): Pick<StatementDocument, 'Principal' | 'Condition'> {
  const everyone = { Principal: '*' } as const
  switch (grantee) {
    case ALL_USERS:
      return everyone
    // "This group represents all AWS accounts": whoever signs, but no service.
    case AUTHENTICATED_USERS:
      return {
        ...everyone,
        Condition: { StringEquals: { 'aws:PrincipalType': ['Account', 'User', 'AssumedRole', 'FederatedUser'] } },
      }
    case LOG_DELIVERY:
      return { Principal: { Service: ['logging.s3.amazonaws.com'] } }
    case ANONYMOUS_ID:
      return { ...everyone, Condition: { StringEquals: { 'aws:PrincipalType': ['Anonymous'] } } }
    default:
      return { Principal: { CanonicalUser: [grantee] } }
  }
}
