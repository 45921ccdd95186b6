import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { allow, document, openServingLab, outcome, pagePolicy, trusting } from './lab.ts'
import type { Input, Lab } from './lab.ts'

const data = 's3://artifacts/m/model.tar.gz'

let lab: Lab
let made = 0
before(async () => (lab = await openServingLab()))
after(() => lab.close())

const container = (changes: Input = {}) => ({ Image: lab.image, ModelDataUrl: data, ...changes })

function create(changes: Input = {}, ask = lab.ask): Promise<{ ModelArn: string }> {
  const ModelName = `m-${++made}`
  return ask('sagemaker', 'CreateModel', {
    ModelName,
    ExecutionRoleArn: lab.roleArn,
    PrimaryContainer: container(),
    ...changes,
  })
}

const noAccess = (roleArn: string, uri = data) =>
  `ValidationException: Could not access model data at ${uri}. Please ensure that the role "${roleArn}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in us-east-1. If your Model uses multiple models or uncompressed models, please ensure that the role has "s3:ListBucket" permission.`
const badRole = (roleArn: string) =>
  `ValidationException: The execution role ARN "${roleArn}" is invalid. Please ensure that the role exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com".`

describe('a model', () => {
  it('is described as it was asked for, listed, tagged and deleted; and then unknown', async () => {
    const { ModelArn } = await create({ ModelName: 'whole', Tags: [{ Key: 'team', Value: 'a' }] })
    assert.equal(ModelArn, 'arn:aws:sagemaker:us-east-1:123456789012:model/whole')
    const { CreationTime, ...told } = await lab.ask('sagemaker', 'DescribeModel', { ModelName: 'whole' })
    assert.ok(CreationTime > 0)
    assert.deepEqual(told, {
      ModelName: 'whole',
      ModelArn,
      ExecutionRoleArn: lab.roleArn,
      PrimaryContainer: { Image: lab.image, ModelDataUrl: data, Mode: 'SingleModel' },
      EnableNetworkIsolation: false,
    })
    const { Models } = await lab.ask('sagemaker', 'ListModels', { NameContains: 'WHOL' })
    assert.deepEqual(
      Models.map((one: Input) => one['ModelArn']),
      [ModelArn],
    )
    assert.deepEqual((await lab.ask('sagemaker', 'ListTags', { ResourceArn: ModelArn })).Tags, [
      { Key: 'team', Value: 'a' },
    ])
    assert.equal(
      await outcome(create({ ModelName: 'whole' })),
      `ValidationException: Cannot create already existing model "${ModelArn}".`,
    )
    await lab.ask('sagemaker', 'DeleteModel', { ModelName: 'whole' })
    const unknown = `ValidationException: Could not find model "${ModelArn}".`
    for (const operation of ['DescribeModel', 'DeleteModel']) {
      assert.equal(await outcome(lab.ask('sagemaker', operation, { ModelName: 'whole' })), unknown)
    }
    await create({ ModelName: 'whole' })
    assert.deepEqual((await lab.ask('sagemaker', 'ListTags', { ResourceArn: ModelArn })).Tags, [])
  })

  it('asks its creator for CreateModel, AddTags and PassRole, with the condition keys of its network', async () => {
    const vpc = { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] }
    const { ask } = await lab.user(
      'modeller',
      allow('sagemaker:CreateModel', '*', {
        Condition: {
          'ForAllValues:StringEquals': { 'sagemaker:VpcSubnets': ['subnet-1'] },
          Null: { 'sagemaker:VpcSubnets': 'false' },
          Bool: { 'sagemaker:NetworkIsolation': 'true' },
        },
      }),
    )
    const tries: [Input, string][] = [
      [{ VpcConfig: vpc }, 'sagemaker:CreateModel'],
      [{ VpcConfig: { ...vpc, Subnets: ['subnet-2'] }, EnableNetworkIsolation: true }, 'sagemaker:CreateModel'],
      [{ VpcConfig: vpc, EnableNetworkIsolation: true, Tags: [{ Key: 'a', Value: 'b' }] }, 'sagemaker:AddTags'],
      [{ VpcConfig: vpc, EnableNetworkIsolation: true }, 'iam:PassRole'],
    ]
    for (const [changes, action] of tries) {
      assert.match(
        await outcome(create(changes, ask)),
        new RegExp(`is not authorized to perform: ${action} on resource`),
      )
    }
    assert.equal(
      await outcome(create({ ExecutionRoleArn: 'arn:aws:iam::999999999999:role/theirs' })),
      'ValidationException: RoleArn: Cross-account pass role is not allowed.',
    )
  })

  const refused: { what: string; changes: () => Input; sentence: RegExp }[] = [
    {
      what: 'nothing to run',
      changes: () => ({ PrimaryContainer: undefined }),
      sentence: /PrimaryContainer or Containers/,
    },
    {
      what: 'both one container and several',
      changes: () => ({ Containers: [container()] }),
      sentence: /both PrimaryContainer and Containers/,
    },
    {
      what: 'a hostname twice',
      changes: () => ({
        PrimaryContainer: undefined,
        Containers: [container({ ContainerHostname: 'a' }), container({ ContainerHostname: 'a' })],
      }),
      sentence: /ContainerHostname must be unique/,
    },
    {
      what: 'a prefix that is none',
      changes: () => ({ PrimaryContainer: container({ ModelDataUrl: undefined, ...source('s3://artifacts/m') }) }),
      sentence: /must end with a forward slash/,
    },
    {
      what: 'an environment of 40 KB',
      changes: () => ({
        PrimaryContainer: container({
          Environment: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`V${at}`, 'x'.repeat(1020)])),
        }),
      }),
      sentence: /must not exceed 32 KB/,
    },
    {
      what: 'a model package',
      changes: () => ({ PrimaryContainer: { ModelPackageName: 'package' } }),
      sentence: /^NotImplemented: CreateModel: not built in Sallyport yet: ModelPackageName; nothing was done\.$/,
    },
    {
      what: 'an image outside ECR',
      changes: () => ({ PrimaryContainer: { Image: 'docker.io/library/python' } }),
      sentence: /^ValidationException: ECR image "docker\.io\/library\/python" is invalid\.$/,
    },
    {
      what: 'an image that is not there',
      changes: () => ({ PrimaryContainer: { Image: lab.image.replace('latest', 'none') } }),
      sentence: /^ValidationException: Requested image \S+:none not found\.$/,
    },
    {
      what: 'a repository that is not there',
      changes: () => ({ PrimaryContainer: { Image: lab.image.replace('serving', 'none') } }),
      sentence: /^ValidationException: Requested image \S+\/none:latest not found\.$/,
    },
    {
      what: 'data that is not there',
      changes: () => ({ PrimaryContainer: container({ ModelDataUrl: 's3://artifacts/none' }) }),
      sentence: /^ValidationException: Could not find model data at s3:\/\/artifacts\/none\.$/,
    },
    {
      what: 'an empty prefix of a further source',
      changes: () => ({
        PrimaryContainer: container({
          AdditionalModelDataSources: [{ ChannelName: 'more', ...source('s3://artifacts/none/').ModelDataSource }],
        }),
      }),
      sentence: /^ValidationException: Could not find model data at s3:\/\/artifacts\/none\/\.$/,
    },
    {
      what: 'a subnet that is not there',
      changes: () => ({ VpcConfig: { Subnets: ['subnet-0123'], SecurityGroupIds: ['sg-0123'] } }),
      sentence:
        /^ValidationException: .*subnet-0123.* \(Service: AmazonEC2; Status Code: 400; Error Code: InvalidSubnetID/,
    },
  ]
  for (const { what, changes, sentence } of refused) {
    it(`is refused with ${what}`, async () => assert.match(await outcome(create(changes())), sentence))
  }

  it('takes uncompressed, further and multiple models, and pipelines', async () => {
    await create({ PrimaryContainer: container({ ModelDataUrl: undefined, ...source('s3://artifacts/m/') }) })
    await create({ PrimaryContainer: container({ Mode: 'MultiModel', ModelDataUrl: 's3://artifacts/later/' }) })
    await create({
      PrimaryContainer: container({ ModelDataUrl: 'https://s3.us-east-1.amazonaws.com/artifacts/m/model.tar.gz' }),
    })
    const { ModelArn } = await create({ PrimaryContainer: undefined, Containers: [container(), container()] })
    const ModelName = ModelArn.split('/').at(-1)
    const { Containers } = await lab.ask('sagemaker', 'DescribeModel', { ModelName })
    assert.deepEqual(
      Containers.map((one: Input) => one['Mode']),
      ['SingleModel', 'SingleModel'],
    )
  })
})

/** ModelDataSource of a prefix. */
const source = (S3Uri: string) => ({
  ModelDataSource: { S3DataSource: { S3Uri, S3DataType: 'S3Prefix', CompressionType: 'None' } },
})

describe('the execution role of a model', () => {
  const actions = pagePolicy('model').Statement[0]!.Action
  /** What the role page grants and CreateModel does not use for one archive: hosting does, or a prefix. */
  const laterOrElsewhere = new Set([
    'cloudwatch:PutMetricData',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'logs:CreateLogGroup',
    'logs:DescribeLogStreams',
    's3:ListBucket',
  ])

  it('needs no more than the page grants', async () => {
    const role = await lab.role('page', pagePolicy('model'))
    await create({ ExecutionRoleArn: role })
    await create({
      ExecutionRoleArn: role,
      PrimaryContainer: container({ ModelDataUrl: undefined, ...source('s3://artifacts/m/') }),
    })
  })

  for (const [at, dropped] of actions.entries()) {
    it(`without ${dropped}`, async () => {
      const left = actions.filter((one) => one !== dropped)
      const role = await lab.role(`without-${at}`, JSON.parse(document(allow(left))))
      const expected = dropped.startsWith('ecr:')
        ? `ValidationException: Role ${role} cannot pull ${lab.image}. Ensure that the role exists and the image was granted pull permission.`
        : noAccess(role)
      const told = await outcome(create({ ExecutionRoleArn: role }))
      assert.equal(told, laterOrElsewhere.has(dropped) ? 'done' : expected)
    })
  }

  it('needs s3:ListBucket for a prefix', async () => {
    const role = await lab.role(
      'lists-not',
      JSON.parse(document(allow(actions.filter((one) => one !== 's3:ListBucket')))),
    )
    const PrimaryContainer = container({ ModelDataUrl: undefined, ...source('s3://artifacts/m/') })
    const told = await outcome(create({ ExecutionRoleArn: role, PrimaryContainer }))
    assert.equal(told, noAccess(role, 's3://artifacts/m/'))
  })

  it('is told apart by explain where AWS has one sentence', async () => {
    const role = await lab.role(
      'gets-not',
      JSON.parse(document(allow(actions.filter((one) => one !== 's3:GetObject')))),
    )
    const error = await create({ ExecutionRoleArn: role }).then(
      () => assert.fail('it was made'),
      (refusal: AwsError) => refusal,
    )
    const { Document } = await lab.ask('sallyport', 'Explain', { Id: error.fields['RequestId'] })
    assert.match(JSON.stringify(Document), /s3:GetObject/)
    assert.match(JSON.stringify(Document), /exec-role-policy/)
  })

  const everything = JSON.parse(document(allow('*')))
  const sourceArn = (value: string) => trusting({ Condition: { StringEquals: { 'aws:SourceArn': value } } })
  const trusts: { what: string; trust: object; good: boolean }[] = [
    {
      what: 'names the literal ARN of hosting',
      trust: sourceArn('arn:aws:sagemaker:us-east-1:123456789012:*'),
      good: true,
    },
    {
      what: 'names the whole ARN of the model',
      trust: sourceArn('arn:aws:sagemaker:us-east-1:123456789012:model/t1'),
      good: false,
    },
    {
      what: 'names the account',
      trust: trusting({ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }),
      good: true,
    },
    {
      what: 'is for another service',
      trust: trusting({ Principal: { Service: 'lambda.amazonaws.com' } }),
      good: false,
    },
  ]
  for (const [at, { what, trust, good }] of trusts.entries()) {
    it(`${good ? 'may be' : 'cannot be'} assumed where its trust ${what}`, async () => {
      const role = await lab.role(`trust-${at}`, everything, trust)
      const bare = { ExecutionRoleArn: role, PrimaryContainer: { Image: lab.image } }
      assert.equal(await outcome(create({ ...bare, ModelName: `t${at}` })), good ? 'done' : badRole(role))
      assert.equal(await outcome(create({ ExecutionRoleArn: role })), good ? 'done' : noAccess(role))
    })
  }

  it('needs a grant of the repository where that is of another account', async () => {
    const role = await lab.role('abroad', everything)
    const Image = lab.image.replace('123456789012', '210987654321')
    const told = await outcome(create({ ExecutionRoleArn: role, PrimaryContainer: { Image } }))
    assert.equal(
      told,
      `ValidationException: The repository of your image ${Image} does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:BatchCheckLayerAvailability permission to sagemaker.amazonaws.com service principal.`,
    )
  })
})
