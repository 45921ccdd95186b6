import type { ContextValues } from '../../policy/types.ts'
import { invalidInput, limitExceeded, type Tag } from './entities.ts'

/** Tag keys keep their case and are told apart without it (IAM User Guide, "Tags for IAM resources"). */
export function checkTags(tags: readonly Tag[] = []): readonly Tag[] {
  const keys = new Set(tags.map(({ Key }) => Key.toLowerCase()))
  if (keys.size < tags.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  return tags.map(({ Key, Value }) => ({ Key, Value }))
}

/** Adds tags, overwriting those of the same key. */
export function withTags(tags: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const checked = checkTags(added)
  const merged = [
    ...withoutTags(
      tags,
      checked.map(({ Key }) => Key),
    ),
    ...checked,
  ]
  // inferred: the sentence of IAM's other quotas.
  if (merged.length > 50) throw limitExceeded('Cannot exceed quota for TagsPerResource: 50')
  return merged
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return tags.filter(({ Key }) => !gone.has(Key.toLowerCase()))
}

/** As the caller's principal tags have them; of two spellings of a key the later wins. */
export function tagRecord(tags: readonly Tag[]): Readonly<Record<string, string>> {
  const spellings = new Map(tags.map(({ Key, Value }) => [Key.toLowerCase(), [Key, Value] as const]))
  return Object.freeze(Object.fromEntries(spellings.values()))
}

/** aws:RequestTag/… and aws:TagKeys; nothing when no tags were given. */
export function requestTagKeys(tags: readonly Tag[] | undefined): ContextValues {
  if (!tags?.length) return {}
  return {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    'aws:TagKeys': tags.map(({ Key }) => Key),
  }
}

/** A thing's own tags, under the global name and under IAM's older one. */
export function resourceTagKeys(tags: readonly Tag[]): ContextValues {
  return Object.fromEntries(
    tags.flatMap(({ Key, Value }) => [
      [`aws:ResourceTag/${Key}`, Value],
      [`iam:ResourceTag/${Key}`, Value],
    ]),
  )
}
