import { enter } from '../door/door.ts'
import type { HttpAnswer } from '../wire/request.ts'
import { AwsError } from '../wire/aws-error.ts'
import { RegistryRefusal } from './refusal.ts'
import type { RegistryVisit } from './serve.ts'

interface Blob {
  name: string
  digest: string
}

// inferred: the words.
const blobUnknown = (digest: string) => new RegistryRefusal('BLOB_UNKNOWN', `Requested layer ${digest} not found`, 404)

/** Is it there? BatchCheckLayerAvailability tells. */
export async function headBlob({ act }: RegistryVisit, { name, digest }: Blob): Promise<HttpAnswer> {
  const { layers } = await act<{ layers: { layerAvailability: string; layerSize?: number }[] }>(
    'BatchCheckLayerAvailability',
    { repositoryName: name, layerDigests: [digest] },
  )
  const layer = layers.find(({ layerAvailability }) => layerAvailability === 'AVAILABLE')
  if (!layer) throw blobUnknown(digest)
  return {
    status: 200,
    headers: {
      'content-length': String(layer.layerSize ?? 0),
      'Content-Type': 'application/octet-stream',
      'Docker-Content-Digest': digest,
      'Accept-Ranges': 'bytes',
    },
  }
}

/**
 * Layers lie in Amazon S3, as on AWS: the answer is a redirect there. On an address without names that would be a redirect to
 * this very address, to which clients would bring docker's password along, and S3 refuses a call that is signed twice; so
 * there the redirect is followed here, through the same door and from the same place.
 */
export async function getBlob(visit: RegistryVisit, { name, digest }: Blob): Promise<HttpAnswer> {
  const url = new URL(await downloadUrl(visit, { name, digest }))
  if (url.host !== visit.request.headers.get('host'))
    return { status: 307, headers: { Location: url.href, 'Docker-Content-Digest': digest, 'content-length': '0' } }
  const { arrival } = visit
  const headers = new Map([['host', url.host]])
  for (const kept of ['range', 'if-range', 'user-agent']) {
    const value = visit.request.headers.get(kept)
    if (value !== undefined) headers.set(kept, value)
  }
  const rawHeaders = [...headers].flat()
  const request = { method: 'GET', path: url.pathname, query: url.search.slice(1), headers, rawHeaders }
  const answer = await enter(visit.world, { ...arrival, request })
  return answer.status >= 300 ? answer : { ...answer, headers: { ...answer.headers, 'Docker-Content-Digest': digest } }
}

async function downloadUrl({ act }: RegistryVisit, { name, digest }: Blob): Promise<string> {
  try {
    const found = await act<{ downloadUrl: string }>('GetDownloadUrlForLayer', {
      repositoryName: name,
      layerDigest: digest,
    })
    return found.downloadUrl
  } catch (error) {
    throw error instanceof AwsError && error.code === 'LayersNotFoundException' ? blobUnknown(digest) : error
  }
}
