import type {
  AddTagsCommandInput,
  AddTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  ListTagsCommandInput,
  ListTagsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import type { World } from '../../world.ts'
import { page } from './page.ts'
import { putTags, removeTags, requestTagKeys, resourceTagKeys, tagList, tagsOf } from './tags.ts'
import { isTaggable } from './taggable.ts'

export const addTags = operation<AddTagsCommandInput, AddTagsCommandOutput>('sagemaker', 'AddTags', {
  needs: (input, call) => [
    need('sagemaker:AddTags', input.ResourceArn, {
      context: { ...requestTagKeys(input.Tags), ...resourceTagKeys(call.world.store, input.ResourceArn) },
    }),
  ],
  perform(input, { world }) {
    mustExist(world, input.ResourceArn)
    return { Tags: tagList(putTags(world.store, input.ResourceArn, input.Tags)) }
  },
})

export const deleteTags = operation<DeleteTagsCommandInput, DeleteTagsCommandOutput>('sagemaker', 'DeleteTags', {
  needs: (input, call) => [
    need('sagemaker:DeleteTags', input.ResourceArn, {
      context: { 'aws:TagKeys': input.TagKeys, ...resourceTagKeys(call.world.store, input.ResourceArn) },
    }),
  ],
  perform(input, { world }) {
    mustExist(world, input.ResourceArn)
    removeTags(world.store, input.ResourceArn, input.TagKeys)
    return {}
  },
})

export const listTags = operation<ListTagsCommandInput, ListTagsCommandOutput>('sagemaker', 'ListTags', {
  needs: (input, call) => [
    need('sagemaker:ListTags', input.ResourceArn, { context: resourceTagKeys(call.world.store, input.ResourceArn) }),
  ],
  perform(input, { world }) {
    mustExist(world, input.ResourceArn)
    const { items, next } = page(tagList(tagsOf(world.store, input.ResourceArn)), input, 50)
    return { Tags: items, ...(next ? { NextToken: next } : {}) }
  },
})

/** inferred: SageMaker's sentence for an ARN without a resource. */
function mustExist(world: World, arn: string): void {
  if (!isTaggable(world.store, arn)) throw new AwsError('ValidationException', `Could not find resource ${arn}.`)
}
