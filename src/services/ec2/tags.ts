import type { Tag, TagSpecification } from '@aws-sdk/client-ec2'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalidValue } from './errors.ts'
import type { Noun } from './nouns.ts'

export type Tags = Shape<Tag>[]

/** The tags that a Create call gives to its thing, checked; empty when it gives none. */
export function givenTags<T extends object>(
  noun: Noun<T>,
  specifications: readonly Shape<TagSpecification>[] | undefined,
  ...alsoAllowed: string[]
): Tags {
  const strange = specifications?.find(
    (one) => one.ResourceType !== noun.type && !alsoAllowed.includes(one.ResourceType ?? ''),
  )
  if (strange) {
    throw invalidValue(`'${strange.ResourceType}' is not a valid taggable resource type for this operation.`)
  }
  const tags = (specifications ?? []).filter((one) => one.ResourceType === noun.type).flatMap((one) => one.Tags ?? [])
  return mergeTags([], tags)
}

/** Lays tags over others: EC2's limits hold for the result (50 tags; keys of 128, values of 256 characters; no `aws:`). */
export function mergeTags(old: readonly Shape<Tag>[], added: readonly Shape<Tag>[]): Tags {
  const merged = new Map(old.map((tag) => [tag.Key ?? '', tag.Value ?? '']))
  const seen = new Set<string>()
  for (const { Key = '', Value = '' } of added) {
    if (Key === '') throw invalidValue('Tag key cannot be empty')
    if (seen.has(Key)) throw invalidValue(`Duplicate tag key '${Key}' specified.`)
    if (Key.startsWith('aws:')) throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use`)
    if (Key.length > 128) throw invalidValue(`Tag key exceeds the maximum length of 128 characters`)
    if (Value.length > 256) throw invalidValue(`Tag value exceeds the maximum length of 256 characters`)
    seen.add(Key)
    merged.set(Key, Value)
  }
  if (merged.size > 50)
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.')
  return [...merged].map(([Key, Value]) => ({ Key, Value }))
}
