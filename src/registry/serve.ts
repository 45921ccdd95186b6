import type { Readable } from 'node:stream'
import { translated, type Arrival } from '../door/door.ts'
import { Unreachable } from '../door/locate.ts'
import type { Token } from '../services/ecr/authorization-token.ts'
import { registryHost } from '../services/ecr/repository.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { HttpAnswer, HttpRequest } from '../wire/request.ts'
import type { World } from '../world.ts'
import { getBlob, headBlob } from './blobs.ts'
import { listCatalog, listReferrers, listTags } from './listings.ts'
import { deleteManifest, getManifest, putManifest } from './manifests.ts'
import { RegistryRefusal, refusalAnswer, unsupported } from './refusal.ts'
import { registryOfHost, routeOf, type Route } from './route.ts'
import { identityOfToken, invalidToken, NOBODY, tokenOf } from './token-holder.ts'
import { cancelUpload, finishUpload, continueUpload, startUpload, uploadStatus } from './uploads.ts'

/** One request of docker's protocol, for those who answer it. */
export interface RegistryVisit {
  readonly world: World
  readonly arrival: Arrival
  readonly request: HttpRequest
  readonly query: URLSearchParams
  readonly body: Readable
  /** One operation of Amazon ECR on this registry, as the holder of the request's token; rejects with AwsError. */
  readonly act: <O>(operation: string, input: { [member: string]: unknown }) => Promise<O>
}

/**
 * The registry at `/v2/`: each request is translated to the operations of Amazon ECR that do it, and these go through the door
 * one by one, so that what docker may is what its token's holder may, and each decision is on record.
 */
export async function serveRegistry(world: World, arrival: Arrival): Promise<HttpAnswer> {
  let answer: HttpAnswer
  try {
    answer = await answerOf(world, arrival)
  } catch (error) {
    answer = refusal(arrival, error)
  }
  return { ...answer, headers: { ...answer.headers, 'Docker-Distribution-Api-Version': 'registry/2.0' } }
}

async function answerOf(world: World, arrival: Arrival): Promise<HttpAnswer> {
  const { request } = arrival
  const named = registryOfHost(request.headers)
  const token = peek(() => tokenOf(world, request))
  const registry = named ?? {
    account: token?.registryId ?? world.config.account,
    region: token?.region ?? world.config.region,
  }
  // Thrown where the call is on record already.
  const whose = () => {
    const shown = tokenOf(world, request)
    // inferred: a token is one Region's.
    if (shown.region !== registry.region) throw invalidToken()
    return identityOfToken(world, shown)
  }
  const act: RegistryVisit['act'] = async <O>(operation: string, input: object) => {
    const asked = {
      service: 'ecr',
      operation,
      input: { registryId: registry.account, ...input },
      place: 'ecr.dkr',
      host: registryHost(registry),
    }
    return (await translated<O>(world, arrival, asked, whose)).output
  }
  const route = routeOf(request.path)
  if (!route || route.kind === 'ping') {
    const { requestId } = await translated(world, arrival, undefined, whose)
    if (!route) return { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: NO_PAGE }
    return { status: 200, headers: { 'x-amzn-RequestId': requestId, 'content-length': '0' } }
  }
  const visit = { world, arrival, request, query: new URLSearchParams(request.query), body: arrival.body, act }
  return handle(visit, route)
}

const NO_PAGE = '404 page not found\n'

function handle(visit: RegistryVisit, route: Exclude<Route, { kind: 'ping' }>): Promise<HttpAnswer> {
  const { method } = visit.request
  const reads = method === 'GET' || method === 'HEAD'
  switch (route.kind) {
    case 'catalog':
      if (reads) return listCatalog(visit)
      break
    case 'tags':
      if (reads) return listTags(visit, route.name)
      break
    case 'referrers':
      if (reads) return listReferrers(visit, route)
      break
    case 'uploads':
      if (method === 'POST') return startUpload(visit, route.name)
      break
    case 'upload':
      if (reads) return uploadStatus(visit, route)
      if (method === 'PATCH') return continueUpload(visit, route)
      if (method === 'PUT') return finishUpload(visit, route)
      if (method === 'DELETE') return cancelUpload(visit, route)
      break
    case 'blob':
      // ECR deletes layers by itself, when no image needs them; inferred: the refusal.
      if (reads) return method === 'HEAD' ? headBlob(visit, route) : getBlob(visit, route)
      break
    case 'manifest':
      if (reads) return getManifest(visit, route)
      if (method === 'PUT') return putManifest(visit, route)
      if (method === 'DELETE') return deleteManifest(visit, route)
      break
  }
  return Promise.reject(unsupported())
}

function refusal({ request, secure }: Arrival, error: unknown): HttpAnswer {
  if (error instanceof RegistryRefusal) return refusalAnswer(error)
  if (error instanceof Unreachable || !(error instanceof AwsError)) throw error
  const requestId = error.requestId ?? ''
  const answer = error.code === NOBODY ? challenge(request, secure) : refusalAnswer(error)
  const explain = requestId && {
    'x-amzn-RequestId': requestId,
    'x-sallyport-explain': `./sallyport explain ${requestId}`,
  }
  return { ...answer, headers: { ...answer.headers, ...explain } }
}

/** As ECR prints it (captured). */
function challenge(request: HttpRequest, secure: boolean): HttpAnswer {
  const named = registryOfHost(request.headers)
  const realm = named
    ? `https://${registryHost(named)}/`
    : `${secure ? 'https' : 'http'}://${request.headers.get('host') ?? ''}/`
  return {
    status: 401,
    headers: {
      'Www-Authenticate': `Basic realm="${realm}",service="ecr.amazonaws.com"`,
      'Content-Type': 'text/plain; charset=utf-8',
    },
    body: 'Not Authorized\n',
  }
}

function peek(work: () => Token): Token | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
