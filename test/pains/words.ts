import type { KindName } from './kinds.ts'

/**
 * What AWS says, by kind of request. `{name}` stands for a value of the site, `…` for anything. Known from AWS itself unless
 * marked inferred (facts: errors.md A2, A8, A9).
 */
export type Words = string | (Partial<Record<KindName, string>> & { others?: string })

export const trust: Words = {
  others:
    "Could not assume role {role}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.",
  model: modelData('object/model.tar.gz'),
  domain: // inferred: that it is said of a role that cannot be assumed
    "SageMaker is unable to use your associated ExecutionRole [{role}] to create app. Verify that your associated ExecutionRole has a trust relationship that allows 'sagemaker.amazonaws.com' to perform sts:AssumeRole.…",
}

export const passRole =
  'User: arn:aws:iam::{account}:user/{name}-caller is not authorized to perform: iam:PassRole on resource: {role} because no identity-based policy allows the iam:PassRole action'

export const guardRail =
  'User: arn:aws:iam::{account}:user/{name}-caller is not authorized to perform: sagemaker:Create… on resource: arn:aws:sagemaker:{region}:{account}:… with an explicit deny in a service control policy: arn:aws:organizations::{management}:policy/…'

function modelData(key: string): string {
  return `Could not access model data at s3://{input}/${key}. Please ensure that the role "{role}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in {region}. If your Model uses multiple models or uncompressed models, please ensure that the role has "s3:ListBucket" permission.`
}

/** One sentence for three causes; it goes on where S3 has refused. */
const noObjects = (prefix: string, more = '') =>
  `No S3 objects found under S3 URL "s3://{input}/${prefix}" given in input data source. Please ensure that the bucket exists in the selected region ({region}), that objects exist under that S3 prefix, and that the role "{role}" has "s3:ListBucket" permissions on bucket "{input}".${more}`

const tuning = // inferred: that no more is said
  'No training job succeeded after 1 attempts. Please take a look at the training job failures to get more details.'

export const empty: Words = {
  others: noObjects('nothing/'),
  processing: 'ClientError: Failed to download data. No S3 objects found under s3://{input}/nothing/', // inferred
  compilation: 'ClientError: InputConfiguration: S3 object does not exist. Bucket: {input}, Key: nothing/model.tar.gz',
  model: 'Could not find model data at s3://{input}/nothing/model.tar.gz.',
}

const redirect =
  'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.'

export const otherRegion: Words = {
  others: noObjects('object/', ` Error message from S3: ${redirect}`),
  processing: `ClientError: Failed to download data. ListObjectsV2 failed for s3://{input}/object/ nextToken:[null]: ${redirect} (Service: Amazon S3; Status Code: 301; Error Code: PermanentRedirect)`,
  compilation:
    'ClientError: InputConfiguration: Bucket {input} is in region us-east-2 which is different from AWS Sagemaker service region {region}',
  model: modelData('object/model.tar.gz'),
}

const refused = (action: string, resource: string) =>
  `User: arn:aws:sts::{account}:assumed-role/{roleName}/SageMaker is not authorized to perform: ${action} on resource: "arn:aws:s3:::${resource}" because no identity-based policy allows the ${action} action`

const mayNotList = ` Error message from S3: ${refused('s3:ListBucket', '{input}')}`

export const listDenied: Words = {
  others: noObjects('object/', mayNotList),
  transform: noObjects('object/data.csv', mayNotList), // inferred: that it is tried at once
  automl: noObjects('object/table.csv', mayNotList),
  processing: `ClientError: Failed to download data. ListObjectsV2 failed for s3://{input}/object/ nextToken:[null]: ${refused('s3:ListBucket', '{input}')} (…`,
}

const mayNotRead = (key: string) =>
  `ClientError: Data download failed:Unable to download object s3://{input}/${key} (AccessDenied: …)`

export const readDenied: Words = {
  training:
    'ClientError: Data download failed:Unable to download object s3://{input}/object/data.csv (AccessDenied: Access Denied)',
  processing: 'ClientError: Failed to download data. GetObject failed for s3://{input}/object/data.csv: …', // inferred
  transform: mayNotRead('object/data.csv'),
  tuning,
  automl: mayNotRead('object/table.csv'),
  compilation: // inferred
    'ClientError: InputConfiguration: Unable to download object s3://{input}/object/model.tar.gz (AccessDenied: Access Denied)',
  model: modelData('object/model.tar.gz'),
}

/** inferred, by analogy with the download */
export const writeDenied: Words = {
  others:
    'ClientError: Artifact upload failed:Unable to upload object s3://{bucket}/path/… (AccessDenied: Access Denied)',
  tuning,
  compilation:
    'ClientError: OutputConfiguration: Unable to upload object s3://{bucket}/path/model-ml_c5.tar.gz (AccessDenied: Access Denied)',
}

export const noImage: Words = {
  others: 'Cannot find the requested image: {account}.dkr.ecr.{region}.amazonaws.com/my-repo:absent',
  processing:
    'ClientError: API error (404): manifest for {account}.dkr.ecr.{region}.amazonaws.com/my-repo:absent not found: manifest unknown: Requested image not found',
  model: 'Requested image {account}.dkr.ecr.{region}.amazonaws.com/my-repo:absent not found.',
}

const cannotPull =
  'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.'

export const pullDenied: Words = {
  others: cannotPull,
  processing:
    "ClientError: API error (404): pull access denied for …, repository does not exist or may require 'docker login'",
  tuning,
  model: 'Role {role} cannot pull {image}. Ensure that the role exists and the image was granted pull permission.',
}

export const foreignDenied: Words = {
  others: cannotPull,
  processing:
    "ClientError: API error (404): pull access denied for …, repository does not exist or may require 'docker login'",
  tuning,
  model:
    'The repository of your image {image} does not grant ecr:GetDownloadUrlForLayer, ecr:BatchGetImage, ecr:BatchCheckLayerAvailability permission to sagemaker.amazonaws.com service principal.',
}

/** KMS's own sentence inside that of the transfer. inferred: where it stands */
export const keyDenied = (action: string): Words => ({
  others: `ClientError: …kms:${action} on resource: …`,
  tuning,
})

const noRoute =
  "ClientError: Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3."

export const unreachable: Words = {
  others: noRoute,
  processing:
    'ClientError: Failed to download data. ListObjectsV2 failed for s3://{input}/object/ nextToken:[null]: Unable to execute request to S3',
  transform: // inferred
    'ClientError: Data download failed:Unable to list objects under s3://{input}/object/data.csv (Unable to execute request to S3)',
  tuning,
}

/** inferred, but the middle, which is the page's on such policies */
export const endpointDenied: Words = {
  training:
    'ClientError: Data download failed:Unable to list objects under s3://{input}/object/ (AccessDenied: Access Denied)',
  processing:
    'ClientError: Failed to download data. ListObjectsV2 failed for …no VPC endpoint policy allows the s3:ListBucket action…',
  transform:
    'ClientError: Data download failed:Unable to list objects under s3://{input}/object/data.csv (AccessDenied: …',
  tuning,
  automl:
    'ClientError: Data download failed:Unable to list objects under s3://{input}/object/table.csv (AccessDenied: Access Denied)',
  compilation: // inferred
    'ClientError: InputConfiguration: Unable to download object s3://{input}/object/model.tar.gz (AccessDenied: Access Denied)',
}

/** inferred: EC2's sentence as SageMaker pastes it for notebooks */
export const interfaceDenied: Words = {
  others:
    'ClientError: Unable to create a network interface in your VPC. You are not authorized to perform this operation. …ec2:DescribeSubnets…',
  tuning,
  processing:
    'The execution role "{role}" does not have the permissions that a processing job with a VpcConfig requires: ec2:…',
}

export const noSubnets =
  "1 validation error detected: Value '[]' at '…ubnets' failed to satisfy constraint: Member must have length greater than or equal to 1"

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Whether a sentence is the one of a kind, with the site's values. */
export function pattern(words: Words, kind: KindName, site: Readonly<Record<string, string>>): RegExp {
  const text = typeof words === 'string' ? words : (words[kind] ?? words.others)
  if (text === undefined) throw new Error(`no words of ${kind}`)
  const whole = text.replaceAll(/\{(\w+)\}/g, (_, name: string) => site[name]!)
  return new RegExp(
    `^${whole
      .split('…')
      .map((part) => escaped(part))
      .join('.*')}$`,
    's',
  )
}
