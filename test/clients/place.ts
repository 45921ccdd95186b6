import type { ApiClient } from './client.ts'
import { sallyport, type Environment } from './command.ts'
import { trainingPolicy, trustSageMaker } from './documents.ts'

/** Names of a place and, once they are made, the ids of what is there. Steps write them as `<name>`. */
export interface Place extends Record<string, string> {
  account: string
  region: string
  bucket: string
  repository: string
  role: string
  roleArn: string
  image: string
}

/** One call, with `<name>` in its input, and which names its answer gives. */
export interface Step {
  service: string
  operation: string
  input: object
  /** name -> path in the answer */
  keep?: Record<string, string>
}

const step = (service: string, operation: string, input: object, keep?: Record<string, string>): Step => ({
  service,
  operation,
  input,
  ...(keep ? { keep } : {}),
})

/** A VPC with one private subnet, whose only way out is an S3 gateway endpoint. */
const network: readonly Step[] = [
  step('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, { vpc: 'Vpc.VpcId' }),
  step('ec2', 'ModifyVpcAttribute', { VpcId: '<vpc>', EnableDnsSupport: { Value: true } }),
  step('ec2', 'ModifyVpcAttribute', { VpcId: '<vpc>', EnableDnsHostnames: { Value: true } }),
  step('ec2', 'CreateSubnet', { VpcId: '<vpc>', CidrBlock: '10.0.1.0/24' }, { subnet: 'Subnet.SubnetId' }),
  step('ec2', 'CreateRouteTable', { VpcId: '<vpc>' }, { routeTable: 'RouteTable.RouteTableId' }),
  step('ec2', 'AssociateRouteTable', { RouteTableId: '<routeTable>', SubnetId: '<subnet>' }),
  step(
    'ec2',
    'CreateVpcEndpoint',
    {
      VpcId: '<vpc>',
      ServiceName: 'com.amazonaws.<region>.s3',
      VpcEndpointType: 'Gateway',
      RouteTableIds: ['<routeTable>'],
    },
    { endpoint: 'VpcEndpoint.VpcEndpointId' },
  ),
  step(
    'ec2',
    'CreateSecurityGroup',
    { VpcId: '<vpc>', GroupName: 'training', Description: 'training jobs' },
    { group: 'GroupId' },
  ),
]

const everywhere = { GroupId: '<group>', IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }

/** The security group's default egress goes, and TCP 443 to S3's prefix list comes. */
const egressToS3Only: readonly Step[] = [
  step(
    'ec2',
    'DescribePrefixLists',
    { Filters: [{ Name: 'prefix-list-name', Values: ['com.amazonaws.<region>.s3'] }] },
    { prefixList: 'PrefixLists.0.PrefixListId' },
  ),
  step('ec2', 'RevokeSecurityGroupEgress', everywhere),
  step('ec2', 'AuthorizeSecurityGroupEgress', {
    GroupId: '<group>',
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: '<prefixList>' }] },
    ],
  }),
]

const bucketAndRole: readonly Step[] = [
  step('s3', 'CreateBucket', { Bucket: '<bucket>' }),
  step('iam', 'CreateRole', { RoleName: '<role>', AssumeRolePolicyDocument: trustSageMaker }, { roleArn: 'Role.Arn' }),
  step('iam', 'PutRolePolicy', { RoleName: '<role>', PolicyName: 'training', PolicyDocument: '<policy>' }),
]

export const channels = ['train', 'validation'] as const

interface Wish {
  /** Makes all names different from those of other places. */
  suffix: string
  egress?: 'default' | 's3'
  /** An image that is there already; else examples/training is pushed. */
  image?: string
}

/** Builds all that a training job in a private subnet needs, by one client. */
export async function buildPlace(
  client: ApiClient,
  env: Environment,
  { suffix, egress = 'default', image }: Wish,
): Promise<Place> {
  const place: Place = { ...names(env, suffix), ...(image ? named(image) : {}) }
  place['policy'] = trainingPolicy(place)
  await follow(client, place, [...network, ...(egress === 's3' ? egressToS3Only : []), ...bucketAndRole])
  for (const channel of channels) {
    await client.upload(`examples/training/data/${channel}.csv`, place.bucket, `iris/${channel}/${channel}.csv`)
  }
  if (!image) await sallyport(['image', 'push', 'examples/training', place.image, '--entrypoint', './train'], env)
  return place
}

export const account = '123456789012'

function names(env: Environment, suffix: string): Place {
  const region = env['AWS_REGION']!
  const role = `training-${suffix}`
  return {
    account,
    region,
    bucket: `training-${suffix}`,
    role,
    roleArn: `arn:aws:iam::${account}:role/${role}`,
    ...named(`${account}.dkr.ecr.${region}.amazonaws.com/training-${suffix}:latest`),
  }
}

const named = (image: string) => ({ image, repository: image.slice(image.indexOf('/') + 1, image.lastIndexOf(':')) })

/** Makes the calls in their order and learns the names that they give. */
export async function follow(client: ApiClient, place: Place, steps: readonly Step[]): Promise<void> {
  for (const { service, operation, input, keep = {} } of steps) {
    const answer: unknown = await client.call(service, operation, filled(input, place))
    for (const [name, path] of Object.entries(keep)) place[name] = String(at(answer, path))
  }
}

/** A value with every `<name>` replaced. */
export function filled<T>(value: T, place: Readonly<Record<string, string>>): T {
  if (typeof value === 'string') return value.replaceAll(/<(\w+)>/g, (text, name: string) => place[name] ?? text) as T
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, place)) as T
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [key, filled(one, place)]),
  ) as T
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Record<string, unknown>)[key], value)
}

export const metrics = [
  { Name: 'train:loss', Regex: 'train:loss=([0-9.]+)' },
  { Name: 'validation:accuracy', Regex: 'validation:accuracy=([0-9.]+)' },
]

/** CreateTrainingJob in the place's private subnet. */
export const trainingJob = {
  TrainingJobName: '<job>',
  RoleArn: '<roleArn>',
  AlgorithmSpecification: { TrainingImage: '<image>', TrainingInputMode: 'File', MetricDefinitions: metrics },
  HyperParameters: { epochs: '3' },
  InputDataConfig: channels.map((ChannelName) => ({
    ChannelName,
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://<bucket>/iris/${ChannelName}/` } },
  })),
  OutputDataConfig: { S3OutputPath: 's3://<bucket>/models' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
  VpcConfig: { Subnets: ['<subnet>'], SecurityGroupIds: ['<group>'] },
}

/** The request for a job of that name at a place, with members replaced. */
export function jobAt(place: Place, job: string, changes: object = {}): object {
  return filled({ ...trainingJob, ...changes }, { ...place, job })
}
