/** What the operations of Organizations answer, call by call, over HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { attempt, createAccount, type Estate, type Member, organize, policy } from './estate.ts'

let server: TestServer
let estate: Estate
let member: Member

before(async () => {
  server = await startTestServer()
  estate = await organize(server)
  member = await estate.account('member')
})
after(() => server.close())

/** Code and Reason of a refusal. */
async function refusal(operation: string, input: object = {}, keys: Keys = server.admin): Promise<string> {
  const answer = await send(server.url, 'organizations', operation, input, { keys })
  const { Reason } = JSON.parse(answer.body.toString() || '{}') as { Reason?: string }
  const code = errorOf('organizations', operation, answer)?.code ?? 'done'
  return Reason === undefined ? code : `${code} ${Reason}`
}

const allowAll = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
const scp = (Name: string, Content = allowAll) => ({ Name, Description: '', Type: 'SERVICE_CONTROL_POLICY', Content })
const newPolicy = async (Name: string, more: object = {}) =>
  (await estate.manage('CreatePolicy', { ...scp(Name), ...more })).Policy.PolicySummary.Id as string

describe('an organization', () => {
  it('is told of as AWS tells', async () => {
    const { Organization } = await estate.manage('DescribeOrganization')
    const { organizationId: id } = estate
    assert.match(id, /^o-[a-z0-9]{10}$/)
    assert.deepEqual(Organization, {
      Id: id,
      Arn: `arn:aws:organizations::123456789012:organization/${id}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `arn:aws:organizations::123456789012:account/${id}/123456789012`,
      MasterAccountId: '123456789012',
      MasterAccountEmail: 'root@123456789012.example.com',
      AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
    })
    const { Roots } = await estate.manage('ListRoots')
    assert.deepEqual(Roots, [
      {
        Id: estate.rootId,
        Arn: `arn:aws:organizations::123456789012:root/${id}/${estate.rootId}`,
        Name: 'Root',
        PolicyTypes: [
          { Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' },
          { Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' },
        ],
      },
    ])
    assert.equal(await refusal('CreateOrganization'), 'AlreadyInOrganizationException')
    assert.equal(await refusal('DeleteOrganization'), 'OrganizationNotEmptyException')
    assert.equal(
      await refusal('EnablePolicyType', { RootId: estate.rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }),
      'PolicyTypeAlreadyEnabledException',
    )
  })

  it('is looked at by its members and governed by its management account alone', async () => {
    const seen = await attempt(server, member.keys, 'organizations', 'DescribeOrganization')
    assert.equal(seen.refused, undefined)
    const { refused } = await attempt(server, member.keys, 'organizations', 'ListAccounts')
    assert.equal(refused, "AccessDeniedException: You don't have permissions to access this resource.")
    assert.equal(await refusal('CreatePolicy', scp('by-member'), member.keys), 'AccessDeniedException')
    assert.equal(
      await refusal('EnableAllFeatures'),
      'HandshakeConstraintViolationException ORGANIZATION_ALREADY_HAS_ALL_FEATURES',
    )
  })

  it('refuses what breaks the model, in its own words', async () => {
    assert.equal(await refusal('DescribePolicy', { PolicyId: 'nope' }), 'InvalidInputException INVALID_PATTERN')
    assert.equal(await refusal('ListAccounts', { NextToken: 'zzz' }), 'InvalidInputException INVALID_NEXT_TOKEN')
    assert.equal(await refusal('ListAccounts', { MaxResults: 21 }), 'InvalidInputException MAX_VALUE_EXCEEDED')
  })
})

describe('accounts', () => {
  it('are made under way, and fail there', async () => {
    const { CreateAccountStatus: asked } = await estate.manage('CreateAccount', {
      AccountName: 'again',
      Email: 'MEMBER@example.com',
    })
    assert.equal(asked.State, 'IN_PROGRESS')
    assert.match(asked.Id, /^car-[a-z0-9]{32}$/)
    const { CreateAccountStatus: status } = await estate.manage('DescribeCreateAccountStatus', {
      CreateAccountRequestId: asked.Id,
    })
    assert.equal(status.State, 'FAILED')
    assert.equal(status.FailureReason, 'EMAIL_ALREADY_EXISTS')
    const { CreateAccountStatuses } = await estate.manage('ListCreateAccountStatus', { States: ['FAILED'] })
    assert.deepEqual(
      CreateAccountStatuses.map((one: { Id: string }) => one.Id),
      [asked.Id],
    )
    assert.equal(
      await refusal('DescribeCreateAccountStatus', { CreateAccountRequestId: 'car-00000000' }),
      'CreateAccountStatusNotFoundException',
    )
  })

  it('are shown with their place, and page by page', async () => {
    const { Account } = await estate.manage('DescribeAccount', { AccountId: member.id })
    const { JoinedTimestamp, ...rest } = Account
    assert.equal(typeof JoinedTimestamp, 'number')
    assert.deepEqual(rest, {
      Id: member.id,
      Arn: `arn:aws:organizations::123456789012:account/${estate.organizationId}/${member.id}`,
      Email: 'member@example.com',
      Name: 'member',
      Status: 'ACTIVE',
      State: 'ACTIVE',
      Paths: [`${estate.organizationId}/${estate.rootId}/${member.id}/`],
      JoinedMethod: 'CREATED',
    })
    const first = await estate.manage('ListAccounts', { MaxResults: 1 })
    assert.equal(first.Accounts.length, 1)
    const second = await estate.manage('ListAccounts', { MaxResults: 1, NextToken: first.NextToken })
    assert.notEqual(second.Accounts[0].Id, first.Accounts[0].Id)
    assert.equal(await refusal('DescribeAccount', { AccountId: '000000000000' }), 'AccountNotFoundException')
  })

  it('are moved, found among children and parents, and leave', async () => {
    const unit = await estate.unit('Moving')
    const id = await createAccount(estate.manage, 'moving')
    const move = { AccountId: id, SourceParentId: estate.rootId, DestinationParentId: unit }
    await estate.manage('MoveAccount', move)
    assert.equal(await refusal('MoveAccount', move), 'DuplicateAccountException')
    assert.equal(
      await refusal('MoveAccount', { ...move, DestinationParentId: estate.rootId }),
      'SourceParentNotFoundException',
    )
    assert.deepEqual((await estate.manage('ListChildren', { ParentId: unit, ChildType: 'ACCOUNT' })).Children, [
      { Id: id, Type: 'ACCOUNT' },
    ])
    assert.deepEqual((await estate.manage('ListParents', { ChildId: id })).Parents, [
      { Id: unit, Type: 'ORGANIZATIONAL_UNIT' },
    ])
    const { Accounts } = await estate.manage('ListAccountsForParent', { ParentId: unit })
    assert.equal(Accounts[0].Id, id)
    assert.equal(
      await refusal('DeleteOrganizationalUnit', { OrganizationalUnitId: unit }),
      'OrganizationalUnitNotEmptyException',
    )
    await estate.manage('RemoveAccountFromOrganization', { AccountId: id })
    await estate.manage('DeleteOrganizationalUnit', { OrganizationalUnitId: unit })
    assert.equal(await refusal('ListParents', { ChildId: id }), 'ChildNotFoundException')
    assert.equal(
      await refusal('RemoveAccountFromOrganization', { AccountId: '123456789012' }),
      'MasterCannotLeaveOrganizationException',
    )
  })

  it('are closed once, the management account never', async () => {
    const id = await createAccount(estate.manage, 'closing')
    await estate.manage('CloseAccount', { AccountId: id })
    assert.equal(await refusal('CloseAccount', { AccountId: id }), 'AccountAlreadyClosedException')
    assert.equal(
      await refusal('CloseAccount', { AccountId: '123456789012' }),
      'ConstraintViolationException CANNOT_CLOSE_MANAGEMENT_ACCOUNT',
    )
  })
})

describe('organizational units', () => {
  it('have one name for each parent, and lie five deep at most', async () => {
    const depth = [await estate.unit('deep')]
    for (let at = 1; at < 5; at++) depth.push(await estate.unit('deep', depth.at(-1)))
    assert.match(depth[0]!, new RegExp(`^ou-${estate.rootId.slice(2)}-[a-z0-9]{8}$`))
    assert.equal(
      await refusal('CreateOrganizationalUnit', { ParentId: depth[4], Name: 'deeper' }),
      'ConstraintViolationException OU_DEPTH_LIMIT_EXCEEDED',
    )
    assert.equal(
      await refusal('CreateOrganizationalUnit', { ParentId: estate.rootId, Name: 'deep' }),
      'DuplicateOrganizationalUnitException',
    )
    const { OrganizationalUnit } = await estate.manage('UpdateOrganizationalUnit', {
      OrganizationalUnitId: depth[1],
      Name: 'renamed',
    })
    assert.equal(OrganizationalUnit.Name, 'renamed')
    assert.equal(OrganizationalUnit.Path, `${[estate.organizationId, estate.rootId, depth[0], depth[1]].join('/')}/`)
    const { OrganizationalUnits } = await estate.manage('ListOrganizationalUnitsForParent', { ParentId: depth[0] })
    assert.deepEqual(OrganizationalUnits, [OrganizationalUnit])
    assert.equal(
      await refusal('DescribeOrganizationalUnit', { OrganizationalUnitId: 'ou-0000-00000000' }),
      'OrganizationalUnitNotFoundException',
    )
    assert.equal(await refusal('ListChildren', { ParentId: 'r-0000', ChildType: 'ACCOUNT' }), 'ParentNotFoundException')
  })
})

describe('policies', () => {
  it('are written by the rules of their type', async () => {
    const malformed = 'MalformedPolicyDocumentException'
    const rcp = (statement: object, Version = '2012-10-17') => ({
      ...scp('an rcp', JSON.stringify({ Version, Statement: [statement] })),
      Type: 'RESOURCE_CONTROL_POLICY',
    })
    const deny = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }
    assert.equal(await refusal('CreatePolicy', scp('not json', '{')), malformed)
    assert.equal(await refusal('CreatePolicy', scp('principal', policy({ ...deny }))), malformed)
    assert.equal(await refusal('CreatePolicy', rcp({ ...deny, Effect: 'Allow' })), malformed)
    assert.equal(await refusal('CreatePolicy', rcp({ ...deny, Action: '*' })), malformed)
    assert.equal(await refusal('CreatePolicy', rcp({ ...deny, Principal: { AWS: member.id } })), malformed)
    assert.equal(await refusal('CreatePolicy', rcp(deny, '2008-10-17')), malformed)
    assert.equal(await refusal('CreatePolicy', rcp(deny)), 'done')
    assert.equal(await refusal('CreatePolicy', { ...scp('tags', '{"tag":{}}'), Type: 'TAG_POLICY' }), malformed)
    const long = `${allowAll}${' '.repeat(10_241 - allowAll.length)}`
    assert.equal(
      await refusal('CreatePolicy', scp('long', long)),
      'ConstraintViolationException POLICY_CONTENT_LIMIT_EXCEEDED',
    )
    assert.equal(await refusal('CreatePolicy', scp('just fits', long.slice(0, -1))), 'done')
  })

  it('are named once for each type, described, updated, deleted', async () => {
    const id = await newPolicy('named')
    assert.equal(await refusal('CreatePolicy', scp('named')), 'DuplicatePolicyException')
    const Content = policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' })
    await estate.manage('UpdatePolicy', { PolicyId: id, Content, Description: 'no s3' })
    const { Policy } = await estate.manage('DescribePolicy', { PolicyId: id })
    assert.deepEqual(Policy, {
      PolicySummary: {
        Id: id,
        Arn: `arn:aws:organizations::123456789012:policy/${estate.organizationId}/service_control_policy/${id}`,
        Name: 'named',
        Description: 'no s3',
        Type: 'SERVICE_CONTROL_POLICY',
        AwsManaged: false,
      },
      Content,
    })
    const { Policies } = await estate.manage('ListPolicies', { Filter: 'SERVICE_CONTROL_POLICY' })
    assert.equal(Policies[0].Arn, 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess')
    assert.ok(Policies.some((one: { Id: string }) => one.Id === id))
    await estate.manage('DeletePolicy', { PolicyId: id })
    assert.equal(await refusal('DescribePolicy', { PolicyId: id }), 'PolicyNotFoundException')
    assert.equal(
      await refusal('DeletePolicy', { PolicyId: 'p-FullAWSAccess' }),
      'InvalidInputException IMMUTABLE_POLICY',
    )
  })

  it('are attached within their quota, and never all taken away', async () => {
    const target = await estate.unit('Attached')
    const attach = (PolicyId: string) => ({ PolicyId, TargetId: target })
    const ids: string[] = []
    for (let at = 0; at < 9; at++) ids.push(await newPolicy(`attached-${at}`))
    for (const id of ids) await estate.manage('AttachPolicy', attach(id))
    assert.equal(await refusal('AttachPolicy', attach(ids[0]!)), 'DuplicatePolicyAttachmentException')
    assert.equal(
      await refusal('AttachPolicy', attach(await newPolicy('attached-9'))),
      'ConstraintViolationException MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
    )
    assert.equal(await refusal('DeletePolicy', { PolicyId: ids[0] }), 'PolicyInUseException')
    assert.deepEqual((await estate.manage('ListTargetsForPolicy', { PolicyId: ids[0] })).Targets, [
      {
        TargetId: target,
        Arn: `arn:aws:organizations::123456789012:ou/${estate.organizationId}/${target}`,
        Name: 'Attached',
        Type: 'ORGANIZATIONAL_UNIT',
      },
    ])
    for (const id of ids) await estate.manage('DetachPolicy', attach(id))
    assert.equal(await refusal('DetachPolicy', attach(ids[0]!)), 'PolicyNotAttachedException')
    assert.equal(
      await refusal('DetachPolicy', attach('p-FullAWSAccess')),
      'ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
    )
    assert.equal(
      await refusal('DetachPolicy', attach('p-RCPFullAWSAccess')),
      'InvalidInputException NON_DETACHABLE_POLICY',
    )
    assert.equal(await refusal('AttachPolicy', { PolicyId: ids[0], TargetId: 'r-0000' }), 'TargetNotFoundException')
    const tags = await newPolicy('tags', { Type: 'TAG_POLICY', Content: '{"tags":{}}' })
    assert.equal(await refusal('AttachPolicy', attach(tags)), 'PolicyTypeNotEnabledException')
  })
})

describe('tags', () => {
  it('are put on accounts, units, policies and the root, and asked for by policies', async () => {
    const unit = await estate.unit('Tagged')
    for (const ResourceId of [member.id, unit, estate.rootId, await newPolicy('tagged')]) {
      await estate.manage('TagResource', {
        ResourceId,
        Tags: [
          { Key: 'stage', Value: 'test' },
          { Key: 'owner', Value: 'ann' },
        ],
      })
      await estate.manage('UntagResource', { ResourceId, TagKeys: ['owner'] })
      assert.deepEqual((await estate.manage('ListTagsForResource', { ResourceId })).Tags, [
        { Key: 'stage', Value: 'test' },
      ])
    }
    assert.equal(
      await refusal('TagResource', { ResourceId: member.id, Tags: [{ Key: 'aws:x', Value: '' }] }),
      'InvalidInputException INVALID_SYSTEM_TAGS_PARAMETER',
    )
    assert.equal(await refusal('ListTagsForResource', { ResourceId: 'p-00000000' }), 'TargetNotFoundException')
  })
})

describe('delegation', () => {
  it('of a service lets an account look at everything and change nothing', async () => {
    const one = await estate.account('security')
    const ServicePrincipal = 'guardduty.amazonaws.com'
    const register = { AccountId: one.id, ServicePrincipal }
    assert.equal(
      await refusal('RegisterDelegatedAdministrator', register),
      'ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED',
    )
    assert.equal(
      await refusal('EnableAWSServiceAccess', { ServicePrincipal: 'ann' }),
      'InvalidInputException UNRECOGNIZED_SERVICE_PRINCIPAL',
    )
    await estate.manage('EnableAWSServiceAccess', { ServicePrincipal })
    const { EnabledServicePrincipals } = await estate.manage('ListAWSServiceAccessForOrganization')
    assert.equal(EnabledServicePrincipals[0].ServicePrincipal, ServicePrincipal)
    await estate.manage('RegisterDelegatedAdministrator', register)
    assert.equal(await refusal('RegisterDelegatedAdministrator', register), 'AccountAlreadyRegisteredException')
    assert.equal(await refusal('ListAccounts', {}, one.keys), 'done')
    assert.equal(await refusal('CreatePolicy', scp('delegated'), one.keys), 'AccessDeniedException')
    const { DelegatedAdministrators } = await estate.manage('ListDelegatedAdministrators', { ServicePrincipal })
    assert.equal(DelegatedAdministrators[0].Id, one.id)
    const { DelegatedServices } = await estate.manage('ListDelegatedServicesForAccount', { AccountId: one.id })
    assert.equal(DelegatedServices[0].ServicePrincipal, ServicePrincipal)
    assert.equal(
      await refusal('RemoveAccountFromOrganization', { AccountId: one.id }),
      'ConstraintViolationException CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG',
    )
    assert.equal(
      await refusal('DisableAWSServiceAccess', { ServicePrincipal }),
      'ConstraintViolationException DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE',
    )
    await estate.manage('DeregisterDelegatedAdministrator', register)
    assert.equal(await refusal('DeregisterDelegatedAdministrator', register), 'AccountNotRegisteredException')
    assert.equal(await refusal('ListAccounts', {}, one.keys), 'AccessDeniedException')
    await estate.manage('DisableAWSServiceAccess', { ServicePrincipal })
    assert.equal(
      await refusal('RegisterDelegatedAdministrator', { AccountId: '123456789012', ServicePrincipal }),
      'ConstraintViolationException CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
    )
  })

  it('of policies goes by the resource policy, to the letter', async () => {
    const one = await estate.account('policies')
    assert.equal(await refusal('DescribeResourcePolicy'), 'ResourcePolicyNotFoundException')
    const Content = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${one.id}:root` },
      Action: ['organizations:CreatePolicy', 'organizations:ListPolicies'],
      Resource: '*',
      Condition: { StringEquals: { 'organizations:PolicyType': 'SERVICE_CONTROL_POLICY' } },
    })
    const { ResourcePolicy } = await estate.manage('PutResourcePolicy', { Content })
    assert.match(
      ResourcePolicy.ResourcePolicySummary.Arn,
      new RegExp(`^arn:aws:organizations::123456789012:resourcepolicy/${estate.organizationId}/rp-[a-z0-9]{8}$`),
    )
    assert.equal(await refusal('CreatePolicy', scp('by delegate'), one.keys), 'done')
    assert.equal(await refusal('CreatePolicy', scp('by member'), member.keys), 'AccessDeniedException')
    const rcp = policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' })
    assert.equal(
      await refusal('CreatePolicy', { ...scp('rcp', rcp), Type: 'RESOURCE_CONTROL_POLICY' }, one.keys),
      'AccessDeniedException',
    )
    assert.equal(await refusal('ListAccounts', {}, one.keys), 'AccessDeniedException')
    assert.equal(await refusal('CloseAccount', { AccountId: member.id }, one.keys), 'AccessDeniedException')
    await estate.manage('DeleteResourcePolicy')
    assert.equal(await refusal('CreatePolicy', scp('too late'), one.keys), 'AccessDeniedException')
    assert.equal(
      await refusal('PutResourcePolicy', { Content: '{' }),
      'InvalidInputException INVALID_RESOURCE_POLICY_JSON',
    )
  })
})

describe('effective policies', () => {
  it('are merged from the root to the account', async () => {
    const unit = await estate.unit('Effective')
    const one = await estate.account('effective', unit)
    await estate.manage('EnablePolicyType', { RootId: estate.rootId, PolicyType: 'TAG_POLICY' })
    const ask = { PolicyType: 'TAG_POLICY', TargetId: one.id }
    assert.equal(await refusal('DescribeEffectivePolicy', ask), 'EffectivePolicyNotFoundException')
    const write = async (Name: string, target: string, tag: object) => {
      const Content = JSON.stringify({ tags: { costcenter: tag } })
      const PolicyId = await newPolicy(Name, { Type: 'TAG_POLICY', Content })
      await estate.manage('AttachPolicy', { PolicyId, TargetId: target })
    }
    await write('tags of the root', estate.rootId, {
      tag_key: { '@@assign': 'CostCenter' },
      tag_value: { '@@assign': ['100'] },
    })
    await write('tags of the unit', unit, { tag_value: { '@@append': ['200'] } })
    const { EffectivePolicy } = await estate.manage('DescribeEffectivePolicy', ask)
    assert.deepEqual(JSON.parse(EffectivePolicy.PolicyContent), {
      tags: { costcenter: { tag_key: 'CostCenter', tag_value: ['100', '200'] } },
    })
    assert.equal(await refusal('DescribeEffectivePolicy', { PolicyType: 'TAG_POLICY' }, one.keys), 'done')
    assert.equal(
      await refusal('DescribeEffectivePolicy', { ...ask, TargetId: member.id }, one.keys),
      'AccessDeniedException',
    )
    assert.equal(await refusal('DescribeEffectivePolicy', { ...ask, PolicyType: 'S3_POLICY' }), 'NotImplemented')
  })
})

describe('handshakes', () => {
  it('invite an account, which joins by accepting', async () => {
    const guest = await estate.account('guest')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: guest.id })
    assert.equal(await refusal('DescribeOrganization', {}, guest.keys), 'AWSOrganizationsNotInUseException')
    const invite = { Target: { Id: 'guest@example.com', Type: 'EMAIL' }, Notes: 'come' }
    const { Handshake } = await estate.manage('InviteAccountToOrganization', invite)
    assert.equal(Handshake.State, 'REQUESTED')
    assert.match(Handshake.Arn, /:handshake\/o-[a-z0-9]{10}\/invite\/h-[a-z0-9]{32}$/)
    assert.deepEqual(Handshake.Parties, [
      { Id: estate.organizationId, Type: 'ORGANIZATION' },
      { Id: 'guest@example.com', Type: 'EMAIL' },
    ])
    assert.equal(await refusal('InviteAccountToOrganization', invite), 'DuplicateHandshakeException')
    const HandshakeId = Handshake.Id
    assert.equal(await refusal('AcceptHandshake', { HandshakeId }), 'AccessDeniedException')
    assert.equal(await refusal('AcceptHandshake', { HandshakeId }, member.keys), 'HandshakeNotFoundException')
    assert.equal(await refusal('AcceptHandshake', { HandshakeId }, guest.keys), 'done')
    assert.equal(await refusal('AcceptHandshake', { HandshakeId }, guest.keys), 'HandshakeAlreadyInStateException')
    assert.equal(await refusal('DeclineHandshake', { HandshakeId }, guest.keys), 'InvalidHandshakeTransitionException')
    const { Account } = await estate.manage('DescribeAccount', { AccountId: guest.id })
    assert.equal(Account.JoinedMethod, 'INVITED')
    assert.equal(
      await refusal('InviteAccountToOrganization', { Target: { Id: guest.id, Type: 'ACCOUNT' } }),
      'HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION',
    )
    assert.equal(await refusal('LeaveOrganization', {}, guest.keys), 'done')
  })

  it('are declined and cancelled by the side that may', async () => {
    const guest = await estate.account('shy')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: guest.id })
    const invite = async () => {
      const { Handshake } = await estate.manage('InviteAccountToOrganization', {
        Target: { Id: guest.id, Type: 'ACCOUNT' },
      })
      return { HandshakeId: Handshake.Id as string }
    }
    const declined = await invite()
    assert.equal(await refusal('DeclineHandshake', declined, guest.keys), 'done')
    const cancelled = await invite()
    assert.equal(await refusal('CancelHandshake', cancelled, guest.keys), 'AccessDeniedException')
    await estate.manage('CancelHandshake', cancelled)
    assert.equal(await refusal('AcceptHandshake', cancelled, guest.keys), 'InvalidHandshakeTransitionException')
    const { Handshakes } = await estate.manage('ListHandshakesForOrganization', { Filter: { ActionType: 'INVITE' } })
    const states = new Map(Handshakes.map((one: { Id: string; State: string }) => [one.Id, one.State]))
    assert.equal(states.get(declined.HandshakeId), 'DECLINED')
    assert.equal(states.get(cancelled.HandshakeId), 'CANCELED')
    assert.equal(
      await refusal('InviteAccountToOrganization', { Target: { Id: '000000000000', Type: 'ACCOUNT' } }),
      'InvalidInputException INVALID_PARTY_TYPE_TARGET',
    )
  })

  it('enable all features once every invited account has agreed', async () => {
    const founder = await estate.account('founder')
    const guest = await estate.account('agreeing')
    for (const { id } of [founder, guest]) await estate.manage('RemoveAccountFromOrganization', { AccountId: id })
    const by =
      (keys: Keys) =>
      async (operation: string, input: object = {}) => {
        const answer = await send(server.url, 'organizations', operation, input, { keys })
        assert.equal(answer.status, 200, answer.body.toString())
        return JSON.parse(answer.body.toString())
      }
    const own = by(founder.keys)
    const theirs = by(guest.keys)
    await own('CreateOrganization', { FeatureSet: 'CONSOLIDATED_BILLING' })
    const invited = await own('InviteAccountToOrganization', { Target: { Id: guest.id, Type: 'ACCOUNT' } })
    await theirs('AcceptHandshake', { HandshakeId: invited.Handshake.Id })
    assert.equal(
      await refusal('CreatePolicy', scp('early'), founder.keys),
      'PolicyTypeNotAvailableForOrganizationException',
    )
    const { Handshake: request } = await own('EnableAllFeatures')
    assert.equal(request.Action, 'ENABLE_ALL_FEATURES')
    const asked = await theirs('ListHandshakesForAccount', { Filter: { ActionType: 'ENABLE_ALL_FEATURES' } })
    await theirs('AcceptHandshake', { HandshakeId: asked.Handshakes[0].Id })
    const last = await own('ListHandshakesForAccount', { Filter: { ActionType: 'APPROVE_ALL_FEATURES' } })
    assert.equal(last.Handshakes[0].State, 'OPEN')
    assert.equal((await own('DescribeOrganization')).Organization.FeatureSet, 'CONSOLIDATED_BILLING')
    await own('AcceptHandshake', { HandshakeId: last.Handshakes[0].Id })
    assert.equal((await own('DescribeOrganization')).Organization.FeatureSet, 'ALL')
    assert.equal((await own('DescribeHandshake', { HandshakeId: request.Id })).Handshake.State, 'ACCEPTED')
  })
})

describe('the end of an organization', () => {
  it('leaves its management account as it was, and nothing else', async () => {
    const founder = await estate.account('short-lived')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: founder.id })
    const done = async (operation: string, input: object = {}) =>
      assert.equal(await refusal(operation, input, founder.keys), 'done')
    await done('CreateOrganization')
    await done('CreatePolicy', scp('short-lived'))
    const guest = await estate.account('never-came')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: guest.id })
    await done('InviteAccountToOrganization', { Target: { Id: guest.id, Type: 'ACCOUNT' } })
    await done('DeleteOrganization')
    const asked = await send(server.url, 'organizations', 'ListHandshakesForAccount', {}, { keys: guest.keys })
    const [handshake] = JSON.parse(asked.body.toString()).Handshakes
    assert.equal(handshake.State, 'CANCELED')
    assert.equal(await refusal('DescribeOrganization', {}, founder.keys), 'AWSOrganizationsNotInUseException')
    await done('CreateOrganization')
    await done('CreatePolicy', scp('short-lived'))
  })
})
