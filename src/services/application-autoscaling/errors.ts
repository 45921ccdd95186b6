import { AwsError } from '../../wire/aws-error.ts'
import type { TargetId } from './target.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)

export const notFound = (message: string) => new AwsError('ObjectNotFoundException', message)

export const limitExceeded = (message: string) => new AwsError('LimitExceededException', message)

export const invalidToken = () => new AwsError('InvalidNextTokenException', 'The next token specified is invalid.') // inferred: sentence

/** A parameter or kind of thing that is not built: refused by name, never ignored. */
export const notBuilt = (what: string) =>
  new AwsError('NotImplemented', `${what} is not built in Sallyport yet; nothing was done.`, 501)

/** How AWS's sentences name a target. */
export const named = ({ serviceNamespace, resourceId, dimension }: TargetId) =>
  `service namespace: ${serviceNamespace}, resource ID: ${resourceId}, scalable dimension: ${dimension}`
