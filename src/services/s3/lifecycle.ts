import type { LifecycleRule, TransitionDefaultMinimumObjectSize } from '@aws-sdk/client-s3'
import type { Shape } from '../../wire/shape.ts'
import type { Bucket } from './bucket.ts'
import type { StoredObject } from './object.ts'

/** The member `lifecycle` of a bucket. */
export interface Lifecycle {
  rules: readonly Rule[]
  minimumSize: TransitionDefaultMinimumObjectSize
}

export type Rule = Shape<LifecycleRule>

const DAY = 86_400

/** What a rule asks of an object: its key, tags and size. */
export interface Subject {
  key: string
  size: number
  tags: Readonly<Record<string, string>>
}

export const subjectOf = (key: string, { bytes, tags = {} }: StoredObject): Subject => ({ key, size: bytes.size, tags })

/** The filter as it is written in any of its forms; `undefined` members ask for nothing. */
export function filterOf({ Filter: filter, Prefix: prefix }: Rule) {
  const { And: and } = filter ?? {}
  return {
    prefix: prefix ?? filter?.Prefix ?? and?.Prefix ?? '',
    tags: [...(filter?.Tag ? [filter.Tag] : []), ...(and?.Tags ?? [])],
    greaterThan: filter?.ObjectSizeGreaterThan ?? and?.ObjectSizeGreaterThan,
    lessThan: filter?.ObjectSizeLessThan ?? and?.ObjectSizeLessThan,
  }
}

/** S3 User Guide, "Lifecycle configuration elements", Filter. A delete marker has neither tags nor a size. */
export function applies(rule: Rule, { key, size, tags }: Subject): boolean {
  const filter = filterOf(rule)
  return (
    rule.Status === 'Enabled' &&
    key.startsWith(filter.prefix) &&
    filter.tags.every(({ Key, Value }) => tags[Key ?? ''] === Value) &&
    (filter.greaterThan === undefined || size > filter.greaterThan) &&
    (filter.lessThan === undefined || size < filter.lessThan)
  )
}

/**
 * So many days after a moment, rounded up to the next midnight UTC (S3 User Guide, "Lifecycle rules: Based on an object's age").
 * Epoch seconds.
 */
export function daysAfter(seconds: number, days: number): number {
  return (Math.floor((seconds + days * DAY) / DAY) + 1) * DAY
}

/** When a current version expires, by the rule that says so first. */
export function expiryOf(
  { lifecycle }: Pick<Bucket, 'lifecycle'>,
  subject: Subject,
  lastModified: number,
): { at: number; rule: Rule } | undefined {
  let first: { at: number; rule: Rule } | undefined
  for (const rule of lifecycle?.rules ?? []) {
    const { Days, Date: date } = rule.Expiration ?? {}
    if ((Days === undefined && date === undefined) || !applies(rule, subject)) continue
    const at = date ?? daysAfter(lastModified, Days!)
    if (!first || at < first.at) first = { at, rule }
  }
  return first
}

/** `x-amz-abort-date` and `x-amz-abort-rule-id`: when an upload that nobody ends goes (S3 API Reference, CreateMultipartUpload). */
export function abortAnswer(
  { lifecycle }: Pick<Bucket, 'lifecycle'>,
  { key, initiated }: { key: string; initiated: number },
): { AbortDate?: number; AbortRuleId?: string } {
  let first: { AbortDate: number; AbortRuleId: string } | undefined
  for (const rule of lifecycle?.rules ?? []) {
    const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation
    if (days === undefined || !applies(rule, { key, size: 0, tags: {} })) continue
    const at = daysAfter(initiated, days)
    if (!first || at < first.AbortDate) first = { AbortDate: at, AbortRuleId: rule.ID ?? '' }
  }
  return first ?? {}
}

/** `x-amz-expiration` (S3 API Reference, PutObject); of a version that is not current S3 tells none. */
export function expirationAnswer(bucket: Bucket, key: string, object: StoredObject): { Expiration?: string } {
  const expiry = expiryOf(bucket, subjectOf(key, object), object.lastModified)
  if (!expiry) return {}
  const { at, rule } = expiry
  const id = encodeURIComponent(rule.ID ?? '')
  return { Expiration: `expiry-date="${new Date(at * 1000).toUTCString()}", rule-id="${id}"` }
}
