import { AwsError } from '../../wire/aws-error.ts'

/** CloudWatch's codes, in their Query form. */

export const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message)

export const invalidCombination = (message: string) => new AwsError('InvalidParameterCombination', message)

export const missing = (message: string) => new AwsError('MissingParameter', message)

export const validationError = (message: string) => new AwsError('ValidationError', message)

// inferred: sentence
export const invalidToken = () => new AwsError('InvalidNextToken', 'The next token specified is invalid.')

export const resourceNotFound = (message = '') => new AwsError('ResourceNotFound', message, 404)

/** A parameter that would change the result, and is not built: refused by name, never ignored. */
export const notBuilt = (what: string) =>
  new AwsError('NotImplemented', `${what} is not built in Sallyport yet; nothing was done.`, 501)
