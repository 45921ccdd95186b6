import type { Tag } from '@aws-sdk/client-kms'
import type { Shape } from '../../wire/shape.ts'
import { tagError } from './errors.ts'

type Tags = readonly Shape<Tag>[]

/** AWS KMS Developer Guide, "Tags in AWS KMS": at most 50, none beginning with `aws:`. inferred: two of the sentences. */
export function mergeTags(before: Readonly<Record<string, string>>, tags: Tags = []): Record<string, string> {
  if (new Set(tags.map(({ TagKey }) => TagKey)).size < tags.length) throw tagError('Duplicate tag keys')
  if (tags.some(({ TagKey }) => TagKey?.toLowerCase().startsWith('aws:')))
    throw tagError('Tags beginning with aws: are reserved')
  const merged = {
    ...before,
    ...Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey ?? '', TagValue ?? ''])),
  }
  if (Object.keys(merged).length > 50) throw tagError('Too many tags')
  return merged
}
