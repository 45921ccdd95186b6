import type { Call, Need } from './call.ts'
import { requestContext } from './context.ts'

/** Condition keys with their values, as AWS spells them. */
export type KnownContext = Record<string, string | readonly string[]>

/** Global keys that belong to the request, whatever it asks for (IAM User Guide, "AWS global condition context keys"). */
const requestKeys = [
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalARN',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgMasterAccountId',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:PrincipalType',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:UserId',
  'aws:username',
  'aws:ViaAWSService',
  'aws:VpcSourceIp',
].map((name) => [name, name.toLowerCase()] as const)

/** All that is known of the request, without what the need itself adds. */
export function knownContext(call: Call, { action, resource, resourceAccount }: Need): KnownContext {
  const look = requestContext(call, { action, resource, ...(resourceAccount ? { resourceAccount } : {}) })
  const { tags, sessionContext = {} } = call.caller
  const own = [...Object.keys(sessionContext), ...Object.keys(tags).map((tag) => `aws:PrincipalTag/${tag}`)]
  const known: KnownContext = {}
  for (const [name, key] of [...requestKeys, ...own.map((name) => [name, name.toLowerCase()] as const)]) {
    const value = look(key)
    if (value !== undefined) known[name] = value
  }
  return known
}
