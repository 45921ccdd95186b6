import type { HeadObjectCommandInput, HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { openKey } from './data-key.ts'
import { viewObject } from './get-object.ts'
import { readObject } from './needs.ts'

/** The answer to GetObject without the bytes; AWS asks for the same permissions. */
export const headObject = operation<HeadObjectCommandInput, HeadObjectCommandOutput>('s3', 'HeadObject', {
  needs: ({ Bucket, Key, VersionId }, call) =>
    readObject(call, VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', Bucket, Key, VersionId),
  perform: async (input, permit) => {
    const { answer, object } = viewObject(input, permit)
    // With a KMS key the checksum is told only to who may decrypt (S3 API Reference, HeadObject, "Permissions").
    if (object && input.ChecksumMode === 'ENABLED') {
      await openKey(object.encryption, openBucket(input.Bucket, undefined, permit), input, permit)
    }
    return answer
  },
})
