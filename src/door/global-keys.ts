import { membership } from '../services/organizations/membership.ts'
import { partition } from '../services/partition.ts'
import type { Call, Need } from './call.ts'
import { places } from './hosts.ts'

type Value = (call: Call, need: Need) => string | readonly string[] | undefined

const principalTypes: Record<Call['caller']['kind'], string | undefined> = {
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
  anonymous: 'Anonymous',
  service: undefined,
}

/**
 * Every global key whose value we know, but aws:PrincipalTag/…, which has as many names as there are tags
 * (IAM User Guide, "AWS global condition context keys").
 */
export const globalKeys: Readonly<Record<string, Value>> = {
  'aws:CalledVia': calledVia,
  'aws:CalledViaFirst': (call) => calledVia(call)?.[0],
  'aws:CalledViaLast': (call) => calledVia(call)?.at(-1),
  'aws:CurrentTime': ({ time }) => new Date(time).toISOString(),
  'aws:EpochTime': ({ time }) => String(Math.floor(time / 1000)),
  'aws:MultiFactorAuthAge': ({ caller: { mfaAt }, time }) =>
    mfaAt === undefined ? undefined : String(Math.floor(time / 1000) - mfaAt),
  // Present with temporary credentials only.
  'aws:MultiFactorAuthPresent': ({ caller: { tokenIssuedAt, mfaAt } }) =>
    tokenIssuedAt === undefined ? undefined : String(mfaAt !== undefined),
  'aws:PrincipalAccount': ({ caller }) => (caller.kind === 'service' ? undefined : caller.account),
  'aws:PrincipalARN': ({ caller }) => caller.principalArn || undefined,
  'aws:PrincipalIsAWSService': ({ caller: { kind } }) =>
    kind === 'anonymous' ? undefined : String(kind === 'service'),
  'aws:PrincipalOrgID': (call) => member(call, call.caller.account)?.organizationId,
  'aws:PrincipalOrgMasterAccountId': (call) => member(call, call.caller.account)?.managementAccount,
  'aws:PrincipalOrgPaths': (call) => oneOf(member(call, call.caller.account)?.path),
  'aws:PrincipalServiceName': ({ caller }) => caller.service,
  'aws:PrincipalServiceNamesList': ({ caller }) => oneOf(caller.service),
  'aws:PrincipalType': ({ caller }) => principalTypes[caller.kind],
  'aws:Referer': (call) => call.header('referer'),
  // Global services live in us-east-1, whatever Region their callers do (IAM User Guide).
  'aws:RequestedRegion': ({ service, region }) => (places[service]?.global ? 'us-east-1' : region),
  'aws:ResourceAccount': resourceAccount,
  'aws:ResourceOrgID': (call, need) => member(call, resourceAccount(call, need))?.organizationId,
  'aws:ResourceOrgPaths': (call, need) => oneOf(member(call, resourceAccount(call, need))?.path),
  'aws:SecureTransport': ({ secure }) => String(secure),
  'aws:SourceAccount': ({ caller }) => caller.sourceAccount,
  'aws:SourceArn': ({ caller }) => caller.sourceArn,
  'aws:SourceIdentity': ({ caller }) => caller.sourceIdentity,
  'aws:SourceIp': ofWay('aws:sourceip'),
  'aws:SourceOrgID': (call) => member(call, call.caller.sourceAccount)?.organizationId,
  'aws:SourceOrgPaths': (call) => oneOf(member(call, call.caller.sourceAccount)?.path),
  'aws:SourceVpc': ofWay('aws:sourcevpc'),
  'aws:SourceVpcArn': sourceVpcArn,
  'aws:SourceVpce': ofWay('aws:sourcevpce'),
  'aws:TokenIssueTime': ({ caller: { tokenIssuedAt } }) =>
    tokenIssuedAt === undefined ? undefined : new Date(tokenIssuedAt * 1000).toISOString(),
  'aws:UserAgent': ({ userAgent }) => userAgent,
  'aws:UserId': ({ caller }) => caller.userId || undefined,
  'aws:username': ({ caller }) => (caller.kind === 'user' ? caller.name : undefined),
  'aws:ViaAWSService': ({ calledVia }) => String(Boolean(calledVia?.length)),
  'aws:VpcSourceIp': ofWay('aws:vpcsourceip'),
  'aws:VpceAccount': endpointAccount,
  'aws:VpceOrgID': (call) => member(call, endpointAccount(call))?.organizationId,
  'aws:VpceOrgPaths': (call) => oneOf(member(call, endpointAccount(call))?.path),
}

/**
 * The services that AWS tells of in aws:CalledVia. All others that forward access, S3 among them, only show in
 * aws:ViaAWSService, and to KMS in kms:ViaService (IAM User Guide, "aws:CalledVia").
 */
const tellers = new Set(
  [
    'aoss',
    'athena',
    'backup',
    'cloud9',
    'cloudformation',
    'databrew',
    'dataexchange',
    'dynamodb',
    'imagebuilder',
    'kms',
    'mgn',
    'nimble',
    'omics',
    'ram',
    'robomaker',
    'servicecatalog-appregistry',
    'sqlworkbench',
    'ssm-guiconnect',
  ].map((service) => `${service}.amazonaws.com`),
)

function calledVia({ calledVia: chain }: Pick<Call, 'calledVia'>): readonly string[] | undefined {
  const told = chain?.filter((service) => tellers.has(service))
  return told?.length ? told : undefined
}

/** Keys that are there or not by the way in. */
function ofWay(key: string): Value {
  return ({ way }) => way.context[key]
}

function member({ world }: Call, account: string | undefined) {
  return membership(world.store, account)
}

/** Who owns the VPC endpoint that the call came through; undefined for every other way. */
function endpointAccount({ way, account }: Call): string | undefined {
  return way.vpcEndpointId === undefined ? undefined : (way.vpcEndpointAccount ?? account)
}

function sourceVpcArn(call: Call): string | undefined {
  const { way, region } = call
  const account = endpointAccount(call)
  if (account === undefined || way.vpcId === undefined) return undefined
  return `arn:${partition(region)}:ec2:${region}:${account}:vpc/${way.vpcId}`
}

/** A multi-valued key of one value. */
function oneOf(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value]
}

/** The account that owns the resource: stated, in its ARN, or the caller's own. */
export function resourceAccount(call: Call, need: Need): string {
  if (need.resourceAccount) return need.resourceAccount
  const fromArn = need.resource.startsWith('arn:') ? need.resource.split(':', 5)[4] : undefined
  return fromArn && /^\d{12}$/.test(fromArn) ? fromArn : call.account
}
