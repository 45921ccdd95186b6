/** What explain says of calls and jobs that an organization stopped, and that its fixes do lift them. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Explanation } from '../../src/advise/explanation.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { attempt, type Estate, type Member, organize, policy } from './estate.ts'

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

const inLab = (service: string, operation: string, input: object = {}) =>
  call(server.url, lab.keys, service, operation, input)

async function explained(Id: string): Promise<Explanation> {
  return (await inLab('sallyport', 'Explain', { Id })).Document
}

async function refusedInLab(service: string, operation: string, input: object = {}): Promise<Explanation> {
  const { answer, refused } = await attempt(server, lab.keys, service, operation, input)
  assert.ok(refused)
  return explained(answer.requestId)
}

/** As the management account, which alone can change its policies. */
async function carryOut({ fixes }: Explanation): Promise<void> {
  for (const { call: fix } of fixes) {
    assert.equal(fix.service, 'organizations')
    await estate.manage(fix.operation, fix.input)
  }
}

describe('explain, of what a service control policy stopped', () => {
  it('names the statement, the policy and the level, and the change that lifts it', async () => {
    const { arn } = await estate.govern(research, 'SERVICE_CONTROL_POLICY', {
      Sid: 'NoUsers',
      Effect: 'Deny',
      Action: 'iam:CreateUser',
      Resource: '*',
    })
    const explanation = await refusedInLab('iam', 'CreateUser', { UserName: 'ann' })
    const [blocker] = explanation.blockers
    assert.deepEqual(blocker, {
      layer: 'scp',
      code: 'EXPLICIT_DENY',
      component: arn,
      text: `statement NoUsers of ${arn} on ${research} (Research) denies iam:CreateUser on arn:aws:iam::${lab.id}:user/ann`,
    })
    // FullAWSAccess hangs on every level; it is told of once.
    const full = explanation.needs[0]!.layers.filter(({ policy: id }) => id.endsWith('/p-FullAWSAccess'))
    assert.deepEqual(
      full.map(({ statements }) => statements),
      [[{ index: 0, effect: 'Allow' }]],
    )
    assert.equal(explanation.fixes.length, 1)
    assert.match(
      explanation.fixes[0]!.text,
      /^detach service control policy p-\w+ from ou-[\w-]+ \(Research\), as its only statement denies .*\(in account 123456789012\)$/,
    )
    assert.match(explanation.fixes[0]!.command, /^aws organizations detach-policy /)
    await carryOut(explanation)
    await inLab('iam', 'CreateUser', { UserName: 'ann' })
  })

  it('names every level that lacks an allow, and adds it to each', async () => {
    const own = await estate.account('listed', research)
    const list = {
      Effect: 'Allow',
      Action: ['sts:*', 'sallyport:*', 'iam:GetRequestAuthorizationDetails'],
      Resource: '*',
    }
    for (const target of [research, own.id]) {
      await estate.govern(target, 'SERVICE_CONTROL_POLICY', list)
      await estate.manage('DetachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: target })
    }
    const before = await attempt(server, own.keys, 'iam', 'ListRoles')
    assert.match(before.refused ?? '', /because no service control policy allows the iam:ListRoles action/)
    const { Document } = await call(server.url, own.keys, 'sallyport', 'Explain', { Id: before.answer.requestId })
    const explanation = Document as Explanation
    assert.equal(explanation.blockers[0]?.layer, 'scp')
    assert.equal(
      explanation.blockers[0].text,
      `no service control policy on ${research} (Research), account ${own.id} allows iam:ListRoles on arn:aws:iam::${own.id}:role/`,
    )
    assert.equal(explanation.fixes.length, 2)
    await carryOut(explanation)
    assert.equal((await attempt(server, own.keys, 'iam', 'ListRoles')).refused, undefined)
    await estate.manage('AttachPolicy', { PolicyId: 'p-FullAWSAccess', TargetId: research })
  })

  it('a job whose execution role it stops fails in its words, and explain tells the layer', async () => {
    const Bucket = `lab-${lab.id}`
    await inLab('s3', 'CreateBucket', { Bucket })
    await inLab('s3', 'PutObject', { Bucket, Key: 'in/data.csv', Body: Buffer.from('1,2') })
    const { Role } = await inLab('iam', 'CreateRole', {
      RoleName: 'training',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    })
    await inLab('iam', 'PutRolePolicy', {
      RoleName: 'training',
      PolicyName: 'all',
      PolicyDocument: policy({ Effect: 'Allow', Action: ['s3:*', 'logs:*', 'cloudwatch:*'], Resource: '*' }),
    })
    const { arn } = await estate.govern(research, 'SERVICE_CONTROL_POLICY', {
      Sid: 'OnlyPeople',
      Effect: 'Deny',
      Action: 's3:GetObject',
      Resource: '*',
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/training' } },
    })
    const train = async (TrainingJobName: string) => {
      const { TrainingJobArn } = await inLab('sagemaker', 'CreateTrainingJob', {
        TrainingJobName,
        RoleArn: Role.Arn,
        AlgorithmSpecification: {
          TrainingImage: `${lab.id}.dkr.ecr.us-east-1.amazonaws.com/none:latest`,
          TrainingInputMode: 'File',
        },
        InputDataConfig: [
          {
            ChannelName: 'train',
            DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${Bucket}/in/` } },
          },
        ],
        OutputDataConfig: { S3OutputPath: `s3://${Bucket}/out/` },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      })
      return { arn: TrainingJobArn as string, job: await ended(TrainingJobName) }
    }
    const stopped = await train('stopped')
    assert.equal(stopped.arn, `arn:aws:sagemaker:us-east-1:${lab.id}:training-job/stopped`)
    assert.equal(stopped.job.TrainingJobStatus, 'Failed')
    assert.equal(
      stopped.job.FailureReason,
      `ClientError: Data download failed:Unable to download object s3://${Bucket}/in/data.csv (AccessDenied: Access Denied)`,
    )
    const explanation = await explained(stopped.arn)
    assert.equal(explanation.caller.principalArn, Role.Arn)
    assert.equal(explanation.blockers[0]?.layer, 'scp')
    assert.equal(explanation.blockers[0].component, arn)
    assert.equal(explanation.steps?.at(-1)?.status, 'failed')
    // What the role would lack next, the image, is its own account's to give.
    const own = explanation.fixes.filter(({ call: { service } }) => service === 'iam')
    assert.equal(own.length, 1)
    await carryOut({ ...explanation, fixes: explanation.fixes.filter((one) => !own.includes(one)) })
    const { job, arn: lifted } = await train('lifted')
    assert.match(job.FailureReason ?? '', /^ClientError: Cannot pull algorithm container/)
    assert.equal((await explained(lifted)).blockers[0]?.layer, 'exec-role-policy')
    await inLab('iam', own[0]!.call.operation, own[0]!.call.input)
    await assert.rejects(train('seen'), { message: /^Cannot find the requested image/ })
  })
})

describe('explain, of what a resource control policy stopped', () => {
  it('names the policy on the owner’s level, and lifts it there', async () => {
    const Bucket = `rcp-${lab.id}`
    await inLab('s3', 'CreateBucket', { Bucket })
    const { arn } = await estate.govern(lab.id, 'RESOURCE_CONTROL_POLICY', {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: '*',
    })
    const explanation = await refusedInLab('s3', 'PutObject', { Bucket, Key: 'a', Body: Buffer.from('a') })
    assert.equal(explanation.blockers[0]?.layer, 'rcp')
    assert.equal(explanation.blockers[0].component, arn)
    assert.match(explanation.blockers[0].text, new RegExp(` on account ${lab.id} denies s3:PutObject`))
    await carryOut(explanation)
    await inLab('s3', 'PutObject', { Bucket, Key: 'a', Body: Buffer.from('a') })
  })
})

describe('explain, across accounts', () => {
  it('offers a fix in each account that must change something', async () => {
    const owner = await estate.account('owner')
    const Bucket = `owner-${owner.id}`
    await call(server.url, owner.keys, 's3', 'CreateBucket', { Bucket })
    const explanation = await refusedInLab('s3', 'ListObjectsV2', { Bucket })
    assert.equal(explanation.blockers[0]?.layer, 'resource-policy')
    assert.equal(explanation.fixes.length, 1)
    const [fix] = explanation.fixes
    assert.match(fix!.text, new RegExp(`\\(in account ${owner.id}\\)$`))
    await call(server.url, owner.keys, fix!.call.service, fix!.call.operation, fix!.call.input)
    await inLab('s3', 'ListObjectsV2', { Bucket })
  })
})

async function ended(TrainingJobName: string): Promise<{ TrainingJobStatus: string; FailureReason?: string }> {
  for (;;) {
    const job = await inLab('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
    if (!['InProgress', 'Stopping'].includes(job.TrainingJobStatus)) return job
    await delay(50)
  }
}
