import type { ContextValues } from '../../policy/types.ts'
import { invalidInput, limitExceeded, type Tag } from './entities.ts'

/**
 * How tag keys are told apart: those of users and roles without regard to their case, though they keep it, all others
 * by it (IAM User Guide, "Tags for IAM resources").
 */
export type TagKeys = 'by case' | 'without case'

const identity: Readonly<Record<TagKeys, (key: string) => string>> = {
  'by case': (key) => key,
  'without case': (key) => key.toLowerCase(),
}

const duplicates: Readonly<Record<TagKeys, string>> = {
  'by case': 'Duplicate tag keys found.',
  'without case': 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
}

export function checkTags(tags: readonly Tag[] = [], told: TagKeys = 'without case'): readonly Tag[] {
  const keys = new Set(tags.map(({ Key }) => identity[told](Key)))
  if (keys.size < tags.length) throw invalidInput(duplicates[told])
  return tags.map(({ Key, Value }) => ({ Key, Value }))
}

/** Adds tags, overwriting those of the same key. */
export function withTags(tags: readonly Tag[], added: readonly Tag[], told: TagKeys): readonly Tag[] {
  const checked = checkTags(added, told)
  const addedKeys = checked.map(({ Key }) => Key)
  const merged = [...withoutTags(tags, addedKeys, told), ...checked]
  if (merged.length > 50) throw limitExceeded('The number of tags has reached the maximum limit.')
  return merged
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[], told: TagKeys): readonly Tag[] {
  const gone = new Set(keys.map(identity[told]))
  return tags.filter(({ Key }) => !gone.has(identity[told](Key)))
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
