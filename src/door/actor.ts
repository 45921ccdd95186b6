import { timingSafeEqual } from 'node:crypto'
import { findCredential } from '../services/iam/credentials.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import type { Caller } from './call.ts'
import type { Credentials, InnerCall, ServiceActor } from './door.ts'
import type { Identity } from './identity.ts'

/** Stage 2 for a call from within: credentials are looked up and compared, a service is known by being in this process. */
export function actingCaller(world: World, inner: InnerCall): Identity {
  const region = inner.region ?? world.config.region
  const unchanged = (source: AsyncIterable<Uint8Array>) => source
  const actor = inner.as
  if ('credentials' in actor) {
    const caller = holderOf(world, actor.credentials)
    return { caller, account: caller.account, region, body: unchanged }
  }
  if ('caller' in actor) {
    return { caller: actor.caller, account: actor.caller.account, region, calledVia: [actor.via], body: unchanged }
  }
  const account = actor.sourceAccount ?? world.config.account
  return { caller: serviceCaller(actor), account, region, body: unchanged }
}

function serviceCaller(actor: ServiceActor): Caller {
  return {
    kind: 'service',
    account: '',
    arn: actor.service,
    principalArn: '',
    userId: '',
    service: actor.service,
    tags: {},
    ...(actor.sourceArn ? { sourceArn: actor.sourceArn } : {}),
    ...(actor.sourceAccount ? { sourceAccount: actor.sourceAccount } : {}),
    ...(actor.vouchesFor ? { vouchesFor: actor.vouchesFor } : {}),
  }
}

/** The same refusals as over HTTP: a dead role's session, a wrong secret or token, an expired session. */
function holderOf(world: World, given: Credentials): Caller {
  const now = world.now()
  const kept = findCredential(world.store, given.accessKeyId, now)
  const valid =
    kept !== undefined &&
    kept.active &&
    same(kept.secretAccessKey, given.secretAccessKey) &&
    same(kept.sessionToken ?? '', given.sessionToken ?? '')
  if (!valid)
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 400)
  if (kept.expiresAt !== undefined && kept.expiresAt <= now) {
    throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired', 400)
  }
  return kept.caller
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
