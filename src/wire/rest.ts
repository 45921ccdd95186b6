import { Readable } from 'node:stream'
import { AwsError } from './aws-error.ts'
import { json, parseJson, put } from './document.ts'
import { eventStream } from './event-stream.ts'
import { type Form, parseForm } from './form.ts'
import type { Identified } from './identify.ts'
import type { MemberModel, OperationModel, ShapeModel } from './model.ts'
import type { HttpRequest } from './request.ts'
import { formatScalar, parseScalar } from './scalar.ts'
import { malformedXml, serializationError } from './serialization-error.ts'
import { decodeStructure, readXml, xmlDecoder } from './xml-read.ts'
import { escapeText, restXml, structureWriter, xmlWriter } from './xml-write.ts'

/** Where the members of one structure travel. */
interface Bindings {
  placed: MemberModel[]
  payload?: MemberModel
  /** Members without a place of their own: they make the body together. */
  body: MemberModel[]
}

const cache = new WeakMap<ShapeModel, Bindings>()

function bindings(shape: ShapeModel): Bindings {
  let found = cache.get(shape)
  if (!found) {
    const members = [...shape.members.values()]
    const payload = shape.payload === undefined ? undefined : shape.members.get(shape.payload)
    found = {
      placed: members.filter((member) => member.location),
      body: payload ? [] : members.filter(inBody),
      ...(payload && { payload }),
    }
    cache.set(shape, found)
  }
  return found
}

const inBody = (member: MemberModel): boolean => !member.location

/** The body itself is an input member: bytes or a stream, or text. */
const isRaw = ({ shape }: MemberModel): boolean => shape.type === 'blob' || shape.type === 'string'

const isStream = (member: MemberModel): boolean =>
  member.shape.type === 'blob' && Boolean(member.streaming ?? member.shape.streaming)

/** True where the input keeps the body as a stream (S3 PutObject), so that nobody need read it first. */
export function streamsBody(operation: OperationModel): boolean {
  const payload = operation.input && bindings(operation.input).payload
  return payload !== undefined && isStream(payload)
}

/** Gathers the input from path labels, query, headers and body. */
export function decodeRest(
  { op, labels, protocol }: Identified,
  request: HttpRequest,
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  if (!op.input) return input
  const bound = bindings(op.input)
  const query = parseForm(request.query)
  for (const member of bound.placed) {
    const value = decodePlaced(member, request, query, labels ?? {})
    if (value !== undefined) input[member.name] = value
  }
  if (bound.payload && isStream(bound.payload)) {
    input[bound.payload.name] = body instanceof Uint8Array ? once(body) : body
    return input
  }
  if (!(body instanceof Uint8Array)) throw new Error(`${op.name} takes its body as bytes`)
  if (bound.payload) {
    const value = decodePayload(bound.payload, body, protocol)
    if (value !== undefined) input[bound.payload.name] = value
  } else if (bound.body.length > 0) Object.assign(input, decodeBody(op.input, body, protocol))
  return input
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

function decodePlaced(member: MemberModel, request: HttpRequest, query: Form, labels: Record<string, string>): unknown {
  const name = member.locationName ?? member.name
  switch (member.location) {
    case 'uri':
      return text(member, labels[name])
    case 'querystring':
      if (member.shape.type === 'map') return restOfQuery(query)
      if (member.shape.type === 'list') return listOfQuery(member, request.query, name)
      return text(member, query.get(name))
    case 'header': {
      const value = request.headers.get(name.toLowerCase())
      if (value === undefined || member.shape.type !== 'list') return text(member, value)
      return value.split(',').map((part) => text(member.shape.member!, part.trim()))
    }
    case 'headers': {
      const prefix = name.toLowerCase()
      const found: Record<string, string> = {}
      for (const [header, value] of request.headers)
        if (header.startsWith(prefix)) put(found, header.slice(prefix.length), value)
      return Object.keys(found).length > 0 ? found : undefined
    }
    default:
      return undefined
  }
}

function text(member: MemberModel, value: string | undefined): unknown {
  if (value === undefined) return undefined
  // An empty number, flag or date says nothing.
  if (value === '' && member.shape.type !== 'string') return undefined
  const source = member.jsonvalue ? Buffer.from(value, 'base64').toString('utf8') : value
  const parsed = parseScalar(member, source)
  if (parsed !== undefined) return parsed
  const name = member.locationName ?? member.name
  // "A recipient MUST ignore the header field if the received field value is not a valid HTTP-date" (RFC 9110, 13.1.3).
  if (/^If-(?:Unm|M)odified-Since$/.test(name)) return undefined
  throw new AwsError('InvalidArgument', unparsable(member, name), 400, { ArgumentName: name, ArgumentValue: value })
}

/** S3's sentences for a parameter or header that does not parse. */
function unparsable({ shape }: MemberModel, name: string): string {
  if (name === 'partNumber') return 'Part number must be an integer between 1 and 10000, inclusive'
  if (shape.type === 'integer') return `Provided ${name} not an integer or within integer range`
  if (name === 'x-amz-object-lock-retain-until-date') {
    return 'The retain until date must be provided in ISO 8601 format'
  }
  return `Invalid value for ${name}` // inferred
}

const restOfQuery = (query: Form): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const [name, value] of query) put(result, name, value)
  return result
}

function listOfQuery(member: MemberModel, raw: string, name: string): unknown[] | undefined {
  const values = raw
    .split('&')
    .map((part) => [...parseForm(part)][0])
    .filter((entry) => entry?.[0] === name)
    .map((entry) => text(member.shape.member!, entry![1]))
  return values.length > 0 ? values : undefined
}

function decodePayload(member: MemberModel, body: Uint8Array, protocol: string): unknown {
  if (member.shape.type === 'blob') return body
  if (member.shape.type === 'string') return body.length > 0 ? Buffer.from(body).toString('utf8') : undefined
  if (body.length === 0) return undefined
  if (protocol === 'rest-json') return json.decoder(member.shape)(parseJson(body), 0)
  const root = readXml(body)
  if (!root) return undefined
  if (root.name !== (member.locationName ?? member.shape.locationName ?? member.name)) throw malformedXml()
  return xmlDecoder(member)(root)
}

function decodeBody(shape: ShapeModel, body: Uint8Array, protocol: string): Record<string, unknown> {
  if (protocol === 'rest-xml') {
    const root = readXml(body)
    return root ? decodeStructure(shape, root, inBody) : {}
  }
  const document = parseJson(body)
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw serializationError('Unexpected field type')
  const input = json.decoder(shape)(document, 0) as Record<string, unknown>
  // What belongs into the URL or a header is not taken from the body.
  for (const member of shape.members.values()) if (!inBody(member)) delete input[member.name]
  return input
}

/** An answer's parts as the output's members say; `$status` overrides the status. */
export interface RestAnswer {
  status: number
  headers: Record<string, string>
  body?: string | Buffer | Readable
}

/** Lays an output out over status, headers and body. */
export function encodeRest(
  op: OperationModel,
  output: Record<string, unknown>,
  protocol: 'rest-json' | 'rest-xml',
): RestAnswer {
  const answer: RestAnswer = { status: op.responseCode, headers: {} }
  if (op.output) {
    const bound = bindings(op.output)
    for (const member of bound.placed) {
      const value = output[member.name]
      if (value === undefined || value === null) continue
      if (member.location === 'statusCode') answer.status = Number(value)
      else encodeHeader(member, value, answer.headers)
    }
    const body = bound.payload
      ? encodePayload(bound.payload, output[bound.payload.name], protocol)
      : bound.body.length > 0 || protocol === 'rest-json'
        ? encodeBody(op, bound.body, output, protocol)
        : undefined
    if (body !== undefined) answer.body = body
    if (body !== undefined && !headerNamed(answer.headers, 'content-type'))
      answer.headers['Content-Type'] = contentType(bound, protocol)
  }
  if (typeof output['$status'] === 'number') answer.status = output['$status']
  return answer
}

const headerNamed = (headers: Record<string, string>, name: string): boolean =>
  Object.keys(headers).some((header) => header.toLowerCase() === name)

function contentType({ payload }: Bindings, protocol: string): string {
  if (payload?.shape.eventstream) return 'application/vnd.amazon.eventstream'
  if (payload?.shape.type === 'blob') return 'application/octet-stream'
  // GetBucketPolicy's payload is a policy, the only text payload that there is.
  if (payload?.shape.type === 'string') return protocol === 'rest-xml' ? 'application/json' : 'text/plain'
  return protocol === 'rest-json' ? 'application/json' : 'application/xml'
}

function encodeHeader(member: MemberModel, value: unknown, headers: Record<string, string>): void {
  const name = member.locationName ?? member.name
  if (member.location === 'headers') {
    for (const [key, entry] of Object.entries(value as Record<string, string>)) headers[name + key] = headerText(entry)
    return
  }
  headers[name] = headerText(
    Array.isArray(value)
      ? value.map((entry) => formatScalar(member.shape.member!, entry, 'rfc822')).join(',')
      : formatScalar(member, value, 'rfc822'),
  )
}

/** S3 gives metadata that no header can carry back in the form of RFC 2047. */
const headerText = (value: string): string =>
  // oxlint-disable-next-line no-control-regex
  /^[\t\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value, 'utf8').toString('base64')}?=`

function encodePayload(member: MemberModel, value: unknown, protocol: string): RestAnswer['body'] {
  if (value === undefined || value === null) return undefined
  if (member.shape.eventstream)
    return eventStream(member.shape, value as AsyncIterable<Record<string, unknown>>, protocol)
  if (isRaw(member)) {
    if (typeof value === 'string' || value instanceof Readable) return value
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return Readable.from(value as AsyncIterable<Uint8Array>, { objectMode: false })
  }
  if (protocol === 'rest-json') return JSON.stringify(json.encoder(member.shape)(value as never))
  const name = member.locationName ?? member.name
  const element = xmlWriter(member, restXml)(value as never)
  return element.startsWith(`<${name} xmlns=`)
    ? declaration + element
    : `${declaration}<${name} xmlns="${s3Namespace}"${element.slice(name.length + 1)}`
}

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** Names of the outermost elements, which no model tells (S3 API reference). The SDKs do not look at them; other clients do. */
const s3Roots: Record<string, string> = {
  CompleteMultipartUpload: 'CompleteMultipartUploadResult',
  CreateMultipartUpload: 'InitiateMultipartUploadResult',
  DeleteObjects: 'DeleteResult',
  GetBucketAccelerateConfiguration: 'AccelerateConfiguration',
  GetBucketAcl: 'AccessControlPolicy',
  GetBucketCors: 'CORSConfiguration',
  GetBucketLifecycleConfiguration: 'LifecycleConfiguration',
  GetBucketLogging: 'BucketLoggingStatus',
  GetBucketRequestPayment: 'RequestPaymentConfiguration',
  GetBucketTagging: 'Tagging',
  GetBucketVersioning: 'VersioningConfiguration',
  GetBucketWebsite: 'WebsiteConfiguration',
  GetObjectAcl: 'AccessControlPolicy',
  GetObjectAttributes: 'GetObjectAttributesResponse',
  GetObjectTagging: 'Tagging',
  ListBuckets: 'ListAllMyBucketsResult',
  ListDirectoryBuckets: 'ListAllMyDirectoryBucketsResult',
  ListMultipartUploads: 'ListMultipartUploadsResult',
  ListObjectVersions: 'ListVersionsResult',
  ListObjects: 'ListBucketResult',
  ListObjectsV2: 'ListBucketResult',
  ListParts: 'ListPartsResult',
}

function encodeBody(
  op: OperationModel,
  members: MemberModel[],
  output: Record<string, unknown>,
  protocol: string,
): string {
  if (protocol === 'rest-json') {
    const only = Object.fromEntries(members.map((member) => [member.name, output[member.name]]))
    return JSON.stringify(json.encoder(op.output!)(only as never))
  }
  if (op.name === 'GetBucketLocation') {
    // The one S3 answer that is not wrapped; us-east-1 is told by an empty element.
    const value = output['LocationConstraint']
    const open = `${declaration}<LocationConstraint xmlns="${s3Namespace}"`
    return typeof value === 'string' && value !== '' ? `${open}>${escapeText(value)}</LocationConstraint>` : `${open}/>`
  }
  const name = s3Roots[op.name] ?? op.output!.locationName ?? op.output!.name
  const order = output['$order'] as readonly string[] | undefined
  const alone = order ? { ...output, ...Object.fromEntries(order.map((list) => [list, undefined])) } : output
  const { content } = structureWriter(op.output!, restXml, inBody)(alone)
  const mixed = order ? inTurn(op.output!, output, order) : ''
  return `${declaration}<${name} xmlns="${s3Namespace}">${content}${mixed}</${name}>`
}

/** Items of several lists that S3 writes one among another: `$order` names, item by item, the list that the next one is from. */
function inTurn(shape: ShapeModel, output: Record<string, unknown>, order: readonly string[]): string {
  const next: Record<string, number> = {}
  return order
    .map((list) => {
      const at = next[list] ?? 0
      next[list] = at + 1
      return xmlWriter(shape.members.get(list)!, restXml)([(output[list] as unknown[])[at]] as never)
    })
    .join('')
}
