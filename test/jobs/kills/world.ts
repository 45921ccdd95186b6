import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { imagePush } from '../../../src/cli/image-push.ts'
import { serve, type ChildServer } from '../../clients/child-server.ts'
import { environmentOf } from '../../clients/command.ts'
import { call } from '../../support/call.ts'
import type { Keys } from '../../support/sign.ts'
import { table } from '../automl-data.ts'
import { openDocuments, type Documents } from './documents.ts'
import { openWatcher, type Watcher } from './freeze.ts'

export const account = '123456789012'
export const region = 'us-east-1'
export const roleArn = `arn:aws:iam::${account}:role/jobs`
export const image = (program: string) => `${account}.dkr.ecr.${region}.amazonaws.com/jobs/${program}:latest`

/** What jobs are given. */
export interface Things {
  vpc: { Subnets: string[]; SecurityGroupIds: string[] }
  vpcId: string
  key: string
}

/** A folder with a server on it, which is killed and started again. */
export interface KillWorld extends Things {
  dataDir: string
  /** Where it keeps what is for a moment. */
  scratch: string
  documents: Documents
  watcher: Watcher
  server(): ChildServer
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  ask: (service: string, operation: string, input?: Record<string, unknown>) => Promise<any>
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export async function openKillWorld(): Promise<KillWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const [dataDir, scratch, compiler] = ['data', 'scratch', 'compiler'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const one of [folder, scratch, compiler]) {
    mkdirSync(one, { recursive: true })
    chmodSync(one, 0o755) // programs are nobody
  }
  writeFileSync(join(compiler, 'compile'), COMPILER, { mode: 0o755 })
  const started = () => serve(dataDir, { options: ['--compiler-image', compiler], env: { TMPDIR: scratch } })
  let server = await started()
  const env = await environmentOf(dataDir)
  const keys: Keys = { accessKeyId: env['AWS_ACCESS_KEY_ID']!, secretAccessKey: env['AWS_SECRET_ACCESS_KEY']! }
  const ask: KillWorld['ask'] = (service, operation, input = {}) => call(server.url, keys, service, operation, input)
  const things = await build(ask)
  const documents = openDocuments(dataDir)
  const watcher = openWatcher()
  return {
    ...things,
    dataDir,
    scratch,
    documents,
    watcher,
    ask,
    server: () => server,
    kill: () => server.end('SIGKILL'),
    async start() {
      server = await started()
    },
    async close() {
      await watcher.close()
      documents.close()
      await server.end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** tar.gz of two empty blocks. */
const EMPTY_ARCHIVE = gzipSync(Buffer.alloc(1024))

/** It takes what it is told and says that it is done. */
const COMPILER = `#!/bin/sh
if grep -q 600 /opt/ml/input/config/compilation.json; then sleep 600; else sleep 0.1; fi
mkdir -p /opt/ml/model
cp /opt/ml/input/model.tar.gz /opt/ml/model/compiled.so
echo compiled
`

async function build(ask: KillWorld['ask']): Promise<Things> {
  const Principal = { Service: 'sagemaker.amazonaws.com' }
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await ask('iam', 'CreateRole', { RoleName: 'jobs', AssumeRolePolicyDocument })
  await ask('iam', 'AttachRolePolicy', {
    RoleName: 'jobs',
    PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
  })
  await ask('s3', 'CreateBucket', { Bucket: 'jobs' })
  const put = (Key: string, Body: string | Uint8Array) => ask('s3', 'PutObject', { Bucket: 'jobs', Key, Body })
  for (let at = 0; at < 10; at++) await put(`data/${at}`, 'x')
  for (let at = 0; at < 3; at++) await put(`in/${at}`, 'hello')
  await put('table/table.csv', table('BinaryClassification'))
  await put('model.tar.gz', EMPTY_ARCHIVE)
  for (const program of ['reports', 'processes', 'serves', 'tunes']) {
    const dir = fileURLToPath(new URL(`../programs/${program}`, import.meta.url))
    await imagePush({ dir, imageUri: image(program), entrypoint: './train', call: ask, progress: () => {} })
  }
  const VpcId = (await ask('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc.VpcId
  const subnet = (await ask('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' })).Subnet.SubnetId
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const routes = (await ask('ec2', 'DescribeRouteTables', { Filters })).RouteTables[0].RouteTableId
  const ServiceName = `com.amazonaws.${region}.s3`
  await ask('ec2', 'CreateVpcEndpoint', { VpcId, ServiceName, RouteTableIds: [routes] })
  const group = (await ask('ec2', 'DescribeSecurityGroups', { Filters })).SecurityGroups[0].GroupId
  const vpc = { Subnets: [subnet], SecurityGroupIds: [group] }
  for (const [ModelName, Environment] of [
    ['quick', {}],
    ['slow', { SLOW: '600' }],
  ] as const) {
    const PrimaryContainer = { Image: image('serves'), ModelDataUrl: 's3://jobs/model.tar.gz', Environment }
    await ask('sagemaker', 'CreateModel', { ModelName, ExecutionRoleArn: roleArn, PrimaryContainer, VpcConfig: vpc })
  }
  const key = (await ask('kms', 'CreateKey')).KeyMetadata.Arn
  return { vpc, vpcId: VpcId, key }
}
