import type { Call, Need } from '../door/call.ts'
import { sagemakerNetwork } from '../jobs/acting.ts'
import { parseS3Uri } from '../jobs/transfers/s3-uri.ts'
import { imageIdOf, parseImageUri } from '../services/ecr/image-uri.ts'
import type { Operation } from '../services/operation.ts'
import { onBucket, onObject } from '../services/s3/needs.ts'
import { OBJECTS, objectKey } from '../services/s3/object.ts'
import type { Transfers } from '../services/sagemaker/job.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Vpc, Work } from './job-work.ts'

/** A need, and the call that would have it. */
export interface Ahead {
  call: Call
  need: Need
}

/**
 * What a job asks by its role from its start to its end: of S3 by the way that its transfers take, of others from SageMaker's
 * own network. `call` is one of its calls. Of S3 nothing is said where a VPC leads there and the call tells not how.
 */
export async function jobNeeds(call: Call, work: Work): Promise<Ahead[]> {
  const knowsWay = call.service === 's3' || work.vpcs.length === 0
  const transfers = knowsWay ? s3Needs(call, work.transfers).map((need) => ({ call, need })) : []
  return [...transfers, ...(await needsBesideS3(call, work))]
}

async function needsBesideS3(call: Call, { images, vpcs, logGroup, compiles, granted = [] }: Work): Promise<Ahead[]> {
  const asked: [service: string, operation: string, input: object][] = [
    ...vpcs.flatMap((vpc) => interfaceCalls(vpc, compiles)),
    ...granted.map((KeyId): [string, string, object] => ['kms', 'CreateGrant', { KeyId, Operations: ['Decrypt'] }]),
    ...images.flatMap(pullCalls),
    ...(logGroup === undefined ? [] : logCalls(logGroup)),
  ]
  const ahead: Ahead[] = []
  for (const [service, operation, input] of asked) {
    const there: Call = { ...call, service, operation, origin: sagemakerNetwork, way: SERVICE_NETWORK }
    ahead.push(...(await needsOf(there, input)).map((need) => ({ call: there, need })))
  }
  return ahead
}

export const SERVICE_NETWORK: Call['way'] = { via: 'service-network', hops: [], context: {} }

/** Whose operations say here what they would need; none is performed. */
const services: Readonly<Record<string, () => Promise<{ operations: Readonly<Record<string, Operation>> }>>> = {
  ec2: () => import('../services/ec2/operations.ts'),
  ecr: () => import('../services/ecr/operations.ts'),
  kms: () => import('../services/kms/operations.ts'),
  logs: () => import('../services/logs/operations.ts'),
}

/** As the operation itself says; nothing where what it names is not there. */
async function needsOf(call: Call, input: object): Promise<Need[]> {
  const operation = (await services[call.service]?.())?.operations[call.operation]
  try {
    return operation?.needs(input as never, call) ?? []
  } catch (error) {
    if (error instanceof AwsError) return []
    throw error
  }
}

/** In the order of jobs/interfaces.ts; of an interface that is not there yet, any will do. */
function interfaceCalls({ Subnets, SecurityGroupIds }: Vpc, compiles: boolean): [string, string, object][] {
  const NetworkInterfaceId = 'eni-00000000000000000'
  return [
    ['ec2', 'DescribeSubnets', { SubnetIds: Subnets }],
    ['ec2', 'DescribeSecurityGroups', { GroupIds: SecurityGroupIds }],
    ['ec2', 'DescribeVpcs', {}],
    ['ec2', 'DescribeDhcpOptions', {}],
    ...Subnets.map((SubnetId): [string, string, object] => [
      'ec2',
      'CreateNetworkInterface',
      { SubnetId, Groups: SecurityGroupIds },
    ]),
    [
      'ec2',
      'CreateNetworkInterfacePermission',
      { NetworkInterfaceId, AwsService: 'sagemaker.amazonaws.com', Permission: 'INSTANCE-ATTACH' },
    ],
    ['ec2', 'DescribeNetworkInterfaces', {}],
    ...(compiles ? [['ec2', 'DescribeVpcEndpoints', {}] satisfies [string, string, object]] : []),
    ['ec2', 'DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId: 'eni-perm-00000000000000000' }],
    ['ec2', 'DeleteNetworkInterface', { NetworkInterfaceId }],
  ]
}

function pullCalls(uri: string): [string, string, object][] {
  const image = parseImageUri(uri)
  if (!image) return []
  const repository = { registryId: image.registryId, repositoryName: image.repositoryName }
  return [
    ['ecr', 'GetAuthorizationToken', {}],
    ['ecr', 'BatchGetImage', { ...repository, imageIds: [imageIdOf(image)] }],
    ['ecr', 'BatchCheckLayerAvailability', { ...repository, layerDigests: [] }],
    ['ecr', 'GetDownloadUrlForLayer', { ...repository, layerDigest: '' }],
  ]
}

function logCalls(logGroupName: string): [string, string, object][] {
  const stream = { logGroupName, logStreamName: 'stream' }
  return [
    ['logs', 'DescribeLogStreams', { logGroupName }],
    ['logs', 'CreateLogStream', stream],
    ['logs', 'PutLogEvents', stream],
  ]
}

/** What a job asks of S3 from its start to its end: to list and read each input (one object stands for all), and to write. */
function s3Needs(call: Call, { reads, writes, outputs }: Transfers): Need[] {
  // Where nobody knows yet what it will write, any object of the folder stands for it.
  const unknown = outputs.filter((folder) => !writes.some((uri) => uri.startsWith(folder)))
  return [
    ...reads.flatMap(({ uri, prefix }) => {
      const { bucket, key } = parseS3Uri(uri)
      const first = prefix ? firstKey(call, bucket, key) : key
      return [
        ...(prefix ? [onBucket(call, 's3:ListBucket', bucket, { 's3:prefix': key })] : []),
        ...(first === undefined ? [] : [onObject(call, 's3:GetObject', bucket, first)]),
      ]
    }),
    ...[...writes, ...unknown.map((folder) => `${folder}output`)].map((uri) => {
      const { bucket, key } = parseS3Uri(uri)
      return onObject(call, 's3:PutObject', bucket, key)
    }),
  ]
}

function firstKey({ world }: Call, bucket: string, prefix: string): string | undefined {
  const [row] = world.store.list(OBJECTS, { prefix: objectKey(bucket, prefix), limit: 1 })
  return row?.key.slice(objectKey(bucket, '').length)
}
