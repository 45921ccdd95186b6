import { need, type Call, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import { addTagsNeed, requestTagKeys, resourceTagKeys } from './tags.ts'

type Tags = Parameters<typeof requestTagKeys>[0]

/** What the operation asks for that makes a resource: itself, and sagemaker:AddTags when there are tags. */
export function toCreate(call: Call, arn: string, tags: Tags, keys: ContextValues = {}): Need[] {
  return [
    need(`sagemaker:${call.operation}`, arn, { context: { ...keys, ...requestTagKeys(tags) } }),
    ...addTagsNeed(call, arn, tags),
  ]
}

/** What an operation on one resource asks for. */
export function onResource(call: Call, arn: string, keys: ContextValues = {}): Need[] {
  return [need(`sagemaker:${call.operation}`, arn, { context: { ...keys, ...resourceTagKeys(call.world.store, arn) } })]
}

/** Lists have no resource (facts: errors.md B1). */
export function toList(call: Call): Need[] {
  return [need(`sagemaker:${call.operation}`, '*', { shownAs: null })]
}
