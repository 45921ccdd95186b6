import { invalidParameter } from './errors.ts'

/** What a registry needs to know of a pushed manifest. */
export interface Manifest {
  mediaType: string
  artifactMediaType?: string
  /** Digest of the image that it is about (OCI image specification, "subject"); that need not be there. */
  subject?: string
  artifactType?: string
  annotations?: Record<string, string>
  /** Layers and configuration, which must have been uploaded before. */
  layers: readonly Descriptor[]
  /** Of an index: images that must have been put before. */
  manifests: readonly Descriptor[]
}

export interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

const IMAGE_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

/**
 * Reads an image manifest or index, version 2 of Docker's schema or OCI's; throws InvalidParameterException.
 * `given` is the request's imageManifestMediaType, for manifests that do not state their own.
 */
export function parseManifest(text: string, given: string | undefined): Manifest {
  const document = parse(text)
  const stated = document['mediaType']
  const mediaType = typeof stated === 'string' ? stated : given
  if (document['schemaVersion'] !== 2 || mediaType === undefined || (given !== undefined && given !== mediaType))
    throw refused('Invalid or unsupported manifest media type')
  const about = aboutOf(document)
  if (INDEX_TYPES.includes(mediaType))
    return { mediaType, ...about, layers: [], manifests: descriptors(document['manifests'], 'manifests') }
  if (!IMAGE_TYPES.includes(mediaType)) throw refused(`Unsupported manifest media type ${mediaType}`)
  const config = descriptor(document['config'], 'config')
  return {
    mediaType,
    artifactMediaType: config.mediaType,
    // What a referrer is called where it does not say: its configuration's type (distribution specification).
    artifactType: config.mediaType,
    ...about,
    layers: [config, ...descriptors(document['layers'], 'layers').filter(isPushed)],
    manifests: [],
  }
}

/** Layers that may not be given on stay where their URLs say (Docker's `foreign`, OCI's `nondistributable`). */
const isPushed = ({ mediaType }: Descriptor) => !/\.(?:foreign|nondistributable)\./.test(mediaType)

function aboutOf(document: Record<string, unknown>): Pick<Manifest, 'subject' | 'artifactType' | 'annotations'> {
  const { subject, artifactType, annotations } = document
  if (annotations !== undefined && !isTexts(annotations)) throw refused("'annotations' must map texts to texts")
  return {
    ...(subject !== undefined && { subject: descriptor(subject, 'subject').digest }),
    ...(typeof artifactType === 'string' && artifactType !== '' && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string')
}

function parse(text: string): Record<string, unknown> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw refused('Invalid JSON syntax')
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw refused('Invalid JSON syntax')
  return document as Record<string, unknown>
}

function descriptors(value: unknown, name: string): Descriptor[] {
  if (!Array.isArray(value)) throw refused(`'${name}' must be a list of descriptors`)
  return value.map((entry) => descriptor(entry, name))
}

function descriptor(value: unknown, name: string): Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Partial<Descriptor>
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw refused(`'${name}' must have mediaType, digest and size`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw refused(`'${name}' must have mediaType, digest and size`)
  return { mediaType, digest, size }
}

// inferred: the constraints' words.
const refused = (constraint: string) => invalidParameter('ImageManifest', constraint)
