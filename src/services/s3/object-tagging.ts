import type {
  DeleteObjectTaggingCommandInput,
  DeleteObjectTaggingCommandOutput,
  GetObjectTaggingCommandInput,
  GetObjectTaggingCommandOutput,
  PutObjectTaggingCommandInput,
  PutObjectTaggingCommandOutput,
} from '@aws-sdk/client-s3'
import type { Call, Need, Permit } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { objectThere, onBucket, onObject } from './needs.ts'
import { openObject, versionAnswer, type StoredObject } from './object.ts'
import { fromTagSet, requestTagKeys, toTagSet, type Tags } from './tags.ts'
import { rewriteObject } from './versions.ts'

interface Input {
  Bucket: string
  Key: string
  VersionId?: string
  ExpectedBucketOwner?: string
}

export const putObjectTagging = operation<PutObjectTaggingCommandInput, PutObjectTaggingCommandOutput>(
  's3',
  'PutObjectTagging',
  {
    needs: (input, call) => tagging(call, 'Put', input, fromTagSet(input.Tagging.TagSet, 'Object')),
    perform: (input, permit) => {
      const tags = fromTagSet(input.Tagging.TagSet, 'Object')
      return changeObject(input, permit, (object) => ({ ...object, tags }))
    },
  },
)

export const getObjectTagging = operation<GetObjectTaggingCommandInput, GetObjectTaggingCommandOutput>(
  's3',
  'GetObjectTagging',
  {
    needs: (input, call) => tagging(call, 'Get', input),
    perform: (input, permit) => {
      const bucket = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
      const object = openObject(permit.world.store, input.Bucket, input.Key, input.VersionId)
      return { ...versionAnswer(bucket, object), TagSet: toTagSet(object.tags ?? {}) }
    },
  },
)

export const deleteObjectTagging = operation<DeleteObjectTaggingCommandInput, DeleteObjectTaggingCommandOutput>(
  's3',
  'DeleteObjectTagging',
  {
    needs: (input, call) => tagging(call, 'Delete', input),
    perform: (input, permit) => {
      return changeObject(input, permit, (object) => ({ ...object, tags: undefined }), 'DELETE')
    },
  },
)

/** Only who may list the bucket learns that an object is missing. */
function tagging(call: Call, verb: 'Put' | 'Get' | 'Delete', { Bucket, Key, VersionId }: Input, tags?: Tags): Need[] {
  const action = `s3:${verb}Object${VersionId === undefined ? '' : 'Version'}Tagging`
  return [
    onObject(call, action, Bucket, Key, requestTagKeys(tags), VersionId),
    ...(objectThere(call, Bucket, Key, VersionId) ? [] : [onBucket(call, 's3:ListBucket', Bucket)]),
  ]
}

/** Writes a changed version back, the current one unless another is named; answers which it was. */
export function changeObject(
  input: Input,
  permit: Permit,
  change: (object: StoredObject) => StoredObject,
  method: 'PUT' | 'DELETE' | 'POST' = 'PUT',
): { VersionId?: string } {
  const { Bucket, Key, VersionId, ExpectedBucketOwner } = input
  const { store } = permit.world
  const bucket = openBucket(Bucket, ExpectedBucketOwner, permit)
  return store.transaction(() => {
    const object = openObject(store, Bucket, Key, VersionId, method)
    rewriteObject(store, Bucket, Key, change(object))
    return versionAnswer(bucket, object)
  })
}
