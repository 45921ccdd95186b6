import type {
  DeleteBucketEncryptionCommandInput,
  DeleteBucketEncryptionCommandOutput,
  GetBucketEncryptionCommandInput,
  GetBucketEncryptionCommandOutput,
  PutBucketEncryptionCommandInput,
  PutBucketEncryptionCommandOutput,
  ServerSideEncryptionRule,
} from '@aws-sdk/client-s3'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { blockedByDefault } from './encryption-request.ts'
import { invalidArgument, malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** How new objects are encrypted unless their writer says otherwise. */
export interface BucketEncryption {
  algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  /** Id, ARN or alias as it was given; absent: the account's key for S3. */
  keyId?: string
  bucketKey: boolean
  /** Kinds of encryption that writes may not ask for: `SSE-C`, or nothing. */
  blocked: readonly string[]
}

const asCreated: BucketEncryption = { algorithm: 'AES256', bucketKey: false, blocked: blockedByDefault }

export const putBucketEncryption = operation<PutBucketEncryptionCommandInput, PutBucketEncryptionCommandOutput>(
  's3',
  'PutBucketEncryption',
  {
    needs: bucketNeed('s3:PutEncryptionConfiguration'),
    perform: ({ Bucket, ServerSideEncryptionConfiguration, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      const { Rules: rules } = ServerSideEncryptionConfiguration
      const [rule] = rules
      if (!rule || rules.length > 1) throw malformedXml()
      updateBucket(permit.world.store, Bucket, (bucket) => ({
        ...bucket,
        encryption: read(rule, bucket.encryption ?? asCreated),
      }))
      return {}
    },
  },
)

/** A rule that says nothing of what is blocked leaves that as it is (S3 User Guide, "Blocking or unblocking SSE-C"). */
function read(rule: Shape<ServerSideEncryptionRule>, before: BucketEncryption): BucketEncryption {
  const { SSEAlgorithm = 'AES256', KMSMasterKeyID: keyId } = rule.ApplyServerSideEncryptionByDefault ?? {}
  if (SSEAlgorithm !== 'AES256' && SSEAlgorithm !== 'aws:kms' && SSEAlgorithm !== 'aws:kms:dsse') throw malformedXml()
  if (keyId !== undefined && SSEAlgorithm === 'AES256') {
    throw invalidArgument(
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      'ApplyServerSideEncryptionByDefault',
      '',
    )
  }
  const blocked = rule.BlockedEncryptionTypes?.EncryptionType
  // inferred: NONE beside another type means nothing.
  if (blocked && blocked.length > 1 && blocked.includes('NONE')) throw malformedXml()
  return {
    algorithm: SSEAlgorithm,
    ...(keyId === undefined ? {} : { keyId }),
    bucketKey: rule.BucketKeyEnabled ?? false,
    blocked: blocked ? blocked.filter((type) => type !== 'NONE') : before.blocked,
  }
}

export const getBucketEncryption = operation<GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput>(
  's3',
  'GetBucketEncryption',
  {
    needs: bucketNeed('s3:GetEncryptionConfiguration'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { algorithm, keyId, bucketKey, blocked } =
        openBucket(Bucket, ExpectedBucketOwner, permit).encryption ?? asCreated
      const rule: Shape<ServerSideEncryptionRule> = {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: algorithm,
          ...(keyId === undefined ? {} : { KMSMasterKeyID: keyId }),
        },
        BucketKeyEnabled: bucketKey,
        ...(blocked.length > 0 ? { BlockedEncryptionTypes: { EncryptionType: blocked as 'SSE-C'[] } } : {}),
      }
      return { ServerSideEncryptionConfiguration: { Rules: [rule] } }
    },
  },
)

/** Back to SSE-S3; what is blocked stays so (inferred). */
export const deleteBucketEncryption = operation<
  DeleteBucketEncryptionCommandInput,
  DeleteBucketEncryptionCommandOutput
>('s3', 'DeleteBucketEncryption', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutEncryptionConfiguration'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    updateBucket(permit.world.store, Bucket, (bucket) => ({
      ...bucket,
      encryption: bucket.encryption && { ...asCreated, blocked: bucket.encryption.blocked },
    }))
    return {}
  },
})
