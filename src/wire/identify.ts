import { AwsError } from './aws-error.ts'
import { type Form, parseForm } from './form.ts'
import { model, type OperationModel, type Protocol, services } from './model.ts'
import type { HttpRequest } from './request.ts'
import { methodNotAllowed, routeByTemplate, routeS3 } from './routes.ts'

/** Which operation a request asks for. Nothing about the caller is known yet. */
export interface Identified {
  readonly service: string
  readonly operation: string
  readonly protocol: Protocol
  readonly op: OperationModel
  /** Query protocols: the parameters of body and URL. */
  readonly form?: Form
  /** REST: decoded parts of the path. */
  readonly labels?: Record<string, string>
}

/** In which clothes an error goes back; known even where the operation is not. */
export interface ErrorStyle {
  readonly protocol: Protocol
  /** Undefined where not even the service could be told. */
  readonly service?: string
  /** Answers to HEAD have no body. */
  readonly head: boolean
}

const queryServices = Object.entries(services).filter(([, header]) => header.protocols.some(isQuery))
const byTarget = new Map(
  Object.entries(services).flatMap(([name, header]) =>
    header.targetPrefix ? [[header.targetPrefix, name] as const] : [],
  ),
)

function isQuery(protocol: Protocol): boolean {
  return protocol === 'query' || protocol === 'ec2'
}

/** The service's name in the credential scope of header or presigned URL; `s3` for a signature of version 2; undefined when unsigned. */
export function signingName(request: HttpRequest): string | undefined {
  const authorization = request.headers.get('authorization')
  if (authorization !== undefined) {
    if (/^AWS [^\s:]+:/.test(authorization)) return 's3'
    return /Credential=[^\s,]*?\/\d{8}\/[^/,]*\/([^/,]+)\/[^/,\s]+/.exec(authorization)?.[1]
  }
  if (!/X-Amz-Credential=|AWSAccessKeyId=/i.test(request.query)) return undefined
  const query = parseForm(request.query)
  if (query.has('AWSAccessKeyId') && !query.has('Action')) return 's3'
  return query.get('X-Amz-Credential')?.split('/').at(-2)
}

/** True when the body has to be read before the operation is known: it names itself in a form (IAM, STS, EC2, CloudWatch). */
export function bodyFirst(request: HttpRequest): boolean {
  return request.method === 'POST' && isFormRequest(request, signingName(request))
}

function isFormRequest(request: HttpRequest, name: string | undefined): boolean {
  if (request.path !== '/' && request.path !== '') return false
  if (request.headers.has('x-amz-target')) return false
  if (name === 's3') return false
  if (/(?:^|&)Action=/.test(request.query)) return true
  if (request.method !== 'POST') return false
  return (
    request.headers.get('content-type')?.trim().toLowerCase().startsWith('application/x-www-form-urlencoded') ===
      true || queryServices.some(([, header]) => header.signingName === name)
  )
}

/**
 * Finds service and operation. `formBody` is the body of a request for which `bodyFirst` is true.
 * Throws AWS's own 4xx for what does not exist on AWS, and 501 for a service that Sallyport does not have.
 */
export function identify(request: HttpRequest, formBody?: string): Identified {
  if (request.headers.get('smithy-protocol') === 'rpc-v2-cbor') return byCborPath(request)
  const target = request.headers.get('x-amz-target')
  if (target !== undefined) return byTargetHeader(request, target)
  const name = signingName(request)
  return isFormRequest(request, name) ? byForm(request, formBody, name) : byRoute(request, name)
}

const unknownOperation = (status = 400): AwsError => new AwsError('UnknownOperationException', '', status)

/** Smithy RPC v2: `/service/GraniteServiceVersion20100801/operation/PutMetricData`. */
function byCborPath(request: HttpRequest): Identified {
  const [, prefix = '', name = ''] = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(request.path) ?? []
  const service = byTarget.get(prefix)
  if (!service || !services[service]!.protocols.includes('smithy-rpc-v2-cbor')) throw unknownOperation(404)
  return find(service, name, 'smithy-rpc-v2-cbor')
}

/** `X-Amz-Target: SageMaker.CreateTrainingJob`. */
function byTargetHeader(request: HttpRequest, target: string): Identified {
  const dot = target.lastIndexOf('.')
  const service = byTarget.get(target.slice(0, dot))
  if (service) return find(service, target.slice(dot + 1), 'json')
  const name = signingName(request)
  if (name !== undefined && !isOurs(name)) throw notBuilt(name)
  throw unknownOperation()
}

function find(service: string, name: string, protocol: Protocol): Identified {
  const op = model(service).operation(name)
  if (!op) throw unknownOperation(protocol === 'smithy-rpc-v2-cbor' ? 404 : 400)
  return { service, operation: name, protocol, op }
}

/** `Action=AssumeRole&Version=2011-06-15`, in the body or the URL. */
function byForm(request: HttpRequest, formBody: string | undefined, name: string | undefined): Identified {
  const form = parameters(request, formBody)
  const action = form.get('Action')
  const service = serviceOfForm(form, name)
  if (service === undefined) {
    if (name !== undefined && !isOurs(name)) throw notBuilt(name)
    throw action === undefined ? missingAction() : couldNotFind(action, form.get('Version'))
  }
  if (action === undefined || action === '') throw missingAction()
  const header = services[service]!
  const op = model(service).operation(action)
  const version = form.get('Version')
  if (header.protocol === 'ec2') {
    if (!op) throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`)
    return { service, operation: action, protocol: 'ec2', op, form }
  }
  if (!op || version !== header.apiVersion) throw couldNotFind(action, version)
  return { service, operation: action, protocol: 'query', op, form }
}

const missingAction = (): AwsError => new AwsError('MissingAction', 'Could not find an Action parameter in the request') // inferred: the sentence

const couldNotFind = (action: string, version: string | undefined): AwsError =>
  new AwsError('InvalidAction', `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`)

/** All parameters of a form request; the first of duplicates counts. */
function parameters(request: HttpRequest, formBody: string | undefined): Form {
  if (request.query === '') return parseForm(formBody ?? '')
  return parseForm(formBody ? `${request.query}&${formBody}` : request.query)
}

/** By version, which no two services share; by the credential scope where there is none or an old one. */
function serviceOfForm(form: Form, name: string | undefined): string | undefined {
  const version = form.get('Version')
  return (
    queryServices.find(([, header]) => header.apiVersion === version) ??
    queryServices.find(([, header]) => header.signingName === name)
  )?.[0]
}

const isOurs = (name: string): boolean =>
  Object.values(services).some((header) => header.signingName === name) || name === 's3express'

const notBuilt = (name: string): AwsError =>
  new AwsError('NotImplemented', `Sallyport does not have the service ${name}.`, 501)

/** REST: the credential scope names the service, the path the operation. */
function byRoute(request: HttpRequest, name: string | undefined): Identified {
  if (name === 's3' || name === 's3express') return byS3(request)
  const query = parseForm(request.query)
  for (const [service, header] of Object.entries(services)) {
    if (header.protocol !== 'rest-json' || (name !== undefined && header.signingName !== name)) continue
    // Unsigned, a GET may as well ask for a public object of S3; a POST to such a path may not.
    if (name === undefined && request.method !== 'POST' && !hostOf(request).startsWith(header.endpointPrefix)) continue
    const routed = routeByTemplate(service, request, query)
    if (routed)
      return {
        service,
        operation: routed.operation.name,
        protocol: 'rest-json',
        op: routed.operation,
        labels: routed.labels,
      }
  }
  if (name === undefined && (s3Host(request) || (request.path !== '/' && request.path !== ''))) return byS3(request)
  if (name !== undefined && !isOurs(name)) throw notBuilt(name)
  // AWS's front end answers a bare GET with `<UnknownOperationException/>` and 404 (dynalite, captured).
  throw unknownOperation(404)
}

function byS3(request: HttpRequest): Identified {
  const bucket = virtualHostBucket(request)
  // Forms that a browser posts are no operation of the model (src/browser); signed by header they are none of S3's.
  if (request.method === 'POST' && request.headers.get('content-type')?.startsWith('multipart/form-data'))
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented.', 501, {
      Header: 'Content-Type',
    })
  if (request.method === 'POST' && request.query === '' && isBucketItself(request, bucket))
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
      Condition: 'Bucket POST must be of the enclosure-type multipart/form-data',
    })
  if (!['GET', 'PUT', 'POST', 'DELETE', 'HEAD'].includes(request.method))
    throw methodNotAllowed(request, bucket === undefined ? 0 : 1)
  const { operation, labels } = routeS3(request, parseForm(request.query), bucket)
  return { service: 's3', operation: operation.name, protocol: 'rest-xml', op: operation, labels }
}

const isBucketItself = ({ path }: HttpRequest, bucket: string | undefined): boolean =>
  bucket === undefined ? /^\/[^/]+\/?$/.test(path) : path === '/'

const hostOf = (request: HttpRequest): string => (request.headers.get('host') ?? '').toLowerCase().replace(/:\d+$/, '')

const s3Names = [
  /^(?:(?<bucket>.+)\.)?s3(?:-fips|-accelerate)?(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/,
  // An interface endpoint of S3: `bucket.vpce-…` is its own name, `my-bucket.bucket.vpce-…` a bucket behind it.
  /^(?:(?:(?<bucket>.+)\.)?(?:bucket|accesspoint|control)\.)?vpce-[a-z0-9-]+\.s3\.[a-z0-9-]+\.vpce\.amazonaws\.com$/,
  /^(?:(?<bucket>.+)\.)?s3\.(?:[a-z0-9-]+\.)?localhost$/,
  /^(?<bucket>.+)\.localhost$/,
]

const s3Host = (request: HttpRequest): boolean => s3Names.some((name) => name.test(hostOf(request)))

/** The bucket in `b.s3.us-east-1.amazonaws.com` or `b.localhost`; undefined for path style. Bucket names may have dots. */
export function virtualHostBucket(request: HttpRequest): string | undefined {
  const host = hostOf(request)
  for (const name of s3Names) {
    const match = name.exec(host)
    if (match) return match.groups?.['bucket']
  }
  return undefined
}

/** The Region in `s3.eu-west-1.amazonaws.com` and the like; undefined where the name is no one Region's. */
export function s3HostRegion(request: HttpRequest): string | undefined {
  return /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/.exec(
    hostOf(request),
  )?.[1]
}

/** How errors to this request look, whatever is wrong with it. */
export function errorStyle(request: HttpRequest, formBody?: string): ErrorStyle {
  const common = { head: request.method === 'HEAD' }
  if (request.headers.get('smithy-protocol') === 'rpc-v2-cbor') {
    const service = byTarget.get(/^\/service\/([^/]+)\//.exec(request.path)?.[1] ?? '')
    return { ...common, protocol: 'smithy-rpc-v2-cbor', ...(service && { service }) }
  }
  const target = request.headers.get('x-amz-target')
  if (target !== undefined) {
    const service = byTarget.get(target.slice(0, target.lastIndexOf('.')))
    return { ...common, protocol: 'json', ...(service && { service }) }
  }
  const name = signingName(request)
  if (isFormRequest(request, name)) {
    const service = serviceOfForm(parameters(request, formBody), name)
    return { ...common, protocol: service === 'ec2' ? 'ec2' : 'query', ...(service && { service }) }
  }
  return restStyle(request, name, common)
}

function restStyle(request: HttpRequest, name: string | undefined, common: { head: boolean }): ErrorStyle {
  if (name === 's3' || name === 's3express') return { ...common, protocol: 'rest-xml', service: 's3' }
  try {
    const { service, protocol } = byRoute(request, name)
    return { ...common, protocol, service }
  } catch {
    const s3 = name === undefined && (s3Host(request) || request.path.length > 1)
    return s3 ? { ...common, protocol: 'rest-xml', service: 's3' } : { ...common, protocol: 'rest-json' }
  }
}
