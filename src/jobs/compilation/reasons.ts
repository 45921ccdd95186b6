import type { AwsError } from '../../wire/aws-error.ts'
import { isPlainDenial } from '../failure.ts'

const name: Readonly<Record<string, string>> = {
  TENSORFLOW: 'Tensorflow',
  KERAS: 'Keras',
  MXNET: 'MXNet',
  PYTORCH: 'PyTorch',
  TFLITE: 'TFLite',
  DARKNET: 'Darknet',
  SKLEARN: 'Sklearn',
}

/** FailureReasons of compilation jobs in AWS's words (facts: errors.md A9, AWS's page "Troubleshoot Neo Compilation Errors"). */
export const compilationReasons = {
  noObject: (bucket: string, key: string) =>
    `ClientError: InputConfiguration: S3 object does not exist. Bucket: ${bucket}, Key: ${key}`,
  otherRegion: (bucket: string, region: string, service: string) =>
    `ClientError: InputConfiguration: Bucket ${bucket} is in region ${region} which is different from AWS Sagemaker service region ${service}`,
  internal:
    'ServerError: There was an internal server error during the compilation job, please try again in a few minutes or contact amazon-neo-feedback@amazon.com to get support for this compilation job.',
  /** inferred: "Neo passes the errors for these straight through from the dependent service" ("Troubleshoot Errors"). */
  download: (uri: string, error: AwsError) =>
    `ClientError: InputConfiguration: Unable to download object ${uri} (${said(error)})`,
  /** inferred, likewise. */
  upload: (uri: string, error: AwsError) =>
    `ClientError: OutputConfiguration: Unable to upload object ${uri} (${said(error)})`,
  /** AWS's beginning; inferred: the end. Its own compiler takes these. */
  framework: (framework: string) =>
    `ClientError: InputConfiguration: TVM cannot convert ${name[framework] ?? framework} model. Please make sure the framework you selected is correct. The compiler of this server takes ONNX and XGBOOST.`,
  /** inferred */
  target: (target: string, accelerator: string) =>
    `ClientError: OutputConfiguration: The target ${target} is not supported. The compiler of this server compiles for CPUs, not for ${accelerator}.`,
  /** inferred */
  options: (text: string) =>
    `ClientError: OutputConfiguration: Invalid CompilerOptions ${text}. The compiler of this server takes mcpu and mattr.`,
  /** inferred */
  dataInput: (text: string) =>
    `ClientError: InputConfiguration: Unable to parse DataInputConfig ${text}. Specify the name and shape of each input, such as {"data": [1, 3, 224, 224]}.`,
  /** "a TimeOut error is generated" (API_StoppingCondition). inferred: sentence */
  timeOut: (seconds: number | undefined) =>
    `ClientError: TimeOut: The compilation did not complete within MaxRuntimeInSeconds${seconds === undefined ? '' : ` (${seconds})`}.`,
  /** The truth of this server; AWS has no such case. */
  noCompiler: (why: string) => `ServerError: This server has no compiler. ${why}`,
}

function said(error: AwsError): string {
  return isPlainDenial(error) ? 'AccessDenied: Access Denied' : `${error.code}: ${error.message}`
}
