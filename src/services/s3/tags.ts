import { AwsError } from '../../wire/aws-error.ts'
import { invalidArgument } from './errors.ts'

export type Tags = Record<string, string>
export type TagSet = { Key: string; Value: string }[]

/** Checks a tag set (S3 User Guide, "Categorizing your objects using tags"; buckets take up to 50). Throws AWS's errors. */
export function fromTagSet(tagSet: readonly { Key?: string; Value?: string }[], of: 'Object' | 'Bucket'): Tags {
  const max = of === 'Object' ? 10 : 50
  if (tagSet.length > max) {
    throw new AwsError('BadRequest', `${of} tags cannot be greater than ${max}`, 400)
  }
  const tags = new Map<string, string>()
  for (const { Key: key = '', Value: value = '' } of tagSet) {
    if (!allowed(key, 128) || key === '') throw invalidTag('The TagKey you have provided is invalid', key)
    if (!allowed(value, 256)) throw invalidTag('The TagValue you have provided is invalid', key)
    if (key.startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester', key)
    if (tags.has(key)) throw invalidTag('Cannot provide multiple Tags with the same key', key)
    tags.set(key, value)
  }
  return Object.fromEntries(tags)
}

/** `x-amz-tagging: a=1&b=2` */
export function fromTaggingHeader(header: string): Tags {
  const pairs = new URLSearchParams(header)
  if ([...pairs.keys()].some((key, at, all) => all.indexOf(key) !== at)) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      header,
    )
  }
  return fromTagSet(
    [...pairs].map(([Key, Value]) => ({ Key, Value })),
    'Object',
  )
}

export function toTagSet(tags: Tags): TagSet {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** One condition key for each tag, e.g. `s3:ExistingObjectTag/<key>`. */
export function tagKeys(prefix: string, tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]))
}

/** Keys of the tags that a request brings. */
export function requestTagKeys(tags: Tags | undefined): Record<string, string | string[]> {
  if (!tags) return {}
  return { ...tagKeys('s3:RequestObjectTag', tags), 's3:RequestObjectTagKeys': Object.keys(tags) }
}

function allowed(text: string, max: number): boolean {
  return text.length <= max && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text)
}

function invalidTag(message: string, TagKey: string): AwsError {
  return new AwsError('InvalidTag', message, 400, { TagKey })
}
