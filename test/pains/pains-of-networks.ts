import { policy, running, type Pain } from './pain.ts'
import { withoutSubnets } from './requests.ts'
import { step } from './site.ts'
import * as words from './words.ts'

const groupLetsNothingOut = step('ec2', 'RevokeSecurityGroupEgress', {
  GroupId: '{group}',
  IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
})

const onlyAnotherBucket = policy({
  Effect: 'Allow',
  Principal: '*',
  Action: '*',
  Resource: ['arn:aws:s3:::other', 'arn:aws:s3:::other/*'],
})

const toAnotherEndpointOnly = policy({
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:GetObject', 's3:PutObject'],
  Resource: 'arn:aws:s3:::{bucket}/*',
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } },
})

const EC2 = [
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeVpcs',
  'ec2:DescribeDhcpOptions',
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DescribeNetworkInterfaces',
]

export const painsOfNetworks: readonly Pain[] = [
  {
    pain: '16',
    name: "the subnet's route table has no way to S3",
    kinds: [...running, 'automl'],
    place: 'no way',
    says: words.unreachable,
    layer: 'route',
    blames: '{routeTable}',
    fixSpares: /0\.0\.0\.0\/0/,
  },
  {
    pain: '16',
    name: 'the security group lets nothing out',
    kinds: running,
    place: 'shared way',
    steps: [groupLetsNothingOut],
    says: words.unreachable,
    layer: 'sg',
    blames: '{group}',
    fixSpares: /0\.0\.0\.0\/0/,
  },
  {
    pain: '16',
    name: 'the network ACL lets nothing out',
    kinds: running,
    place: 'shared way',
    closed: true,
    says: words.unreachable,
    layer: 'nacl',
    blames: '{acl}',
    fixSpares: /0\.0\.0\.0\/0/,
  },
  {
    pain: '16',
    name: "the endpoint's policy names another bucket",
    kinds: running,
    place: 'own way',
    steps: [step('ec2', 'ModifyVpcEndpoint', { VpcEndpointId: '{endpoint}', PolicyDocument: onlyAnotherBucket })],
    says: words.endpointDenied,
    layer: 'vpce-policy',
    blames: '{endpoint}',
    fixSpares: /ResetPolicy|"Resource":"\*"/,
  },
  {
    pain: '16',
    name: 'the role lacks the actions of EC2',
    kinds: running,
    place: 'shared way',
    lacks: EC2,
    says: words.interfaceDenied,
    layer: 'exec-role-policy',
    blames: 'ec2:',
    fixSpares: /ec2:\*/,
  },
  {
    pain: '18',
    name: 'the way out is an internet gateway, and the interface has a private address only',
    kinds: running,
    place: 'no way',
    steps: [
      step('ec2', 'CreateRoute', {
        RouteTableId: '{routeTable}',
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: '{igw}',
      }),
    ],
    says: words.unreachable,
    layer: 'route',
    blames: '{igw}',
  },
  {
    pain: '21',
    name: 'groups are given, and no subnets',
    kinds: ['training', 'processing', 'tuning', 'automl', 'compilation', 'model'],
    request: withoutSubnets,
    says: words.noSubnets,
    layer: 'validation',
    blames: 'ubnets',
    requestIsWrong: true,
  },
  {
    pain: 'compilation in a VPC',
    name: 'the bucket is closed to all but another VPC endpoint',
    kinds: running,
    place: 'shared way',
    bucket: true,
    steps: [step('s3', 'PutBucketPolicy', { Bucket: '{bucket}', Policy: toAnotherEndpointOnly })],
    says: words.readDenied,
    layer: 'resource-policy',
    blames: '{bucket}',
  },
]
