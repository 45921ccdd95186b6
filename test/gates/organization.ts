import { serviceReference } from '../../src/services/iam/service-reference.ts'
import { call } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import type { Samples } from './sample-input.ts'

const policy = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [Statement] })
const allowAll = policy({ Effect: 'Allow', Action: '*', Resource: '*' })

/** Users of the server's account whom the organization stops, by their names. */
export const governed = { scp: 'gate-governed', rcp: 'gate-perimeter' } as const

/**
 * Policies of an organization do not bind its management account. So another account founds one, and the server's account,
 * where all that is tried lies, is invited as a member: bound by an SCP and an RCP that deny everything to one user each.
 * Returns an administrator of the founding account.
 */
export async function govern(server: TestServer): Promise<Keys> {
  const { url, admin, account } = server
  const own = (operation: string, input: object = {}) => call(url, admin, 'organizations', operation, input)
  const founder = await borne(server)
  const theirs = (operation: string, input: object = {}) => call(url, founder, 'organizations', operation, input)
  await theirs('CreateOrganization')
  const [{ Id: RootId }] = (await theirs('ListRoots')).Roots
  const { Handshake } = await theirs('InviteAccountToOrganization', { Target: { Id: account, Type: 'ACCOUNT' } })
  await own('AcceptHandshake', { HandshakeId: Handshake.Id })
  const hang = async (Type: string, Statement: object) => {
    await theirs('EnablePolicyType', { RootId, PolicyType: Type })
    const { Policy } = await theirs('CreatePolicy', { Name: 'gate', Description: '', Type, Content: policy(Statement) })
    await theirs('AttachPolicy', { PolicyId: Policy.PolicySummary.Id, TargetId: account })
  }
  const to = (user: string) => ({ ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:user/${user}` } })
  await hang('SERVICE_CONTROL_POLICY', { Effect: 'Deny', Action: '*', Resource: '*', Condition: to(governed.scp) })
  await hang('RESOURCE_CONTROL_POLICY', {
    Effect: 'Deny',
    Principal: '*',
    Action: serviceReference().rcpPrefixes.map((prefix) => `${prefix}:*`),
    Resource: '*',
    Condition: to(governed.rcp),
  })
  return founder
}

/** An administrator of a new account that is in no organization: it is borne in one that ends with that. */
async function borne({ url, admin }: TestServer): Promise<Keys> {
  const own = (operation: string, input: object = {}) => call(url, admin, 'organizations', operation, input)
  await own('CreateOrganization')
  const { CreateAccountStatus: asked } = await own('CreateAccount', { AccountName: 'gate', Email: 'gate@example.com' })
  const { CreateAccountStatus } = await own('DescribeCreateAccountStatus', { CreateAccountRequestId: asked.Id })
  const { AccountId } = CreateAccountStatus
  await own('RemoveAccountFromOrganization', { AccountId })
  await own('DeleteOrganization')
  const { Credentials } = await call(url, admin, 'sts', 'AssumeRole', {
    RoleArn: `arn:aws:iam::${AccountId}:role/OrganizationAccountAccessRole`,
    RoleSessionName: 'gate',
  })
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

/** Things of an organization that the samples name; it is founded unless the caller's account is in one. */
export async function organizationSamples({ url }: TestServer, manager: Keys): Promise<Samples> {
  const manage = (operation: string, input: object = {}) => call(url, manager, 'organizations', operation, input)
  await manage('CreateOrganization').catch((error: { code?: string }) => {
    if (error.code !== 'AlreadyInOrganizationException') throw error
  })
  const [{ Id: RootId, PolicyTypes }] = (await manage('ListRoots')).Roots
  if (PolicyTypes.length === 0) await manage('EnablePolicyType', { RootId, PolicyType: 'SERVICE_CONTROL_POLICY' })
  const asked = await manage('CreateAccount', { AccountName: 'sample', Email: 'sample@example.com' })
  const CreateAccountRequestId = asked.CreateAccountStatus.Id
  const { CreateAccountStatus } = await manage('DescribeCreateAccountStatus', { CreateAccountRequestId })
  const { AccountId } = CreateAccountStatus
  const { OrganizationalUnit } = await manage('CreateOrganizationalUnit', { ParentId: RootId, Name: 'sample' })
  const { Policy } = await manage('CreatePolicy', {
    Name: 'sample',
    Description: '',
    Type: 'SERVICE_CONTROL_POLICY',
    Content: allowAll,
  })
  const ServicePrincipal = 'guardduty.amazonaws.com'
  await manage('EnableAWSServiceAccess', { ServicePrincipal })
  const resourcePolicy = policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${AccountId}:root` },
    Action: 'organizations:ListAccounts',
    Resource: '*',
  })
  const rows = {
    RootId,
    ParentId: RootId,
    SourceParentId: RootId,
    DestinationParentId: OrganizationalUnit.Id,
    OrganizationalUnitId: OrganizationalUnit.Id,
    AccountId,
    ChildId: AccountId,
    TargetId: AccountId,
    ResourceId: AccountId,
    PolicyId: Policy.PolicySummary.Id,
    Content: allowAll,
    CreateAccountRequestId,
    ServicePrincipal,
    Email: 'another@example.com',
  }
  return {
    ...Object.fromEntries(Object.entries(rows).map(([member, value]) => [`organizations.${member}`, value])),
    'organizations:PutResourcePolicy': { Content: resourcePolicy },
    'organizations:DescribeEffectivePolicy': { TargetId: AccountId },
  }
}
