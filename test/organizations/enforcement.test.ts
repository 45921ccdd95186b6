/** What SCPs and RCPs do to calls of several accounts on one server, over HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { assume, attempt, type Estate, type Member, organize, policy } from './estate.ts'

let server: TestServer
let estate: Estate
let research: string
let lab: Member

before(async () => {
  server = await startTestServer()
  estate = await organize(server)
  research = await estate.unit('Research')
  lab = await estate.account('lab', research)
})
after(() => server.close())

const as =
  (keys: Keys) =>
  (service: string, operation: string, input: object = {}) =>
    attempt(server, keys, service, operation, input)

const detach = ({ id }: { id: string }, target: string) =>
  estate.manage('DetachPolicy', { PolicyId: id, TargetId: target })

describe('a member account', () => {
  it('is entered by its access role, and is nobody else', async () => {
    const { Arn, Account } = await call(server.url, lab.keys, 'sts', 'GetCallerIdentity')
    assert.equal(Account, lab.id)
    assert.equal(Arn, `arn:aws:sts::${lab.id}:assumed-role/OrganizationAccountAccessRole/test`)
  })

  it('may do all as long as only FullAWSAccess hangs on it', async () => {
    assert.equal((await as(lab.keys)('iam', 'ListUsers')).refused, undefined)
    const { Policies } = await estate.manage('ListPoliciesForTarget', {
      TargetId: lab.id,
      Filter: 'SERVICE_CONTROL_POLICY',
    })
    assert.deepEqual(
      Policies.map((one: { Id: string }) => one.Id),
      ['p-FullAWSAccess'],
    )
  })
})

describe('a service control policy', () => {
  it('denies explicitly, and AWS says which policy', async () => {
    const denial = await estate.govern(research, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      Action: 'iam:CreateUser',
      Resource: '*',
    })
    const { refused } = await as(lab.keys)('iam', 'CreateUser', { UserName: 'ann' })
    assert.ok(
      refused?.startsWith(
        `AccessDenied: User: arn:aws:sts::${lab.id}:assumed-role/OrganizationAccountAccessRole/test is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${lab.id}:user/ann with an explicit deny in a service control policy: ${denial.arn}`,
      ),
      refused,
    )
    assert.match(
      denial.arn,
      /^arn:aws:organizations::123456789012:policy\/o-[a-z0-9]{10}\/service_control_policy\/p-[a-z0-9]{8}$/,
    )
    await detach(denial, research)
    assert.equal((await as(lab.keys)('iam', 'CreateUser', { UserName: 'ann' })).refused, undefined)
  })

  it('allows by a list where FullAWSAccess was taken away, whatever the levels around it allow', async () => {
    const list = await estate.govern(research, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Allow',
      Action: ['s3:*', 'organizations:*'],
      Resource: '*',
    })
    await detach({ id: 'p-FullAWSAccess' }, research)
    const { refused } = await as(lab.keys)('iam', 'ListUsers')
    assert.ok(refused?.includes(' because no service control policy allows the iam:ListUsers action'), refused)
    assert.equal((await as(lab.keys)('s3', 'ListBuckets')).refused, undefined)
    await estate.manage('AttachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: research })
    await detach(list, research)
  })

  it('binds the root user of a member account, and nobody of the management account', async () => {
    const root = await rootOf(lab)
    const denial = await estate.govern(estate.rootId, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      Action: 'iam:ListRoles',
      Resource: '*',
    })
    assert.match(
      (await as(root)('iam', 'ListRoles')).refused ?? '',
      /with an explicit deny in a service control policy/,
    )
    assert.equal((await as(server.admin)('iam', 'ListRoles')).refused, undefined)
    assert.equal((await as(server.root)('iam', 'ListRoles')).refused, undefined)
    await detach(denial, estate.rootId)
    assert.equal((await as(root)('iam', 'ListRoles')).refused, undefined)
  })

  it('binds an account from the moment that it is moved', async () => {
    const frozen = await estate.unit('Frozen')
    await estate.govern(frozen, 'SERVICE_CONTROL_POLICY', { Effect: 'Deny', Action: '*', Resource: '*' })
    const move = (SourceParentId: string, DestinationParentId: string) =>
      estate.manage('MoveAccount', { AccountId: lab.id, SourceParentId, DestinationParentId })
    await move(research, frozen)
    assert.match((await as(lab.keys)('iam', 'ListUsers')).refused ?? '', /explicit deny in a service control policy/)
    await move(frozen, research)
    assert.equal((await as(lab.keys)('iam', 'ListUsers')).refused, undefined)
  })

  it('is evaluated anew when it is updated, and no more when the account leaves', async () => {
    const target = await estate.account('updated')
    const one = await estate.govern(target.id, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      Action: 'iam:ListUsers',
      Resource: '*',
    })
    const refused = async () => (await as(target.keys)('iam', 'ListUsers')).refused !== undefined
    assert.equal(await refused(), true)
    const write = (Action: string) =>
      estate.manage('UpdatePolicy', { PolicyId: one.id, Content: policy({ Effect: 'Deny', Action, Resource: '*' }) })
    await write('iam:ListGroups')
    assert.equal(await refused(), false)
    await write('iam:*')
    assert.equal(await refused(), true)
    await estate.manage('RemoveAccountFromOrganization', { AccountId: target.id })
    assert.equal(await refused(), false)
  })

  it('keeps an account in its Regions, global services apart', async () => {
    // AWS's sample "Deny access to AWS based on the requested AWS Region".
    const denial = await estate.govern(lab.id, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      NotAction: ['sts:*', 'organizations:*'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'us-east-1'] } },
    })
    const tried = async (service: string, operation: string, region: string) => {
      const answer = await send(server.url, service, operation, {}, { keys: lab.keys, region })
      return errorOf(service, operation, answer)?.code
    }
    assert.equal(await tried('ec2', 'DescribeVpcs', 'eu-central-1'), undefined)
    assert.equal(await tried('ec2', 'DescribeVpcs', 'eu-west-1'), 'UnauthorizedOperation')
    assert.equal(await tried('iam', 'ListRoles', 'us-east-1'), undefined)
    await detach(denial, lab.id)
  })

  it('is asked of the calling account alone when the resource is in another', async () => {
    const owner = await estate.account('owner')
    await as(owner.keys)('s3', 'CreateBucket', { Bucket: 'shared-across' })
    await as(owner.keys)('s3', 'PutBucketPolicy', {
      Bucket: 'shared-across',
      Policy: policy({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${lab.id}:root` },
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::shared-across',
      }),
    })
    const list = () => as(lab.keys)('s3', 'ListObjectsV2', { Bucket: 'shared-across' })
    const onOwner = await estate.govern(owner.id, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      Action: 's3:*',
      Resource: '*',
    })
    assert.equal((await list()).refused, undefined)
    await detach(onOwner, owner.id)
    const onCaller = await estate.govern(lab.id, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      Action: 's3:*',
      Resource: '*',
    })
    const { refused } = await list()
    assert.ok(refused?.endsWith(`with an explicit deny in a service control policy: ${onCaller.arn}`), refused)
    await detach(onCaller, lab.id)
  })
})

describe('keys of the organization', () => {
  it('open a bucket to the organization and to nobody else', async () => {
    const owner = await estate.account('open')
    const outsider = await estate.account('outsider')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: outsider.id })
    await openBucket(owner, 'open-to-org')
    const open = async (Condition: object) => {
      const Policy = policy({
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::open-to-org',
        Condition,
      })
      assert.equal(
        (await as(owner.keys)('s3', 'PutBucketPolicy', { Bucket: 'open-to-org', Policy })).refused,
        undefined,
      )
      const list = async (keys: Keys) =>
        (await as(keys)('s3', 'ListObjectsV2', { Bucket: 'open-to-org' })).refused === undefined
      return { lab: await list(lab.keys), outsider: await list(outsider.keys), management: await list(server.admin) }
    }
    const { organizationId, rootId } = estate
    assert.deepEqual(await open({ StringEquals: { 'aws:PrincipalOrgID': organizationId } }), {
      lab: true,
      outsider: false,
      management: true,
    })
    assert.deepEqual(
      await open({
        'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${organizationId}/${rootId}/${research}/*` },
      }),
      { lab: true, outsider: false, management: false },
    )
    assert.deepEqual(await open({ StringEquals: { 'aws:ResourceOrgID': organizationId } }), {
      lab: true,
      outsider: true,
      management: true,
    })
    assert.deepEqual(await open({ StringEquals: { 'aws:PrincipalOrgMasterAccountId': server.account } }), {
      lab: true,
      outsider: false,
      management: true,
    })
  })
})

describe('a service that acts for an account', () => {
  it('is known by the organization of that account (aws:SourceOrgID)', async () => {
    const trusting = (organization: string) =>
      policy({
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceOrgID': organization },
          'ForAnyValue:StringLike': { 'aws:SourceOrgPaths': `${organization}/*/${research}/` },
        },
      })
    const train = (TrainingJobName: string, RoleArn: string) =>
      as(lab.keys)('sagemaker', 'CreateTrainingJob', {
        TrainingJobName,
        RoleArn,
        AlgorithmSpecification: {
          TrainingImage: `${lab.id}.dkr.ecr.us-east-1.amazonaws.com/none:latest`,
          TrainingInputMode: 'File',
        },
        OutputDataConfig: { S3OutputPath: 's3://none/out/' },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      })
    const role = async (RoleName: string, organization: string) =>
      (
        await call(server.url, lab.keys, 'iam', 'CreateRole', {
          RoleName,
          AssumeRolePolicyDocument: trusting(organization),
        })
      ).Role.Arn
    const own = await train('own', await role('own', estate.organizationId))
    const other = await train('other', await role('other', 'o-0000000000'))
    assert.equal(own.refused, undefined)
    assert.match(other.refused ?? '', /^ValidationException: Could not assume role/)
  })
})

describe('an endpoint of another account', () => {
  it('holds its own policy against every caller, and is told apart by its owner', async () => {
    const ec2 = (operation: string, input: object) => call(server.url, server.admin, 'ec2', operation, input)
    const { VpcId } = (await ec2('CreateVpc', { CidrBlock: '10.9.0.0/16' })).Vpc
    const { SubnetId } = (await ec2('CreateSubnet', { VpcId, CidrBlock: '10.9.0.0/24' })).Subnet
    const { VpcEndpoint } = await ec2('CreateVpcEndpoint', {
      VpcEndpointType: 'Interface',
      VpcId,
      ServiceName: 'com.amazonaws.us-east-1.sts',
      SubnetIds: [SubnetId],
      PrivateDnsEnabled: false,
      PolicyDocument: policy({
        Effect: 'Allow',
        Principal: '*',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': estate.organizationId } },
      }),
    })
    const { VpcEndpointId } = VpcEndpoint
    const { Url } = await call(server.url, server.admin, 'sallyport', 'GetEndpointUrl', { VpcEndpointId })
    const outsider = await estate.account('visitor')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: outsider.id })
    const { Role } = await call(server.url, lab.keys, 'iam', 'CreateRole', {
      RoleName: 'through-endpoint',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:VpceAccount': server.account,
            'aws:VpceOrgID': estate.organizationId,
            'aws:SourceVpcArn': `arn:aws:ec2:us-east-1:${server.account}:vpc/${VpcId}`,
          },
          'ForAllValues:StringEquals': { 'aws:VpceOrgPaths': [`${estate.organizationId}/${estate.rootId}/`] },
        },
      }),
    })
    const enter = async (keys: Keys, url: string) =>
      (await send(url, 'sts', 'AssumeRole', { RoleArn: Role.Arn, RoleSessionName: 'in' }, { keys })).status
    assert.equal(await enter(lab.keys, Url), 200)
    assert.equal(await enter(lab.keys, server.url), 403)
    assert.equal(await enter(outsider.keys, Url), 403)
  })
})

describe('a resource control policy', () => {
  it('keeps principals of other organizations out, whatever the resource allows', async () => {
    const owner = await estate.account('perimeter')
    const outsider = await estate.account('stranger')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: outsider.id })
    await openBucket(owner, 'perimeter')
    await as(owner.keys)('s3', 'PutBucketPolicy', {
      Bucket: 'perimeter',
      Policy: policy({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::perimeter' }),
    })
    await call(server.url, owner.keys, 'iam', 'CreateRole', {
      RoleName: 'open',
      AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }),
    })
    const list = (keys: Keys) => as(keys)('s3', 'ListObjectsV2', { Bucket: 'perimeter' })
    const enter = (keys: Keys) =>
      as(keys)('sts', 'AssumeRole', { RoleArn: `arn:aws:iam::${owner.id}:role/open`, RoleSessionName: 'in' })
    assert.equal((await list(outsider.keys)).refused, undefined)
    assert.equal((await send(server.url, 's3', 'ListObjectsV2', { Bucket: 'perimeter' })).status, 200)
    assert.equal((await enter(outsider.keys)).refused, undefined)

    // AWS's sample: EnforceOrgIdentities.
    const { arn } = await estate.govern(owner.id, 'RESOURCE_CONTROL_POLICY', {
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*', 'sts:AssumeRole'],
      Resource: '*',
      Condition: {
        StringNotEqualsIfExists: { 'aws:PrincipalOrgID': estate.organizationId },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    })
    assert.equal((await list(outsider.keys)).refused, 'AccessDenied: Access Denied')
    assert.equal((await send(server.url, 's3', 'ListObjectsV2', { Bucket: 'perimeter' })).status, 403)
    assert.match((await enter(outsider.keys)).refused ?? '', /is not authorized to perform: sts:AssumeRole/)
    assert.equal((await list(lab.keys)).refused, undefined)
    assert.equal((await enter(lab.keys)).refused, undefined)
    const denied = server.world.decisions.get((await list(outsider.keys)).answer.requestId)
    const layer = denied?.needs[0]?.decision.layers.find(({ type }) => type === 'rcp')
    assert.equal(layer?.effect, 'explicit-deny')
    assert.equal(layer?.matched.find(({ effect }) => effect === 'Deny')?.policy, arn)
  })

  it('binds callers of its own organization too, and tells them its ARN', async () => {
    const owner = await estate.account('sealed')
    await as(owner.keys)('s3', 'CreateBucket', { Bucket: 'sealed' })
    const { arn } = await estate.govern(owner.id, 'RESOURCE_CONTROL_POLICY', {
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:PutObject', 'iam:ListUsers'],
      Resource: '*',
    })
    const { refused } = await as(owner.keys)('s3', 'PutObject', { Bucket: 'sealed', Key: 'a', Body: 'a' })
    assert.ok(refused?.endsWith(`with an explicit deny in a resource control policy: ${arn}`), refused)
    // IAM is no service that RCPs know.
    assert.equal((await as(owner.keys)('iam', 'ListUsers')).refused, undefined)
  })

  it('keeps services from acting for outsiders, and lets them act for its own accounts', async () => {
    const deputy = await estate.account('deputy')
    const outsider = await estate.account('confuser')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: outsider.id })
    const { Role } = await call(server.url, deputy.keys, 'iam', 'CreateRole', {
      RoleName: 'for-sagemaker',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    })
    const actFor = (account: string) =>
      server.world.door.call({
        service: 'sts',
        operation: 'AssumeRole',
        input: { RoleArn: Role.Arn, RoleSessionName: 'SageMaker' },
        as: {
          service: 'sagemaker.amazonaws.com',
          sourceArn: `arn:aws:sagemaker:us-east-1:${account}:training-job/x`,
          sourceAccount: account,
        },
        origin: { kind: 'service-network', service: 'sagemaker' },
      })
    await actFor(outsider.id)
    // AWS's sample: EnforceConfusedDeputyProtection.
    await estate.govern(estate.rootId, 'RESOURCE_CONTROL_POLICY', {
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*', 'sqs:*', 'kms:*', 'secretsmanager:*', 'sts:*'],
      Resource: '*',
      Condition: {
        StringNotEqualsIfExists: { 'aws:SourceOrgID': estate.organizationId },
        Null: { 'aws:SourceAccount': 'false' },
        Bool: { 'aws:PrincipalIsAWSService': 'true' },
      },
    })
    await assert.rejects(actFor(outsider.id), { code: 'AccessDenied' })
    await actFor(deputy.id)
    await actFor(lab.id)
  })

  it('and a service control policy leave service-linked roles alone', async () => {
    const own = await estate.account('linked')
    const { Role } = await call(server.url, own.keys, 'iam', 'CreateServiceLinkedRole', {
      AWSServiceName: 'sagemaker.amazonaws.com',
    })
    const { Credentials } = await server.world.door.call<{ Credentials: Record<string, string> }>({
      service: 'sts',
      operation: 'AssumeRole',
      input: { RoleArn: Role.Arn, RoleSessionName: 'SageMaker' },
      as: { service: 'sagemaker.amazonaws.com', sourceAccount: own.id },
      origin: { kind: 'service-network', service: 'sagemaker' },
    })
    const linked = {
      accessKeyId: Credentials['AccessKeyId']!,
      secretAccessKey: Credentials['SecretAccessKey']!,
      sessionToken: Credentials['SessionToken']!,
    }
    await estate.govern(own.id, 'SERVICE_CONTROL_POLICY', { Effect: 'Deny', Action: '*', Resource: '*' })
    assert.match((await as(own.keys)('ec2', 'DescribeVpcs')).refused ?? '', /explicit deny in a service control policy/)
    assert.equal((await as(linked)('ec2', 'DescribeVpcs')).refused, undefined)
  })

  it('does not bind resources of the management account', async () => {
    await as(server.admin)('s3', 'CreateBucket', { Bucket: 'of-management' })
    const denial = await estate.govern(estate.rootId, 'RESOURCE_CONTROL_POLICY', {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: '*',
    })
    assert.equal((await as(server.admin)('s3', 'ListObjectsV2', { Bucket: 'of-management' })).refused, undefined)
    await detach(denial, estate.rootId)
  })
})

describe('a closed account', () => {
  it('has no principals any more, and what it shared is shared with nobody', async () => {
    const closed = await estate.account('closed')
    const user = await userOf(closed, 'left-behind')
    const root = await rootOf(closed)
    for (const keys of [closed.keys, user, root]) {
      assert.equal((await as(keys)('iam', 'ListRoles')).refused, undefined)
    }
    await openBucket(closed, 'left-behind')
    await call(server.url, closed.keys, 's3', 'PutBucketPolicy', {
      Bucket: 'left-behind',
      Policy: policy({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::left-behind' }),
    })
    const list = async () => (await as(lab.keys)('s3', 'ListObjectsV2', { Bucket: 'left-behind' })).refused
    assert.equal(await list(), undefined)
    await estate.manage('CloseAccount', { AccountId: closed.id })
    assert.match((await list()) ?? '', /^AccessDenied: /)
    for (const keys of [closed.keys, user, root]) {
      assert.match((await as(keys)('iam', 'ListRoles')).refused ?? '', /^InvalidClientTokenId: /)
    }
    const { Account } = await estate.manage('DescribeAccount', { AccountId: closed.id })
    assert.equal(Account.Status, 'SUSPENDED')
    assert.equal(Account.State, 'SUSPENDED')
    await assert.rejects(assume(server, server.admin, `arn:aws:iam::${closed.id}:role/OrganizationAccountAccessRole`), {
      code: 'AccessDenied',
    })
  })
})

describe('a policy type that is disabled', () => {
  it('binds nobody any more, and is enabled again with nothing but FullAWSAccess', async () => {
    const bound = await estate.account('bound')
    const denial = await estate.govern(bound.id, 'SERVICE_CONTROL_POLICY', {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
    })
    const list = async () => (await as(bound.keys)('iam', 'ListRoles')).refused === undefined
    const type = { RootId: estate.rootId, PolicyType: 'SERVICE_CONTROL_POLICY' }
    assert.equal(await list(), false)
    await estate.manage('DisablePolicyType', type)
    assert.equal(await list(), true)
    await estate.manage('EnablePolicyType', type)
    assert.equal(await list(), true)
    assert.deepEqual((await estate.manage('ListTargetsForPolicy', { PolicyId: denial.id })).Targets, [])
  })
})

/** Root keys are never handed out in a member account; a test puts one there. */
async function rootOf({ id }: Member): Promise<Keys> {
  const keys = { accessKeyId: `AKIAROOT${id}`, secretAccessKey: 'x'.repeat(40) }
  server.world.store.put('iam/access-key', keys.accessKeyId, {
    id: keys.accessKeyId,
    secret: keys.secretAccessKey,
    account: id,
    status: 'Active',
    createDate: 0,
  })
  return keys
}

async function userOf({ keys }: Member, UserName: string): Promise<Keys> {
  await call(server.url, keys, 'iam', 'CreateUser', { UserName })
  await call(server.url, keys, 'iam', 'AttachUserPolicy', {
    UserName,
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  const { AccessKey } = await call(server.url, keys, 'iam', 'CreateAccessKey', { UserName })
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

/** A bucket that may have a public policy. */
async function openBucket({ keys }: Member, Bucket: string): Promise<void> {
  await call(server.url, keys, 's3', 'CreateBucket', { Bucket })
  await call(server.url, keys, 's3', 'DeletePublicAccessBlock', { Bucket })
}
