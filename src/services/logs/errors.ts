import { AwsError } from '../../wire/aws-error.ts'

/** CloudWatch Logs' sentences (facts: errors.md A7); those marked `inferred` were not found verbatim. */

export const groupNotFound = () => new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')

export const streamNotFound = () =>
  new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')

export const groupExists = () =>
  new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists')

export const streamExists = () =>
  new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists')

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)

// inferred: the sentence.
export const invalidToken = () => invalidParameter('The specified nextToken is invalid.')

// inferred: the sentence.
export const invalidPattern = () => invalidParameter('Invalid filter pattern')

/** Infrequent Access and Delivery leave things out (User Guide, "Log classes"). inferred: the sentence. */
export const unsupportedForClass = (operation: string) =>
  new AwsError('InvalidOperationException', `${operation} is not supported for log groups of this log class.`)
