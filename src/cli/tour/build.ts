import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { imagePush } from '../image-push.ts'
import type { Guide } from './guide.ts'
import { drawPath, type Path } from './picture.ts'
import { trainingPolicy, trustPolicy } from './policies.ts'
import type { World } from './world.ts'

const example = new URL('../../../examples/training/', import.meta.url)

/** Builds what a training job in a private subnet needs, in the order in which one thinks of it; fills in the ids. */
export async function build(guide: Guide, world: World): Promise<void> {
  await guide.step(
    'A VPC with one private subnet',
    'No internet gateway, no NAT: nothing gets out unless a route says so.',
    () => buildVpc(guide, world),
  )
  await guide.step(
    'A gateway endpoint for Amazon S3',
    'Its route is the only way out of the subnet, and it leads to S3 alone.',
    () => buildEndpoint(guide, world),
  )
  await guide.step('A bucket with training data', "150 iris flowers of R. A. Fisher's, 1936.", () =>
    buildBucket(guide, world),
  )
  await guide.step(
    'The training image',
    'A folder with a plain Python program, pushed to Amazon ECR as an OCI image.',
    () => pushImage(guide, world),
  )
  await guide.step(
    'The execution role',
    "The SageMaker guide's trust policy, its scoped policy for training jobs, and its statement for private VPCs. Nothing more.",
    () => buildRole(guide, world),
  )
}

const named = (type: string, { suffix }: World) => [
  { ResourceType: type, Tags: [{ Key: 'Name', Value: `sallyport-tour-${suffix}` }] },
]

async function buildVpc({ call }: Guide, world: World): Promise<string> {
  const { vpc, subnet, routeTable, group } = world
  const made = await call('ec2', 'CreateVpc', { CidrBlock: vpc.cidr, TagSpecifications: named('vpc', world) })
  const VpcId = (vpc.id = made.Vpc.VpcId)
  const { Subnet } = await call('ec2', 'CreateSubnet', { VpcId, CidrBlock: subnet.cidr })
  subnet.id = Subnet.SubnetId
  const { RouteTable } = await call('ec2', 'CreateRouteTable', { VpcId })
  routeTable.id = RouteTable.RouteTableId
  await call('ec2', 'AssociateRouteTable', { RouteTableId: routeTable.id, SubnetId: subnet.id })
  const { GroupId } = await call('ec2', 'CreateSecurityGroup', {
    VpcId,
    GroupName: `sallyport-tour-${world.suffix}`,
    Description: 'the training job',
  })
  group.id = GroupId
  return `${vpc.id} with ${subnet.id}`
}

async function buildEndpoint({ call, voice }: Guide, world: World): Promise<string> {
  const { VpcEndpoint } = await call('ec2', 'CreateVpcEndpoint', {
    VpcId: world.vpc.id,
    ServiceName: `com.amazonaws.${world.region}.s3`,
    VpcEndpointType: 'Gateway',
    RouteTableIds: [world.routeTable.id],
  })
  world.endpoint.id = VpcEndpoint.VpcEndpointId
  // EC2 writes the route by itself: read it back rather than believe it.
  const { RouteTables } = await call('ec2', 'DescribeRouteTables', { RouteTableIds: [world.routeTable.id] })
  const routes = RouteTables[0].Routes as { DestinationPrefixListId?: string; GatewayId?: string }[]
  const found = routes.find((route) => route.GatewayId === world.endpoint.id)
  if (!found?.DestinationPrefixListId) throw new Error(`${world.routeTable.id} has no route to ${world.endpoint.id}`)
  world.routeTable.prefixList = found.DestinationPrefixListId
  voice.drawing((paint) => drawPath(pathOf(world), { paint }))
  return `${world.endpoint.id}; ${world.routeTable.id} now routes ${found.DestinationPrefixListId} (S3) to it`
}

/** The world's way to S3, in words short enough to draw. */
export function pathOf({ subnet, endpoint }: World): Path {
  return {
    subnet: subnet.cidr,
    route: endpoint.id && 'S3 → endpoint',
    endpoint: endpoint.id && `${endpoint.id.slice(0, 12)}…`,
    bucket: 'your bucket',
  }
}

async function buildBucket({ call }: Guide, { bucket, region }: World): Promise<string> {
  // us-east-1 is the one Region that must not be named.
  const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }
  await call('s3', 'CreateBucket', { Bucket: bucket, ...place })
  let bytes = 0
  for (const channel of ['train', 'validation']) {
    const Body = await readFile(new URL(`data/${channel}.csv`, example))
    const Key = `iris/${channel}/${channel}.csv`
    const command = `aws s3 cp examples/training/data/${channel}.csv s3://${bucket}/${Key}`
    await call('s3', 'PutObject', { Bucket: bucket, Key, Body }, { command })
    bytes += Body.length
  }
  return `s3://${bucket}/iris/ holds ${size(bytes)}`
}

async function pushImage({ client, show, voice }: Guide, { image }: World): Promise<string> {
  show(`./sallyport image push examples/training ${image} --entrypoint ./train`)
  const { digest } = await imagePush({
    dir: fileURLToPath(example),
    imageUri: image,
    entrypoint: './train',
    call: (service, operation, input) => client.call(service, operation, input),
    progress: (text) => voice.busy(text),
  })
  return digest
}

async function buildRole({ call }: Guide, world: World): Promise<string> {
  const { Role } = await call('iam', 'CreateRole', { RoleName: world.role, AssumeRolePolicyDocument: trustPolicy })
  await call('iam', 'PutRolePolicy', {
    RoleName: world.role,
    PolicyName: 'training',
    PolicyDocument: trainingPolicy(world),
  })
  return Role.Arn
}

/** Bytes as people say them. */
export function size(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`
}
