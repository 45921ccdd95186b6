import type { HttpAnswer } from '../wire/request.ts'
import type { RegistryVisit } from './serve.ts'

/** ECR's largest page. */
const PAGE = 1000

/** `GET /v2/NAME/tags/list?n=&last=`: in the order of their letters, as the specification has it. */
export async function listTags(visit: RegistryVisit, name: string): Promise<HttpAnswer> {
  const input = { repositoryName: name, filter: { tagStatus: 'TAGGED' }, maxResults: PAGE }
  const images = await all<{ imageTag?: string }>(visit, 'ListImages', 'imageIds', input)
  const tags = images.flatMap(({ imageTag }) => imageTag ?? []).toSorted()
  const { items, headers } = page(visit, `/v2/${name}/tags/list`, tags)
  return json(visit, { name, tags: items }, headers)
}

/** `GET /v2/_catalog`: who may list the registry's repositories. inferred: by DescribeRepositories. */
export async function listCatalog(visit: RegistryVisit): Promise<HttpAnswer> {
  const found = await all<{ repositoryName: string }>(visit, 'DescribeRepositories', 'repositories', {
    maxResults: PAGE,
  })
  const names = found.map(({ repositoryName }) => repositoryName).toSorted()
  const { items, headers } = page(visit, '/v2/_catalog', names)
  return json(visit, { repositories: items }, headers)
}

interface Referrer {
  digest: string
  mediaType: string
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}

/** `GET /v2/NAME/referrers/DIGEST?artifactType=`: an index of what names that image its subject; an empty one for no image. */
export async function listReferrers(
  visit: RegistryVisit,
  { name, digest }: { name: string; digest: string },
): Promise<HttpAnswer> {
  const wanted = visit.query.getAll('artifactType').filter(Boolean)
  const found = await all<Referrer>(visit, 'ListImageReferrers', 'referrers', {
    repositoryName: name,
    subjectId: { imageDigest: digest },
    ...(wanted.length > 0 && { filter: { artifactTypes: wanted } }),
    maxResults: 50,
  })
  const manifests = found.map(({ mediaType, digest: own, size, artifactType, annotations }) => ({
    mediaType,
    digest: own,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  }))
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  return json(
    visit,
    { schemaVersion: 2, mediaType, manifests },
    {
      'Content-Type': mediaType,
      ...(wanted.length > 0 && { 'OCI-Filters-Applied': 'artifactType' }),
    },
  )
}

/** All pages of an operation of ECR's. */
async function all<T>({ act }: RegistryVisit, operation: string, member: string, input: object): Promise<T[]> {
  const items: T[] = []
  let nextToken: string | undefined
  do {
    const output = await act<Record<string, unknown>>(operation, { ...input, ...(nextToken && { nextToken }) })
    items.push(...((output[member] ?? []) as T[]))
    nextToken = output['nextToken'] as string | undefined
  } while (nextToken !== undefined)
  return items
}

/** `n` of the names after `last`, and where the next ones are. */
function page(
  { query }: RegistryVisit,
  path: string,
  names: string[],
): { items: string[]; headers: Record<string, string> } {
  const last = query.get('last')
  const n = /^\d+$/.test(query.get('n') ?? '') ? Math.min(Number(query.get('n')), PAGE) : PAGE
  const rest = last === null ? names : names.filter((name) => name > last)
  const items = rest.slice(0, n)
  const end = items.at(-1)
  if (end === undefined || rest.length === items.length) return { items, headers: {} }
  return { items, headers: { Link: `<${path}?last=${encodeURIComponent(end)}&n=${n}>; rel="next"` } }
}

function json({ request }: RegistryVisit, document: object, headers: Record<string, string>): HttpAnswer {
  const body = JSON.stringify(document)
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
    ...(request.method === 'GET' && { body }),
  }
}
