import { AwsError } from './aws-error.ts'
import type { Form } from './form.ts'
import { type Model, type OperationModel, model } from './model.ts'
import type { HttpRequest } from './request.ts'
import { matchTemplate, parseTemplate, type Template } from './uri.ts'

/** An operation of a REST service and what a request must have to be one of it. */
interface Route {
  operation: OperationModel
  template: Template
  /** Query parameters and headers of required members: they tell UploadPart from PutObject, and it from CopyObject. */
  query: string[]
  headers: string[]
  /** Every query parameter that the operation knows. */
  known: ReadonlySet<string>
}

export interface Routed {
  operation: OperationModel
  /** Decoded path labels by member name. */
  labels: Record<string, string>
}

const tables = new Map<string, Route[]>()

/** The routes of a service, the most demanding first, so that the first that fits is the one that is meant. */
function routes(service: Model): Route[] {
  let table = tables.get(service.service)
  if (!table) {
    table = service.operationNames
      .map((name) => service.operation(name)!)
      // It has a host of its own (`{RequestRoute}.s3-object-lambda…`), which no path may imitate.
      .filter((operation) => !operation.hostPrefix)
      .map(routeOf)
      .sort((a, b) => weight(b) - weight(a))
    tables.set(service.service, table)
  }
  return table
}

function routeOf(operation: OperationModel): Route {
  const members = [...(operation.input?.members.values() ?? [])]
  const required = members.filter((member) => operation.input!.required?.includes(member.name))
  const names = (from: typeof members, location: string) =>
    from.filter((member) => member.location === location).map((member) => member.locationName ?? member.name)
  return {
    operation,
    template: parseTemplate(operation.requestUri),
    query: names(required, 'querystring'),
    headers: names(required, 'header').map((name) => name.toLowerCase()),
    known: new Set(names(members, 'querystring')),
  }
}

const weight = ({ template, query, headers, operation }: Route): number =>
  template.query.size * 100 + (query.length + headers.length) * 2 - (operation.deprecated ? 1 : 0)

const fits = (route: Route, query: Form, headers: HttpRequest['headers']): boolean =>
  [...route.template.query].every(([name, value]) => query.has(name) && (value === '' || query.get(name) === value)) &&
  route.query.every((name) => query.has(name)) &&
  route.headers.every((name) => headers.has(name))

/** Finds the operation of a service whose path templates name themselves (SageMaker Runtime, IAM Toolbox, Sallyport). */
export function routeByTemplate(service: string, request: HttpRequest, query: Form): Routed | undefined {
  for (const route of routes(model(service))) {
    if (route.operation.method !== request.method) continue
    const labels = matchTemplate(route.template, request.path)
    if (labels && fits({ ...route, query: [], headers: [] }, query, request.headers))
      return { operation: route.operation, labels }
  }
  return undefined
}

/** Query parameters that some S3 operation turns on: `?acl`, `?uploads`, `?uploadId=…`. */
const discriminators = new Map<string, ReadonlySet<string>>()

function discriminatorsOf(service: Model): ReadonlySet<string> {
  let names = discriminators.get(service.service)
  if (!names) {
    names = new Set(routes(service).flatMap((route) => [...route.template.query.keys(), ...route.query]))
    discriminators.set(service.service, names)
  }
  return names
}

/**
 * Finds the S3 operation by method, presence of bucket and key, and query and header names alone.
 * `bucket` is set for virtual-host style; then the whole path is the key.
 * Fails closed: a sub-resource that the chosen operation does not know is refused, so that a broken
 * `PUT ?uploadId` can never overwrite an object.
 */
export function routeS3(request: HttpRequest, query: Form, bucket: string | undefined): Routed {
  const service = model('s3')
  const path = bucket === undefined ? request.path : `/${encodeURIComponent(bucket)}${request.path}`
  const [, bucketPart = '', rest = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? []
  const level = bucketPart === '' ? 0 : rest === '' ? 1 : 2

  const candidates = routesAt(request.method, level).filter((route) => fits(route, query, request.headers))
  // `x-id` names the operation; it only breaks ties, for anyone may leave it out.
  const best =
    candidates.find((route) => route.operation.name === query.get('x-id') && weight(route) >= weight(candidates[0]!)) ??
    candidates[0]
  if (!best) throw methodNotAllowed(request, level)

  for (const name of query.keys())
    if (discriminatorsOf(service).has(name) && !best.template.query.has(name) && !best.known.has(name)) {
      if (level > 0 && isSubResource(service, name)) throw methodNotAllowed(request, level)
      // inferred: S3 has this code and sentence for parameters that do not go together.
      if (level > 0)
        throw new AwsError(
          'InvalidArgument',
          `This operation does not accept the query-string parameter ${name}.`,
          400,
          {
            ArgumentName: name,
            ArgumentValue: query.get(name) ?? '',
          },
        )
    }
  return {
    operation: best.operation,
    labels: matchTemplate(best.template, level === 1 ? `/${bucketPart}` : path) ?? {},
  }
}

/** The S3 routes of a method on service, bucket or object. */
const places = new Map<string, Route[]>()

function routesAt(method: string, level: number): Route[] {
  const key = `${method} ${level}`
  let found = places.get(key)
  if (!found) {
    found = routes(model('s3')).filter(
      ({ operation, template }) =>
        operation.method === method &&
        template.segments.length === level &&
        template.segments.every((segment) => segment.label),
    )
    places.set(key, found)
  }
  return found
}

const isSubResource = (service: Model, name: string): boolean =>
  routes(service).some((route) => route.template.query.has(name))

/** S3's answer to a method that a resource does not have, e.g. POST on an object without `?uploads`. */
export function methodNotAllowed(request: HttpRequest, level: number): AwsError {
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    Method: request.method,
    ResourceType: ['SERVICE', 'BUCKET', 'OBJECT'][level]!,
  })
}
