import { s3HostRegion, virtualHostBucket, type Identified } from '../wire/identify.ts'
import type { HttpRequest } from '../wire/request.ts'
import type { World } from '../world.ts'
import { findCredential } from '../services/iam/credentials.ts'
import { recordUse } from '../services/iam/last-used.ts'
import { knownAccount } from '../services/organizations/accounts-of-server.ts'
import { authenticate, type Authenticated } from './authenticate.ts'
import type { Caller } from './call.ts'
import { places } from './hosts.ts'

/** Who calls, and for which account and region: the outcome of stage 2. */
export interface Identity {
  caller: Caller
  account: string
  region: string
  calledVia?: readonly string[]
  signature?: Authenticated['signature']
  /** Passes the request body on, checking signature, length and checksums as it streams. */
  body(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}

/** S3 takes calls without credentials, bucket policies decide what they may; and so does STS from federated users. */
export const anonymous: Caller = {
  kind: 'anonymous',
  account: 'anonymous',
  arn: '',
  principalArn: '',
  userId: 'anonymous',
  tags: {},
}

/**
 * Checks the signature of a call over HTTP (door/authenticate.ts) and says whose it is; `input` is for calls that bear none.
 * Throws AWS's errors (facts: errors.md A3).
 */
export function identityOf(
  world: World,
  request: HttpRequest,
  identified: Identified,
  bodySha256: string | undefined,
  input?: { readonly RoleArn?: unknown },
): Identity {
  if (identified.op.auth === 'none') return nobodyYet(world, input?.RoleArn)
  const now = world.now()
  const place = places[identified.service]!
  const scopeRegion = regionOfScope(request)
  // One address stands for every Region: a call belongs to the one that it was signed for, unless the name by which it came
  // is one Region's. Global services are signed for us-east-1 or, by clients that are told an address, for whichever Region
  // their user lives in.
  const ofName = identified.service === 's3' ? s3HostRegion(request) : undefined
  const region = ofName ?? scopeRegion ?? (place.global ? 'us-east-1' : world.config.region)
  const authenticated = authenticate(request, {
    style: styles[identified.service] ?? 'json',
    signingNames: [place.signingName],
    region,
    now,
    find: (accessKeyId) => findCredential(world.store, accessKeyId, now),
    bodySha256,
    ...(identified.service === 's3' ? bucketOf(request) : {}),
  })
  const caller = authenticated.credential?.caller ?? anonymous
  // A user's session is not the user's key.
  if (caller.tokenIssuedAt === undefined || caller.kind === 'role-session') {
    recordUse(world.store, caller, place.signingName, region, now)
  }
  return {
    caller,
    account: caller.kind === 'anonymous' ? world.config.account : caller.account,
    region: place.global ? world.config.region : region,
    body: authenticated.body,
    ...(authenticated.signature ? { signature: authenticated.signature } : {}),
  }
}

/**
 * AssumeRoleWithWebIdentity and …WithSAML are not signed: the token in the request vouches for the caller, not a key.
 * They are the business of the role's account, and of the server's own where the request names none.
 */
function nobodyYet(world: World, roleArn: unknown): Identity {
  const { config } = world
  const [, owner = ''] = typeof roleArn === 'string' ? (/^arn:aws:iam::(\d{12}):role\/./.exec(roleArn) ?? []) : []
  const { id: account } = knownAccount(world, owner) ?? { id: config.account }
  return { caller: anonymous, account, region: config.region, body: (source) => source }
}

/** In whose words a bad signature is refused (facts: errors.md A3); services not named speak JSON's. */
const styles: Readonly<Record<string, Parameters<typeof authenticate>[1]['style']>> = {
  iam: 'query',
  sts: 'query',
  ec2: 'ec2',
  s3: 's3',
  'sagemaker-runtime': 'rest-json',
  'sagemaker-featurestore-runtime': 'rest-json',
  'iam-toolbox': 'rest-json',
  sallyport: 'rest-json',
}

function bucketOf(request: HttpRequest): { bucketFromHost?: string } {
  const bucket = virtualHostBucket(request)
  return bucket === undefined ? {} : { bucketFromHost: bucket }
}

/** Region in the credential scope, if it looks like one of AWS's; a nonsense region is left for the authenticator to refuse. */
function regionOfScope(request: HttpRequest): string | undefined {
  const text =
    request.headers.get('authorization') ??
    (/X-Amz-Credential=([^&]*)/.exec(request.query)?.[1] ?? '').replaceAll(/%2F/gi, '/')
  return /\/\d{8}\/([a-z]{2}(?:-[a-z]+){1,2}-\d)\//.exec(text)?.[1]
}
