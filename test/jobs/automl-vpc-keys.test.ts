import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { table } from './automl-data.ts'
import { openAutoMLLab, type AutoMLLab } from './automl-lab.ts'

type Statement = { Action: string[]; Resource?: string }

/** A policy of the role page, as it is printed there. */
function printed(name: string): Statement {
  const url = new URL(`../../corpus/policy/documents/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as Statement
}

const page = printed('automl') as unknown as { Statement: Statement[] }

describe('an AutoML job with keys, in a VPC (role page, "CreateAutoMLJob API")', () => {
  let lab: AutoMLLab
  const keys: Record<'input' | 'output' | 'volume', string> = { input: '', output: '', volume: '' }
  let inVpc: object

  before(async () => {
    lab = await openAutoMLLab()
    for (const name of ['input', 'output', 'volume'] as const)
      keys[name] = (await lab.call('kms', 'CreateKey', {})).KeyMetadata.Arn
    await lab.call('s3', 'PutObject', {
      Bucket: 'jobs',
      Key: 'sealed/table.csv',
      Body: table('BinaryClassification'),
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keys.input,
    })
    const VpcId = (await lab.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId
    const { SubnetId } = (await lab.call('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' })).Subnet
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
    const { RouteTables } = await lab.call('ec2', 'DescribeRouteTables', { Filters })
    const { SecurityGroups } = await lab.call('ec2', 'DescribeSecurityGroups', { Filters })
    const { VpcEndpoint } = await lab.call('ec2', 'CreateVpcEndpoint', {
      VpcId,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [RouteTables[0].RouteTableId],
    })
    inVpc = { VpcConfig: { Subnets: [SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] } }
    // What is below private/ is to be had by the endpoint alone.
    const Condition = { StringNotEquals: { 'aws:SourceVpce': VpcEndpoint.VpcEndpointId } }
    const Action = ['s3:GetObject', 's3:PutObject']
    const Resource = 'arn:aws:s3:::jobs/private/*'
    const Statement = [{ Effect: 'Deny', Principal: '*', Action, Resource, Condition }]
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await lab.call('s3', 'PutBucketPolicy', { Bucket: 'jobs', Policy })
  })
  after(() => lab.close())

  /** The role page's statements for keys and VPC, each on what the job names, without one action. */
  function statements(lacking?: string): Statement[] {
    return [
      ...page.Statement,
      { ...printed('automl-vpc'), Resource: '*' },
      { ...printed('automl-kms-input'), Resource: keys.input },
      { ...printed('automl-kms-output'), Resource: keys.output },
      { ...printed('automl-kms-volume'), Resource: keys.volume },
    ].flatMap((one) => {
      const Action = one.Action.filter((name) => name !== lacking)
      return Action.length > 0 ? [{ ...one, Action }] : []
    })
  }

  async function begin(name: string, RoleArn: string, folder: string, vpc: object) {
    const source = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/sealed/' } }
    const one = { CompletionCriteria: { MaxCandidates: 1 } }
    await lab.begin(name, 'BinaryClassification', one, {
      RoleArn,
      AutoMLJobInputDataConfig: [{ DataSource: source }],
      OutputDataConfig: { S3OutputPath: `s3://jobs/${folder}`, KmsKeyId: keys.output },
      SecurityConfig: { VolumeKmsKeyId: keys.volume, ...vpc },
    })
  }

  test('suffices with exactly what the page prints; what it writes is under the key and went by the endpoint', async () => {
    await begin('whole', await lab.role('whole', statements()), 'private', inVpc)
    const job = await lab.over('whole')
    assert.equal(job.AutoMLJobStatus, 'Completed', job.FailureReason)
    const url = new URL(job.BestCandidate.InferenceContainers[0].ModelDataUrl as string)
    // Nobody outside may read it: its description is what the store has.
    const { Contents } = await lab.call('s3', 'ListObjectsV2', { Bucket: 'jobs', Prefix: url.pathname.slice(1) })
    assert.equal(Contents.length, 1)
    await assert.rejects(lab.call('s3', 'GetObject', { Bucket: 'jobs', Key: url.pathname.slice(1) }), /explicit deny/)
    assert.deepEqual((await lab.call('kms', 'ListGrants', { KeyId: keys.volume })).Grants, [])
  })

  for (const [action, text] of [
    ['kms:Decrypt', /^ClientError: Data download failed:.*s3:\/\/jobs\/sealed\/table\.csv/],
    ['kms:Encrypt', /^ClientError: Artifact upload failed:/],
    ['kms:CreateGrant', /^ClientError: Unable to use the KMS key .*kms:CreateGrant/],
    [
      'ec2:CreateNetworkInterface',
      /^ClientError: Unable to create a network interface in your VPC\. .*ec2:CreateNetworkInterface/,
    ],
  ] as const) {
    test(`fails without ${action}`, async () => {
      const name = `lacks-${action.split(':')[1]!}`.slice(0, 32)
      const role = await lab.role(name, statements(action))
      await begin(name, role, 'open', action.startsWith('ec2:') ? inVpc : {})
      const job = await lab.over(name)
      assert.equal(job.AutoMLJobStatus, 'Failed')
      assert.match(job.FailureReason, text)
    })
  }
})
