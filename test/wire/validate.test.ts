import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsError } from '../../src/wire/aws-error.ts'
import type { Identified } from '../../src/wire/identify.ts'
import { model, type Protocol, services } from '../../src/wire/model.ts'
import { validate } from '../../src/wire/validate.ts'

const call = (service: string, operation: string, protocol: Protocol = services[service]!.protocol): Identified => ({
  service,
  operation,
  protocol,
  op: model(service).operation(operation)!,
})

const role = 'arn:aws:iam::123456789012:role/R'
const job = {
  TrainingJobName: 'j',
  RoleArn: role,
  OutputDataConfig: { S3OutputPath: 's3://b/p' },
  ResourceConfig: { VolumeSizeInGB: 1, InstanceType: 'ml.m5.large', InstanceCount: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  AlgorithmSpecification: { TrainingInputMode: 'File', TrainingImage: 'i' },
}
const subnets = ['subnet-1']

/** Sentences marked [V] are AWS's, seen verbatim; the others follow their pattern. */
const rows: [what: string, call: Identified, input: Record<string, unknown>, answer: string][] = [
  [
    '[V] an empty list',
    call('sagemaker', 'CreateTrainingJob'),
    { ...job, VpcConfig: { SecurityGroupIds: [], Subnets: subnets } },
    "ValidationException 1 validation error detected: Value '[]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    '[V] a role of the wrong form',
    call('sagemaker', 'CreateModel'),
    { ModelName: 'm', ExecutionRoleArn: 'SageMakerExecutionRole' },
    String.raw`ValidationException 1 validation error detected: Value 'SageMakerExecutionRole' at 'executionRoleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`,
  ],
  [
    '[V] a session name',
    call('sts', 'AssumeRole'),
    { RoleArn: role, RoleSessionName: 'Session1:2' },
    String.raw`ValidationError 1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
  ],
  [
    'missing members, all of them',
    call('sagemaker', 'CreateTrainingJob'),
    { TrainingJobName: 'j', AlgorithmSpecification: {} },
    "ValidationException 3 validation errors detected: Value null at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'outputDataConfig' failed to satisfy constraint: Member must not be null",
  ],
  [
    'items of a list, together',
    call('sagemaker', 'CreateTrainingJob'),
    { ...job, VpcConfig: { SecurityGroupIds: ['sg-1', 'sg 2'], Subnets: subnets } },
    "ValidationException 1 validation error detected: Value '[sg-1, sg 2]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: " +
      '[Member must have length less than or equal to 32, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]',
  ],
  [
    'a structure in a list',
    call('sagemaker', 'CreateTrainingJob'),
    {
      ...job,
      Tags: [
        { Key: 'a', Value: 'b' },
        { Key: '', Value: 'b' },
      ],
    },
    "ValidationException 1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'an enumeration, a range and a length',
    call('sagemaker', 'CreateTrainingJob'),
    {
      ...job,
      AlgorithmSpecification: { TrainingInputMode: 'Tape', TrainingImage: 'i' },
      RetryStrategy: { MaximumRetryAttempts: 31 },
      StoppingCondition: { MaxRuntimeInSeconds: 0 },
    },
    "ValidationException 3 validation errors detected: Value 'Tape' at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value set: [Pipe, File, FastFile]; " +
      "Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
      "Value '31' at 'retryStrategy.maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 30",
  ],
  [
    'keys and values of a map',
    call('sagemaker', 'CreateTrainingJob'),
    { ...job, Environment: { '1a': 'x'.repeat(3) } },
    "ValidationException 1 validation error detected: Value '{1a=xxx}' at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: " +
      '[Member must have length less than or equal to 512, Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]',
  ],
  [
    'a secret is not printed',
    call('iam', 'CreateLoginProfile'),
    { UserName: 'u', Password: '\u4e00' },
    String.raw`ValidationError 1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`,
  ],
  [
    '[LS] IAM prints no value at all',
    call('iam', 'GetPolicyVersion'),
    { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess', VersionId: 'v0' },
    String.raw`ValidationError 1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`,
  ],
  [
    '[LS] IAM says what paths are made of',
    call('iam', 'CreateVirtualMFADevice'),
    { VirtualMFADeviceName: 'phone', Path: '/no-end' },
    'ValidationError The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  ],
  [
    'IAM says what names are made of',
    call('iam', 'CreateUser'),
    { UserName: 'a b' },
    'ValidationError The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
  ],
  [
    'EC2 names the parameter',
    call('ec2', 'CreateSubnet'),
    {},
    'MissingParameter The request must contain the parameter vpcId',
  ],
  [
    'EC2 ranges',
    call('ec2', 'DescribeVpcs'),
    { MaxResults: 1 },
    'InvalidParameterValue Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
  ],
  [
    '[V] a repository name',
    call('ecr', 'CreateRepository'),
    { repositoryName: 'Bad_Name!' },
    String.raw`InvalidParameterException Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${model('ecr').shape('RepositoryName').pattern}''`,
  ],
  [
    'Logs has a code of its own',
    call('logs', 'CreateLogGroup'),
    { logGroupName: 'a b' },
    String.raw`InvalidParameterException 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+`,
  ],
  [
    'CloudWatch names what is missing',
    call('cloudwatch', 'PutMetricData', 'json'),
    {},
    'MissingParameter The parameter Namespace is required.',
  ],
  [
    'an endpoint name',
    call('sagemaker-runtime', 'InvokeEndpoint'),
    { EndpointName: '-', Body: Buffer.alloc(0) },
    "ValidationError 1 validation error detected: Value '-' at 'endpointName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9])*",
  ],
  [
    'S3: an unknown storage class',
    call('s3', 'PutObject'),
    { Bucket: 'b', Key: 'k', StorageClass: 'x' },
    'InvalidStorageClass The storage class you specified is not valid',
  ],
  [
    'S3: a body that lacks what it must have',
    call('s3', 'PutBucketVersioning'),
    { Bucket: 'b', VersioningConfiguration: { Status: 'Perhaps' } },
    'MalformedXML The XML you provided was not well-formed or did not validate against our published schema',
  ],
]

const messageOf = (identified: Identified, input: Record<string, unknown>): string => {
  try {
    validate(identified, input)
    return 'valid'
  } catch (error) {
    assert.ok(error instanceof AwsError)
    return `${error.code} ${error.message}`
  }
}

for (const [what, identified, input, answer] of rows)
  test(`${identified.service}: ${what}`, () => {
    assert.equal(messageOf(identified, input), answer)
  })

test('a whole training job is valid', () => {
  assert.equal(
    messageOf(call('sagemaker', 'CreateTrainingJob'), {
      ...job,
      VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: subnets },
    }),
    'valid',
  )
})

test('a name that is too long for pattern and maximum breaks both', () => {
  assert.match(
    messageOf(call('sagemaker', 'CreateTrainingJob'), { ...job, TrainingJobName: 'a'.repeat(64) }),
    /^ValidationException 2 validation errors detected: .*pattern.*less than or equal to 63$/,
  )
})

test('a stream is never measured', () => {
  const body = (async function* () {})()
  assert.equal(messageOf(call('s3', 'PutObject'), { Bucket: 'b', Key: 'k', Body: body }), 'valid')
})

test('ten violations are enough', () => {
  const Tags = Array.from({ length: 20 }, () => ({ Key: '', Value: 'v' }))
  assert.match(
    messageOf(call('sagemaker', 'CreateTrainingJob'), { ...job, Tags }),
    /^ValidationException 10 validation errors detected/,
  )
})
