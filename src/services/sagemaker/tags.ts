import type { Tag } from '@aws-sdk/client-sagemaker'
import { need, type Call, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'

/** Tags by resource ARN. */
const kind = 'sagemaker/tags'
const tagsPerResource = 50

type Tags = Readonly<Record<string, string>>

export function tagsOf(store: Store, arn: string): Tags {
  return store.get<Tags>(kind, arn) ?? {}
}

/** Lays tags over those that are there; more than AWS's 50 are refused. */
export function putTags(store: Store, arn: string, tags: readonly Shape<Tag>[] | undefined): Tags {
  if (!tags?.length) return tagsOf(store, arn)
  const all = { ...tagsOf(store, arn), ...Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])) }
  if (Object.keys(all).length > tagsPerResource) {
    throw new AwsError('ResourceLimitExceeded', `The maximum number of tags per resource is ${tagsPerResource}.`) // inferred: sentence
  }
  store.put(kind, arn, all)
  return all
}

export function removeTags(store: Store, arn: string, keys: readonly string[]): void {
  const kept = Object.entries(tagsOf(store, arn)).filter(([key]) => !keys.includes(key))
  if (kept.length) store.put(kind, arn, Object.fromEntries(kept))
  else store.delete(kind, arn)
}

export function tagList(tags: Tags): Shape<Tag>[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** aws:RequestTag/… and aws:TagKeys of a call that brings tags. */
export function requestTagKeys(tags: readonly Shape<Tag>[] | undefined): ContextValues {
  if (!tags?.length) return {}
  return {
    'aws:TagKeys': tags.map((tag) => tag.Key),
    ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.Key}`, tag.Value])),
  }
}

/** aws:ResourceTag/… (and SageMaker's own spelling) of a resource that exists. */
export function resourceTagKeys(store: Store, arn: string): ContextValues {
  return Object.fromEntries(
    Object.entries(tagsOf(store, arn)).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`sagemaker:ResourceTag/${key}`, value],
    ]),
  )
}

/** A Create with Tags asks for sagemaker:AddTags on the new resource as well (facts: errors.md A2.2, B1). */
export function addTagsNeed(call: Call, arn: string, tags: readonly Shape<Tag>[] | undefined): Need[] {
  if (!tags?.length) return []
  const action = call.operation
  return [need('sagemaker:AddTags', arn, { context: { ...requestTagKeys(tags), 'sagemaker:TaggingAction': action } })]
}
