import { createHash } from 'node:crypto'
import type { AwsError } from './aws-error.ts'
import { writeCbor } from './cbor.ts'
import type { ErrorStyle } from './identify.ts'
import { type Model, model, type ShapeModel } from './model.ts'
import type { HttpAnswer } from './request.ts'
import { declaration } from './rest.ts'
import { escapeText } from './xml-write.ts'

/** Errors of AWS's common front end; JSON services print them with its namespace (errors.md A3.1). */
const coral = new Set([
  'UnknownOperationException',
  'SerializationException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'UnrecognizedClientException',
  'ExpiredTokenException',
])

/** Dispatch errors of query services carry a namespace of the front end, not of the service (errors.md A1, STS). */
const dispatch = new Set(['InvalidAction', 'MissingAction', 'MissingVersion'])
const dispatchNamespace = 'http://webservices.amazon.com/AWSFault/2005-15-09'

/** Dresses an error as its service does (errors.md A1). `extra` are headers to lay over it, e.g. `x-sallyport-explain`. */
export function encodeError(
  style: ErrorStyle,
  error: AwsError,
  requestId: string,
  extra: Record<string, string> = {},
): HttpAnswer {
  const service = style.service === undefined ? undefined : model(style.service)
  const answer = dress(style, service, error, requestId)
  const headers = { ...answer.headers, ...error.headers, ...extra }
  return style.head || answer.body === undefined
    ? { status: error.status, headers }
    : { status: error.status, headers, body: answer.body }
}

function dress(
  style: ErrorStyle,
  service: Model | undefined,
  error: AwsError,
  requestId: string,
): Pick<HttpAnswer, 'headers' | 'body'> {
  switch (style.protocol) {
    case 'json':
      return jsonError(service, error, requestId)
    case 'rest-json':
      return restJsonError(service, error, requestId)
    case 'smithy-rpc-v2-cbor':
      return cborError(service, error, requestId)
    case 'query':
      return queryError(service, error, requestId)
    case 'ec2':
      return ec2Error(error, requestId)
    case 'rest-xml':
      return s3Error(error, requestId)
  }
}

/** The modelled error, found by its shape's name or by its code of the query protocol. */
function errorShape(service: Model | undefined, code: string): ShapeModel | undefined {
  if (!service) return undefined
  if (service.hasShape(code) && service.shape(code).error) return service.shape(code)
  for (const suffix of ['Exception', 'Fault'])
    if (service.hasShape(code + suffix) && service.shape(code + suffix).error?.code === code)
      return service.shape(code + suffix)
  return service.awsQueryCompatible ? byQueryCode(service, code) : undefined
}

function byQueryCode(service: Model, code: string): ShapeModel | undefined {
  for (const operation of service.operationNames)
    for (const name of service.operation(operation)!.errors)
      if (service.shape(name).error?.code === code) return service.shape(name)
  return undefined
}

/** `Message` or `message`, as the model spells it. */
function messageMember(service: Model | undefined, shape: ShapeModel | undefined): string {
  if (shape?.members.has('Message')) return 'Message'
  // SageMaker's errors that no model names spell it as those do that one names (errors.md A1).
  return !shape && service?.service === 'sagemaker' ? 'Message' : 'message'
}

/** Members of a modelled error are typed; fields of an AwsError are text. */
function typedFields(shape: ShapeModel | undefined, fields: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const type = shape?.members.get(name)?.shape.type
      return [
        name,
        type === 'integer' || type === 'long' || type === 'double'
          ? Number(value)
          : type === 'boolean'
            ? value === 'true'
            : type === 'structure'
              ? (JSON.parse(value) as unknown)
              : value,
      ]
    }),
  )
}

function errorDocument(
  service: Model | undefined,
  error: AwsError,
  type: string,
  shape: ShapeModel | undefined,
): Record<string, unknown> {
  return {
    ...(type && { __type: type }),
    ...typedFields(shape, error.fields),
    // A bad target has no sentence at all (errors.md A3.1 row 2).
    ...(error.message !== '' && { [messageMember(service, shape)]: error.message }),
  }
}

function jsonError(
  service: Model | undefined,
  error: AwsError,
  requestId: string,
): Pick<HttpAnswer, 'headers' | 'body'> {
  const shape = errorShape(service, error.code)
  const type = shape?.name ?? (coral.has(error.code) ? `com.amazon.coral.service#${error.code}` : error.code)
  return {
    headers: {
      'Content-Type': `application/x-amz-json-${service?.jsonVersion ?? '1.1'}`,
      'x-amzn-RequestId': requestId,
      ...queryCompatible(service, shape, error),
    },
    body: JSON.stringify(errorDocument(service, error, type, shape)),
  }
}

/** Services that once spoke the query protocol go on telling its code. */
function queryCompatible(
  service: Model | undefined,
  shape: ShapeModel | undefined,
  error: AwsError,
): Record<string, string> {
  if (!service?.awsQueryCompatible) return {}
  return { 'x-amzn-query-error': `${shape?.error?.code ?? error.code};${fault(error)}` }
}

const fault = (error: AwsError): 'Sender' | 'Receiver' => (error.status < 500 ? 'Sender' : 'Receiver')

function restJsonError(
  service: Model | undefined,
  error: AwsError,
  requestId: string,
): Pick<HttpAnswer, 'headers' | 'body'> {
  return {
    headers: { 'Content-Type': 'application/json', 'x-amzn-RequestId': requestId, 'x-amzn-ErrorType': error.code },
    body: JSON.stringify(errorDocument(service, error, '', errorShape(service, error.code))),
  }
}

function cborError(
  service: Model | undefined,
  error: AwsError,
  requestId: string,
): Pick<HttpAnswer, 'headers' | 'body'> {
  const shape = errorShape(service, error.code)
  return {
    headers: {
      'Content-Type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-RequestId': requestId,
      ...queryCompatible(service, shape, error),
    },
    body: writeCbor(errorDocument(service, error, shape?.name ?? error.code, shape)),
  }
}

function queryError(
  service: Model | undefined,
  error: AwsError,
  requestId: string,
): Pick<HttpAnswer, 'headers' | 'body'> {
  const code = errorShape(service, error.code)?.error?.code ?? error.code
  const namespace = dispatch.has(error.code) || !service ? dispatchNamespace : service.xmlNamespace!
  const fields = Object.entries(error.fields).map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
  return {
    headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
    body:
      `<ErrorResponse xmlns="${namespace}">\n  <Error>\n    <Type>${fault(error)}</Type>\n    <Code>${escapeText(code)}</Code>\n` +
      `    <Message>${escapeText(error.message)}</Message>\n${fields.map((field) => `    ${field}\n`).join('')}  </Error>\n` +
      `  <RequestId>${requestId}</RequestId>\n</ErrorResponse>\n`,
  }
}

function ec2Error(error: AwsError, requestId: string): Pick<HttpAnswer, 'headers' | 'body'> {
  return {
    headers: { 'Content-Type': 'text/xml;charset=UTF-8', 'x-amzn-RequestId': requestId },
    body:
      `${declaration}<Response><Errors><Error><Code>${escapeText(error.code)}</Code><Message>${escapeText(error.message)}</Message></Error></Errors>` +
      `<RequestID>${requestId}</RequestID></Response>`,
  }
}

function s3Error(error: AwsError, requestId: string): Pick<HttpAnswer, 'headers' | 'body'> {
  const id = hostId(requestId)
  const parts = {
    Code: error.code,
    Message: error.message,
    ...error.fields,
    RequestId: requestId,
    HostId: id,
  }
  const elements = Object.entries(parts).map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
  return {
    headers: { 'Content-Type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-id-2': id },
    // 304 is an answer without a body.
    ...(error.status !== 304 && { body: `${declaration}<Error>${elements.join('')}</Error>` }),
  }
}

/** S3's second request id: 56 bytes as base64, here made of the first. */
export function hostId(requestId: string): string {
  return createHash('sha512').update(requestId).digest().subarray(0, 56).toString('base64')
}
