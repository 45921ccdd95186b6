import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { boto3, type Boto3 } from './boto3.ts'
import { refused } from './client.ts'
import { environmentOf, type Environment } from './command.ts'
import { printed, trustSageMaker } from './documents.ts'
import { account } from './place.ts'

const trustUser = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }],
})
const fullAccess = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess'

/** A document as the page prints it, its placeholders put in. */
function documented(name: string, put: Readonly<Record<string, string>> = {}): string {
  return Object.entries(put).reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), printed(name))
}

/** The role page and the Databricks page, by boto3: which rights the documented policies really give. */
describe('documented roles', () => {
  let server: TestServer
  let env: Environment
  let admin: Boto3
  let folder: string
  const opened: Boto3[] = []

  before(async () => {
    server = await startTestServer()
    env = await environmentOf(server.dataDir)
    admin = boto3(env)
    opened.push(admin)
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    writeFileSync(join(folder, 'object'), 'some bytes')
  })
  after(async () => {
    await Promise.all(opened.map((client) => client.close()))
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function clientOf(keys: { AccessKeyId: string; SecretAccessKey: string; SessionToken?: string }): Boto3 {
    const client = boto3({
      ...env,
      AWS_ACCESS_KEY_ID: keys.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
      ...(keys.SessionToken ? { AWS_SESSION_TOKEN: keys.SessionToken } : {}),
    })
    opened.push(client)
    return client
  }

  /** A role that whoever may assume roles in the account may assume, and boto3 in its session. */
  async function role(RoleName: string, more: { attached?: string; inline?: string } = {}): Promise<Boto3> {
    const { Role } = await admin.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trustUser })
    if (more.attached) await admin.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: more.attached })
    if (more.inline) {
      await admin.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'inline', PolicyDocument: more.inline })
    }
    const { Credentials } = await admin.call('sts', 'AssumeRole', { RoleArn: Role.Arn, RoleSessionName: 'test' })
    return clientOf(Credentials)
  }

  const put = (client: Boto3, Bucket: string, Key: string) =>
    client.call('s3', 'PutObject', { Bucket, Key, Body: 'some bytes' })
  const get = async (client: Boto3, bucket: string, key: string) => {
    await client.download(bucket, key, join(folder, 'back'))
    assert.equal(readFileSync(join(folder, 'back'), 'utf8'), 'some bytes')
  }
  const notAllowed = (session: string, action: string, resource: string) => ({
    code: 'AccessDenied',
    message: `User: arn:aws:sts::${account}:assumed-role/${session}/test is not authorized to perform: ${action} on resource: "${resource}" because no identity-based policy allows the ${action} action`,
  })

  test('R1: an execution role is made, found, read and used at once', async () => {
    const RoleName = 'AmazonSageMaker-ExecutionRole-20261123'
    const { Role } = await admin.call('iam', 'CreateRole', {
      RoleName,
      Path: '/service-role/',
      Description: 'SageMaker execution role',
      AssumeRolePolicyDocument: trustSageMaker,
      Tags: [{ Key: 'team', Value: 'fraud' }],
    })
    assert.equal(Role.Arn, `arn:aws:iam::${account}:role/service-role/${RoleName}`)
    await admin.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: fullAccess })
    const { AttachedPolicies } = await admin.call('iam', 'ListAttachedRolePolicies', { RoleName })
    assert.deepEqual(AttachedPolicies, [{ PolicyName: 'AmazonSageMakerFullAccess', PolicyArn: fullAccess }])
    const { Policy } = await admin.call('iam', 'GetPolicy', { PolicyArn: fullAccess })
    const { PolicyVersion } = await admin.call('iam', 'GetPolicyVersion', {
      PolicyArn: fullAccess,
      VersionId: Policy.DefaultVersionId,
    })
    const actions = PolicyVersion.Document.Statement.flatMap(
      (statement: { Action: string | string[] }) => statement.Action,
    )
    assert.ok(actions.includes('sagemaker:*') || actions.includes('sagemaker:CreateTrainingJob'))
    const { Roles } = await admin.call('iam', 'ListRoles', { PathPrefix: '/service-role/' })
    assert.deepEqual(
      Roles.map((one: { RoleName: string }) => one.RoleName),
      [RoleName],
    )
  })

  test('R2: AmazonSageMakerFullAccess opens objects by their name and by their tag, and some bucket calls everywhere', async () => {
    for (const Bucket of ['my-sagemaker-data', 'aws-glue-scripts', 'other-data'])
      await admin.call('s3', 'CreateBucket', { Bucket })
    const session = await role('full-access', { attached: fullAccess })

    for (const [bucket, key] of [
      ['my-sagemaker-data', 'train.csv'],
      ['aws-glue-scripts', 'job.py'],
      ['other-data', 'SageMaker/train.csv'],
      ['other-data', 'Sagemaker/train.csv'],
    ] as const) {
      await put(session, bucket, key)
      await get(session, bucket, key)
      await session.call('s3', 'DeleteObject', { Bucket: bucket, Key: key })
    }

    await put(admin, 'other-data', 'plain.csv')
    const plain = 'arn:aws:s3:::other-data/plain.csv'
    assert.deepEqual(
      await refused(session.call('s3', 'GetObject', { Bucket: 'other-data', Key: 'plain.csv' })),
      notAllowed('full-access', 's3:GetObject', plain),
    )
    assert.deepEqual(
      await refused(put(session, 'other-data', 'plain.csv')),
      notAllowed('full-access', 's3:PutObject', plain),
    )
    await admin.call('s3', 'PutObjectTagging', {
      Bucket: 'other-data',
      Key: 'plain.csv',
      Tagging: { TagSet: [{ Key: 'SageMaker', Value: 'true' }] },
    })
    await get(session, 'other-data', 'plain.csv')
    assert.deepEqual(
      await refused(session.call('s3', 'DeleteObject', { Bucket: 'other-data', Key: 'plain.csv' })),
      notAllowed('full-access', 's3:DeleteObject', plain),
    )

    const rule = { AllowedMethods: ['GET'], AllowedOrigins: ['*'] }
    await session.call('s3', 'CreateBucket', { Bucket: 'made-by-the-role' })
    await session.call('s3', 'GetBucketLocation', { Bucket: 'other-data' })
    await session.call('s3', 'ListObjectsV2', { Bucket: 'other-data' })
    await session.call('s3', 'ListBuckets')
    await session.call('s3', 'PutBucketCors', { Bucket: 'other-data', CORSConfiguration: { CORSRules: [rule] } })
    await session.call('s3', 'GetBucketCors', { Bucket: 'other-data' })
    assert.deepEqual(
      await refused(session.call('s3', 'DeleteBucket', { Bucket: 'other-data' })),
      notAllowed('full-access', 's3:DeleteBucket', 'arn:aws:s3:::other-data'),
    )
  })

  test('R3: a policy for two buckets opens those two, at once, and its PutObjectAcl on bare buckets no object', async () => {
    const buckets = { 'DOC-EXAMPLE-BUCKET1': 'first-data', 'DOC-EXAMPLE-BUCKET2': 'second-data' }
    for (const Bucket of [...Object.values(buckets), 'third-data']) await admin.call('s3', 'CreateBucket', { Bucket })
    const session = await role('two-buckets')
    assert.equal((await refused(put(session, 'first-data', 'key'))).code, 'AccessDenied')
    await admin.call('iam', 'PutRolePolicy', {
      RoleName: 'two-buckets',
      PolicyName: 'two-buckets',
      PolicyDocument: documented('role-s3-two-buckets', buckets),
    })
    for (const bucket of Object.values(buckets)) {
      await put(session, bucket, 'key')
      await get(session, bucket, 'key')
    }
    assert.deepEqual(
      await refused(put(session, 'third-data', 'key')),
      notAllowed('two-buckets', 's3:PutObject', 'arn:aws:s3:::third-data/key'),
    )
    await assertSimulated('two-buckets', 's3:PutObjectAcl', 'arn:aws:s3:::first-data/key', 'implicitDeny')
  })

  /** What the role may do, asked of the engine that decides. */
  async function assertSimulated(RoleName: string, action: string, resource: string, decision: string): Promise<void> {
    const { EvaluationResults } = await admin.call('iam', 'SimulatePrincipalPolicy', {
      PolicySourceArn: `arn:aws:iam::${account}:role/${RoleName}`,
      ActionNames: [action],
      ResourceArns: [resource],
    })
    assert.equal(EvaluationResults[0].EvalDecision, decision, `${action} on ${resource}`)
  }

  test('E1: elastic inference needs two actions, and has them by the statement, the full policy and the managed one', async () => {
    const statement = JSON.stringify({
      Version: '2012-10-17',
      Statement: [JSON.parse(documented('ei-connect-statement'))],
    })
    const roles = [
      ['ei-statement', { inline: statement }, true],
      ['ei-full', { inline: documented('ei-full-policy') }, true],
      ['ei-managed', { attached: fullAccess }, true],
      ['ei-none', {}, false],
    ] as const
    for (const [RoleName, policies, may] of roles) {
      await role(RoleName, policies)
      for (const action of ['elastic-inference:Connect', 'ec2:DescribeVpcEndpoints']) {
        await assertSimulated(RoleName, action, '*', may ? 'allowed' : 'implicitDeny')
      }
    }
  })

  test('D1–D4: the role that Databricks deploys with, its inline policy, its trust, and who may pass it', async () => {
    const RoleName = 'mlflow-deploy'
    const names = { '<account-id>': account, '<role-name>': RoleName }
    const trustEc2 = documented('mlflow-trust').replaceAll('sagemaker.amazonaws.com', 'ec2.amazonaws.com')
    const { Role } = await admin.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trustEc2 })
    await admin.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: fullAccess })
    await admin.call('iam', 'CreateInstanceProfile', { InstanceProfileName: RoleName })
    await admin.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: RoleName, RoleName })
    const { InstanceProfile } = await admin.call('iam', 'GetInstanceProfile', { InstanceProfileName: RoleName })
    assert.equal(InstanceProfile.Arn, `arn:aws:iam::${account}:instance-profile/${RoleName}`)

    // The page's ecr:DescribeGitRepositories is no action of ECR's; AWS stores the policy all the same.
    await admin.call('iam', 'PutRolePolicy', {
      RoleName,
      PolicyName: 'deploy',
      PolicyDocument: documented('mlflow-inline', names),
    })
    const artifacts = `arn:aws:s3:::mlflow-sagemaker-us-east-1-${account}`
    await assertSimulated(RoleName, 's3:PutObjectAcl', `${artifacts}/model.tar.gz`, 'allowed')
    await assertSimulated(RoleName, 's3:PutObjectTagging', `${artifacts}/model.tar.gz`, 'allowed')
    await assertSimulated(RoleName, 's3:PutObjectAcl', 'arn:aws:s3:::elsewhere/model.tar.gz', 'implicitDeny')
    await assertSimulated(RoleName, 'iam:GetRole', Role.Arn, 'allowed')

    const workspace = await role('workspace', {
      inline: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sagemaker:CreateTrainingJob', Resource: '*' }],
      }),
    })
    const job = {
      TrainingJobName: 'deploys',
      RoleArn: Role.Arn,
      AlgorithmSpecification: {
        TrainingImage: `${account}.dkr.ecr.us-east-1.amazonaws.com/none:latest`,
        TrainingInputMode: 'File',
      },
      OutputDataConfig: { S3OutputPath: `s3://mlflow-sagemaker-us-east-1-${account}/out` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    }
    assert.deepEqual(await refused(workspace.call('sagemaker', 'CreateTrainingJob', job)), {
      code: 'AccessDeniedException',
      message: `User: arn:aws:sts::${account}:assumed-role/workspace/test is not authorized to perform: iam:PassRole on resource: ${Role.Arn} because no identity-based policy allows the iam:PassRole action`,
    })
    await admin.call('iam', 'PutRolePolicy', {
      RoleName: 'workspace',
      PolicyName: 'passes',
      PolicyDocument: documented('mlflow-passrole', names),
    })
    // Passing is allowed now, but SageMaker is not trusted yet.
    const untrusted = await refused(workspace.call('sagemaker', 'CreateTrainingJob', job))
    assert.equal(untrusted.code, 'ValidationException')
    assert.match(untrusted.message, /^Could not assume role /)
    await admin.call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: documented('mlflow-trust') })
    // Past the role: what is missing now is the image.
    assert.deepEqual(await refused(workspace.call('sagemaker', 'CreateTrainingJob', job)), {
      code: 'ValidationException',
      message: `Cannot find the requested image: ${job.AlgorithmSpecification.TrainingImage}`,
    })
  })

  test("D3: the page's iam:AssumeRole is sts:AssumeRole; a trust policy that says otherwise is not stored", async () => {
    const wrong = documented('mlflow-trust').replaceAll('sts:AssumeRole', 'iam:AssumeRole')
    const { code, message } = await refused(
      admin.call('iam', 'CreateRole', { RoleName: 'mistaken', AssumeRolePolicyDocument: wrong }),
    )
    assert.deepEqual(
      { code, message },
      { code: 'MalformedPolicyDocument', message: 'AssumeRole policy may only specify STS AssumeRole actions.' },
    )
  })

  test('D7: instead of a role, a user with the same rights and keys of its own', async () => {
    const UserName = 'deployer'
    await admin.call('iam', 'CreateUser', { UserName })
    await admin.call('iam', 'AttachUserPolicy', { UserName, PolicyArn: fullAccess })
    const { AccessKey } = await admin.call('iam', 'CreateAccessKey', { UserName })
    const user = clientOf(AccessKey)
    assert.deepEqual((await user.call('sts', 'GetCallerIdentity')).Arn, `arn:aws:iam::${account}:user/${UserName}`)
    await user.call('s3', 'CreateBucket', { Bucket: `mlflow-sagemaker-us-east-1-${account}-keys` })
    await put(user, `mlflow-sagemaker-us-east-1-${account}-keys`, 'model.tar.gz')
    await user.call('sagemaker', 'ListTrainingJobs')
    await admin.call('iam', 'UpdateAccessKey', { UserName, AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' })
    assert.equal((await refused(user.call('sts', 'GetCallerIdentity'))).code, 'InvalidClientTokenId')
  })
})
