import { Unreachable } from '../door/locate.ts'
import { AwsError } from '../wire/aws-error.ts'

/** A job ends as Failed: AWS's FailureReason (at most 1024 characters) and the recorded call that explains it. */
export class JobFailure extends Error {
  readonly requestId: string | undefined

  constructor(reason: string, cause?: unknown) {
    super(reason.slice(0, 1024))
    this.requestId = cause instanceof AwsError || cause instanceof Unreachable ? cause.requestId : undefined
  }
}

/** S3's own refusal, of which AWS's reasons show no more than "Access Denied"; what KMS refused to S3 is told as it is. */
export function isPlainDenial({ code, message }: AwsError): boolean {
  return code === 'AccessDenied' && !message.includes('kms:')
}

/** FailureReasons in AWS's words (facts: errors.md A9); those that no public source shows are marked inferred. */
export const reasons = {
  trust:
    "ClientError: TrainingHostAgent Initialization failed:InvalidInputException: SageMaker is unable to perform: sts:AssumeRole on the role. Check if you have a trust relationship for 'sagemaker.amazonaws.com' to assume the role.",
  image:
    'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.',
  noRoute: (what: 'Data download' | 'Artifact upload') =>
    `ClientError: ${what} failed:Please ensure that the subnet's route table has a route to an S3 VPC endpoint or a NAT device, and both the security groups and the subnet's network ACL allow outbound traffic to S3${what === 'Data download' ? '.' : ''}`,
  downloadDenied: (uri: string) =>
    `ClientError: Data download failed:Unable to download object ${uri} (AccessDenied: Access Denied)`,
  downloadFailed: (uri: string, error: AwsError) =>
    `ClientError: Data download failed:Unable to download object ${uri} (${error.code}: ${error.message})`,
  /** The public source breaks off there. */
  partialPrefix:
    'ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not supported.',
  /** inferred: by analogy with the download. */
  listDenied: (uri: string) =>
    `ClientError: Data download failed:Unable to list objects under ${uri} (AccessDenied: Access Denied)`,
  /** inferred: by analogy with the download. */
  uploadDenied: (uri: string) =>
    `ClientError: Artifact upload failed:Unable to upload object ${uri} (AccessDenied: Access Denied)`,
  uploadFailed: (uri: string, error: AwsError) =>
    `ClientError: Artifact upload failed:Unable to upload object ${uri} (${error.code}: ${error.message})`,
  /** As users report both (aws/sagemaker-python-sdk issue 128; aws/amazon-sagemaker-examples, comments on training BART). */
  noSpace: (what: 'Data download' | 'Artifact upload') => `ClientError: ${what} failed:Insufficient disk space`,
  /** inferred: EC2's sentence in the style that SageMaker pastes for notebooks; without its encoded part, which would fill all 1024 characters. */
  networkInterface: (error: AwsError) => {
    const sentence = error.message.replace(/ Encoded authorization failure message: \S+$/, '')
    return `ClientError: Unable to create a network interface in your VPC. ${sentence} (Service: AmazonEC2; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${error.requestId ?? ''}; Proxy: null)`
  },
  /** inferred: KMS's sentence in the same style. */
  volumeKey: (key: string, error: AwsError) =>
    `ClientError: Unable to use the KMS key ${key} for the ML storage volume. ${error.message} (Service: AWSKMS; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${error.requestId ?? ''}; Proxy: null)`,
  /** inferred */
  logs: (error: AwsError) => `ClientError: Unable to write to CloudWatch Logs. ${error.message}`,
  algorithm: (text: string, exitCode: number) => `AlgorithmError: ${text}, exit code: ${exitCode}`,
  /** The truth of this server; AWS has no such case. */
  noFabric: (why: string) => `InternalServerError: The job's network cannot be made here. ${why}`,
  /** The truth of this server; AWS has no such case. */
  noMounts: 'InternalServerError: Pipe input and checkpoints need a sandbox, and none works here.',
  internal: 'InternalServerError: We encountered an internal error.  Please try again.',
  /** The truth of this server; AWS has no such case. */
  restarted: (step: string) =>
    `InternalServerError: The server was stopped while the job was at the step "${step}". The job did not finish.`,
}
