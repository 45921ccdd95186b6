import type { HeadObjectCommandInput, HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { viewObject } from './get-object.ts'
import { readObject } from './needs.ts'

/** The answer to GetObject without the bytes; AWS asks for the same permissions. */
export const headObject = operation<HeadObjectCommandInput, HeadObjectCommandOutput>('s3', 'HeadObject', {
  needs: ({ Bucket, Key, VersionId }, call) =>
    readObject(call, VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', Bucket, Key),
  perform: (input, permit) => viewObject(input, permit).answer,
})
