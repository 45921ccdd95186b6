import type { Explanation } from '../../src/advise/explanation.ts'
import { denyUnlessEndpoint, trainingPolicy } from './documents.ts'
import type { Place, Step } from './place.ts'

/** One thing wrong in an otherwise good place, and how it must show. `<name>`s are the place's (place.ts). */
export interface Breakage {
  name: string
  /** What breaks it. */
  steps(place: Place): readonly Step[]
  /** Members of the CreateTrainingJob request that differ. */
  request?: object
  /** The caller is a user with just these actions; else the administrator. */
  callerMay?: readonly string[]
  /** CreateTrainingJob is refused at once … */
  refused?: { code: string; message: string | RegExp }
  /** … or the job ends as Failed. */
  failure?: string | RegExp
  /** Where the sentence is known from: AWS itself (facts: errors.md A2, A8, A9), or inferred by analogy. */
  text: 'known' | 'inferred'
  layer: Explanation['blockers'][number]['layer']
  /** What the first blocker must name. */
  blames: string
  /** Nothing in the account is wrong, but the request: there is no fix to apply. */
  requestIsWrong?: true
  /** The explanation's fixes are done as calls, or as the shell commands that it prints. */
  mendBy?: 'call' | 'command'
}

const roleWithout = (action: string) => (place: Place) => [
  {
    service: 'iam',
    operation: 'PutRolePolicy',
    input: { RoleName: '<role>', PolicyName: 'training', PolicyDocument: trainingPolicy(place, action) },
  },
]

const otherBucketOnly = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: '*', Resource: ['arn:aws:s3:::other', 'arn:aws:s3:::other/*'] },
  ],
})

const trustEc2 = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

const noS3Objects = (bucket: string, prefix: string) =>
  `No S3 objects found under S3 URL "s3://${bucket}/${prefix}" given in input data source. Please ensure that the bucket exists in the selected region (<region>), that objects exist under that S3 prefix, and that the role "<roleArn>" has "s3:ListBucket" permissions on bucket "${bucket}".`

const noRouteToS3 =
  "ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3."

const downloadDenied =
  'ClientError: Data download failed:Unable to download object s3://<bucket>/iris/train/train.csv (AccessDenied: Access Denied)'

const channelAt = (S3Uri: string) => [
  { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } },
]

export const breakages: readonly Breakage[] = [
  {
    name: 'the role lacks s3:GetObject',
    steps: roleWithout('s3:GetObject'),
    failure: downloadDenied,
    text: 'known',
    layer: 'exec-role-policy',
    blames: 's3:GetObject',
  },
  {
    name: 'the role lacks s3:ListBucket',
    steps: roleWithout('s3:ListBucket'),
    refused: {
      code: 'ValidationException',
      message: `${noS3Objects('<bucket>', 'iris/train/')} Error message from S3: User: arn:aws:sts::<account>:assumed-role/<role>/SageMaker is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::<bucket>" because no identity-based policy allows the s3:ListBucket action`,
    },
    text: 'known',
    layer: 'exec-role-policy',
    blames: 's3:ListBucket',
  },
  {
    name: 'the role lacks s3:PutObject',
    steps: roleWithout('s3:PutObject'),
    failure:
      'ClientError: Artifact upload failed:Unable to upload object s3://<bucket>/models/<job>/output/model.tar.gz (AccessDenied: Access Denied)',
    text: 'inferred',
    layer: 'exec-role-policy',
    blames: 's3:PutObject',
  },
  {
    name: 'the role lacks ecr:BatchGetImage',
    steps: roleWithout('ecr:BatchGetImage'),
    failure:
      'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.',
    text: 'known',
    layer: 'exec-role-policy',
    blames: 'ecr:BatchGetImage',
  },
  {
    name: 'the role lacks ec2:CreateNetworkInterface',
    steps: roleWithout('ec2:CreateNetworkInterface'),
    failure:
      // The encoded message fills what FailureReason has room for.
      /^ClientError: Unable to create a network interface in your VPC\. You are not authorized to perform this operation\. User: arn:aws:sts::<account>:assumed-role\/<role>\/SageMaker is not authorized to perform: ec2:CreateNetworkInterface on resource: \S+ because no identity-based policy allows the ec2:CreateNetworkInterface action\. \(Service: AmazonEC2; Status Code: 403; Error Code: UnauthorizedOperation; Request ID: [\da-f-]{36}; Proxy: null\)$/,
    text: 'inferred',
    layer: 'exec-role-policy',
    blames: 'ec2:CreateNetworkInterface',
  },
  {
    name: 'the role lacks logs:CreateLogStream',
    steps: roleWithout('logs:CreateLogStream'),
    failure:
      /^ClientError: Unable to write to CloudWatch Logs\. User: arn:aws:sts::<account>:assumed-role\/<role>\/SageMaker is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:<region>:<account>:log-group:\/aws\/sagemaker\/TrainingJobs:log-stream:\S* because no identity-based policy allows the logs:CreateLogStream action$/,
    text: 'inferred',
    layer: 'exec-role-policy',
    blames: 'logs:CreateLogStream',
  },
  {
    name: 'the subnet has no route to S3',
    steps: () => [{ service: 'ec2', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['<endpoint>'] } }],
    failure: noRouteToS3,
    text: 'known',
    layer: 'route',
    blames: '<routeTable>',
    mendBy: 'call',
  },
  {
    name: 'the security group lets nothing out',
    steps: () => [
      {
        service: 'ec2',
        operation: 'RevokeSecurityGroupEgress',
        input: { GroupId: '<group>', IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
      },
    ],
    failure: noRouteToS3,
    text: 'known',
    layer: 'sg',
    blames: '<group>',
  },
  {
    name: 'the network ACL lets nothing out',
    steps: () => [
      {
        service: 'ec2',
        operation: 'DescribeNetworkAcls',
        input: { Filters: [{ Name: 'association.subnet-id', Values: ['<subnet>'] }] },
        keep: { acl: 'NetworkAcls.0.NetworkAclId' },
      },
      {
        service: 'ec2',
        operation: 'DeleteNetworkAclEntry',
        input: { NetworkAclId: '<acl>', RuleNumber: 100, Egress: true },
      },
    ],
    failure: noRouteToS3,
    text: 'known',
    layer: 'nacl',
    blames: '<acl>',
  },
  {
    name: 'the role trusts EC2 instead of SageMaker',
    steps: () => [
      { service: 'iam', operation: 'UpdateAssumeRolePolicy', input: { RoleName: '<role>', PolicyDocument: trustEc2 } },
    ],
    refused: {
      code: 'ValidationException',
      message:
        "Could not assume role <roleArn>. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.",
    },
    text: 'known',
    layer: 'trust',
    blames: '<roleArn>',
    mendBy: 'call',
  },
  {
    name: 'the caller may not pass the role',
    steps: () => [],
    callerMay: ['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob'],
    refused: {
      code: 'AccessDeniedException',
      message:
        'User: arn:aws:iam::<account>:user/<caller> is not authorized to perform: iam:PassRole on resource: <roleArn> because no identity-based policy allows the iam:PassRole action',
    },
    text: 'known',
    layer: 'pass-role',
    blames: 'iam:PassRole',
  },
  {
    name: 'the bucket is closed to all but another VPC endpoint',
    steps: (place) => [
      {
        service: 's3',
        operation: 'PutBucketPolicy',
        input: { Bucket: '<bucket>', Policy: denyUnlessEndpoint(place.bucket, 'vpce-0123456789abcdef0') },
      },
    ],
    failure: downloadDenied,
    text: 'known',
    layer: 'resource-policy',
    blames: '<bucket>',
    mendBy: 'call',
  },
  {
    name: "the S3 endpoint's policy allows another bucket only",
    steps: () => [
      {
        service: 'ec2',
        operation: 'ModifyVpcEndpoint',
        input: { VpcEndpointId: '<endpoint>', PolicyDocument: otherBucketOnly },
      },
    ],
    failure:
      'ClientError: Data download failed:Unable to list objects under s3://<bucket>/iris/train/ (AccessDenied: Access Denied)',
    text: 'inferred',
    layer: 'vpce-policy',
    blames: '<endpoint>',
  },
  {
    name: 'the image does not exist',
    steps: () => [],
    request: {
      AlgorithmSpecification: {
        TrainingImage: '<account>.dkr.ecr.<region>.amazonaws.com/<repository>:absent',
        TrainingInputMode: 'File',
      },
    },
    refused: {
      code: 'ValidationException',
      message: 'Cannot find the requested image: <account>.dkr.ecr.<region>.amazonaws.com/<repository>:absent',
    },
    text: 'known',
    layer: 'ecr',
    blames: 'has no image with the tag absent',
    requestIsWrong: true,
  },
  {
    name: 'the prefix is empty',
    steps: () => [],
    request: { InputDataConfig: channelAt('s3://<bucket>/wine/') },
    refused: { code: 'ValidationException', message: noS3Objects('<bucket>', 'wine/') },
    text: 'known',
    layer: 'validation',
    blames: 's3://<bucket>/wine/',
    requestIsWrong: true,
  },
  {
    name: 'the bucket does not exist',
    // Asked for a bucket that its policy does not name, S3 would say no more than that it is denied.
    steps: () => [
      {
        service: 'iam',
        operation: 'PutRolePolicy',
        input: {
          RoleName: '<role>',
          PolicyName: 'list-any',
          PolicyDocument:
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}',
        },
      },
    ],
    request: { InputDataConfig: channelAt('s3://<bucket>-absent/iris/') },
    refused: {
      code: 'ValidationException',
      message: `${noS3Objects('<bucket>-absent', 'iris/')} Error message from S3: The specified bucket does not exist`,
    },
    text: 'known',
    layer: 'validation',
    blames: 'bucket does not exist',
    requestIsWrong: true,
  },
  {
    name: 'subnet and security group are of different VPCs',
    steps: (): Step[] => [
      { service: 'ec2', operation: 'CreateVpc', input: { CidrBlock: '10.9.0.0/16' }, keep: { other: 'Vpc.VpcId' } },
      {
        service: 'ec2',
        operation: 'CreateSubnet',
        input: { VpcId: '<other>', CidrBlock: '10.9.1.0/24' },
        keep: { foreign: 'Subnet.SubnetId' },
      },
    ],
    request: { VpcConfig: { Subnets: ['<foreign>'], SecurityGroupIds: ['<group>'] } },
    refused: {
      code: 'ValidationException',
      message: 'Security group <group> and subnet <foreign> belong to different networks.',
    },
    text: 'inferred',
    layer: 'validation',
    blames: '<foreign>',
    requestIsWrong: true,
  },
  {
    name: 'the subnet does not exist',
    steps: () => [],
    request: { VpcConfig: { Subnets: ['subnet-0123456789abcdef0'], SecurityGroupIds: ['<group>'] } },
    refused: {
      code: 'ValidationException',
      message:
        /^The subnet ID 'subnet-0123456789abcdef0' does not exist \(Service: AmazonEC2; Status Code: 400; Error Code: InvalidSubnetID\.NotFound; Request ID: [\da-f-]{36}; Proxy: null\)$/,
    },
    text: 'inferred',
    layer: 'validation',
    blames: 'subnet-0123456789abcdef0',
    requestIsWrong: true,
  },
]
