/** An image in a private ECR registry, taken apart. At least one of `tag` and `digest` is there; `latest` is the default tag. */
export interface ImageUri {
  registryId: string
  region: string
  repositoryName: string
  tag?: string
  /** `sha256:…` */
  digest?: string
}

// Host and name as ECR's own model states them (RepositoryName, ImageTag, ImageDigest).
const pattern = new RegExp(
  String.raw`^(?<registryId>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)` +
    String.raw`/(?<repositoryName>(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*)` +
    String.raw`(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
)

/** `123456789012.dkr.ecr.us-east-1.amazonaws.com/repo:tag@sha256:…`; undefined for anything that is no image in ECR. */
export function parseImageUri(uri: string): ImageUri | undefined {
  if (uri.length > 512) return undefined
  const groups = pattern.exec(uri)?.groups
  if (!groups) return undefined
  const { registryId, region, repositoryName, tag, digest } = groups as Record<string, string | undefined>
  if (!registryId || !region || !repositoryName) return undefined
  return {
    registryId,
    region,
    repositoryName,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
    ...(tag === undefined && digest === undefined && { tag: 'latest' }),
  }
}

/** The id that BatchGetImage takes. A digest wins over a tag, as with `docker pull`. */
export function imageIdOf(uri: ImageUri): { imageDigest: string } | { imageTag: string } {
  return uri.digest === undefined ? { imageTag: uri.tag ?? 'latest' } : { imageDigest: uri.digest }
}
