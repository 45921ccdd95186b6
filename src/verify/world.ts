import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../cli/client.ts'
import { imagePush } from '../cli/image-push.ts'

/** What requests stand on: the page's own names where it has some (`inputbucket`, `my-repo`). */
export type Values = Readonly<Record<string, string>>

/** A program that takes no time: it prints a metric, and makes what each kind of job looks for. */
const PROGRAM = `#!/bin/sh
echo 'loss=0.5'
for folder in /opt/ml/model /opt/ml/processing/output; do
  [ -d "$folder" ] && echo model > "$folder/model.txt"
done
exit 0
`

/** What a compilation is allowed is asked here, not what comes of it: it takes any model, and needs no download. */
const COMPILER = `#!/bin/sh
echo compiling
mkdir -p /opt/ml/model && echo compiled > /opt/ml/model/compiled
`

/** A folder for the server's option compilerImage; `remove` takes it away. */
export function quickCompiler(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-compiler-'))
  writeFileSync(join(folder, 'compile'), COMPILER, { mode: 0o755 })
  // Programs run as a user who owns nothing.
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'compile'), 0o755)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** 600 rows of y = 3a - b. */
const TABLE = ['a,b,y', ...Array.from({ length: 600 }, (_, n) => `${n},${n % 7},${3 * n - (n % 7)}`)].join('\n')

/** Builds it by ordinary calls, on a server without anything; gives the values for requests. */
export async function buildWorld(client: Client): Promise<Values> {
  const { Account: account } = (await client.call('sts', 'GetCallerIdentity')) as { Account: string }
  const call = (service: string, operation: string, input: Record<string, unknown> = {}) =>
    client.call(service, operation, input)
  const { KeyMetadata } = await call('kms', 'CreateKey')
  const key: string = KeyMetadata.Arn
  for (const Bucket of ['inputbucket', 'outputbucket', 'neighbourbucket']) await call('s3', 'CreateBucket', { Bucket })
  const put = (Bucket: string, Key: string, more: Record<string, unknown> = {}) =>
    call('s3', 'PutObject', { Bucket, Key, Body: Buffer.from('1,2\n3,4\n'), ...more })
  for (const name of ['object', 'other']) await put('inputbucket', `${name}/data.csv`)
  await put('neighbourbucket', 'object/data.csv')
  for (const name of ['object', 'model']) await put('inputbucket', `${name}/model.tar.gz`)
  const Body = Buffer.from(TABLE)
  await put('inputbucket', 'object/table.csv', { Body })
  await put('inputbucket', 'sealed/table.csv', { Body, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key })
  await put('inputbucket', 'object/manifest.json', { Body: Buffer.from('{"source":"one"}\n') })
  await put('inputbucket', 'sealed/model.tar.gz', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key })
  await put('inputbucket', 'sealed/data.csv', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key })
  return {
    account,
    region: client.region,
    key,
    ...(await pushImages(client, account)),
    ...(await buildNetwork(call)),
    workteam: await workteamOf(call),
  }
}

async function pushImages(client: Client, account: string): Promise<{ image: string; otherImage: string }> {
  const registry = `${account}.dkr.ecr.${client.region}.amazonaws.com`
  const [image, otherImage] = [`${registry}/my-repo:latest`, `${registry}/other-repo:latest`]
  for (const uri of [image, otherImage]) await pushProgram(client, uri)
  return { image, otherImage }
}

/** The program that takes no time, as an image. */
export async function pushProgram(client: Client, imageUri: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-verify-'))
  try {
    writeFileSync(join(dir, 'train'), PROGRAM, { mode: 0o755 })
    await imagePush({
      dir,
      imageUri,
      entrypoint: './train',
      call: (service, operation, input) => client.call(service, operation, input),
      progress: () => {},
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** People for labels and reviews, of an identity provider that nobody has to ask. */
async function workteamOf(call: Call): Promise<string> {
  const url = (path: string) => `https://people.example.com/${path}`
  await call('sagemaker', 'CreateWorkforce', {
    WorkforceName: 'people',
    OidcConfig: {
      ClientId: 'verify',
      ClientSecret: 'verify',
      Issuer: url(''),
      AuthorizationEndpoint: url('authorize'),
      TokenEndpoint: url('token'),
      UserInfoEndpoint: url('user'),
      LogoutEndpoint: url('logout'),
      JwksUri: url('keys'),
    },
  })
  const { WorkteamArn } = await call('sagemaker', 'CreateWorkteam', {
    WorkteamName: 'people',
    WorkforceName: 'people',
    Description: 'people',
    MemberDefinitions: [{ OidcMemberDefinition: { Groups: ['people'] } }],
  })
  return WorkteamArn as string
}

type Call = (service: string, operation: string, input?: Record<string, unknown>) => ReturnType<Client['call']>

/** A private subnet with a way to S3, and nothing more. */
async function buildNetwork(call: Call): Promise<{ vpc: string; subnet: string; group: string }> {
  const { Vpc } = await call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' })
  const vpc: string = Vpc.VpcId
  const { Subnet } = await call('ec2', 'CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.0.0/18' })
  const { RouteTables } = await call('ec2', 'DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] })
  await call('ec2', 'CreateVpcEndpoint', {
    VpcId: vpc,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [RouteTables[0].RouteTableId],
  })
  const { GroupId } = await call('ec2', 'CreateSecurityGroup', { VpcId: vpc, GroupName: 'jobs', Description: 'jobs' })
  return { vpc, subnet: Subnet.SubnetId, group: GroupId }
}
