import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { allow, openLab, outcome, pagePolicy, settled, trusting } from './lab.ts'
import type { Ask, Input, Lab } from './lab.ts'

let lab: Lab
let subnet: { SubnetId: string; SecurityGroupIds: string[] }
before(async () => {
  lab = await openLab()
  const { VpcId } = (await lab.ask('ec2', 'CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc
  const { SubnetId } = (await lab.ask('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.7.0.0/24' })).Subnet
  const { GroupId } = await lab.ask('ec2', 'CreateSecurityGroup', { VpcId, GroupName: 'nb', Description: 'nb' })
  subnet = { SubnetId, SecurityGroupIds: [GroupId] }
})
after(() => lab.close())

const arnOf = (name: string) => `arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/${name}`
const create = (ask: Ask, name: string, changes: Input = {}) =>
  ask('sagemaker', 'CreateNotebookInstance', {
    NotebookInstanceName: name,
    InstanceType: 'ml.t3.medium',
    RoleArn: lab.roleArn,
    ...changes,
  })
const act = (ask: Ask, verb: string, name: string, more: Input = {}) =>
  ask('sagemaker', `${verb}NotebookInstance`, { NotebookInstanceName: name, ...more })
const gone = async (ask: Ask, name: string) => {
  const told = await outcome(settled(ask, name, 'Failed'))
  assert.equal(told, 'ValidationException: RecordNotFound')
}
const interfaces = async (): Promise<Input[]> =>
  (await lab.ask('ec2', 'DescribeNetworkInterfaces', { Filters: [{ Name: 'subnet-id', Values: [subnet.SubnetId] }] }))
    .NetworkInterfaces

describe('a notebook instance', () => {
  it('goes through all its states, each only from those that lead there', async () => {
    const { NotebookInstanceArn } = await create(lab.ask, 'Life', { Tags: [{ Key: 'a', Value: 'b' }] })
    assert.equal(NotebookInstanceArn, arnOf('Life'))
    const { CreationTime, LastModifiedTime, ...told } = await settled(lab.ask, 'Life', 'InService', 'Failed')
    assert.ok((LastModifiedTime as number) >= (CreationTime as number))
    assert.deepEqual(told, {
      NotebookInstanceArn,
      NotebookInstanceName: 'Life',
      NotebookInstanceStatus: 'InService',
      Url: 'life.notebook.us-east-1.sagemaker.aws',
      InstanceType: 'ml.t3.medium',
      IpAddressType: 'ipv4',
      RoleArn: lab.roleArn,
      DirectInternetAccess: 'Enabled',
      VolumeSizeInGB: 5,
      RootAccess: 'Enabled',
      PlatformIdentifier: 'notebook-al2023-v1',
      InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: '1' },
    })
    assert.match(await outcome(create(lab.ask, 'Life')), /^ValidationException: Cannot create a duplicate Notebook/)

    const wrong = async (verb: string, sentence: string) =>
      assert.equal(
        await outcome(act(lab.ask, verb, 'Life')),
        `ValidationException: ${sentence} for Notebook Instance (${NotebookInstanceArn}).`,
      )
    await wrong('Delete', 'Status (InService) not in ([Stopped, Failed]). Unable to transition to (Deleting)')
    await wrong('Start', 'Status (InService) not in ([Stopped, Failed]). Unable to transition to (Pending)')
    await wrong('Update', 'Status (InService) not in ([Stopped, Failed]). Unable to transition to (Updating)')
    await act(lab.ask, 'Stop', 'Life')
    await settled(lab.ask, 'Life', 'Stopped')
    await wrong('Stop', 'Status (Stopped) not in ([InService]). Unable to transition to (Stopping)')

    await act(lab.ask, 'Update', 'Life', { InstanceType: 'ml.m5.xlarge', VolumeSizeInGB: 10, RootAccess: 'Disabled' })
    const updated = await settled(lab.ask, 'Life', 'Stopped')
    assert.deepEqual(
      [updated['InstanceType'], updated['VolumeSizeInGB'], updated['RootAccess']],
      ['ml.m5.xlarge', 10, 'Disabled'],
    )
    assert.match(await outcome(act(lab.ask, 'Update', 'Life', { VolumeSizeInGB: 6 })), /can only be increased/)
    await act(lab.ask, 'Start', 'Life')
    await settled(lab.ask, 'Life', 'InService')
    await act(lab.ask, 'Stop', 'Life')
    await settled(lab.ask, 'Life', 'Stopped')
    await act(lab.ask, 'Delete', 'Life')
    await gone(lab.ask, 'Life')
    const { Tags } = await create(lab.ask, 'Life').then(() =>
      lab.ask('sagemaker', 'ListTags', { ResourceArn: NotebookInstanceArn }),
    )
    assert.deepEqual(Tags, [])
  })

  it('is made with what the page grants the role, by who has just that, and not in a VPC', async () => {
    const { ask } = await lab.user('page', ...pagePolicy('notebook').Statement)
    const RoleArn = await lab.role('page', pagePolicy('notebook'))
    await create(ask, 'page', { RoleArn })
    assert.equal((await settled(ask, 'page', 'InService', 'Failed'))['NotebookInstanceStatus'], 'InService')
    await create(ask, 'page-vpc', { RoleArn, ...subnet })
    const { FailureReason } = await settled(ask, 'page-vpc', 'InService', 'Failed')
    assert.match(FailureReason as string, /ec2:DescribeSubnets permission/)
  })

  const refused: [string, Input, RegExp][] = [
    ['groups without a subnet', { SecurityGroupIds: ['sg-1'] }, /SecurityGroupIds requires SubnetId/],
    ['no internet and no subnet', { DirectInternetAccess: 'Disabled' }, /only if SubnetId is specified/],
    [
      'a lifecycle configuration that is not there',
      { LifecycleConfigName: 'none' },
      /config\/none'\. \(Details: .+ does not/,
    ],
    [
      'a code repository that is not there',
      { DefaultCodeRepository: 'none' },
      /Cannot find CodeRepository: "arn.+\/none"/,
    ],
    [
      'a role of another account',
      { RoleArn: 'arn:aws:iam::999999999999:role/theirs' },
      /^ValidationException: RoleArn: Cross-account pass role is not allowed\.$/,
    ],
  ]
  for (const [what, changes, sentence] of refused) {
    it(`is refused with ${what}`, async () => assert.match(await outcome(create(lab.ask, 'no', changes)), sentence))
  }

  it('tries the trust of its role at create, start and update', async () => {
    const lambda = trusting({ Principal: { Service: 'lambda.amazonaws.com' } })
    const RoleArn = await lab.role('untrusting', undefined, lambda)
    const sentence = `ValidationException: Could not assume role ${RoleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`
    assert.equal(await outcome(create(lab.ask, 'trust', { RoleArn })), sentence)
    await create(lab.ask, 'trust')
    await settled(lab.ask, 'trust', 'InService')
    await act(lab.ask, 'Stop', 'trust')
    await settled(lab.ask, 'trust', 'Stopped')
    assert.equal(await outcome(act(lab.ask, 'Update', 'trust', { RoleArn })), sentence)
  })

  it('asks for PassRole when it is created, started, and given another role', async () => {
    const { ask } = await lab.user('passes-not', allow('sagemaker:*'))
    const denied = /not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/trusted/
    assert.match(await outcome(create(ask, 'pass')), denied)
    await create(lab.ask, 'pass')
    await settled(ask, 'pass', 'InService')
    await act(ask, 'Stop', 'pass')
    await settled(ask, 'pass', 'Stopped')
    assert.match(await outcome(act(ask, 'Start', 'pass')), denied)
    assert.match(await outcome(act(ask, 'Update', 'pass', { RoleArn: lab.roleArn })), denied)
    await act(ask, 'Update', 'pass', { InstanceType: 'ml.t3.large' })
  })

  it('asks for AddTags, and is held to the condition keys of what it gets or has by default', async () => {
    const conditions: [object, Input, Input][] = [
      [{ StringEquals: { 'sagemaker:RootAccess': 'Disabled' } }, { RootAccess: 'Disabled' }, {}],
      [
        { StringEquals: { 'sagemaker:DirectInternetAccess': 'Disabled' } },
        { DirectInternetAccess: 'Disabled', ...subnet },
        {},
      ],
      [
        { StringEquals: { 'sagemaker:MinimumInstanceMetadataServiceVersion': '2' } },
        { InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: '2' } },
        {},
      ],
      [{ 'ForAllValues:StringLike': { 'sagemaker:InstanceTypes': 'ml.t3.*' } }, {}, { InstanceType: 'ml.p3.2xlarge' }],
      [{ 'ForAnyValue:StringEquals': { 'sagemaker:VpcSubnets': subnet.SubnetId } }, subnet, { SubnetId: 'subnet-0' }],
    ]
    for (const [at, [Condition, good, bad]] of conditions.entries()) {
      const may = allow('sagemaker:CreateNotebookInstance', '*', { Condition })
      const { ask } = await lab.user(`keys-${at}`, may, allow('iam:PassRole'))
      assert.equal(await outcome(create(ask, `keys-${at}`, good)), 'done', JSON.stringify(Condition))
      assert.match(
        await outcome(create(ask, 'keys', bad)),
        /not authorized to perform: sagemaker:CreateNotebookInstance/,
      )
    }
    const { ask } = await lab.user('tags-not', allow(['sagemaker:CreateNotebookInstance', 'iam:PassRole']))
    assert.match(
      await outcome(create(ask, 'tags', { Tags: [{ Key: 'a', Value: 'b' }] })),
      /not authorized to perform: sagemaker:AddTags on resource: arn:aws:sagemaker:\S+notebook-instance\/tags/,
    )
  })
})

describe('the network interface of a notebook instance', () => {
  const ec2 = ['CreateNetworkInterface', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs']

  it('is made by the permissions of who creates it, stays when stopped, and goes by those of who deletes it', async () => {
    const owner = await lab.user('owner', allow(['sagemaker:*', 'iam:PassRole', ...ec2.map((one) => `ec2:${one}`)]))
    const RoleArn = await lab.role('may-nothing')
    await create(owner.ask, 'placed', { RoleArn, ...subnet, DirectInternetAccess: 'Disabled' })
    const placed = await settled(owner.ask, 'placed', 'InService', 'Failed')
    assert.equal(placed['NotebookInstanceStatus'], 'InService', placed['FailureReason'] as string)
    assert.deepEqual([placed['SubnetId'], placed['SecurityGroups']], [subnet.SubnetId, subnet.SecurityGroupIds])
    const id = placed['NetworkInterfaceId']
    const found = (await interfaces()).find((one) => one['NetworkInterfaceId'] === id)
    assert.match(found!['Description'] as string, /ENI managed by SageMaker for arn:.+notebook-instance\/placed$/)

    await act(owner.ask, 'Stop', 'placed')
    await settled(owner.ask, 'placed', 'Stopped')
    // Start looks at it, which CreateNotebookInstance need not.
    await act(owner.ask, 'Start', 'placed')
    const failed = await settled(owner.ask, 'placed', 'InService', 'Failed')
    assert.match(failed['FailureReason'] as string, /ec2:DescribeNetworkInterfaces permission/)
    await act(lab.ask, 'Start', 'placed')
    const again = await settled(lab.ask, 'placed', 'InService', 'Failed')
    assert.deepEqual([again['NetworkInterfaceId'], again['FailureReason']], [id, undefined])

    await act(lab.ask, 'Stop', 'placed')
    await settled(lab.ask, 'placed', 'Stopped')
    await act(owner.ask, 'Delete', 'placed')
    const kept = await settled(owner.ask, 'placed', 'Failed')
    assert.match(kept['FailureReason'] as string, /^Unable to delete .+ ec2:DeleteNetworkInterface permission/)
    await act(lab.ask, 'Delete', 'placed')
    await gone(lab.ask, 'placed')
    assert.ok((await interfaces()).every((one) => one['NetworkInterfaceId'] !== id))
  })

  for (const [at, dropped] of ec2.entries()) {
    it(`is not made by who may not ${dropped}`, async () => {
      const left = ec2.filter((one) => one !== dropped).map((one) => `ec2:${one}`)
      const { ask } = await lab.user(`lacks-${at}`, allow(['sagemaker:*', 'iam:PassRole', ...left]))
      const before = (await interfaces()).length
      await create(ask, `lacks-${at}`, subnet)
      const { FailureReason } = await settled(ask, `lacks-${at}`, 'InService', 'Failed')
      const reason = FailureReason as string
      assert.ok(
        reason.startsWith(
          `Unable to create or start a notebook instance that can access resources in your VPC. Please check if you have ec2:${dropped} permission. You are not authorized to perform this operation.`,
        ),
        reason,
      )
      assert.ok(reason.length <= 1024)
      assert.equal((await interfaces()).length, before)
      if (dropped.startsWith('Create')) {
        const EncodedMessage = /Encoded authorization failure message: (\S+)/.exec(reason)![1]
        const { DecodedMessage } = await lab.ask('sts', 'DecodeAuthorizationMessage', { EncodedMessage })
        assert.equal(JSON.parse(DecodedMessage).context.action, 'ec2:CreateNetworkInterface')
        return
      }
      const tail =
        / \(Service: AmazonEC2; Status Code: 403; Error Code: UnauthorizedOperation; Request ID: ([\w-]+); Proxy: null\)$/
      const { Document } = await lab.ask('sallyport', 'Explain', { Id: tail.exec(reason)![1] })
      assert.deepEqual([Document.decision, Document.needs[0].action], ['denied', `ec2:${dropped}`])
    })
  }

  it('is made anew at the start when somebody has taken it away', async () => {
    await create(lab.ask, 'anew', subnet)
    const { NetworkInterfaceId } = await settled(lab.ask, 'anew', 'InService')
    await act(lab.ask, 'Stop', 'anew')
    await settled(lab.ask, 'anew', 'Stopped')
    await lab.ask('ec2', 'DeleteNetworkInterface', { NetworkInterfaceId })
    await act(lab.ask, 'Start', 'anew')
    const again = await settled(lab.ask, 'anew', 'InService', 'Failed')
    assert.equal(again['NotebookInstanceStatus'], 'InService')
    assert.notEqual(again['NetworkInterfaceId'], NetworkInterfaceId)
  })

  it('with an accelerator needs endpoints in two zones, and the right to see them', async () => {
    const accelerated = { ...subnet, AcceleratorTypes: ['ml.eia2.medium'] }
    const { ask } = await lab.user('ei', allow(['sagemaker:*', 'iam:PassRole', ...ec2.map((one) => `ec2:${one}`)]))
    await create(ask, 'ei-blind', accelerated)
    const blind = await settled(ask, 'ei-blind', 'InService', 'Failed')
    assert.match(blind['FailureReason'] as string, /ec2:DescribeVpcEndpoints permission/)

    const { VpcId } = (await lab.ask('ec2', 'DescribeSubnets', { SubnetIds: [subnet.SubnetId] })).Subnets[0]
    await create(lab.ask, 'ei', accelerated)
    const without = await settled(lab.ask, 'ei', 'InService', 'Failed')
    assert.match(without['FailureReason'] as string, /elastic-inference\.runtime in at least two Availability Zones/)
    const zones = await Promise.all(
      ['a', 'b'].map(async (zone, at) => {
        const request = { VpcId, CidrBlock: `10.7.${8 + at}.0/24`, AvailabilityZone: `us-east-1${zone}` }
        return (await lab.ask('ec2', 'CreateSubnet', request)).Subnet.SubnetId as string
      }),
    )
    await lab.ask('ec2', 'CreateVpcEndpoint', {
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-east-1.elastic-inference.runtime',
      SubnetIds: zones,
      PrivateDnsEnabled: false,
    })
    await act(lab.ask, 'Start', 'ei')
    const ready = await settled(lab.ask, 'ei', 'InService', 'Failed')
    assert.equal(ready['NotebookInstanceStatus'], 'InService', ready['FailureReason'] as string)
  })
})

describe('the key of a notebook instance', () => {
  it('is granted by who creates it, given up when it stops, and looked at when it is deleted', async () => {
    const { KeyMetadata } = await lab.ask('kms', 'CreateKey', {})
    const KmsKeyId = KeyMetadata.Arn as string
    const grants = async () => (await lab.ask('kms', 'ListGrants', { KeyId: KmsKeyId })).Grants as Input[]
    const kms = ['kms:DescribeKey', 'kms:CreateGrant']
    for (const [at, dropped] of kms.entries()) {
      const left = kms.filter((one) => one !== dropped)
      const { ask } = await lab.user(`kms-${at}`, allow(['sagemaker:*', 'iam:PassRole', ...left]))
      await create(ask, `kms-${at}`, { KmsKeyId })
      const { FailureReason } = await settled(ask, `kms-${at}`, 'InService', 'Failed')
      assert.match(FailureReason as string, new RegExp(`encrypted with your KMS key\\. .* ${dropped} permission`))
      assert.deepEqual(await grants(), [])
    }
    const keyed = await lab.user('kms-blind', allow(['sagemaker:*', 'iam:PassRole', ...kms]))
    await create(keyed.ask, 'kms-blind', { KmsKeyId, ...subnet })
    await settled(keyed.ask, 'kms-blind', 'Failed')
    assert.deepEqual(await grants(), [], 'what cannot stand gives its grant up')
    const may = allow(kms, KmsKeyId, { Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } })
    const { ask } = await lab.user('kms', allow(['sagemaker:*', 'iam:PassRole']), allow('kms:DescribeKey'), may)
    await create(ask, 'kms', { KmsKeyId })
    const made = await settled(ask, 'kms', 'InService', 'Failed')
    assert.equal(made['NotebookInstanceStatus'], 'InService', made['FailureReason'] as string)
    assert.equal((await grants()).length, 1)
    await act(ask, 'Stop', 'kms')
    await settled(ask, 'kms', 'Stopped')
    assert.deepEqual(await grants(), [])
    await act(ask, 'Delete', 'kms')
    await gone(ask, 'kms')
  })
})
