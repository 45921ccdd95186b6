import { readWhole } from '../door/body.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { HttpAnswer } from '../wire/request.ts'
import { manifestUnknown, RegistryRefusal } from './refusal.ts'
import type { RegistryVisit } from './serve.ts'

interface Manifest {
  name: string
  /** Tag or digest. */
  reference: string
}

/** The model's bound of imageManifest; a longer one is refused by its own constraint. */
const LONGEST = 4 * 1024 * 1024 + 1024

const idOf = (reference: string) => (reference.includes(':') ? { imageDigest: reference } : { imageTag: reference })

interface Got {
  images: { imageId: { imageDigest: string }; imageManifest: string; imageManifestMediaType: string }[]
  failures: { failureCode: string; failureReason: string }[]
}

/** GET and HEAD: byte for byte as it was pushed, so that its digest is right. */
export async function getManifest(visit: RegistryVisit, { name, reference }: Manifest): Promise<HttpAnswer> {
  const acceptedMediaTypes = acceptedTypes(visit)
  const { images, failures } = await visit.act<Got>('BatchGetImage', {
    repositoryName: name,
    imageIds: [idOf(reference)],
    ...(acceptedMediaTypes.length > 0 && { acceptedMediaTypes }),
  })
  const [image] = images
  if (!image) throw manifestUnknown(failures[0]?.failureReason ?? 'Requested image not found')
  return {
    status: 200,
    headers: {
      'Content-Type': image.imageManifestMediaType,
      'content-length': String(Buffer.byteLength(image.imageManifest)),
      'Docker-Content-Digest': image.imageId.imageDigest,
    },
    ...(visit.request.method === 'GET' && { body: image.imageManifest }),
  }
}

/** Media types of the Accept header that BatchGetImage could be asked for, without their parameters. */
function acceptedTypes({ request }: RegistryVisit): string[] {
  const types = (request.headers.get('accept') ?? '').split(',').map((type) => type.split(';')[0]!.trim())
  return types.some((type) => type === '*/*')
    ? []
    : [...new Set(types.filter((type) => type.startsWith('application/')))]
}

/** PUT: an image that is there already under that tag is what was wanted. */
export async function putManifest(visit: RegistryVisit, { name, reference }: Manifest): Promise<HttpAnswer> {
  const text = (await readWhole(visit.body, LONGEST)).toString('utf8')
  const mediaType = visit.request.headers.get('content-type')?.split(';')[0]?.trim()
  const input = {
    repositoryName: name,
    imageManifest: text,
    ...(mediaType && { imageManifestMediaType: mediaType }),
    ...idOf(reference),
  }
  const digest = await put(visit, input)
  const subject = subjectOf(text)
  return {
    status: 201,
    headers: {
      Location: `/v2/${name}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      'content-length': '0',
      ...(subject !== undefined && { 'OCI-Subject': subject }),
    },
  }
}

async function put(
  { act }: RegistryVisit,
  input: { imageManifest: string; [member: string]: unknown },
): Promise<string> {
  try {
    const { image } = await act<{ image: { imageId: { imageDigest: string } } }>('PutImage', input)
    return image.imageId.imageDigest
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ImageAlreadyExistsException') throw error
    const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(error.message) ?? []
    return digest
  }
}

function subjectOf(text: string): string | undefined {
  const { subject } = JSON.parse(text) as { subject?: { digest?: string } }
  return subject?.digest
}

interface Deleted {
  imageIds: unknown[]
  failures: { failureCode: string; failureReason: string }[]
}

/** DELETE: BatchDeleteImage, by digest with all its tags, by tag the tag. */
export async function deleteManifest({ act }: RegistryVisit, { name, reference }: Manifest): Promise<HttpAnswer> {
  const { failures } = await act<Deleted>('BatchDeleteImage', { repositoryName: name, imageIds: [idOf(reference)] })
  const [failure] = failures
  if (!failure) return { status: 202, headers: { 'content-length': '0' } }
  // inferred: the status of what an index still needs.
  if (failure.failureCode === 'ImageReferencedByManifestList')
    throw new RegistryRefusal('DENIED', failure.failureReason, 409)
  throw manifestUnknown(failure.failureReason)
}
