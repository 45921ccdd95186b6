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
import { onBucket, onObject } from './needs.ts'
import { findObject, objectKey, OBJECTS, openObject, type StoredObject } from './object.ts'
import { fromTagSet, requestTagKeys, toTagSet, type Tags } from './tags.ts'

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
      changeObject(input, permit, (object) => ({ ...object, tags }))
      return {}
    },
  },
)

export const getObjectTagging = operation<GetObjectTaggingCommandInput, GetObjectTaggingCommandOutput>(
  's3',
  'GetObjectTagging',
  {
    needs: (input, call) => tagging(call, 'Get', input),
    perform: (input, permit) => {
      openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
      const { tags = {} } = openObject(permit.world.store, input.Bucket, input.Key, input.VersionId)
      return { TagSet: toTagSet(tags) }
    },
  },
)

export const deleteObjectTagging = operation<DeleteObjectTaggingCommandInput, DeleteObjectTaggingCommandOutput>(
  's3',
  'DeleteObjectTagging',
  {
    needs: (input, call) => tagging(call, 'Delete', input),
    perform: (input, permit) => {
      changeObject(input, permit, (object) => ({ ...object, tags: undefined }))
      return {}
    },
  },
)

/** Only who may list the bucket learns that an object is missing. */
function tagging(call: Call, verb: 'Put' | 'Get' | 'Delete', { Bucket, Key, VersionId }: Input, tags?: Tags): Need[] {
  const action = `s3:${verb}Object${VersionId === undefined ? '' : 'Version'}Tagging`
  return [
    onObject(call, action, Bucket, Key, requestTagKeys(tags)),
    ...(findObject(call.world.store, Bucket, Key) ? [] : [onBucket(call, 's3:ListBucket', Bucket)]),
  ]
}

function changeObject(input: Input, permit: Permit, change: (object: StoredObject) => StoredObject): void {
  const { Bucket, Key, VersionId, ExpectedBucketOwner } = input
  const { store } = permit.world
  openBucket(Bucket, ExpectedBucketOwner, permit)
  store.transaction(() => {
    const object = openObject(store, Bucket, Key, VersionId)
    store.put<StoredObject>(OBJECTS, objectKey(Bucket, Key), change(object))
  })
}
