import type {
  DeleteBucketPolicyCommandInput,
  DeleteBucketPolicyCommandOutput,
  GetBucketPolicyCommandInput,
  GetBucketPolicyCommandOutput,
  GetBucketPolicyStatusCommandInput,
  GetBucketPolicyStatusCommandOutput,
  PutBucketPolicyCommandInput,
  PutBucketPolicyCommandOutput,
} from '@aws-sdk/client-s3'
import { parsePolicy } from '../../policy/parse.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { bindPrincipals, shownText } from '../iam/bound-principals.ts'
import { operation } from '../operation.ts'
import { bucketArn, openBucket, updateBucket, type Bucket } from './bucket.ts'
import { checkBucketPolicy, malformed } from './bucket-policy-text.ts'
import { bucketNeed } from './needs.ts'
import { isPublicPolicy } from './public-access.ts'
import { isCanonicalId } from './owner.ts'
import type { StatementDocument } from '../../policy/document.ts'
import type { Call, Permit } from '../../door/call.ts'

export const putBucketPolicy = operation<
  PutBucketPolicyCommandInput,
  PutBucketPolicyCommandOutput & { $status: number }
>('s3', 'PutBucketPolicy', {
  needs: bucketNeed('s3:PutBucketPolicy'),
  perform: ({ Bucket, Policy: text, ExpectedBucketOwner }, permit) => {
    const { call, world } = permit
    const bucket = openOwn(Bucket, ExpectedBucketOwner, permit)
    const document = checkBucketPolicy(text, Bucket)
    const { principals, stranger } = bindPrincipals(world.store, text)
    if (stranger !== undefined) throw malformed('Invalid principal in policy', `"AWS" : "${stranger}"`)
    const unknown = document.Statement.flatMap(canonicalIds).find((id) => !isCanonicalId(world, id))
    if (unknown !== undefined) throw malformed('Invalid principal in policy', `"CanonicalUser" : "${unknown}"`)
    if (bucket.publicAccessBlock?.BlockPublicPolicy && isPublicPolicy(document)) throw publicPolicyBlocked(call, Bucket)
    updateBucket(world.store, Bucket, (now) => ({ ...now, policy: { text, principals } }))
    return { $status: 204 }
  },
})

/**
 * A bucket's policy is its owner's business, whoever else is allowed to: "If you have the correct permissions, but you're not
 * using an identity that belongs to the bucket owner's account, Amazon S3 returns a 405 Method Not Allowed error."
 */
function openOwn(name: string, expectedOwner: string | undefined, permit: Permit): Bucket {
  const bucket = openBucket(name, expectedOwner, permit)
  if (bucket.account === permit.call.caller.account) return bucket
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    Method: { PutBucketPolicy: 'PUT', DeleteBucketPolicy: 'DELETE' }[permit.call.operation] ?? 'GET',
    ResourceType: 'BUCKETPOLICY',
  })
}

function canonicalIds({ Principal, NotPrincipal }: StatementDocument): readonly string[] {
  return [Principal, NotPrincipal].flatMap((names) => (typeof names === 'object' ? (names.CanonicalUser ?? []) : []))
}

/** errors.md A2.2, "S3 BPA". */
function publicPolicyBlocked({ caller }: Call, name: string): AwsError {
  return new AwsError(
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(name)}" ` +
      'because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
    403,
  )
}

export const getBucketPolicy = operation<GetBucketPolicyCommandInput, GetBucketPolicyCommandOutput>(
  's3',
  'GetBucketPolicy',
  {
    needs: bucketNeed('s3:GetBucketPolicy'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const policy = policyOf(openOwn(Bucket, ExpectedBucketOwner, permit))
      return { Policy: shownText(permit.world.store, policy) }
    },
  },
)

export const deleteBucketPolicy = operation<DeleteBucketPolicyCommandInput, DeleteBucketPolicyCommandOutput>(
  's3',
  'DeleteBucketPolicy',
  {
    needs: bucketNeed('s3:DeleteBucketPolicy'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      openOwn(Bucket, ExpectedBucketOwner, permit)
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, policy: undefined }))
      return {}
    },
  },
)

export const getBucketPolicyStatus = operation<GetBucketPolicyStatusCommandInput, GetBucketPolicyStatusCommandOutput>(
  's3',
  'GetBucketPolicyStatus',
  {
    needs: bucketNeed('s3:GetBucketPolicyStatus'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { text } = policyOf(openBucket(Bucket, ExpectedBucketOwner, permit))
      return { PolicyStatus: { IsPublic: isPublicPolicy(parsePolicy(text, 'resource')) } }
    },
  },
)

function policyOf({ name, policy }: Bucket) {
  if (!policy) throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404, { BucketName: name })
  return policy
}
