import { createCipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { denialSentence } from '../policy/message.ts'
import type { AuthorizationRequest, Decision } from '../policy/types.ts'
import type { Store } from '../store/store.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Call, Need } from './call.ts'

/** AWS's refusal in the words, code and status of the service that answers (facts: errors.md A1, A2). */
export function denied(call: Call, need: Need, request: AuthorizationRequest, decision: Decision): AwsError {
  switch (call.service) {
    case 'ec2':
      return new AwsError('UnauthorizedOperation', ec2Message(call, need, request, decision), 403)
    case 's3':
      return new AwsError('AccessDenied', s3Message(call, need, request, decision), 403)
    case 'iam':
      return new AwsError('AccessDenied', sentence(need, request, decision), 403)
    case 'sts':
      return new AwsError('AccessDenied', stsMessage(need, request, decision), 403)
    case 'sagemaker-runtime':
    case 'iam-toolbox':
    case 'sallyport':
      return new AwsError('AccessDeniedException', sentence(need, request, decision), 403)
    default:
      return new AwsError('AccessDeniedException', sentence(need, request, decision), 400)
  }
}

function sentence(need: Need, request: AuthorizationRequest, decision: Decision): string {
  return denialSentence(request, decision, need.shownAs === undefined ? {} : { shownAs: need.shownAs })
}

/** errors.md A2.2: of a role, a caller's denial, the trust policy's and that it is not there look alike. */
function stsMessage(need: Need, request: AuthorizationRequest, decision: Decision): string {
  return need.resourcePolicyRequired
    ? denialSentence(request, decision, { bare: true })
    : sentence(need, request, decision)
}

/** errors.md A2 rule 4: the long form only for callers of the bucket's own account, `Access Denied` for all others. */
function s3Message(call: Call, need: Need, request: AuthorizationRequest, decision: Decision): string {
  const own = call.caller.kind !== 'anonymous' && call.caller.account === request.resourceAccount
  return own ? sentence(need, request, decision) : 'Access Denied'
}

/** Describe calls name no resource and carry no encoded message; the others do (errors.md A2.2). */
function ec2Message(call: Call, need: Need, request: AuthorizationRequest, decision: Decision): string {
  const text = `You are not authorized to perform this operation. ${sentence(need, request, decision)}`
  if (need.resource === '*') return text
  return `${text}. Encoded authorization failure message: ${encodeFailure(call, request, decision)}`
}

/** The blob that sts:DecodeAuthorizationMessage opens; sealed with a key that only this server holds. */
function encodeFailure(call: Call, request: AuthorizationRequest, decision: Decision): string {
  const matched = decision.layers.flatMap((layer) => layer.matched)
  const body = JSON.stringify({
    allowed: false,
    explicitDeny: decision.effect === 'explicit-deny',
    matchedStatements: {
      items: matched.map((one) => ({ statementId: one.sid ?? '', effect: one.effect.toUpperCase() })),
    },
    failures: { items: [] },
    context: {
      principal: { id: call.caller.userId, name: call.caller.name ?? '', arn: call.caller.arn },
      action: request.action,
      resource: request.resource,
      conditions: { items: [{ key: 'aws:Region', values: { items: [{ value: call.region }] } }] },
    },
  })
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(call.world.store), iv)
  return Buffer.concat([iv, cipher.update(body, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

const keys = new WeakMap<Store, KeyObject>()

function sealingKey(store: Store): KeyObject {
  let key = keys.get(store)
  if (!key) {
    const kept = store.get<{ hex: string }>('door/key', 'authorization-message')
    const hex = kept?.hex ?? randomBytes(32).toString('hex')
    if (!kept) store.put('door/key', 'authorization-message', { hex })
    key = createSecretKey(Buffer.from(hex, 'hex'))
    keys.set(store, key)
  }
  return key
}
