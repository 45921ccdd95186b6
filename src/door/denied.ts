import { denialSentence } from '../policy/message.ts'
import type { AuthorizationRequest, Decision, PolicySet } from '../policy/types.ts'
import { sameOrganization } from '../services/organizations/membership.ts'
import { findBucket } from '../services/s3/bucket.ts'
import { AwsError } from '../wire/aws-error.ts'
import { MAX_SEALED, seal } from './authorization-message.ts'
import type { Call, Need } from './call.ts'
import { failureDocument } from './failure-document.ts'
import { authorizationId, uuidOf } from './request-id.ts'

/** A need that was refused, and all that went into it. */
export interface Refused {
  call: Call
  need: Need
  request: AuthorizationRequest
  decision: Decision
  set: PolicySet
}

/** AWS's refusal in the words, code and status of the service that answers (facts: errors.md A1, A2). */
export function denied(refused: Refused): AwsError {
  const { call } = refused
  switch (call.service) {
    case 'ec2':
      return new AwsError('UnauthorizedOperation', ec2Message(refused), 403)
    case 's3':
      return s3Denied(refused)
    case 'iam':
      return new AwsError('AccessDenied', `${sentence(refused)}${whereToAsk(call)}`, 403)
    case 'sts':
      return new AwsError('AccessDenied', stsMessage(refused), 403)
    case 'sagemaker-runtime':
    case 'sagemaker-featurestore-runtime':
    case 'iam-toolbox':
    case 'sallyport':
      return new AwsError('AccessDeniedException', sentence(refused), 403)
    default:
      return new AwsError('AccessDeniedException', sentence(refused), 400)
  }
}

function sentence({ call, need, request, decision }: Refused): string {
  return denialSentence(request, decision, {
    ...(need.shownAs !== undefined && { shownAs: need.shownAs }),
    // Whose policy it is, only its own account and organization hear (facts: iam.md §3.12).
    ...(decision.decidedBy === 'rcp' && !within(call, request) && { nameless: true }),
  })
}

/** A caller of the resource's account, or of its organization. */
function within({ caller, world }: Call, { resourceAccount }: AuthorizationRequest): boolean {
  return caller.kind !== 'anonymous' && sameOrganization(world.store, caller.account, resourceAccount)
}

/** errors.md A2 rule 7: AWS tells it for most of IAM's operations, since September 2026. IAM itself is at home in one Region. */
function whereToAsk({ requestId }: Call): string {
  const uuid = uuidOf(requestId)
  if (uuid === undefined) return ''
  const id = authorizationId(uuid)
  return `. Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/${id} for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: ${id}`
}

/** errors.md A2.2: of a role, a caller's denial, the trust policy's and that it is not there look alike. */
function stsMessage(refused: Refused): string {
  const { call, need, request, decision } = refused
  // Who comes with a provider's token is not named yet (facts: iam.md §3.12).
  if (call.caller.kind === 'anonymous') return `Not authorized to perform ${need.action}`
  return need.resourcePolicyRequired ? denialSentence(request, decision, { bare: true }) : sentence(refused)
}

/**
 * errors.md A2 rule 4: the long form only for callers of the bucket's own account or organization, `Access Denied` for all
 * others; between accounts not for what an endpoint policy refused.
 */
function s3Message(refused: Refused): string {
  const { call, request, decision } = refused
  const own = call.caller.account === request.resourceAccount
  return within(call, request) && (own || decision.decidedBy !== 'endpoint') ? sentence(refused) : 'Access Denied'
}

/** Whoever is refused at a bucket is told where it is (S3 API Reference, HeadBucket: x-amz-bucket-region, with a 403, too). */
function s3Denied(refused: Refused): AwsError {
  const { call, need } = refused
  const error = new AwsError('AccessDenied', s3Message(refused), 403)
  const bucket = tellsRegion.has(call.operation) && findBucket(call.world.store, need.resource.replace(/^.*:/, ''))
  if (bucket) error.headers['x-amz-bucket-region'] = bucket.region
  return error
}

const tellsRegion = new Set(['HeadBucket', 'ListObjects', 'ListObjectsV2'])

/** Describe calls name no resource and carry no encoded message; the others do (errors.md A2.2). */
function ec2Message(refused: Refused): string {
  const text = `You are not authorized to perform this operation. ${sentence(refused)}`
  if (refused.need.resource === '*') return text
  return `${text}. Encoded authorization failure message: ${encodeFailure(refused)}`
}

/** Gives the encoded message: sealed here, opened by sts:DecodeAuthorizationMessage. */
function encodeFailure(refused: Refused): string {
  const { caller, world } = refused.call
  const sealed = seal(world.store, { account: caller.account, document: failureDocument(refused, true) })
  if (sealed.length <= MAX_SEALED) return sealed
  // Of statements too long to be told it is told that they are there.
  return seal(world.store, { account: caller.account, document: failureDocument(refused, false) })
}
