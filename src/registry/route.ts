import type { HttpRequest } from '../wire/request.ts'

/** What a request of the OCI distribution protocol (its specification, "Endpoints") is about. */
export type Route =
  | { kind: 'ping' | 'catalog' }
  | { kind: 'tags'; name: string }
  | { kind: 'uploads'; name: string }
  | { kind: 'upload'; name: string; uploadId: string }
  | { kind: 'blob' | 'referrers'; name: string; digest: string }
  | { kind: 'manifest'; name: string; reference: string }

/** `123456789012.dkr.ecr.us-east-1.amazonaws.com`, and what PrivateLink and FIPS make of it. */
const registryHost =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/

/**
 * Is this docker's protocol? No bucket can have the name `v2`, so on an address without a name the path alone tells;
 * on AWS's names the name does.
 */
export function isRegistryRequest({ path, headers, query }: HttpRequest): boolean {
  if (path !== '/v2' && !path.startsWith('/v2/')) return false
  if (headers.has('x-amz-target') || headers.get('smithy-protocol') !== undefined) return false
  if (headers.get('authorization')?.startsWith('AWS') || /X-Amz-Credential=|AWSAccessKeyId=/i.test(query)) return false
  const host = hostName(headers)
  return registryHost.test(host) || !/(?:amazonaws\.com(?:\.cn)?|on\.aws|\.localhost)$/.test(host)
}

/** Registry and Region that the host names; undefined on an address that names none. */
export function registryOfHost(headers: HttpRequest['headers']): { account: string; region: string } | undefined {
  const groups = registryHost.exec(hostName(headers))?.groups
  return groups && { account: groups['account']!, region: groups['region']! }
}

const hostName = (headers: HttpRequest['headers']) => (headers.get('host') ?? '').toLowerCase().replace(/:\d+$/, '')

const patterns: readonly [RegExp, (found: Record<string, string>) => Route][] = [
  [/^\/v2\/?$/, () => ({ kind: 'ping' })],
  [/^\/v2\/_catalog$/, () => ({ kind: 'catalog' })],
  [/^\/v2\/(?<name>.+)\/tags\/list$/, ({ name = '' }) => ({ kind: 'tags', name })],
  [/^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/, ({ name = '' }) => ({ kind: 'uploads', name })],
  [
    /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<uploadId>[^/]+)$/,
    ({ name = '', uploadId = '' }) => ({ kind: 'upload', name, uploadId }),
  ],
  [/^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/, ({ name = '', digest = '' }) => ({ kind: 'blob', name, digest })],
  [
    /^\/v2\/(?<name>.+)\/referrers\/(?<digest>[^/]+)$/,
    ({ name = '', digest = '' }) => ({ kind: 'referrers', name, digest }),
  ],
  [
    /^\/v2\/(?<name>.+)\/manifests\/(?<reference>[^/]+)$/,
    ({ name = '', reference = '' }) => ({ kind: 'manifest', name, reference }),
  ],
]

/** Takes a path apart; undefined for one that the protocol does not know. Names are not judged here: ECR's operations do. */
export function routeOf(path: string): Route | undefined {
  const plain = unescaped(path)
  for (const [pattern, make] of patterns) {
    const found = plain === undefined ? undefined : pattern.exec(plain)
    if (found) return make(found.groups ?? {})
  }
  return undefined
}

function unescaped(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
