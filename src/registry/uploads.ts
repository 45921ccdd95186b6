import { AwsError } from '../wire/aws-error.ts'
import type { HttpAnswer } from '../wire/request.ts'
import { RegistryRefusal } from './refusal.ts'
import type { RegistryVisit } from './serve.ts'

interface Upload {
  name: string
  uploadId: string
}

/** What UploadLayerPart tells of an upload that came by this protocol: bytes, not the last one. */
interface Progress {
  received: number
}

/**
 * POST: begins an upload. With `mount` a layer of another repository is taken over where that may be, with `digest` the body
 * is the whole layer (distribution specification, "Pushing a blob monolithically", "Mounting a blob from another repository").
 */
export async function startUpload(visit: RegistryVisit, name: string): Promise<HttpAnswer> {
  const { act, query } = visit
  const mount = query.get('mount')
  const from = query.get('from')
  if (mount !== null && from !== null && (await mounted(visit, name, { layerDigest: mount, fromRepositoryName: from })))
    return created(name, mount)
  const { uploadId } = await act<{ uploadId: string }>('InitiateLayerUpload', { repositoryName: name })
  const digest = query.get('digest')
  if (digest === null) return accepted({ name, uploadId }, { received: 0 })
  await sendPart(visit, { name, uploadId }, {})
  return complete(visit, { name, uploadId }, digest)
}

/** Who may not read the other repository, or asks for what is not there, uploads: nobody learns more than that. */
async function mounted({ act }: RegistryVisit, name: string, mount: object): Promise<boolean> {
  try {
    const outcome = await act<{ mounted?: boolean }>('InitiateLayerUpload', { repositoryName: name, mount })
    return outcome.mounted === true
  } catch (error) {
    if (error instanceof AwsError && error.status < 500) return false
    throw error
  }
}

/** PATCH: more bytes, where the upload stands or where Content-Range says. */
export async function continueUpload(visit: RegistryVisit, upload: Upload): Promise<HttpAnswer> {
  return accepted(upload, await sendPart(visit, upload, rangeOf(visit)))
}

/** PUT: the last bytes, if any, and what they all should be. */
export async function finishUpload(visit: RegistryVisit, upload: Upload): Promise<HttpAnswer> {
  const digest = visit.query.get('digest')
  // inferred: the words.
  if (digest === null) throw new RegistryRefusal('DIGEST_INVALID', 'The digest parameter is missing', 400)
  const { headers } = visit.request
  const empty =
    headers.get('content-length') === '0' || !(headers.has('content-length') || headers.has('transfer-encoding'))
  if (!empty) await sendPart(visit, upload, rangeOf(visit))
  return complete(visit, upload, digest)
}

export async function uploadStatus({ act }: RegistryVisit, { name, uploadId }: Upload): Promise<HttpAnswer> {
  const progress = await act<Progress>('UploadLayerPart', part(name, uploadId, { deed: 'status' }))
  return { ...accepted({ name, uploadId }, progress), status: 204 }
}

export async function cancelUpload({ act }: RegistryVisit, { name, uploadId }: Upload): Promise<HttpAnswer> {
  await act('UploadLayerPart', part(name, uploadId, { deed: 'cancel' }))
  return { status: 204, headers: {} }
}

async function sendPart(
  { act, body }: RegistryVisit,
  upload: Upload,
  range: { firstByte?: number; size?: number },
): Promise<Progress> {
  try {
    const streamed = { deed: 'append', source: body, ...range }
    return await act<Progress>('UploadLayerPart', part(upload.name, upload.uploadId, streamed))
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'InvalidLayerPartException') throw error
    const received = Number(error.fields['lastValidByteReceived'] ?? -1) + 1
    throw new RegistryRefusal('RANGE_INVALID', error.message, 416, whereabouts(upload, { received }))
  }
}

/** Docker's parts have no numbers and no bound; what the model requires of ECR's own stays empty. */
function part(repositoryName: string, uploadId: string, streamed: object) {
  return { repositoryName, uploadId, partFirstByte: 0, partLastByte: 0, layerPartBlob: new Uint8Array(), streamed }
}

async function complete({ act }: RegistryVisit, { name, uploadId }: Upload, digest: string): Promise<HttpAnswer> {
  try {
    await act('CompleteLayerUpload', { repositoryName: name, uploadId, layerDigests: [digest] })
  } catch (error) {
    // What was to be there is there.
    if (!(error instanceof AwsError && error.code === 'LayerAlreadyExistsException')) throw error
  }
  return created(name, digest)
}

/** `Content-Range: 0-1023`, in this protocol without unit and total; some clients write `bytes 0-1023/*`. */
function rangeOf({ request: { headers } }: RegistryVisit): { firstByte?: number; size?: number } {
  const range = headers.get('content-range')
  if (range === undefined) return {}
  const [, first, last] = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/.*)?$/.exec(range.trim()) ?? []
  if (first === undefined || Number(last) < Number(first))
    throw new RegistryRefusal('RANGE_INVALID', `Content-Range ${range} is not valid`, 416)
  return { firstByte: Number(first), size: Number(last) - Number(first) + 1 }
}

function accepted(upload: Upload, progress: Progress): HttpAnswer {
  return { status: 202, headers: { ...whereabouts(upload, progress), 'content-length': '0' } }
}

function whereabouts({ name, uploadId }: Upload, { received }: Progress): Record<string, string> {
  return {
    Location: `/v2/${name}/blobs/uploads/${uploadId}`,
    // An upload without bytes has the same range as one of one byte: so the specification.
    Range: `0-${Math.max(0, received - 1)}`,
    'Docker-Upload-UUID': uploadId,
  }
}

function created(name: string, digest: string): HttpAnswer {
  return {
    status: 201,
    headers: { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest, 'content-length': '0' },
  }
}
