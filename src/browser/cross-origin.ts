import { translated, type Arrival } from '../door/door.ts'
import { anonymous } from '../door/identity.ts'
import { findBucket, type Bucket } from '../services/s3/bucket.ts'
import { AwsError } from '../wire/aws-error.ts'
import { encodeError, hostId } from '../wire/encode-error.ts'
import { percentDecode } from '../wire/form.ts'
import { errorStyle, virtualHostBucket } from '../wire/identify.ts'
import type { HttpAnswer, HttpRequest } from '../wire/request.ts'
import type { World } from '../world.ts'
import { allowHeaders, matchingRule, type CrossOriginQuestion } from './cors-rules.ts'

/**
 * A preflight: a browser asks what a page may do, before it does it. Nobody signs it and S3 answers everybody, by the bucket's
 * cross-origin rules alone (S3 API Reference, "OPTIONS object").
 */
export async function servePreflight(world: World, arrival: Arrival): Promise<HttpAnswer> {
  const { request } = arrival
  const { account, region } = world.config
  const question = () => ask(world, request)
  try {
    let headers: Record<string, string> = {}
    const { requestId } = await translated(world, arrival, undefined, () => {
      headers = question()
      return { caller: anonymous, account, region, body: (source) => source }
    })
    return { status: 200, headers: { ...headers, 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) } }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return encodeError({ ...errorStyle(request), protocol: 'rest-xml', service: 's3' }, error, error.requestId ?? '')
  }
}

/** Sentences as S3 prints them, misspelling and all. */
function ask(world: World, request: HttpRequest): Record<string, string> {
  const { headers } = request
  const origin = headers.get('origin')
  const method = headers.get('access-control-request-method')
  if (!origin) throw badRequest('Insufficient information. Origin request header needed.')
  if (!method || !METHODS.has(method)) throw badRequest(`Invalid Access-Control-Request-Method: ${method ?? 'null'}`)
  const { bucket, isObject } = targetOf(world, request)
  const forbidden = (why: string) =>
    new AwsError('AccessForbidden', `CORSResponse: ${why}`, 403, {
      Method: method,
      ResourceType: isObject ? 'OBJECT' : 'BUCKET',
    })
  if (!bucket) throw forbidden('Bucket not found')
  if (!bucket.cors) throw forbidden('CORS is not enabled for this bucket.')
  const asked = { origin, method, headers: names(headers.get('access-control-request-headers')) }
  const match = matchingRule(bucket.cors, asked)
  if (match) return allowHeaders(match, asked, true)
  throw forbidden(
    "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
  )
}

const METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'HEAD'])

const badRequest = (message: string) => new AwsError('BadRequest', message, 400)

/** What an answer to a request with an origin says beside what it says; nothing where no rule fits. */
export function crossOriginHeaders(world: World, request: HttpRequest): Record<string, string> {
  const origin = request.headers.get('origin')
  const rules = origin === undefined ? undefined : targetOf(world, request).bucket?.cors
  if (!rules) return {}
  const asked: CrossOriginQuestion = { origin: origin!, method: request.method, headers: [] }
  const match = matchingRule(rules, asked)
  return match ? allowHeaders(match, asked, false) : {}
}

function targetOf({ store }: World, request: HttpRequest): { bucket: Bucket | undefined; isObject: boolean } {
  const host = virtualHostBucket(request)
  const [, first = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? []
  const name = host ?? percentDecode(first)
  return {
    bucket: name === '' ? undefined : findBucket(store, name),
    isObject: (host === undefined ? rest : first) !== '',
  }
}

function names(list: string | undefined): string[] {
  return (list ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
