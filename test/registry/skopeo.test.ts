/** skopeo, a client of registries that many use, pushes and pulls with a token; and a job runs from what it pushed. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openJobLab, type JobLab } from '../jobs/lab.ts'
import { writeLayout } from '../support/oci-layout.ts'
import type { Keys } from '../support/sign.ts'
import { digestOf, passwordOf } from './client.ts'

const run = promisify(execFile)

let lab: JobLab
let folder: string
before(async () => {
  lab = await openJobLab([])
  await lab.call('ecr', 'CreateRepository', { repositoryName: 'jobs/pushed' })
  folder = mkdtempSync(join(tmpdir(), 'sallyport-skopeo-'))
  await writeLayout(folder, '#!/bin/sh\necho pushed > /opt/ml/model/out\necho trained from a pushed image\n')
})
after(async () => {
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
})

const repository = () => `docker://${new URL(lab.server.url).host}/jobs/pushed`

/** Runs skopeo with a token of these keys. */
async function skopeo(keys: Keys, command: string, ...args: string[]): Promise<string> {
  const sides = command === 'copy' ? ['--src', '--dest'] : ['-']
  const login = `AWS:${await passwordOf(lab.server.url, keys)}`
  const options = sides.flatMap((side) => {
    const prefix = side === '-' ? '--' : `${side}-`
    return [`${prefix}tls-verify=false`, `${prefix}creds`, login]
  })
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder }
  const { stdout } = await run('skopeo', ['--insecure-policy', command, ...options, ...args], { env })
  return stdout
}

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

/** A subnet without a way out but to S3: what a job writes goes there, its image comes by SageMaker's own network. */
async function privateSubnet() {
  const ec2 = (operation: string, input: Record<string, unknown>) => lab.call('ec2', operation, input)
  const { VpcId } = (await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc
  const { SubnetId } = (await ec2('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' })).Subnet
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { SecurityGroups } = await ec2('DescribeSecurityGroups', { Filters })
  const { RouteTables } = await ec2('DescribeRouteTables', { Filters })
  await ec2('CreateVpcEndpoint', {
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [RouteTables[0].RouteTableId],
  })
  return { Subnets: [SubnetId], SecurityGroupIds: [SecurityGroups[0].GroupId] }
}

async function puller(): Promise<Keys> {
  const UserName = 'puller'
  await lab.call('iam', 'CreateUser', { UserName })
  const Action = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
  const PolicyDocument = policy({ Effect: 'Allow', Action, Resource: '*' })
  await lab.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'pull', PolicyDocument })
  const { AccessKey } = await lab.call('iam', 'CreateAccessKey', { UserName })
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

const AlgorithmSpecification = {
  TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/pushed:v1',
  TrainingInputMode: 'File',
}

describe('skopeo', () => {
  it('pushes an image, in both formats, and finds it', async () => {
    const { admin } = lab.server
    await skopeo(admin, 'copy', `oci:${join(folder, 'layout')}:v1`, `${repository()}:v1`)
    await skopeo(admin, 'copy', '--format', 'v2s2', `oci:${join(folder, 'layout')}:v1`, `${repository()}:docker`)
    assert.deepEqual(JSON.parse(await skopeo(admin, 'list-tags', repository())).Tags, ['docker', 'v1'])
    const { images } = await lab.call('ecr', 'BatchGetImage', {
      repositoryName: 'jobs/pushed',
      imageIds: [{ imageTag: 'docker' }],
    })
    assert.equal(images[0].imageManifestMediaType, 'application/vnd.docker.distribution.manifest.v2+json')
    await skopeo(admin, 'delete', `${repository()}:docker`)
    assert.deepEqual(JSON.parse(await skopeo(admin, 'list-tags', repository())).Tags, ['v1'])
  })

  it('pulls it byte for byte with the rights to pull, and pushes nothing with them', async () => {
    const keys = await puller()
    const there = join(folder, 'pulled')
    await skopeo(keys, 'copy', `${repository()}:v1`, `dir:${there}`)
    const manifest = readFileSync(join(there, 'manifest.json'))
    const { manifests } = JSON.parse(readFileSync(join(folder, 'layout/index.json'), 'utf8'))
    assert.equal(digestOf(manifest), manifests[0].digest)
    for (const { digest } of JSON.parse(manifest.toString()).layers)
      assert.equal(digestOf(readFileSync(join(there, digest.slice(7)))), digest)
    // Without the right to ask which layers are there it cannot even begin.
    await assert.rejects(
      skopeo(keys, 'copy', `oci:${join(folder, 'layout')}:v1`, `${repository()}:mine`),
      /403 \(Forbidden\)|denied: User: arn:aws:iam::123456789012:user\/puller is not authorized to perform: ecr:/,
    )
    await assert.rejects(
      skopeo(keys, 'delete', `${repository()}:v1`),
      /not authorized to perform: ecr:BatchDeleteImage/,
    )
  })

  it('pushed what a training job in a VPC runs', async () => {
    const VpcConfig = await privateSubnet()
    await lab.start('from-skopeo', 'pushed', { AlgorithmSpecification, VpcConfig })
    const job = await lab.ended('from-skopeo')
    assert.equal(job.description.TrainingJobStatus, 'Completed', job.description.FailureReason)
    assert.deepEqual((await lab.output('from-skopeo'))['algo-1'], ['trained from a pushed image'])
  })

  it('pushed what a role cannot run that may not pull', async () => {
    const RoleName = 'unpulling'
    const service = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }
    await lab.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: policy(service) })
    const others = { Effect: 'Allow', NotAction: 'ecr:BatchGetImage', Resource: '*' }
    await lab.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'others', PolicyDocument: policy(others) })
    const RoleArn = `arn:aws:iam::123456789012:role/${RoleName}`
    await lab.start('unpulled', 'pushed', { AlgorithmSpecification, RoleArn })
    const { description } = await lab.ended('unpulled')
    assert.equal(description.TrainingJobStatus, 'Failed')
    assert.equal(
      description.FailureReason,
      'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.',
    )
    const { Document } = await lab.call('sallyport', 'Explain', { Id: description.TrainingJobArn })
    const [blocker] = Document.blockers
    assert.deepEqual([blocker.layer, blocker.code], ['exec-role-policy', 'IMPLICIT_DENY'])
    assert.match(blocker.text, /ecr:BatchGetImage/)
  })
})
