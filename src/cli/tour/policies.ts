import type { World } from './world.ts'

/**
 * The role's documents as the SageMaker developer guide prints them ("SageMaker Roles", CreateTrainingJob API: Execution Role
 * Permissions), with real names in place of its placeholders.
 */

/** "Attach the following trust policy": the same for every execution role. */
export const trustPolicy = trusting('sagemaker.amazonaws.com')

export function trusting(service: string): string {
  return policy([{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }])
}

/** The scoped policy, and the statement for a private VPC; `without` leaves an action out, to see what it is good for. */
export function trainingPolicy(
  { bucket, repositoryArn }: Pick<World, 'bucket' | 'repositoryArn'>,
  without?: string,
): string {
  const statements = [...scoped(bucket, repositoryArn), privateVpc]
  return policy(
    statements
      .map((one) => ({ ...one, Action: one.Action.filter((action) => action !== without) }))
      .filter((one) => one.Action.length),
  )
}

const scoped = (bucket: string, repositoryArn: string) => [
  {
    Effect: 'Allow',
    Action: [
      'cloudwatch:PutMetricData',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'logs:CreateLogGroup',
      'logs:DescribeLogStreams',
      'ecr:GetAuthorizationToken',
    ],
    Resource: '*',
  },
  { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [`arn:aws:s3:::${bucket}`] },
  {
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: [`arn:aws:s3:::${bucket}/iris/*`, `arn:aws:s3:::${bucket}/models/*`],
  },
  {
    Effect: 'Allow',
    Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
    Resource: repositoryArn,
  },
]

const privateVpc = {
  Effect: 'Allow',
  Action: [
    'ec2:CreateNetworkInterface',
    'ec2:CreateNetworkInterfacePermission',
    'ec2:DeleteNetworkInterface',
    'ec2:DeleteNetworkInterfacePermission',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeVpcs',
    'ec2:DescribeDhcpOptions',
    'ec2:DescribeSubnets',
    'ec2:DescribeSecurityGroups',
  ],
  Resource: '*',
}

function policy(statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}
