/** Domains and what they hold: states, what keeps them from being deleted, rules between members, lists. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { allow, openStudioLab, type Input, type StudioLab } from './lab.ts'

let lab: StudioLab
before(async () => void (lab = await openStudioLab()))
after(() => lab.close())

const refused = (code: string, message: RegExp) => (error: AwsError) => {
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
  return true
}

const place = () => ({ VpcId: lab.vpcId, SubnetIds: [lab.subnetId] })

async function profile(DomainId: string, UserProfileName: string, more: Input = {}): Promise<Input> {
  const id = { DomainId, UserProfileName }
  await lab.sagemaker('CreateUserProfile', { ...id, ...more })
  await lab.settled('DescribeUserProfile', id)
  return id
}

async function space(DomainId: string, SpaceName: string, more: Input = {}): Promise<Input> {
  const id = { DomainId, SpaceName }
  await lab.sagemaker('CreateSpace', { ...id, ...more })
  await lab.settled('DescribeSpace', id)
  return id
}

/** An app in its lasting state. */
async function app(id: Input, more: Input = {}) {
  const whole: Input = { ...id, AppType: 'JupyterServer', AppName: 'default', ...more }
  await lab.sagemaker('CreateApp', whole)
  const { Tags: _, ResourceSpec: __, ...named } = whole
  return lab.settled('DescribeApp', named)
}

describe('a request for a domain is refused', () => {
  const cases: { title: string; input: () => Input; message: RegExp }[] = [
    {
      title: 'VpcOnly without a VPC',
      input: () => ({ AppNetworkAccessType: 'VpcOnly', VpcId: undefined, SubnetIds: undefined }),
      message: /^VpcId and Subnet IDs are required for VpcOnly mode\.$/,
    },
    {
      title: 'with a subnet that does not exist',
      input: () => ({ SubnetIds: ['subnet-0123456789abcdef0'] }),
      message: /^The subnet ID 'subnet-0123456789abcdef0' does not exist \(Service: AmazonEC2; Status Code: 400; /,
    },
    {
      title: 'with a VPC that does not exist',
      input: () => ({ VpcId: 'vpc-0123456789abcdef0' }),
      message: /^The vpc ID 'vpc-0123456789abcdef0' does not exist \(Service: AmazonEC2; /,
    },
    {
      title: 'with a security group that does not exist',
      input: () => ({ DefaultUserSettings: { SecurityGroups: ['sg-0123456789abcdef0'] } }),
      message: /^The security group 'sg-0123456789abcdef0' does not exist \(Service: AmazonEC2; /,
    },
    {
      title: 'with a lifecycle configuration that does not exist',
      input: () => ({
        DefaultUserSettings: {
          JupyterServerAppSettings: {
            LifecycleConfigArns: ['arn:aws:sagemaker:us-east-1:123456789012:studio-lifecycle-config/none'],
          },
        },
      }),
      message: /^StudioLifecycleConfig \[arn:\S+\/none\] does not exist\.$/,
    },
  ]
  for (const { title, input, message } of cases) {
    it(title, async () => {
      const request = { DomainName: 'refused', AuthMode: 'IAM', ...place(), DefaultUserSettings: {}, ...input() }
      const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
      await assert.rejects(lab.sagemaker('CreateDomain', given), refused('ValidationException', message))
    })
  }

  it('with a subnet of another VPC, and by a name that is taken', async () => {
    const { VpcId } = (await lab.ask('ec2', 'CreateVpc', { CidrBlock: '10.10.0.0/16' })).Vpc
    const input = { DomainName: 'taken', AuthMode: 'IAM', ...place(), DefaultUserSettings: {} }
    await assert.rejects(
      lab.sagemaker('CreateDomain', { ...input, VpcId }),
      refused('ValidationException', /does not belong to VPC/),
    )
    await lab.sagemaker('CreateDomain', input)
    await assert.rejects(lab.sagemaker('CreateDomain', input), refused('ResourceInUse', /\[taken\] already exists/))
  })
})

describe('condition keys', () => {
  const cases: { key: string; value: string; input: () => Input }[] = [
    { key: 'sagemaker:AuthMode', value: 'SSO', input: () => ({ AuthMode: 'SSO' }) },
    { key: 'sagemaker:AppNetworkAccessType', value: 'PublicInternetOnly', input: () => ({}) },
    { key: 'sagemaker:VpcSubnets', value: 'subnet-*', input: () => ({}) },
    {
      key: 'sagemaker:VpcSecurityGroupIds',
      value: 'sg-*',
      input: () => ({ DefaultUserSettings: { SecurityGroups: [lab.groupId] } }),
    },
    {
      key: 'sagemaker:InstanceTypes',
      value: 'ml.p3.*',
      input: () => ({
        DefaultUserSettings: { JupyterLabAppSettings: { DefaultResourceSpec: { InstanceType: 'ml.p3.2xlarge' } } },
      }),
    },
    {
      key: 'sagemaker:DomainSharingOutputKmsKeyArn',
      value: '*',
      input: () => ({ DefaultUserSettings: { SharingSettings: { S3KmsKeyId: 'some-key' } } }),
    },
    { key: 'aws:TagKeys', value: 'team', input: () => ({ Tags: [{ Key: 'team', Value: 'ml' }] }) },
  ]
  for (const [at, { key, value, input }] of cases.entries()) {
    it(`${key} is told of CreateDomain`, async () => {
      const deny = { Effect: 'Deny', Action: 'sagemaker:CreateDomain', Resource: '*' }
      const Condition = { 'ForAnyValue:StringLike': { [key]: value } }
      const caller = await lab.user(`keys-${at}`, [allow('*'), { ...deny, Condition }])
      const request = {
        DomainName: `keys-${at}`,
        AuthMode: 'IAM',
        ...place(),
        DefaultUserSettings: {},
        ...input(),
      }
      await assert.rejects(
        lab.sagemaker('CreateDomain', request, caller),
        refused(
          'AccessDeniedException',
          /sagemaker:CreateDomain on resource: \S+:domain\/d-\w{12} with an explicit deny/,
        ),
      )
    })
  }

  it('sagemaker:OwnerUserProfileArn and SpaceSharingType keep a space to its owner', async () => {
    const DomainId = await lab.domain({ DefaultUserSettings: { ExecutionRole: await lab.role('owners') } })
    await profile(DomainId, 'alice')
    await profile(DomainId, 'bob')
    const own = 'arn:aws:sagemaker:us-east-1:123456789012:user-profile/*/alice'
    const caller = await lab.user('alice', [
      {
        ...allow(['sagemaker:CreateSpace', 'sagemaker:DeleteSpace', 'sagemaker:CreateApp', 'sagemaker:DeleteApp']),
        Condition: {
          ArnLike: { 'sagemaker:OwnerUserProfileArn': own },
          StringEquals: { 'sagemaker:SpaceSharingType': 'Private' },
        },
      },
    ])
    const wanted = (name: string) => ({
      DomainId,
      SpaceName: `of-${name}`,
      OwnershipSettings: { OwnerUserProfileName: name },
      SpaceSharingSettings: { SharingType: 'Private' },
    })
    await lab.sagemaker('CreateSpace', wanted('alice'), caller)
    const denied = refused('AccessDeniedException', /no identity-based policy allows the sagemaker:/)
    await assert.rejects(lab.sagemaker('CreateSpace', wanted('bob'), caller), denied)
    await lab.sagemaker('CreateSpace', wanted('bob'))
    await lab.settled('DescribeSpace', { DomainId, SpaceName: 'of-alice' })
    await lab.settled('DescribeSpace', { DomainId, SpaceName: 'of-bob' })
    const appOf = (SpaceName: string) => ({ DomainId, SpaceName, AppType: 'JupyterLab', AppName: 'default' })
    await lab.sagemaker('CreateApp', appOf('of-alice'), caller)
    await assert.rejects(lab.sagemaker('CreateApp', appOf('of-bob'), caller), denied)
    await assert.rejects(lab.sagemaker('DeleteSpace', { DomainId, SpaceName: 'of-bob' }, caller), denied)
  })
})

describe('the role of an app', () => {
  it('is assumed with a literal aws:SourceArn, as Studio does', async () => {
    const trust = (operator: string, source: string) => ({
      Effect: 'Allow',
      Principal: { Service: 'sagemaker.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { [operator]: { 'aws:SourceArn': `arn:aws:sagemaker:us-east-1:123456789012:${source}` } },
    })
    const literal = await lab.role('literal', [], trust('StringEquals', '*'))
    await lab.domain({ DefaultUserSettings: { ExecutionRole: literal } })
    const narrow = await lab.role('narrow', [], trust('ArnLike', 'domain/*'))
    await assert.rejects(
      lab.domain({ DefaultUserSettings: { ExecutionRole: narrow } }),
      refused('ValidationException', /^Could not assume role \S+narrow\./),
    )
  })

  it("is the profile's, else the domain's; a shared space's is the domain's for spaces", async () => {
    const roles = {
      user: await lab.role('default-user'),
      space: await lab.role('default-space'),
      own: await lab.role('own'),
    }
    const DomainId = await lab.domain({
      DefaultUserSettings: { ExecutionRole: roles.user },
      DefaultSpaceSettings: { ExecutionRole: roles.space },
    })
    const plain = await profile(DomainId, 'plain')
    const own = await profile(DomainId, 'own', { UserSettings: { ExecutionRole: roles.own } })
    const shared = await space(DomainId, 'shared')
    const hers = await space(DomainId, 'private', {
      OwnershipSettings: { OwnerUserProfileName: 'own' },
      SpaceSharingSettings: { SharingType: 'Private' },
    })
    // A trust that is gone tells by its name whose role it was.
    for (const RoleName of ['default-user', 'default-space', 'own']) {
      const gone = { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [gone] })
      await lab.ask('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument })
    }
    const reasons: [Input, string][] = [
      [plain, 'default-user'],
      [own, 'own'],
      [shared, 'default-space'],
      [hers, 'own'],
    ]
    for (const [id, role] of reasons) {
      const { Status, FailureReason } = await app(id, { AppType: 'KernelGateway' })
      assert.equal(Status, 'Failed')
      assert.ok(FailureReason.includes(`ExecutionRole [arn:aws:iam::123456789012:role/${role}]`), FailureReason)
    }
  })
})

describe('apps', () => {
  const rules: { title: string; input: Input; message: RegExp }[] = [
    { title: 'nobody’s', input: {}, message: /^Specify either UserProfileName or SpaceName\.$/ },
    {
      title: 'two owners’',
      input: { UserProfileName: 'alice', SpaceName: 'lab' },
      message: /^Specify either UserProfileName or SpaceName\.$/,
    },
    {
      title: 'JupyterLab without a space',
      input: { UserProfileName: 'alice', AppType: 'JupyterLab' },
      message: /^SpaceName is required for apps of type JupyterLab\.$/,
    },
    {
      title: 'another type than the space’s',
      input: { SpaceName: 'lab', AppType: 'CodeEditor' },
      message: /is for apps of type JupyterLab\.$/,
    },
  ]

  it('keep to the rules, and keep their owners from being deleted', async () => {
    const DomainId = await lab.domain({ DefaultUserSettings: { ExecutionRole: await lab.role('apps') } })
    const alice = await profile(DomainId, 'alice')
    const hers = {
      OwnershipSettings: { OwnerUserProfileName: 'alice' },
      SpaceSharingSettings: { SharingType: 'Private' },
    }
    const own = await space(DomainId, 'lab', { ...hers, SpaceSettings: { AppType: 'JupyterLab' } })
    for (const { title, input, message } of rules) {
      const whole = { DomainId, AppType: 'KernelGateway', AppName: 'default', ...input }
      await assert.rejects(lab.sagemaker('CreateApp', whole), refused('ValidationException', message), title)
    }

    const spec = { InstanceType: 'ml.m5.large' }
    const made = await app(own, { AppType: 'JupyterLab', ResourceSpec: spec, Tags: [{ Key: 'team', Value: 'ml' }] })
    assert.equal(made.Status, 'InService', made.FailureReason)
    assert.deepEqual(made.ResourceSpec, spec)
    assert.equal(made.AppArn, `arn:aws:sagemaker:us-east-1:123456789012:app/${DomainId}/lab/JupyterLab/default`)
    assert.equal((await lab.sagemaker('ListTags', { ResourceArn: made.AppArn })).Tags.length, 1)
    const id = { ...own, AppType: 'JupyterLab', AppName: 'default' }
    await assert.rejects(lab.sagemaker('CreateApp', id), refused('ResourceInUse', /already exists/))

    const held: [string, Input, RegExp][] = [
      [
        'DeleteDomain',
        { DomainId },
        /^Unable to delete Domain \[\S+\] because UserProfile\(s\) are associated with it\.$/,
      ],
      [
        'DeleteUserProfile',
        alice,
        /^Unable to delete UserProfile \[\S+\] because Space\(s\) are associated with it\.$/,
      ],
      ['DeleteSpace', own, /^Unable to delete Space \[\S+\] because App\(s\) are associated with it\.$/],
    ]
    for (const [operation, input, message] of held) {
      await assert.rejects(lab.sagemaker(operation, input), refused('ResourceInUse', message))
    }

    await lab.sagemaker('DeleteApp', id)
    assert.equal((await lab.settled('DescribeApp', id)).Status, 'Deleted')
    const { Apps } = await lab.sagemaker('ListApps', { DomainIdEquals: DomainId, SpaceNameEquals: 'lab' })
    assert.deepEqual(
      Apps.map((one: { Status: string }) => one.Status),
      ['Deleted'],
    )
    await assert.rejects(
      lab.sagemaker('DescribeApp', { ...id, AppName: 'other' }),
      refused('ValidationException', /RecordNotFound/),
    )
    for (const [noun, input] of [
      ['Space', own],
      ['UserProfile', alice],
      ['Domain', { DomainId }],
    ] as const) {
      await lab.sagemaker(`Delete${noun}`, input)
      await lab.gone(`Describe${noun}`, input)
    }
  })
})

describe('user profiles', () => {
  const signOn = { SingleSignOnUserIdentifier: 'UserName', SingleSignOnUserValue: 'alice' }
  const cases: { mode: string; input: Input; message?: RegExp }[] = [
    { mode: 'SSO', input: signOn },
    { mode: 'SSO', input: {}, message: /are required when the AuthMode of the Domain is SSO\.$/ },
    { mode: 'IAM', input: {} },
    { mode: 'IAM', input: signOn, message: /cannot be specified when the AuthMode of the Domain is not SSO\.$/ },
  ]
  for (const { mode, input, message } of cases) {
    it(`${mode}: ${message ? 'not ' : ''}with ${JSON.stringify(input)}`, async () => {
      const DomainId = await lab.domain({ AuthMode: mode })
      const made = lab.sagemaker('CreateUserProfile', { DomainId, UserProfileName: 'alice', ...input })
      if (message) await assert.rejects(made, refused('ValidationException', message))
      else assert.equal((await made).UserProfileArn.endsWith(`:user-profile/${DomainId}/alice`), true)
    })
  }

  it('in a domain that is VpcOnly need security groups, their own or the domain’s', async () => {
    const DomainId = await lab.domain({ AppNetworkAccessType: 'VpcOnly' })
    const input = { DomainId, UserProfileName: 'alice' }
    await assert.rejects(
      lab.sagemaker('CreateUserProfile', input),
      refused('ValidationException', /^SecurityGroups are required/),
    )
    await lab.sagemaker('CreateUserProfile', { ...input, UserSettings: { SecurityGroups: [lab.groupId] } })
  })

  it('are listed by domain and name, oldest first, in pages', async () => {
    const DomainId = await lab.domain()
    for (const name of ['ann', 'bob', 'annika']) await profile(DomainId, name)
    const listed = async (more: Input) => {
      const page = await lab.sagemaker('ListUserProfiles', { DomainIdEquals: DomainId, ...more })
      const names = page.UserProfiles.map((one: { UserProfileName: string }) => one.UserProfileName)
      return { names, token: page.NextToken as string | undefined }
    }
    assert.deepEqual((await listed({})).names, ['ann', 'bob', 'annika'])
    assert.deepEqual((await listed({ UserProfileNameContains: 'Ann' })).names, ['ann', 'annika'])
    const first = await listed({ MaxResults: 2, SortOrder: 'Descending' })
    assert.deepEqual(first.names, ['annika', 'bob'])
    const rest = await listed({ MaxResults: 2, SortOrder: 'Descending', NextToken: first.token })
    assert.deepEqual(rest, { names: ['ann'], token: undefined })
  })
})

describe('UpdateDomain', () => {
  it('goes to VpcOnly only with a VPC, and not while apps run', async () => {
    const nowhere = (await lab.sagemaker('CreateDomain', {
      DomainName: 'nowhere',
      AuthMode: 'IAM',
      DefaultUserSettings: { ExecutionRole: await lab.role('nowhere') },
    })) as { DomainId: string }
    const { DomainId } = nowhere
    assert.equal((await lab.settled('DescribeDomain', { DomainId })).HomeEfsFileSystemId, undefined)
    const only = { DomainId, AppNetworkAccessType: 'VpcOnly' }
    await assert.rejects(
      lab.sagemaker('UpdateDomain', only),
      refused('ValidationException', /^VpcId and Subnet IDs are required for updating domains to VpcOnly mode\.$/),
    )
    const id = { ...(await profile(DomainId, 'alice')), AppType: 'JupyterServer', AppName: 'default' }
    await lab.sagemaker('CreateApp', id)
    await lab.settled('DescribeApp', id)
    const whole = { ...only, ...place(), DefaultUserSettings: { SecurityGroups: [lab.groupId] } }
    await assert.rejects(lab.sagemaker('UpdateDomain', whole), refused('ResourceInUse', /because App\(s\) are/))
    await lab.sagemaker('DeleteApp', id)
    await lab.settled('DescribeApp', id)
    await lab.sagemaker('UpdateDomain', whole)
    const told = await lab.settled('DescribeDomain', { DomainId })
    assert.deepEqual([told.Status, told.AppNetworkAccessType, told.VpcId], ['InService', 'VpcOnly', lab.vpcId])
    // What was not named stays.
    assert.match(told.DefaultUserSettings.ExecutionRole, /role\/nowhere$/)
  })
})

describe('lifecycle configurations and image configurations', () => {
  it('are kept, listed, used by name, and not deleted while in use', async () => {
    const content = Buffer.from('echo started').toString('base64')
    const config = { StudioLifecycleConfigName: 'start', StudioLifecycleConfigAppType: 'JupyterServer' }
    const made = { ...config, StudioLifecycleConfigContent: content }
    const { StudioLifecycleConfigArn: arn } = await lab.sagemaker('CreateStudioLifecycleConfig', made)
    await assert.rejects(lab.sagemaker('CreateStudioLifecycleConfig', made), refused('ResourceInUse', /already exists/))
    await assert.rejects(
      lab.sagemaker('CreateStudioLifecycleConfig', { ...made, StudioLifecycleConfigContent: '#!/bin/sh' }),
      refused('ValidationException', /must be base64 encoded/),
    )
    const settings = { JupyterServerAppSettings: { LifecycleConfigArns: [arn] } }
    const DomainId = await lab.domain({ DefaultUserSettings: settings })
    const name = { StudioLifecycleConfigName: 'start' }
    assert.equal((await lab.sagemaker('DescribeStudioLifecycleConfig', name)).StudioLifecycleConfigContent, content)
    await assert.rejects(lab.sagemaker('DeleteStudioLifecycleConfig', name), refused('ResourceInUse', /is in use by/))
    await lab.sagemaker('DeleteDomain', { DomainId })
    await lab.gone('DescribeDomain', { DomainId })
    await lab.sagemaker('DeleteStudioLifecycleConfig', name)
    const { StudioLifecycleConfigs } = await lab.sagemaker('ListStudioLifecycleConfigs', {
      AppTypeEquals: 'KernelGateway',
    })
    assert.deepEqual(StudioLifecycleConfigs, [])

    const id = { AppImageConfigName: 'plain' }
    await lab.sagemaker('CreateAppImageConfig', {
      ...id,
      KernelGatewayImageConfig: { KernelSpecs: [{ Name: 'python3' }] },
    })
    await lab.sagemaker('UpdateAppImageConfig', { ...id, JupyterLabAppImageConfig: {} })
    const told = await lab.sagemaker('DescribeAppImageConfig', id)
    assert.deepEqual([told.KernelGatewayImageConfig, told.JupyterLabAppImageConfig], [undefined, {}])
    assert.equal((await lab.sagemaker('ListAppImageConfigs', { NameContains: 'PLA' })).AppImageConfigs.length, 1)
    await lab.sagemaker('DeleteAppImageConfig', id)
    await assert.rejects(lab.sagemaker('DescribeAppImageConfig', id), refused('ResourceNotFound', /does not exist/))
  })
})
