import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Explanation } from '../../src/advise/explanation.ts'
import { imagePush } from '../../src/cli/image-push.ts'
import { openJobLab, type JobLab } from '../jobs/lab.ts'

interface Told {
  name: string
  status: number
  answer: string
  request: string
}

const RoleName = 'asks'
const base = ['logs:*', 'ecr:*', 's3:PutObject', 'iam:GetRequestAuthorizationDetails']

/**
 * "A container that uses other services needs their permissions added to its role" (role page; it names DynamoDB and RDS):
 * what is served here is asked and decided, what is not served is refused plainly.
 */
describe('a container that uses other services', () => {
  let lab: JobLab

  async function told(job: string): Promise<Record<string, Told>> {
    const RoleArn = `arn:aws:iam::${lab.server.account}:role/${RoleName}`
    await lab.start(job, 'asks', { RoleArn })
    const { description } = await lab.ended(job)
    assert.equal(description.TrainingJobStatus, 'Completed', description.FailureReason)
    const lines = (await lab.output(job))['algo-1']!.filter((line) => line.startsWith('ASKED '))
    const all = lines.map((line) => JSON.parse(line.slice('ASKED '.length)) as Told)
    return Object.fromEntries(all.map((one) => [one.name, one]))
  }

  before(async () => {
    lab = await openJobLab([], { fabric: 'off' })
    const dir = mkdtempSync(join(tmpdir(), 'sallyport-asks-'))
    const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
    try {
      copyFileSync(here('programs/asks/train'), join(dir, 'train'))
      copyFileSync(here('../clients/programs/looks/aws.py'), join(dir, 'aws.py'))
      const imageUri = `${lab.server.account}.dkr.ecr.us-east-1.amazonaws.com/jobs/asks:latest`
      await imagePush({
        dir,
        imageUri,
        entrypoint: './train',
        call: (service, operation, input) => lab.call(service, operation, input),
        progress: () => {},
      })
    } finally {
      rmSync(dir, { recursive: true })
    }
    await lab.call('s3', 'CreateBucket', { Bucket: 'asked' })
    await lab.call('s3', 'PutObject', { Bucket: 'asked', Key: 'words.txt', Body: Buffer.from('open sesame') })
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }
    await lab.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: base, Resource: '*' }],
    })
    await lab.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'job', PolicyDocument })
  })
  after(() => lab.close())

  test('without their permissions it is refused, each refusal explained, and mended by what explain says', async () => {
    const { sts, s3, sagemaker } = await told('without')
    const session = `arn:aws:sts::${lab.server.account}:assumed-role/${RoleName}/SageMaker`
    assert.match(sts!.answer, new RegExp(`<Arn>${session}</Arn>`))
    assert.equal(s3!.status, 403)
    assert.match(s3!.answer, /<Code>AccessDenied<\/Code>.*not authorized to perform: s3:GetObject/)
    assert.equal(sagemaker!.status, 400)
    assert.match(
      sagemaker!.answer,
      /AccessDeniedException.*is not authorized to perform: sagemaker:ListModels because no identity-based policy allows the sagemaker:ListModels action/,
    )

    for (const { request } of [s3!, sagemaker!]) {
      const { Document } = await lab.call('sallyport', 'Explain', { Id: request })
      const { blockers, fixes } = Document as Explanation
      assert.equal(blockers[0]?.component, `arn:aws:iam::${lab.server.account}:role/${RoleName}`)
      for (const { call } of fixes) await lab.call(call.service, call.operation, call.input)
    }

    const now = await told('with')
    assert.deepEqual({ status: now['s3']!.status, answer: now['s3']!.answer }, { status: 200, answer: 'open sesame' })
    assert.deepEqual(JSON.parse(now['sagemaker']!.answer), { Models: [] })
  })

  test('a service that is not served says so', async () => {
    const { dynamodb } = await told('elsewhere')
    assert.equal(dynamodb!.status, 501, JSON.stringify(dynamodb))
    assert.match(dynamodb!.answer, /dynamodb/i)
  })
})
