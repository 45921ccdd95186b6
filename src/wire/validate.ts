import { AwsError } from './aws-error.ts'
import { type Violation, violations } from './constraints.ts'
import type { Identified } from './identify.ts'

/**
 * Throws unless the input keeps all constraints of AWS's model. Every violation is collected; how they are told is the
 * service's own. SageMaker's, IAM's and STS's sentences are AWS's (errors.md A4, A8), the others are marked.
 */
export function validate(identified: Identified, input: Record<string, unknown>): void {
  const { input: shape } = identified.op
  if (!shape) return
  const found = violations(shape, input)
  if (found.length > 0) throw refusal(identified, found)
}

function refusal({ service, protocol }: Identified, found: Violation[]): AwsError {
  switch (service) {
    case 's3':
      return s3Refusal(found[0]!)
    case 'ec2':
      return ec2Refusal(found[0]!)
    case 'ecr':
      return ecrRefusal(found[0]!)
    case 'logs':
      return new AwsError('InvalidParameterException', sentence(found))
    case 'cloudwatch':
      return cloudwatchRefusal(found, protocol)
    case 'sagemaker-runtime':
      return new AwsError('ValidationError', sentence(found))
    case 'organizations':
      return organizationsRefusal(found[0]!)
    case 'iam':
      return iamRefusal(found)
    default:
      return new AwsError(protocol === 'query' ? 'ValidationError' : 'ValidationException', sentence(found))
  }
}

/** `2 validation errors detected: Value 'x' at 'a.b' failed to satisfy constraint: Member must …; Value …`. */
export function sentence(found: Violation[]): string {
  const each = found.map(({ kind, path, shown, text }) => {
    // A sensitive value is left out (captured: Cognito, RAM).
    const value = kind === 'required' ? 'Value null' : shown === undefined ? 'Value' : `Value '${shown}'`
    return `${value} at '${path}' failed to satisfy constraint: ${text}`
  })
  return `${found.length} validation error${found.length > 1 ? 's' : ''} detected: ${each.join('; ')}`
}

/** It tells no values (captured, February 2026), and of names and paths says what they may be made of. */
function iamRefusal(found: Violation[]): AwsError {
  const [{ kind, path, member } = found[0]!, ...more] = found
  const grammar = kind === 'pattern' && more.length === 0 ? iamGrammars.get(member.shape.pattern) : undefined
  const text = grammar
    ? `The specified value for ${path} is invalid. It must ${grammar}`
    : sentence(found.map((one) => ({ ...one, shown: undefined })))
  return new AwsError('ValidationError', text)
}

const iamGrammars: ReadonlyMap<string | undefined, string> = new Map([
  [
    String.raw`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`,
    'begin and end with / and contain only alphanumeric characters and/or / characters.',
  ],
  [String.raw`[\w+=,.@-]+`, 'contain only alphanumeric characters and/or the following: +=,.@_-'],
])

/** `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '…''` (captured). */
function ecrRefusal({ kind, path, text, member }: Violation): AwsError {
  const { shape } = member
  // inferred: all but the pattern's sentence.
  const constraint =
    kind === 'pattern'
      ? `must satisfy regular expression '${shape.pattern}'`
      : text.charAt(0).toLowerCase() + text.slice(1)
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${path}' failed to satisfy constraint: '${constraint}'`,
  )
}

/** CloudWatch names a missing parameter (its model's MissingRequiredParameterException). */
function cloudwatchRefusal(found: Violation[], protocol: string): AwsError {
  const missing = found.find((violation) => violation.kind === 'required')
  if (missing) {
    const name = missing.path
      .split('.')
      .map((step) => (step === 'member' ? step : step.charAt(0).toUpperCase() + step.slice(1)))
      .join('.')
    return new AwsError('MissingParameter', `The parameter ${name} is required.`)
  }
  return new AwsError(protocol === 'query' ? 'ValidationError' : 'ValidationException', sentence(found))
}

/** Organizations says the rule and nothing of the value. inferred: all sentences but the pattern's. */
function organizationsRefusal({ kind, text }: Violation): AwsError {
  const low = text.includes('greater')
  const refusals: Record<Violation['kind'], [reason: string, message: string]> = {
    required: ['INPUT_REQUIRED', 'You must include a value for all required parameters.'],
    pattern: ['INVALID_PATTERN', 'You provided a value that does not match the required pattern.'],
    enum: ['INVALID_ENUM', 'You specified an invalid value.'],
    length: low
      ? ['MIN_LENGTH_EXCEEDED', 'You provided a value that is shorter than allowed.']
      : ['MAX_LENGTH_EXCEEDED', 'You provided a value that is longer than allowed.'],
    items: ['INVALID_LIST_MEMBER', 'You provided a list with an invalid number of members.'],
    range: low
      ? ['MIN_VALUE_EXCEEDED', 'You provided a numeric argument that is smaller than the minimum allowed.']
      : ['MAX_VALUE_EXCEEDED', 'You provided a numeric argument that is larger than the maximum allowed.'],
  }
  const [Reason, message] = refusals[kind]
  return new AwsError('InvalidInputException', message, 400, { Reason })
}

function ec2Refusal({ kind, member, shown = '', bound, text }: Violation): AwsError {
  const name = member.locationName ?? member.name
  const parameter = name.charAt(0).toLowerCase() + name.slice(1)
  if (kind === 'required')
    return new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`)
  // inferred: EC2 words its ranges and enumerations case by case; these are the commonest.
  if (kind === 'range') {
    const side = text.includes('greater') ? `greater than ${bound}` : `less than or equal to ${bound}`
    return new AwsError(
      'InvalidParameterValue',
      `Value ( ${shown} ) for parameter ${parameter} is invalid. Expecting a value ${side}.`,
    )
  }
  return new AwsError('InvalidParameterValue', `Value (${shown}) for parameter ${parameter} is invalid.`)
}

/** S3 answers by the place of the mistake. inferred: the sentences of the last two. */
function s3Refusal({ kind, path, member, top, shown = '' }: Violation): AwsError {
  if (member.name === 'LocationConstraint')
    return new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
      LocationConstraint: shown,
    })
  if (!top || !member.location) {
    if (top && kind === 'required') return new AwsError('MissingRequestBodyError', 'Request Body is empty')
    return new AwsError(
      path.startsWith('accessControlPolicy.') ? 'MalformedACLError' : 'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  }
  const name = member.locationName ?? member.name
  if (kind === 'required') {
    const place = member.location === 'querystring' ? 'parameter' : 'header'
    return new AwsError('InvalidRequest', `Missing required ${place} for this request: ${name}`)
  }
  if (name === 'x-amz-storage-class')
    return new AwsError('InvalidStorageClass', 'The storage class you specified is not valid', 400, {
      StorageClassRequested: shown,
    })
  if (name === 'x-amz-checksum-algorithm') {
    return new AwsError(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  }
  return new AwsError('InvalidArgument', s3Sentences[name] ?? `Invalid value for ${name}`, 400, {
    ArgumentName: name,
    // A list's item is told without the list.
    ArgumentValue: shown.replace(/^\[(.*)\]$/, '$1'),
  })
}

/** What S3 says of a parameter or header that has none of its values, as clients quote it. */
const s3Sentences: Readonly<Record<string, string>> = {
  'encoding-type': 'Invalid Encoding Method specified in Request',
  'x-amz-acl': '',
  'x-amz-copy-source': 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
  'x-amz-metadata-directive': 'Unknown metadata directive.',
  'x-amz-object-attributes': 'Invalid attribute name specified.',
  'x-amz-object-lock-legal-hold': "Legal Hold must be either of 'ON' or 'OFF'",
  'x-amz-object-lock-mode': 'Unknown wormMode directive.',
  'x-amz-server-side-encryption': 'The encryption method specified is not supported',
  'x-amz-tagging-directive': 'Unknown tagging directive.',
}
