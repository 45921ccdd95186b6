import { AwsError } from '../../wire/aws-error.ts'

/** S3's own sentences (facts: errors.md A7; S3 API Reference, "List of error codes"). */

export const noSuchBucket = (BucketName: string) =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName })

export const noSuchKey = (Key: string) => new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key })

export const noSuchVersion = (Key: string, VersionId: string) =>
  new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, { Key, VersionId })

export const noSuchUpload = (UploadId: string) =>
  new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId },
  )

export const invalidArgument = (message: string, ArgumentName: string, ArgumentValue: string) =>
  new AwsError('InvalidArgument', message, 400, { ArgumentName, ArgumentValue })

export const invalidRequest = (message: string) => new AwsError('InvalidRequest', message, 400)

export const malformedXml = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    400,
  )

export const accessDenied = () => new AwsError('AccessDenied', 'Access Denied', 403)

export const preconditionFailed = (Condition: string) =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition,
  })

export const notImplemented = (message: string) => new AwsError('NotImplemented', message, 501)
