/** AWS's global condition keys in lower case. IAM User Guide: "AWS global condition context keys". */

const singleValued = [
  'aws:AssumedRoot',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:ChatbotSourceArn',
  'aws:CurrentTime',
  'aws:Ec2InstanceSourcePrivateIPv4',
  'aws:Ec2InstanceSourceVpc',
  'aws:EpochTime',
  'aws:FederatedProvider',
  'aws:IsMcpServiceAction',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgMasterAccountId',
  'aws:PrincipalServiceName',
  'aws:PrincipalType',
  'aws:Referer',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceOwner',
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:UserId',
  'aws:Username',
  'aws:ViaAWSMCPService',
  'aws:ViaAWSService',
  'aws:VpcSourceIp',
  'aws:VpceAccount',
  'aws:VpceOrgID',
]

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

const single = new Set(singleValued.map((key) => key.toLowerCase()))
const multi = new Set(multiValued.map((key) => key.toLowerCase()))
const tagged = /^aws:(?:principaltag|requesttag|resourcetag)\/./

export function isGlobalKey(lowerCasedKey: string): boolean {
  return lowerCasedKey.startsWith('aws:')
}

export function isKnownGlobalKey(key: string): boolean {
  return single.has(key) || multi.has(key) || tagged.test(key)
}

/** Only for global keys; of services' own keys nothing is known here. */
export function isSingleValuedGlobalKey(key: string): boolean {
  return single.has(key) || tagged.test(key)
}
