import { AwsError } from '../../wire/aws-error.ts'

/**
 * KMS's sentences. Those with `inferred:` were not found verbatim; the others are in facts errors.md A7, or were captured
 * from AWS by others' recorded tests.
 */

export const keyNotFound = (arn: string) => new AwsError('NotFoundException', `Key '${arn}' does not exist`)

export const invalidKeyId = (id: string) => new AwsError('NotFoundException', `Invalid keyId '${id}'`)

/** An ARN of another Region is not known here. */
export const invalidArnRegion = (region: string) => new AwsError('NotFoundException', `Invalid arn ${region}`)

export const invalidArn = (arn: string) => new AwsError('InvalidArnException', `Invalid arn ${arn}`)

export const aliasNotFound = (arn: string) => new AwsError('NotFoundException', `Alias ${arn} is not found.`)

export const disabled = (arn: string) => new AwsError('DisabledException', `${arn} is disabled.`)

export const invalidState = (message: string) => new AwsError('KMSInvalidStateException', message)

export const invalidUsage = (message: string) => new AwsError('InvalidKeyUsageException', message)

export const wrongUsage = (arn: string, usage: string, operation: string) =>
  invalidUsage(`${arn} key usage is ${usage} which is not valid for ${operation}.`)

export const wrongAlgorithm = (algorithm: string, spec: string) =>
  invalidUsage(`Algorithm ${algorithm} is incompatible with key spec ${spec}.`)

export const unsupported = (message: string) => new AwsError('UnsupportedOperationException', message)

export const validation = (message: string) => new AwsError('ValidationException', message)

/** AWS gives no message. */
export const invalidCiphertext = () => new AwsError('InvalidCiphertextException', '')

export const incorrectKey = () =>
  new AwsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  )

export const dryRun = () =>
  new AwsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.')

export const malformedPolicy = (message: string) => new AwsError('MalformedPolicyDocumentException', message)

export const limitExceeded = (message: string) => new AwsError('LimitExceededException', message)

export const tagError = (message: string) => new AwsError('TagException', message)

/** What would change the answer and is not built is refused by its name. */
export const notBuilt = (what: string) =>
  new AwsError('NotImplemented', `${what} is not built in Sallyport yet; nothing was done.`, 501)
