import type { PolicyIdentifier } from '@aws-sdk/client-iam'
import { compilePattern } from '../../policy/glob.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalidInput } from './entities.ts'
import type { Source, Sources } from './simulate-sources.ts'

/**
 * What a simulation leaves out of an entity's policies, and whether of the organization's (IAM API reference,
 * "PolicyIdentifier"). What matches nothing is ignored, and RCPs are not part of simulations.
 */
export function withoutExcluded<S extends Sources>(
  sources: S,
  exclusions: readonly Shape<PolicyIdentifier>[] = [],
): Pick<Sources, 'identity' | 'boundary'> & { scp: boolean } {
  const types = new Set(exclusions.flatMap(({ PolicyType }) => PolicyType ?? []))
  const excluded = exclusions.flatMap((exclusion) => excluding(exclusion))
  const { boundary } = sources
  return {
    identity: sources.identity.filter(
      (source) => !(types as Set<string>).has(source.kind) && !excluded.some((matches) => matches(source)),
    ),
    // A boundary goes by its type only, not by its ARN.
    ...(boundary && !types.has('permission-boundary') && { boundary }),
    scp: !types.has('scp'),
  }
}

function excluding({ PolicyArn, InlinePolicyIdentifier: inline }: Shape<PolicyIdentifier>): ((s: Source) => boolean)[] {
  if (PolicyArn !== undefined) {
    const [, prefix, name] = /^(arn:[^:]+:iam::[^:]+:policy)\/(?:[^*?]*\/)?([^/]+)$/.exec(PolicyArn) ?? []
    if (prefix === undefined || name === undefined) throw invalidInput(`Invalid policy ARN: ${PolicyArn}`) // inferred
    const matches = wildcard(name)
    const path = PolicyArn.slice(prefix.length, -name.length)
    return [
      ({ policy: { id, managed } }) =>
        managed && within(id, prefix, path) && matches(id.slice(id.lastIndexOf('/') + 1)),
    ]
  }
  if (inline) {
    const matches = wildcard(inline.AttachmentName ?? '')
    return [
      ({ owner, policy: { id } }) =>
        owner?.type === inline.AttachmentType &&
        matches(owner.name) &&
        id === `${owner.type}_${owner.name}_${inline.PolicyName}`,
    ]
  }
  return []
}

/** An ARN without a path stands for the policy of that name on any path: so AWS has it, whatever its reference says. */
function within(arn: string, prefix: string, path: string): boolean {
  return arn.startsWith(`${prefix}/`) && (path === '/' || arn.slice(prefix.length).startsWith(path))
}

function wildcard(pattern: string): (text: string) => boolean {
  // inferred: the sentence.
  if (pattern.indexOf('*') !== pattern.lastIndexOf('*')) {
    throw invalidInput(`Invalid policy identifier: ${pattern} has more than one wildcard *.`)
  }
  const matches = compilePattern(pattern, { variables: false, wildcards: true })
  return (text) => matches(text, () => undefined)
}
