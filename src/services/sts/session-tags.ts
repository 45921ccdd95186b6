import { AwsError } from '../../wire/aws-error.ts'
import type { Tag } from '../iam/entities.ts'
import type { RoleSession } from './sessions.ts'

export interface SessionTags {
  readonly tags: readonly Tag[]
  /** Lower-cased. */
  readonly transitiveTagKeys: readonly string[]
}

/** Tags that a calling session hands on to the next, whether asked to or not. */
export function inheritedTags(session: RoleSession | undefined): readonly Tag[] {
  return session?.tags.filter(({ Key }) => session.transitiveTagKeys.includes(Key.toLowerCase())) ?? []
}

/** The tags of a new session: those given and those inherited, which nobody may change (facts: errors.md A4). */
export function sessionTags(
  input: { Tags?: readonly Tag[]; TransitiveTagKeys?: readonly string[] },
  from: RoleSession | undefined,
): SessionTags {
  const given = (input.Tags ?? []).map(({ Key, Value }) => ({ Key, Value }))
  const keys = new Set(given.map(({ Key }) => Key.toLowerCase()))
  if (keys.size < given.length) {
    throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  // inferred: the sentence; the rule is the documentation's.
  const reserved = given.find(({ Key }) => Key.toLowerCase().startsWith('aws:'))
  if (reserved) throw invalidParameter(`Tag key "${reserved.Key}" begins with "aws:", which is reserved.`)
  const inherited = inheritedTags(from)
  const transitive = (input.TransitiveTagKeys ?? []).map((key) => key.toLowerCase())
  if (inherited.some(({ Key }) => keys.has(Key.toLowerCase()) || transitive.includes(Key.toLowerCase()))) {
    throw invalidParameter(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  if (!transitive.every((key) => keys.has(key))) {
    throw invalidParameter('The specified transitive tag key must be included in the requested tags.')
  }
  return {
    tags: [...inherited, ...given],
    transitiveTagKeys: [...new Set([...inherited.map(({ Key }) => Key.toLowerCase()), ...transitive])],
  }
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message)
}
