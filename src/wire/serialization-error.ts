import { AwsError } from './aws-error.ts'

/** Deepest nesting of any input; AWS's own deepest shapes stay below twenty. */
export const maxDepth = 64

/** The body does not fit the operation's shape (errors.md A3.1 row 1). */
export const serializationError = (message = ''): AwsError => new AwsError('SerializationException', message)

/** A query parameter that does not fit (inferred: AWS publishes the code in its list of common errors, not the sentence). */
export const malformedInput = (message: string): AwsError => new AwsError('MalformedInput', message)

/** S3's answer to a body that is not XML or not the XML that the operation takes. */
export const malformedXml = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
