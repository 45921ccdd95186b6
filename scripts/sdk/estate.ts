import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Client } from '../../src/cli/client.ts'
import { policyOf, without } from '../../src/verify/role-page.ts'

/** What programs find: their environment, and the flags of `exec` that lead into the VPC. */
export interface Estate {
  variables: Record<string, string>
  place: string[]
}

/**
 * Execution roles, each with documents of the role page (corpus/policy/documents). The page prints nothing about compilation
 * without a VPC, and nothing for Feature Store but a managed policy.
 */
const ROLES: Record<string, { policies?: string[]; lacks?: string; managed?: string[] }> = {
  training: { policies: ['training-scoped'] },
  'training-vpc-keys': {
    policies: ['training', 'training-vpc', 'training-kms-input', 'training-kms-output', 'training-kms-volume'],
  },
  'training-denied': { policies: ['training'], lacks: 's3:GetObject' },
  processing: { policies: ['processing-scoped'] },
  'processing-vpc-keys': {
    policies: ['processing', 'processing-vpc', 'processing-kms-output', 'processing-kms-volume'],
  },
  'processing-denied': { policies: ['processing'], lacks: 's3:PutObject' },
  tuning: { policies: ['tuning-scoped'] },
  'tuning-vpc-keys': { policies: ['tuning', 'tuning-vpc'] },
  'tuning-denied': { policies: ['tuning'], lacks: 's3:GetObject' },
  // The page lists what hosting needs; batch transform reads its input and writes its output as training does.
  model: { policies: ['training'] },
  'model-vpc': { policies: ['training', 'model-vpc', 'training-kms-output', 'training-kms-volume'] },
  'model-denied': { policies: ['training'], lacks: 's3:GetObject' },
  'output-denied': { policies: ['training'], lacks: 's3:PutObject' },
  automl: { policies: ['automl'] },
  'automl-denied': { policies: ['automl'], lacks: 's3:GetObject' },
  compilation: { policies: ['training'] },
  'compilation-denied': { policies: ['training'], lacks: 's3:GetObject' },
  'feature-store': { managed: ['AmazonSageMakerFeatureStoreAccess', 'AmazonSageMakerFullAccess'] },
  anything: { managed: ['AdministratorAccess'] },
}

const trusted = (Principal: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] })

/** Builds it by ordinary calls of the administrator; the programs are a user who may do what SageMaker's users may. */
export async function buildEstate(client: Client): Promise<Estate> {
  const call: Call = (service, operation, input) => client.call(service, operation, input)
  const { Account: account } = await call('sts', 'GetCallerIdentity')
  const key = (await call('kms', 'CreateKey')).KeyMetadata.Arn as string
  await putObjects(call, key)
  const network = await buildNetwork(call)
  await buildRoles(call, { account, region: client.region, key })
  const { AccessKey } = await buildCaller(call, account)
  const keys = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey }
  const variables = {
    AWS_ENDPOINT_URL: client.endpoint,
    AWS_REGION: client.region,
    AWS_DEFAULT_REGION: client.region,
    ACCOUNT: account,
    IMAGE: `${account}.dkr.ecr.${client.region}.amazonaws.com/my-repo:latest`,
    SUBNET: network.subnet,
    GROUP: network.group,
    KEY: key,
  }
  await pushImage({ ...variables, ...keys })
  const roleArn = `arn:aws:iam::${account}:role/AmazonSageMaker-anything`
  return {
    variables: { ...variables, ...keys },
    place: ['--subnet', network.subnet, '--security-group', network.group, '--role', roleArn],
  }
}

type Call = (service: string, operation: string, input?: Record<string, unknown>) => ReturnType<Client['call']>

/** The page's own buckets: `inputbucket/object` may be read, `outputbucket/path` written. */
async function putObjects(call: Call, key: string): Promise<void> {
  // What AWS's managed policy for Feature Store opens has `sagemaker` in its name.
  for (const Bucket of ['inputbucket', 'outputbucket', 'sagemaker-features'])
    await call('s3', 'CreateBucket', { Bucket })
  const put = (name: string, Body: Buffer, more: object = {}) =>
    call('s3', 'PutObject', { Bucket: 'inputbucket', Key: `object/${name}`, Body, ...more })
  const pairs = Array.from({ length: 100 }, (_, n) => `${n},${n + 1}\n`).join('')
  const table = ['a,b,y', ...Array.from({ length: 600 }, (_, n) => `${n},${n % 7},${3 * n - (n % 7)}`)].join('\n')
  await put('train/train.csv', Buffer.from(pairs))
  await put('sealed/train.csv', Buffer.from(pairs), { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key })
  await put('empty/nothing.txt', Buffer.from('nothing'))
  await put('table/table.csv', Buffer.from(table))
  await put('captured/one.csv', Buffer.from(pairs))
  for (const name of ['statistics.json', 'constraints.json']) await put(name, Buffer.from('{}'))
  await put('model.tar.gz', archive({ 'model.json': Buffer.from('{}') }))
  await put('onnx.tar.gz', archive({ 'digits.onnx': readFileSync('test/compilation/models/digits.onnx') }))
}

function archive(files: Readonly<Record<string, Buffer>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-sdk-model-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return spawnSync('tar', ['-czf', '-', '-C', folder, '.']).stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A private subnet with endpoints for all that jobs and SDKs call, and its own group open inside. */
async function buildNetwork(call: Call): Promise<{ subnet: string; group: string }> {
  const { Vpc } = await call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })
  const VpcId: string = Vpc.VpcId
  for (const name of ['EnableDnsSupport', 'EnableDnsHostnames'])
    await call('ec2', 'ModifyVpcAttribute', { VpcId, [name]: { Value: true } })
  const subnet: string = (await call('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/18' })).Subnet.SubnetId
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { RouteTables } = await call('ec2', 'DescribeRouteTables', { Filters })
  const RouteTableIds = [RouteTables[0].RouteTableId]
  await call('ec2', 'CreateVpcEndpoint', { VpcId, ServiceName: 'com.amazonaws.us-east-1.s3', RouteTableIds })
  const { GroupId: group } = await call('ec2', 'CreateSecurityGroup', { VpcId, GroupName: 'jobs', Description: 'jobs' })
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group }] }]
  await call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions })
  for (const name of ['sts', 'sagemaker.api', 'logs'])
    await call('ec2', 'CreateVpcEndpoint', {
      VpcId,
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.us-east-1.${name}`,
      SubnetIds: [subnet],
      SecurityGroupIds: [group],
      PrivateDnsEnabled: true,
    })
  return { subnet, group }
}

async function buildRoles(call: Call, values: Readonly<Record<string, string>>): Promise<void> {
  const Service = 'sagemaker.amazonaws.com'
  const AssumeRolePolicyDocument = trusted({ Service, AWS: `arn:aws:iam::${values['account']}:root` })
  await call('iam', 'CreateRole', { RoleName: 'Other-not-passed', AssumeRolePolicyDocument })
  for (const [name, { policies, lacks, managed = [] }] of Object.entries(ROLES)) {
    const RoleName = `AmazonSageMaker-${name}`
    await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument })
    for (const one of managed)
      await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: `arn:aws:iam::aws:policy/${one}` })
    if (!policies) continue
    const whole = policyOf({ name, policies }, values)
    const PolicyDocument = JSON.stringify(lacks === undefined ? whole : without(whole, lacks))
    await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'page', PolicyDocument })
  }
}

/** AmazonSageMakerFullAccess passes any role to SageMaker; one may not. */
async function buildCaller(
  call: Call,
  account: string,
): Promise<{ AccessKey: { AccessKeyId: string; SecretAccessKey: string } }> {
  const UserName = 'scientist'
  await call('iam', 'CreateUser', { UserName })
  for (const name of ['AmazonSageMakerFullAccess', 'AmazonS3FullAccess', 'AmazonEC2ContainerRegistryFullAccess'])
    await call('iam', 'AttachUserPolicy', { UserName, PolicyArn: `arn:aws:iam::aws:policy/${name}` })
  const statement = {
    Effect: 'Allow',
    Action: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:Decrypt', 'iam:GetRequestAuthorizationDetails'],
    Resource: '*',
  }
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
  const become = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: role('AmazonSageMaker-anything') }
  const pass = { Effect: 'Deny', Action: 'iam:PassRole', Resource: role('Other-*') }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement, become, pass] })
  await call('iam', 'PutUserPolicy', { UserName, PolicyName: 'keys', PolicyDocument })
  return call('iam', 'CreateAccessKey', { UserName })
}

async function pushImage(variables: Record<string, string>): Promise<void> {
  const args = ['image', 'push', 'test/clients/sdk/image', variables['IMAGE']!, '--entrypoint', './run']
  // The server lives in this process: it must not wait for the child.
  await promisify(execFile)('./sallyport', args, { env: { ...variables, PATH: process.env['PATH'] } })
}
