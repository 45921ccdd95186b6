import type { Tag } from '@aws-sdk/client-cloudwatch'
import type { Shape } from '../../wire/shape.ts'
import { invalidValue } from './errors.ts'

export type Tags = Record<string, string>

const TAGS_MAX = 50

/** inferred: sentences. */
export function tagsOf(list: readonly Shape<Tag>[] = [], before: Tags = {}): Tags {
  const added = list.map(({ Key, Value }) => [Key, Value] as const)
  if (added.some(([key]) => key.toLowerCase().startsWith('aws:'))) {
    throw invalidValue('Tag keys that begin with aws: are reserved for AWS.')
  }
  const tags = { ...before, ...Object.fromEntries(added) }
  if (Object.keys(tags).length > TAGS_MAX) throw invalidValue(`A resource can have no more than ${TAGS_MAX} tags.`)
  return tags
}

/** Tags in a request, as condition keys. */
export function requestTagKeys(list: readonly Shape<Tag>[] = []): Record<string, string | string[]> {
  if (list.length === 0) return {}
  return {
    ...Object.fromEntries(list.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    'aws:TagKeys': list.map(({ Key }) => Key),
  }
}
