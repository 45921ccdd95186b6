import { AwsError } from '../../wire/aws-error.ts'

/** CloudWatch's codes, in their Query form. */

export const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message)

export const invalidCombination = (message: string) => new AwsError('InvalidParameterCombination', message)

export const validationError = (message: string) => new AwsError('ValidationError', message)

// inferred: sentence
export const invalidToken = () => new AwsError('InvalidNextToken', 'The next token specified is invalid.')
