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

export const patternNotBuilt = (what: string) =>
  new AwsError('NotImplemented', `Filter patterns of this kind are not built: ${what}.`, 501)
