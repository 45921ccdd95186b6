import type {
  DeleteBucketWebsiteCommandInput,
  DeleteBucketWebsiteCommandOutput,
  GetBucketWebsiteCommandInput,
  GetBucketWebsiteCommandOutput,
  PutBucketWebsiteCommandInput,
  PutBucketWebsiteCommandOutput,
  WebsiteConfiguration,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { invalidArgument, invalidRequest, malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** Website configurations are kept and given back; there is no website endpoint. */

export const putBucketWebsite = operation<PutBucketWebsiteCommandInput, PutBucketWebsiteCommandOutput>(
  's3',
  'PutBucketWebsite',
  {
    needs: bucketNeed('s3:PutBucketWebsite'),
    perform: ({ Bucket, WebsiteConfiguration: website, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      checkWebsite(website)
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, website }))
      return {}
    },
  },
)

export const getBucketWebsite = operation<GetBucketWebsiteCommandInput, GetBucketWebsiteCommandOutput>(
  's3',
  'GetBucketWebsite',
  {
    needs: bucketNeed('s3:GetBucketWebsite'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { website } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (website) return website
      throw new AwsError(
        'NoSuchWebsiteConfiguration',
        'The specified bucket does not have a website configuration',
        404,
        { BucketName: Bucket },
      )
    },
  },
)

export const deleteBucketWebsite = operation<DeleteBucketWebsiteCommandInput, DeleteBucketWebsiteCommandOutput>(
  's3',
  'DeleteBucketWebsite',
  {
    needs: bucketNeed('s3:DeleteBucketWebsite'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, website: undefined }))
      return {}
    },
  },
)

const protocols = new Set(['http', 'https'])

/** S3 API Reference, PutBucketWebsite, and S3 User Guide, "Configuring a webpage redirect" (50 routing rules). */
function checkWebsite(website: Shape<WebsiteConfiguration>): void {
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo: redirect, RoutingRules: rules } = website
  if (redirect) {
    if (IndexDocument ?? ErrorDocument ?? rules) {
      throw invalidArgument(
        'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
        'RedirectAllRequestsTo',
        'not null',
      )
    }
    checkProtocol(redirect.Protocol)
    return
  }
  if (!IndexDocument) {
    throw invalidArgument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    )
  }
  if (IndexDocument.Suffix === '' || IndexDocument.Suffix.includes('/')) {
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', IndexDocument.Suffix)
  }
  if (ErrorDocument?.Key === '') throw malformedXml()
  if (rules === undefined) return
  if (rules.length === 0) throw malformedXml()
  if (rules.length > 50) {
    throw invalidRequest(
      `The number of routing rules must not exceed the allowed limit of 50 rules. ${rules.length} routing rules were found in the request.`, // inferred
    )
  }
  for (const { Condition, Redirect } of rules) {
    if (!Redirect || Object.keys(Redirect).length === 0) throw malformedXml()
    if (Condition && Object.keys(Condition).length === 0) {
      throw invalidRequest(
        "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
      )
    }
    if (Redirect.ReplaceKeyWith !== undefined && Redirect.ReplaceKeyPrefixWith !== undefined) {
      throw invalidRequest('You can only define ReplaceKeyPrefix or ReplaceKey but not both.')
    }
    checkProtocol(Redirect.Protocol)
    checkCode(Condition?.HttpErrorCodeReturnedEquals, /^[45]\d\d$/, 'HttpErrorCodeReturnedEquals')
    checkCode(Redirect.HttpRedirectCode, /^3\d\d$/, 'HttpRedirectCode')
  }
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol !== undefined && !protocols.has(protocol)) {
    throw invalidRequest(
      'Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.',
    )
  }
}

function checkCode(code: string | undefined, pattern: RegExp, name: string): void {
  if (code === undefined || pattern.test(code)) return
  const range = name === 'HttpRedirectCode' ? '3XX except 300' : '4XX or 5XX'
  throw invalidRequest(
    `The provided HTTP ${name === 'HttpRedirectCode' ? 'redirect' : 'error'} code (${code}) is not valid. Valid codes are ${range}.`,
  )
}
