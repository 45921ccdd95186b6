import { asRow, type KindName } from './kinds.ts'
import { policy, running, type Pain } from './pain.ts'
import { from, withImage } from './requests.ts'
import { step } from './site.ts'
import * as words from './words.ts'

const listing: readonly KindName[] = ['training', 'processing', 'transform', 'tuning', 'automl']
const reading: readonly KindName[] = [...running, 'automl', 'model']
const ecr = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchGetImage',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
]

const bucketPolicy = (statement: object) => [
  step('s3', 'PutBucketPolicy', {
    Bucket: '{bucket}',
    Policy: policy({ Effect: 'Deny', Principal: '*', Resource: 'arn:aws:s3:::{bucket}/*', ...statement }),
  }),
]

export const painsOfData: readonly Pain[] = [
  {
    pain: '9',
    name: 'nothing is below the prefix',
    kinds: [...running, 'model'],
    request: from('s3://{bucket}/nothing/'),
    says: words.empty,
    layer: 'validation',
    blames: 'nothing/',
    requestIsWrong: true,
  },
  {
    pain: '9',
    name: 'the bucket is in another Region',
    kinds: [...running, 'automl', 'model'],
    steps: [
      step('s3', 'CreateBucket', {
        Bucket: '{name}-ohio',
        CreateBucketConfiguration: { LocationConstraint: 'us-east-2' },
      }),
    ],
    input: '{name}-ohio',
    request: from('s3://{name}-ohio/object/'),
    says: words.otherRegion,
    layer: 'validation',
    blames: '{name}-ohio is in us-east-2',
    requestIsWrong: true,
  },
  {
    pain: '9',
    name: 'the role lacks s3:ListBucket',
    kinds: listing,
    lacks: ['s3:ListBucket'],
    says: words.listDenied,
    layer: 'exec-role-policy',
    blames: 's3:ListBucket',
    fixSpares: /"Resource":"\*"|s3:GetObject|s3:PutObject/,
  },
  {
    pain: '10',
    name: 'the role may list the bucket and no more',
    kinds: reading,
    lacks: ['s3:GetObject', 's3:PutObject'],
    says: words.readDenied,
    layer: 'exec-role-policy',
    blames: 's3:GetObject',
    // Its prefixes, not the bucket.
    fixSpares: /"Resource":"\*"|\{bucket\}\/\*|s3:\*/,
  },
  {
    pain: '10',
    name: "the owner's bucket policy denies",
    kinds: [...running, 'model'],
    bucket: true,
    steps: bucketPolicy({
      Action: 's3:GetObject',
      Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::{account}:role/other' } },
    }),
    says: words.readDenied,
    layer: 'resource-policy',
    blames: '{bucket}',
  },
  {
    pain: '13',
    name: 'the image has no such tag',
    kinds: ['training', 'processing', 'tuning', 'model'],
    request: withImage('{account}.dkr.ecr.{region}.amazonaws.com/my-repo:absent'),
    says: words.noImage,
    layer: 'ecr',
    blames: 'the repository my-repo has no image with the tag absent',
    requestIsWrong: true,
  },
  {
    pain: '13',
    name: 'the role lacks the actions of ECR',
    kinds: ['training', 'processing', 'transform', 'tuning', 'automl', 'model'],
    lacks: ecr,
    says: words.pullDenied,
    layer: 'exec-role-policy',
    blames: 'ecr:GetAuthorizationToken',
    fixSpares: /ecr:\*|repository\/\*/,
  },
  {
    pain: '13',
    name: "another account's repository grants nothing",
    kinds: ['training', 'processing', 'tuning', 'model'],
    foreignImage: true,
    says: words.foreignDenied,
    layer: 'ecr',
    blames: 'arn:aws:ecr:{region}:{management}:repository/{name}',
    // To this role, and to pull.
    fixSpares: /"Principal":"\*"|ecr:\*|ecr:Put/,
  },
  {
    pain: '15',
    name: 'the role lacks kms:Decrypt on the key of its input',
    kinds: [...running, 'automl'],
    request: (kind) => asRow(kind, 'KMS input'),
    says: words.keyDenied('Decrypt'),
    layer: 'kms',
    blames: 'kms:Decrypt',
    fixSpares: /"Resource":"\*"|kms:\*/,
  },
  {
    pain: '15',
    // As the role page says; S3 itself asks for kms:GenerateDataKey, which kms:Encrypt stands for there.
    name: 'the role lacks kms:Encrypt on the key of its output',
    kinds: running,
    request: (kind) => asRow(kind, 'KMS output'),
    says: words.keyDenied('Encrypt'),
    layer: 'kms',
    blames: 'kms:Encrypt',
    fixSpares: /"Resource":"\*"|kms:\*/,
  },
  {
    pain: '15',
    name: 'neither the role nor who asks may let the volume use its key',
    kinds: ['training', 'processing', 'transform', 'tuning'],
    caller: () => [{ Effect: 'Allow', Action: ['sagemaker:*', 'iam:PassRole'] }],
    request: (kind) => asRow(kind, 'KMS volume'),
    says: words.keyDenied('CreateGrant'),
    layer: 'kms',
    blames: 'kms:CreateGrant',
  },
  {
    pain: '15',
    name: 'the bucket takes objects under one key only',
    kinds: running,
    bucket: true,
    steps: bucketPolicy({
      Action: 's3:PutObject',
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': '{key}' } },
    }),
    says: words.writeDenied,
    layer: 'resource-policy',
    blames: '{bucket}',
  },
  {
    pain: '15',
    name: "neither the role's policy nor the domain's key's lets the app use it",
    kinds: ['domain'],
    lacks: ['kms:CreateGrant', 'kms:DescribeKey'],
    says: 'User: arn:aws:sts::{account}:assumed-role/{roleName}/SageMaker is not authorized to perform: kms:DescribeKey on resource: {key} because no identity-based policy allows the kms:DescribeKey action (Service: AWSKMS; …',
    layer: 'kms',
    blames: 'kms:DescribeKey',
  },
]
