import { readFileSync } from 'node:fs'

/** How bytes become calls: AWS's names are awsJson1_0/1_1, awsQuery, ec2Query, restXml, restJson1, rpcv2Cbor. */
export type Protocol = 'json' | 'query' | 'ec2' | 'rest-xml' | 'rest-json' | 'smithy-rpc-v2-cbor'

/** What is known of a service before its operations and shapes are needed (models/index.json). */
export interface ServiceHeader {
  readonly protocol: Protocol
  readonly protocols: readonly Protocol[]
  readonly apiVersion: string
  /** The service's name in a credential scope. */
  readonly signingName: string
  readonly endpointPrefix: string
  readonly xmlNamespace?: string
  /** What stands before the dot in X-Amz-Target. */
  readonly targetPrefix?: string
  readonly jsonVersion?: string
  /** JSON answers also carry the error code of the query protocol that they replaced. */
  readonly awsQueryCompatible?: boolean
}

export interface XmlNamespace {
  readonly uri: string
  readonly prefix?: string
}

/** Serialization traits of a member, in botocore's words. */
interface MemberTraits {
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode'
  readonly locationName?: string
  readonly queryName?: string
  readonly flattened?: boolean
  readonly xmlAttribute?: boolean
  readonly xmlNamespace?: XmlNamespace
  readonly streaming?: boolean
  readonly eventpayload?: boolean
  readonly timestampFormat?: TimestampFormat
  readonly jsonvalue?: boolean
  readonly idempotencyToken?: boolean
}

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp'

/** A shape in its place: a member of a structure, or a list's or map's part. */
export interface MemberModel extends MemberTraits {
  readonly name: string
  readonly shape: ShapeModel
}

/** Constraints and traits of a shape, in botocore's words. */
interface ShapeTraits {
  readonly type: ShapeType
  readonly required?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  /** An equal of `pattern` that JavaScript runs in linear time (scripts/models/patterns.py). */
  readonly match?: string
  readonly enum?: readonly string[]
  readonly flattened?: boolean
  readonly locationName?: string
  /** The member that is the whole HTTP body. */
  readonly payload?: string
  readonly streaming?: boolean
  readonly eventstream?: boolean
  readonly event?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode: number; readonly senderFault?: boolean }
  readonly sensitive?: boolean
  readonly timestampFormat?: TimestampFormat
  readonly union?: boolean
  /** Free-form JSON. */
  readonly document?: boolean
  readonly xmlNamespace?: XmlNamespace
}

export type ShapeType =
  | 'structure'
  | 'list'
  | 'map'
  | 'string'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'blob'

export interface ShapeModel extends ShapeTraits {
  readonly name: string
  /** A structure's, by name and in AWS's order. */
  readonly members: ReadonlyMap<string, MemberModel>
  /** A list's. */
  readonly member?: MemberModel
  /** A map's. */
  readonly key?: MemberModel
  readonly value?: MemberModel
}

export interface OperationModel {
  readonly name: string
  readonly method: string
  /** Path template, with literal query parameters. */
  readonly requestUri: string
  readonly responseCode: number
  readonly input?: ShapeModel
  readonly output?: ShapeModel
  readonly resultWrapper?: string
  readonly errors: readonly string[]
  /** `none`: AWS takes it unsigned (sts:AssumeRoleWithWebIdentity). */
  readonly auth?: 'none'
  /** S3 refuses it without Content-MD5 or a checksum. */
  readonly checksumRequired?: boolean
  readonly deprecated?: boolean
  readonly hostPrefix?: string
}

export interface Model extends ServiceHeader {
  readonly service: string
  readonly operationNames: readonly string[]
  operation(name: string): OperationModel | undefined
  shape(name: string): ShapeModel
  hasShape(name: string): boolean
}

type RawMember = string | (MemberTraits & { shape: string })
type RawShape =
  | ShapeType
  | (ShapeTraits & { members?: Record<string, RawMember>; member?: RawMember; key?: RawMember; value?: RawMember })

interface RawOperation {
  http?: { method?: string; requestUri?: string; responseCode?: number }
  input?: RawMember
  output?: string
  resultWrapper?: string
  errors?: string[]
  auth?: 'none'
  checksumRequired?: boolean
  deprecated?: boolean
  endpoint?: { hostPrefix?: string }
}

/** A model's file, its operations and shapes still text: a process uses few of them, and parsing all of EC2 takes longer than to start. */
interface RawModel {
  header: ServiceHeader & { service: string }
  operations: ReadonlyMap<string, string>
  shapes: ReadonlyMap<string, string>
}

const folder = new URL('../../models/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(`${name}.json`, folder), 'utf8')

/** Every service that Sallyport knows the model of, by the name of its folder. */
export const services: Readonly<Record<string, ServiceHeader>> = (
  JSON.parse(read('index')) as { services: Record<string, ServiceHeader> }
).services

/** Takes a model's file apart: a header, then operations and shapes, one a line (scripts/models/compile.py). */
function readModel(service: string): RawModel {
  const [header, operations, shapes] = read(service).split(/,?\n"operations":\{\n|\n\},\n"shapes":\{\n/)
  if (header === undefined || operations === undefined || shapes === undefined)
    throw new Error(`models/${service}.json is broken`)
  return {
    header: JSON.parse(`${header}}`) as RawModel['header'],
    operations: records(operations),
    shapes: records(shapes),
  }
}

/** `"Name":value,` lines as name and value. */
function records(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const end = line.indexOf('":')
    if (end > 0) found.set(line.slice(1, end), line.endsWith(',') ? line.slice(end + 2, -1) : line.slice(end + 2))
  }
  return found
}

const models = new Map<string, Model>()

/** The API model of a service, read at its first use. Throws on a name that is not in `services`: our own bug. */
export function model(service: string): Model {
  let found = models.get(service)
  if (!found) {
    if (!Object.hasOwn(services, service)) throw new Error(`no model of service ${service}`)
    found = build(readModel(service))
    models.set(service, found)
  }
  return found
}

function build(raw: RawModel): Model {
  const shapes = new Map<string, ShapeModel>()
  const operations = new Map<string, OperationModel>()

  const shape = (name: string): ShapeModel => {
    let found = shapes.get(name)
    if (!found) {
      const source = raw.shapes.get(name)
      if (source === undefined) throw new Error(`${raw.header.service} has no shape ${name}`)
      found = shapeOf(name, JSON.parse(source) as RawShape)
      shapes.set(name, found)
    }
    return found
  }

  const memberOf = (name: string, source: RawMember): MemberModel => {
    const [shapeName = '', locationName] = typeof source === 'string' ? source.split('@') : [source.shape]
    const traits = typeof source === 'string' ? {} : source
    return {
      ...traits,
      ...(locationName !== undefined && { locationName: locationName || name.charAt(0).toLowerCase() + name.slice(1) }),
      name,
      // A getter, because shapes may contain themselves.
      get shape() {
        return shape(shapeName)
      },
    }
  }

  const shapeOf = (name: string, source: RawShape): ShapeModel => {
    if (typeof source === 'string') return { type: source, name, members: new Map() }
    const { members = {}, member, key, value, ...traits } = source
    return {
      ...traits,
      name,
      members: new Map(Object.entries(members).map(([id, part]) => [id, memberOf(id, part)])),
      ...(member && { member: memberOf('member', member) }),
      ...(key && { key: memberOf('key', key) }),
      ...(value && { value: memberOf('value', value) }),
    }
  }

  const operation = (name: string): OperationModel | undefined => {
    let found = operations.get(name)
    const source = raw.operations.get(name)
    if (!found && source !== undefined) {
      found = operationOf(name, JSON.parse(source) as RawOperation)
      operations.set(name, found)
    }
    return found
  }

  const operationOf = (name: string, source: RawOperation): OperationModel => {
    const { http, input, output, endpoint, errors = [], ...rest } = source
    return {
      ...rest,
      name,
      errors,
      method: http?.method ?? 'POST',
      requestUri: http?.requestUri ?? '/',
      responseCode: http?.responseCode ?? 200,
      ...(input && { input: memberOf('input', input).shape }),
      ...(output && { output: shape(output) }),
      ...(endpoint?.hostPrefix && { hostPrefix: endpoint.hostPrefix }),
    }
  }

  return {
    ...raw.header,
    operationNames: [...raw.operations.keys()],
    operation,
    shape,
    hasShape: (name) => raw.shapes.has(name),
  }
}
