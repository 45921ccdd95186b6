import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { makeInstance, makeProfile, type TestInstance } from '../metadata/instance.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { newEstate, withSubnet } from './estate.ts'

const arn = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`

test('launching asks for everything that it touches, with the keys of each', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const [image] = estate.ask('DescribeImages', { Filters: [{ Name: 'name', Values: ['al2023-*-x86_64'] }] }).Images!
  const KeyPairId = estate.ask('CreateKeyPair', { KeyName: 'mine', KeyType: 'ed25519' }).KeyPairId!
  const GroupId = estate.ask('DescribeSecurityGroups', {}).SecurityGroups![0]!.GroupId!
  const needs = estate.needs('RunInstances', {
    ImageId: image!.ImageId!,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    SubnetId,
    KeyName: 'mine',
    MetadataOptions: { HttpTokens: 'optional' },
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'use', Value: 'web' }] }],
  })
  assert.deepEqual(
    needs.map((one) => [one.action, one.resource]),
    [
      ['ec2:RunInstances', arn('instance/*')],
      ['ec2:CreateTags', arn('instance/*')],
      ['ec2:RunInstances', `arn:aws:ec2:us-east-1::image/${image!.ImageId}`],
      ['ec2:RunInstances', arn(`subnet/${SubnetId}`)],
      ['ec2:RunInstances', arn(`security-group/${GroupId}`)],
      ['ec2:RunInstances', arn('network-interface/*')],
      ['ec2:RunInstances', arn('volume/*')],
      ['ec2:RunInstances', arn(`key-pair/${KeyPairId}`)],
    ],
  )
  const instance = needs[0]!.context!
  assert.equal(instance['ec2:InstanceType'], 't3.micro')
  assert.equal(instance['ec2:MetadataHttpTokens'], 'optional')
  assert.equal(instance['ec2:MetadataHttpPutResponseHopLimit'], '2', "the image's default")
  assert.equal(instance['aws:RequestTag/use'], 'web')
  assert.equal(needs[1]!.context!['ec2:CreateAction'], 'RunInstances')
  assert.equal(needs[2]!.context!['ec2:Owner'], 'amazon')
  assert.equal(needs[5]!.context!['ec2:Vpc'], arn(`vpc/${VpcId}`))
  assert.equal(needs[7]!.context!['ec2:KeyPairName'], 'mine')
})

test('what is changed later is asked for with the keys of the instance', () => {
  const estate = newEstate()
  const { SubnetId } = withSubnet(estate)
  const ImageId = estate.ask('DescribeImages', { Filters: [{ Name: 'name', Values: ['amzn2-*-x86_64-gp2'] }] })
    .Images![0]!.ImageId!
  const { InstanceId } = estate.ask('RunInstances', {
    ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    SubnetId,
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'use', Value: 'web' }] }],
  }).Instances![0]!
  const [need, ...more] = estate.needs('TerminateInstances', { InstanceIds: [InstanceId!] })
  assert.deepEqual(more, [])
  assert.equal(need!.resource, arn(`instance/${InstanceId}`))
  assert.equal(need!.context!['ec2:MetadataHttpTokens'], 'optional')
  assert.equal(need!.context!['ec2:ResourceTag/use'], 'web')
  const [modify] = estate.needs('ModifyInstanceMetadataOptions', { InstanceId: InstanceId!, HttpTokens: 'required' })
  assert.equal(modify!.context!['ec2:Attribute/HttpTokens'], 'required')
})

describe('passing the role of a profile', () => {
  let server: TestServer
  let at: TestInstance
  let keys: Keys
  const profile = { IamInstanceProfile: { Name: 'web' } }

  before(async () => {
    server = await startTestServer()
    await makeProfile(server, 'web')
    await makeProfile(server, 'other')
    at = await makeInstance(server)
    const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)
    await iam('CreateUser', { UserName: 'launcher' })
    await iam('AttachUserPolicy', { UserName: 'launcher', PolicyArn: 'arn:aws:iam::aws:policy/AmazonEC2FullAccess' })
    const { AccessKey } = await iam('CreateAccessKey', { UserName: 'launcher' })
    keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  })
  after(() => server.close())

  const allow = (Statement: object) =>
    call(server.url, server.admin, 'iam', 'PutUserPolicy', {
      UserName: 'launcher',
      PolicyName: 'pass',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    })
  const associate = () =>
    call(server.url, keys, 'ec2', 'AssociateIamInstanceProfile', { InstanceId: at.instanceId, ...profile })

  test('without iam:PassRole it is refused, and the encoded message says so', async () => {
    const error = await associate().then(
      () => assert.fail('allowed'),
      (refused: { code: string; message: string }) => refused,
    )
    assert.equal(error.code, 'UnauthorizedOperation')
    assert.match(error.message, /is not authorized to perform: iam:PassRole on resource: arn:aws:iam::\d+:role\/web /)
    const [, EncodedMessage] = /Encoded authorization failure message: (\S+)/.exec(error.message)!
    const { DecodedMessage } = await call(server.url, server.admin, 'sts', 'DecodeAuthorizationMessage', {
      EncodedMessage,
    })
    assert.match(DecodedMessage, /iam:PassRole/)
    const launch = makeInstance({ ...server, admin: keys }, profile)
    await assert.rejects(launch, { code: 'UnauthorizedOperation' })
  })

  test('with it for EC2 it works; for another service it does not', async () => {
    const pass = (service: string) =>
      allow({
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: '*',
        Condition: { StringEquals: { 'iam:PassedToService': service } },
      })
    await pass('sagemaker.amazonaws.com')
    await assert.rejects(associate(), { code: 'UnauthorizedOperation' })
    await pass('ec2.amazonaws.com')
    const { IamInstanceProfileAssociation: made } = await associate()
    assert.equal(made.State, 'associating')
    await assert.rejects(associate(), {
      code: 'IncorrectState',
      message: `There is an existing association for instance ${at.instanceId}`,
    })
    const { IamInstanceProfileAssociation: replaced } = await call(
      server.url,
      keys,
      'ec2',
      'ReplaceIamInstanceProfileAssociation',
      { AssociationId: made.AssociationId, IamInstanceProfile: { Name: 'other' } },
    )
    assert.match(replaced.IamInstanceProfile.Arn, /instance-profile\/other$/)
    assert.notEqual(replaced.AssociationId, made.AssociationId)
    const gone = call(server.url, keys, 'ec2', 'DisassociateIamInstanceProfile', { AssociationId: made.AssociationId })
    await assert.rejects(gone, { code: 'InvalidAssociationID.NotFound' })
  })

  test('the right to pass can be bound to the instance', async () => {
    const pass = (instance: string) =>
      allow({
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: '*',
        Condition: { ArnLike: { 'iam:AssociatedResourceArn': arn(`instance/${instance}`) } },
      })
    const { instanceId } = await makeInstance(server)
    const give = () =>
      call(server.url, keys, 'ec2', 'AssociateIamInstanceProfile', { InstanceId: instanceId, ...profile })
    await pass(at.instanceId)
    await assert.rejects(give(), { code: 'UnauthorizedOperation' })
    await pass(instanceId)
    assert.ok(await give())
  })

  test('profiles that are not there, or that are empty', async () => {
    const give = (given: object) =>
      call(server.url, server.admin, 'ec2', 'RunInstances', {
        ImageId: 'ami-0',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: at.subnetId,
        InstanceType: 't3.micro',
        ...given,
      })
    const { Images } = await call(server.url, server.admin, 'ec2', 'DescribeImages', {
      Filters: [{ Name: 'name', Values: ['al2023-*-x86_64'] }],
    })
    const ImageId = Images[0].ImageId
    await assert.rejects(give({ ImageId, IamInstanceProfile: { Name: 'none' } }), {
      code: 'InvalidParameterValue',
      message: 'Value (none) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    })
    await call(server.url, server.admin, 'iam', 'CreateInstanceProfile', { InstanceProfileName: 'empty' })
    const empty = `arn:aws:iam::${server.account}:instance-profile/empty`
    await assert.rejects(give({ ImageId, IamInstanceProfile: { Arn: empty } }), {
      code: 'InvalidParameterValue',
      message: `IAM Instance Profile "${empty}" has no associated IAM Roles`,
    })
  })
})
