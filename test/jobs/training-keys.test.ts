import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openJobLab, type JobLab } from './lab.ts'
import { call } from '../support/call.ts'
import { until } from '../clients/until.ts'

const account = '123456789012'
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

/** The policy of "CreateTrainingJob API: Execution Role Permissions". */
const base = [
  'cloudwatch:PutMetricData',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'logs:CreateLogGroup',
  'logs:DescribeLogStreams',
  's3:GetObject',
  's3:PutObject',
  's3:ListBucket',
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
]

describe('keys of a training job: what the role page adds suffices and is needed', () => {
  let lab: JobLab
  let key: string
  let roles = 0

  before(async () => {
    lab = await openJobLab(['reports'])
    key = (await lab.call('kms', 'CreateKey')).KeyMetadata.Arn
    const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }
    await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: 'sealed/a', Body: 'secret', ...kms })
  })
  after(() => lab.close())

  /** A role with the page's policy and one statement more. */
  async function role(actions: string[], Condition?: object): Promise<string> {
    const RoleName = `role-${++roles}`
    await lab.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) })
    const Statement = [
      { Effect: 'Allow', Action: base, Resource: '*' },
      ...(actions.length > 0
        ? [{ Effect: 'Allow', Action: actions, Resource: key, ...(Condition && { Condition }) }]
        : []),
    ]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await lab.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'page', PolicyDocument })
    return `arn:aws:iam::${account}:role/${RoleName}`
  }

  const inputs = {
    InputDataConfig: [
      { ChannelName: 'data', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/sealed/' } } },
    ],
  }
  const output = () => ({ OutputDataConfig: { S3OutputPath: 's3://jobs/out', KmsKeyId: key } })
  const volume = () => ({ ResourceConfig: { InstanceCount: 2, VolumeKmsKeyId: key } })
  const grants = async () => (await lab.call('kms', 'ListGrants', { KeyId: key })).Grants
  const givenUp = () => until('the grants are given up', async () => (await grants()).length === 0)

  const cases: [name: string, changes: () => object, action: string, failure: RegExp][] = [
    [
      'input',
      () => inputs,
      'kms:Decrypt',
      /^ClientError: Data download failed:Unable to download object s3:\/\/jobs\/sealed\/a \(AccessDenied: User: .* is not authorized to perform: kms:Decrypt on resource: /,
    ],
    [
      'output',
      output,
      'kms:Encrypt',
      /^ClientError: Artifact upload failed:Unable to upload object s3:\/\/jobs\/out\/output-without\/output\/model\.tar\.gz \(AccessDenied: User: .* is not authorized to perform: kms:Encrypt on resource: /,
    ],
    [
      'volume',
      volume,
      'kms:CreateGrant',
      /^ClientError: Unable to use the KMS key arn:aws:kms:\S+ for the ML storage volume\. User: .* is not authorized to perform: kms:CreateGrant on resource: /,
    ],
  ]
  for (const [name, changes, action, failure] of cases) {
    test(`${name}: ${action}`, async () => {
      const creator = name === 'volume' ? await limited() : undefined
      await start(`${name}-without`, { RoleArn: await role([]), ...changes() }, creator)
      const without = await lab.ended(`${name}-without`)
      assert.match(without.description.FailureReason ?? 'it did not fail', failure)
      assert.ok(without.steps.find((one) => one.status === 'failed')?.requestId)

      await start(`${name}-with`, { RoleArn: await role([action]), ...changes() }, creator)
      const { description } = await lab.ended(`${name}-with`)
      assert.equal(description.FailureReason, undefined)
      assert.equal(description.TrainingJobStatus, 'Completed')
      await givenUp()
    })
  }

  /** Somebody who may create jobs and nothing of KMS. */
  async function limited(more: string[] = []) {
    const UserName = `creator-${++roles}`
    await lab.call('iam', 'CreateUser', { UserName })
    const Action = ['sagemaker:CreateTrainingJob', 'iam:PassRole', ...more]
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    })
    await lab.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'creates', PolicyDocument })
    const { AccessKey } = await lab.call('iam', 'CreateAccessKey', { UserName })
    return { accessKeyId: AccessKey.AccessKeyId as string, secretAccessKey: AccessKey.SecretAccessKey as string }
  }

  /** By somebody else than the server's administrator, when given. */
  async function start(name: string, changes: object, by?: { accessKeyId: string; secretAccessKey: string }) {
    await lab.start(
      name,
      'reports',
      changes as Record<string, unknown>,
      by && ((...ask) => call(lab.server.url, by, ...ask)),
    )
  }

  test('the object that was written is under the key, as S3 says', async () => {
    const head = await lab.call('s3', 'HeadObject', { Bucket: 'jobs', Key: 'out/output-with/output/model.tar.gz' })
    assert.equal(head.ServerSideEncryption, 'aws:kms')
    assert.equal(head.SSEKMSKeyId, key)
  })

  test('where the role lacks kms:CreateGrant, the caller may have it', async () => {
    await start('by-caller', { RoleArn: await role([]), ...volume() }, await limited(['kms:CreateGrant']))
    const { description } = await lab.ended('by-caller')
    assert.equal(description.FailureReason, undefined)
    await givenUp()
  })

  test('of two jobs created at once by one name, no grant of the refused one is left', async () => {
    const creator = await limited(['kms:CreateGrant'])
    const RoleArn = await role([])
    const both = await Promise.allSettled([1, 2].map(() => start('at-once', { RoleArn, ...volume() }, creator)))
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    assert.equal(refused.length, 1)
    assert.match(refused[0]!, /ResourceInUse/)
    await lab.ended('at-once')
    await givenUp()
  })

  test('the grant is for SageMaker, bound to the volume, and asked for by the service', async () => {
    const conditions = {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
      StringEquals: {
        'kms:ViaService': 'sagemaker.us-east-1.amazonaws.com',
        'kms:GranteePrincipal': 'sagemaker.amazonaws.com',
        'kms:GrantConstraintType': 'EncryptionContextSubset',
      },
    }
    const changes = { ...volume(), HyperParameters: { seconds: '60' } }
    await start('holds', { RoleArn: await role(['kms:CreateGrant'], conditions), ...changes })
    await lab.said('holds', 'algo-1', 'DATA ')
    const held = await grants()
    assert.equal(held.length, 2)
    assert.match(held[0].Constraints.EncryptionContextSubset['aws:ebs:id'], /^vol-0[0-9a-f]{16}$/)
    assert.ok(held[0].Operations.includes('GenerateDataKeyWithoutPlaintext'))
    await lab.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'holds' })
    await lab.ended('holds')
    await givenUp()
  })

  test('a key that is disabled is told', async () => {
    await lab.call('kms', 'DisableKey', { KeyId: key })
    await start('disabled', { RoleArn: await role(['kms:CreateGrant']), ...volume() })
    const { description } = await lab.ended('disabled')
    await lab.call('kms', 'EnableKey', { KeyId: key })
    assert.match(description.FailureReason!, /^ClientError: Unable to use the KMS key .* is disabled\./)
  })
})
