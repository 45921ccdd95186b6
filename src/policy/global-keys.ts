/** AWS's global condition keys. IAM User Guide: "AWS global condition context keys". */
import type { ConditionKeyFacts, ConditionKeyType } from './reference.ts'

const singleValued: Readonly<Partial<Record<ConditionKeyType, readonly string[]>>> = {
  ARN: ['aws:ChatbotSourceArn', 'aws:PrincipalArn', 'aws:SourceArn', 'aws:SourceVpcArn'],
  Bool: [
    'aws:AssumedRoot',
    'aws:IsMcpServiceAction',
    'aws:MultiFactorAuthPresent',
    'aws:PrincipalIsAWSService',
    'aws:SecureTransport',
    'aws:ViaAWSMCPService',
    'aws:ViaAWSService',
  ],
  Date: ['aws:CurrentTime', 'aws:EpochTime', 'aws:TokenIssueTime'],
  Numeric: ['aws:MultiFactorAuthAge'],
  IPAddress: ['aws:Ec2InstanceSourcePrivateIPv4', 'aws:SourceIp', 'aws:VpcSourceIp'],
  String: [
    'aws:CalledViaFirst',
    'aws:CalledViaLast',
    'aws:Ec2InstanceSourceVpc',
    'aws:FederatedProvider',
    'aws:PrincipalAccount',
    'aws:PrincipalOrgID',
    'aws:PrincipalOrgMasterAccountId',
    'aws:PrincipalServiceName',
    'aws:PrincipalType',
    'aws:referer',
    'aws:RequestedRegion',
    'aws:ResourceAccount',
    'aws:ResourceOrgID',
    'aws:SourceAccount',
    'aws:SourceIdentity',
    'aws:SourceOrgID',
    'aws:SourceOwner',
    'aws:SourceVpc',
    'aws:SourceVpce',
    'aws:UserAgent',
    'aws:userid',
    'aws:username',
    'aws:VpceAccount',
    'aws:VpceOrgID',
  ],
}

const multiValued = [
  'aws:CalledVia',
  'aws:CalledViaAWSMCP',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceNamesList',
  'aws:ResourceOrgPaths',
  'aws:SourceOrgPaths',
  'aws:TagKeys',
  'aws:VpceOrgPaths',
]

/** Keys with a service's prefix that a session carries to every service. */
const ofSessions: Readonly<Partial<Record<ConditionKeyType, readonly string[]>>> = {
  ARN: ['ec2:SourceInstanceArn', 'lambda:SourceFunctionArn', 'ssm:SourceInstanceArn'],
  Numeric: ['ec2:RoleDelivery'],
  String: ['glue:CredentialIssuingService', 'glue:RoleAssumedBy', 'identitystore:UserId'],
}

/** Followed by a slash and the key of a tag. */
const tagged = ['aws:PrincipalTag', 'aws:RequestTag', 'aws:ResourceTag']

const keys = new Map<string, ConditionKeyFacts>()
for (const list of [singleValued, ofSessions]) {
  for (const [type, names] of Object.entries(list)) {
    for (const name of names) keys.set(name.toLowerCase(), { name, type: type as ConditionKeyType, multiValued: false })
  }
}
for (const name of multiValued) keys.set(name.toLowerCase(), { name, type: 'String', multiValued: true })
const tags = new Map(
  tagged.map((name): [string, ConditionKeyFacts] => [
    name.toLowerCase(),
    { name: `${name}/\${TagKey}`, type: 'String', multiValued: false },
  ]),
)

/** As AWS writes them, without those that end in a tag's key. */
export const globalKeyNames: readonly string[] = [...keys.values()].map(({ name }) => name)

export function isGlobalKey(lowerCasedKey: string): boolean {
  return lowerCasedKey.startsWith('aws:')
}

/** By name in any case, the tag's key filled in; also the keys that sessions carry to every service. */
export function globalKey(key: string): ConditionKeyFacts | undefined {
  const lowerCased = key.toLowerCase()
  const slash = lowerCased.indexOf('/')
  if (slash === -1) return keys.get(lowerCased)
  return slash < lowerCased.length - 1 ? tags.get(lowerCased.slice(0, slash)) : undefined
}

/** `aws:RequestTag` or `aws:RequestTag/`: the tag's key is missing. */
export function lacksTagKey(key: string): boolean {
  return tags.has(key.toLowerCase().replace(/\/$/, ''))
}

/** Only for global keys; what a service's own key is, its reference says. */
export function isSingleValuedGlobalKey(key: string): boolean {
  return isGlobalKey(key) && globalKey(key)?.multiValued === false
}
