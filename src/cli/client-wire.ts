import { createHash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'
import { json } from '../wire/document.ts'
import { model, type MemberModel, type Model, type OperationModel, type ShapeModel } from '../wire/model.ts'
import { formatScalar } from '../wire/scalar.ts'
import { parseTemplate } from '../wire/uri.ts'
import { decodeStructure, readXml } from '../wire/xml-read.ts'
import { restXml, xmlWriter } from '../wire/xml-write.ts'

/** The client's side of the protocols, driven by the same models as the server's; for this command line's own calls. */

type Members = Record<string, unknown>

export interface ClientRequest {
  method: string
  path: string
  query: string
  headers: Record<string, string>
  body: Buffer
}

/** Writes a call down. Throws on members that the service does not know, as SDKs do. */
export function encodeCall(service: string, operation: string, input: Members): ClientRequest {
  const api = model(service)
  const op = operationOf(api, operation)
  const known = op.input?.members
  const unknown = Object.keys(input).find((name) => !known?.has(name))
  if (unknown) throw new Error(`${service}:${operation} has no parameter ${unknown}`)
  const protocol = clientProtocol(api)
  switch (protocol) {
    case 'json':
      return jsonRequest(api, op, input)
    case 'query':
    case 'ec2':
      return formRequest(api, op, input, protocol)
    default:
      return restRequest(op, input, protocol)
  }
}

/** CloudWatch lists CBOR first; its JSON does as well. */
function clientProtocol(api: Model): 'json' | 'query' | 'ec2' | 'rest-xml' | 'rest-json' {
  return api.protocol === 'smithy-rpc-v2-cbor' ? 'json' : api.protocol
}

function operationOf(api: Model, name: string): OperationModel {
  const op = api.operation(name)
  if (!op) throw new Error(`${api.service} has no operation ${name}`)
  return op
}

function jsonRequest(api: Model, op: OperationModel, input: Members): ClientRequest {
  const body = op.input ? JSON.stringify(json.encoder(op.input)(input as never)) : '{}'
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: {
      'content-type': `application/x-amz-json-${api.jsonVersion}`,
      'x-amz-target': `${api.targetPrefix}.${op.name}`,
    },
    body: Buffer.from(body),
  }
}

function formRequest(api: Model, op: OperationModel, input: Members, dialect: 'query' | 'ec2'): ClientRequest {
  const form = new URLSearchParams({ Action: op.name, Version: api.apiVersion })
  if (op.input) addStructure(form, '', op.input, input, dialect)
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: Buffer.from(form.toString()),
  }
}

function addStructure(
  form: URLSearchParams,
  prefix: string,
  shape: ShapeModel,
  value: Members,
  dialect: 'query' | 'ec2',
): void {
  for (const member of shape.members.values()) {
    const given = value[member.name]
    if (given !== undefined) addMember(form, prefix + parameterName(member, dialect), member, given, dialect)
  }
}

function parameterName(member: MemberModel, dialect: 'query' | 'ec2'): string {
  const name = member.locationName ?? member.name
  return dialect === 'query' ? name : (member.queryName ?? name.charAt(0).toUpperCase() + name.slice(1))
}

function addMember(
  form: URLSearchParams,
  name: string,
  member: MemberModel,
  value: unknown,
  dialect: 'query' | 'ec2',
): void {
  const { shape } = member
  if (shape.type === 'structure') return addStructure(form, `${name}.`, shape, value as Members, dialect)
  if (shape.type === 'list') {
    const between =
      dialect === 'ec2' || member.flattened || shape.flattened ? '' : `.${shape.member!.locationName ?? 'member'}`
    for (const [at, item] of (value as unknown[]).entries()) {
      addMember(form, `${name}${between}.${at + 1}`, shape.member!, item, dialect)
    }
    return
  }
  form.append(name, formatScalar(member, value, 'iso8601'))
}

function restRequest(op: OperationModel, input: Members, protocol: 'rest-xml' | 'rest-json'): ClientRequest {
  const template = parseTemplate(op.requestUri)
  const query = [...template.query].map(([name, value]) => (value ? `${name}=${value}` : name))
  const headers: Record<string, string> = {}
  const inBody: Members = {}
  let path = op.requestUri.split('?')[0]!
  let body: unknown
  for (const member of op.input?.members.values() ?? []) {
    const value = input[member.name]
    if (value === undefined) continue
    const name = member.locationName ?? member.name
    if (member.location === 'uri') path = fillLabel(path, name, value as string)
    else if (member.location === 'querystring')
      query.push(`${escapeSegment(name)}=${escapeSegment(formatScalar(member, value, 'iso8601'))}`)
    else if (member.location === 'header') headers[name.toLowerCase()] = formatScalar(member, value, 'rfc822')
    else if (member.location === 'headers') {
      for (const [key, entry] of Object.entries(value as Record<string, string>))
        headers[name.toLowerCase() + key] = entry
    } else if (op.input?.payload === member.name) body = payloadOf(member, value, protocol)
    else inBody[member.name] = value
  }
  if (Object.keys(inBody).length && protocol === 'rest-json')
    body = JSON.stringify(json.encoder(op.input!)(inBody as never))
  if (protocol === 'rest-json' && body !== undefined) headers['content-type'] ??= 'application/json'
  const bytes = Buffer.from((body ?? '') as string)
  if (op.checksumRequired) headers['content-md5'] ??= createHash('md5').update(bytes).digest('base64')
  return { method: op.method, path, query: query.join('&'), headers, body: bytes }
}

/** A greedy label keeps its slashes. */
const fillLabel = (path: string, name: string, value: string): string =>
  path
    .replace(`{${name}}`, () => escapeSegment(value))
    .replace(`{${name}+}`, () => value.split('/').map(escapeSegment).join('/'))

const escapeSegment = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

function payloadOf(member: MemberModel, value: unknown, protocol: 'rest-xml' | 'rest-json'): unknown {
  if (member.shape.type === 'blob' || member.shape.type === 'string') return value
  return protocol === 'rest-json'
    ? JSON.stringify(json.encoder(member.shape)(value as never))
    : xmlWriter(member, restXml)(value as never)
}

/** Reads an answer; rejects with AwsError, whose RequestId field names the record. */
export function decodeAnswer(
  service: string,
  operation: string,
  answer: { status: number; headers: Record<string, string>; body: Buffer },
): Members {
  const api = model(service)
  const op = operationOf(api, operation)
  const protocol = clientProtocol(api)
  if (answer.status >= 300) throw errorOf(protocol, answer)
  if (!op.output) return {}
  if (protocol === 'json') return json.decoder(op.output)(parsed(answer.body), 0) as Members
  if (protocol === 'query' || protocol === 'ec2') {
    const root = readXml(answer.body)
    const result = op.resultWrapper ? root?.children.find((child) => child.name === op.resultWrapper) : root
    return result ? decodeStructure(op.output, result) : {}
  }
  return decodeRestAnswer(op.output, protocol, answer)
}

function decodeRestAnswer(
  shape: ShapeModel,
  protocol: 'rest-xml' | 'rest-json',
  { headers, body }: { headers: Record<string, string>; body: Buffer },
): Members {
  const output: Members = {}
  for (const member of shape.members.values()) {
    const header =
      member.location === 'header' ? headers[(member.locationName ?? member.name).toLowerCase()] : undefined
    if (header !== undefined) output[member.name] = header
  }
  const payload = shape.payload === undefined ? undefined : shape.members.get(shape.payload)
  if (payload) {
    const raw =
      payload.shape.type === 'blob' ? body : payload.shape.type === 'string' ? body.toString('utf8') : undefined
    if (raw !== undefined) return { ...output, [payload.name]: raw }
    const element = protocol === 'rest-xml' ? readXml(body) : undefined
    return {
      ...output,
      [payload.name]: element ? decodeStructure(payload.shape, element, () => true) : parsed(body),
    }
  }
  if (protocol === 'rest-json') return { ...output, ...(json.decoder(shape)(parsed(body), 0) as Members) }
  const root = readXml(body)
  return root ? { ...output, ...decodeStructure(shape, root, (member) => !member.location) } : output
}

const parsed = (body: Buffer): unknown => (body.length ? JSON.parse(body.toString('utf8')) : {})

function errorOf(
  protocol: string,
  { status, headers, body }: { status: number; headers: Record<string, string>; body: Buffer },
): AwsError {
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amz-request-id'] ?? ''
  const { code, message } = protocol.includes('json') ? jsonError(headers, body) : xmlError(body)
  return new AwsError(code ?? `HTTP ${status}`, message ?? body.toString('utf8').slice(0, 500), status, {
    RequestId: requestId,
  })
}

function jsonError(
  headers: Record<string, string>,
  body: Buffer,
): { code?: string | undefined; message?: string | undefined } {
  const document = safely(() => JSON.parse(body.toString('utf8')) as Record<string, string>) ?? {}
  const code = headers['x-amzn-errortype'] ?? document['__type']
  return { code: code?.split('#').at(-1)?.split(':')[0], message: document['message'] ?? document['Message'] }
}

function xmlError(body: Buffer): { code?: string | undefined; message?: string | undefined } {
  const root = safely(() => readXml(body))
  let element = root
  // <Error> stands alone in S3, below <ErrorResponse> in IAM and STS, below <Response><Errors> in EC2.
  while (element && element.name !== 'Error') element = element.children.find((child) => /^Errors?$/.test(child.name))
  const text = (name: string) => element?.children.find((child) => child.name === name)?.text
  return { code: text('Code'), message: text('Message') }
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
