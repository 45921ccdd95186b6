import type { DescribeImageVersionCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call, Need } from '../../../door/call.ts'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { onResource } from '../resource-needs.ts'
import { Resources, type Place, type Resource } from '../resources.ts'
import { images, type Image } from './image.ts'

export interface ImageVersion extends Resource<Shape<DescribeImageVersionCommandOutput>> {
  imageName: string
  aliases: string[]
  /** Of the call that made it: the same again makes none. */
  clientToken: string
}

/** By `IMAGE/NUMBER`, in lower case as in its ARN. */
export const imageVersions = new Resources<ImageVersion>(
  'image-version',
  ({ description }) => ({
    created: description.CreationTime!,
    modified: description.LastModifiedTime!,
    status: description.ImageVersionStatus,
  }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `ImageVersion [${arn}] does not exist.`),
)

export const versionName = (imageName: string, version: number): string => `${imageName.toLowerCase()}/${version}`

/** Newest first. */
export function versionsOf(store: Store, { account, region, name }: Pick<Image, 'name' | keyof Place>): ImageVersion[] {
  return imageVersions
    .all(store, { account, region }, `${name.toLowerCase()}/`)
    .sort((a, b) => b.description.Version! - a.description.Version!)
}

/** How operations name a version: by number, by alias, or the latest. */
export interface VersionId {
  ImageName: string
  Version?: number
  Alias?: string
}

/** "If not specified, the latest version is described" (API_DescribeImageVersion). */
export function findVersion(store: Store, at: Place, { ImageName, Version, Alias }: VersionId) {
  if (Version !== undefined) return imageVersions.find(store, at, versionName(ImageName, Version))
  const { account, region } = at
  const all = versionsOf(store, { account, region, name: ImageName })
  return Alias === undefined ? all[0] : all.find(({ aliases }) => aliases.includes(Alias))
}

/** Throws AWS's answer for an image, or a version of it, that is not there. */
export function mustFindVersion(store: Store, at: Place, id: VersionId): ImageVersion {
  images.must(store, at, id.ImageName)
  if (id.Version !== undefined && id.Alias !== undefined) {
    throw new AwsError('ValidationException', 'Specify either Version or Alias.') // inferred: sentence
  }
  const found = findVersion(store, at, id)
  if (found) return found
  if (id.Version !== undefined) return imageVersions.must(store, at, versionName(id.ImageName, id.Version))
  const which = id.Alias === undefined ? 'versions' : `version with the alias "${id.Alias}"`
  throw new AwsError('ResourceNotFound', `Image "${id.ImageName}" has no ${which}.`) // inferred: sentence
}

/** The right is asked on the version that is meant; where there is none, on all that there could be. */
export function onVersion(call: Call, id: VersionId): Need[] {
  const name =
    findVersion(call.world.store, call, id)?.name ??
    (id.Version === undefined ? `${id.ImageName.toLowerCase()}/*` : versionName(id.ImageName, id.Version))
  return onResource(call, imageVersions.arn(call, name))
}

/** An alias means one version of an image. inferred: sentence */
export function refuseTakenAliases(
  store: Store,
  image: Pick<Image, 'name' | keyof Place>,
  aliases: readonly string[] = [],
  but?: string,
): void {
  const others = versionsOf(store, image).filter(({ name }) => name !== but)
  const taken = aliases.find((alias) => others.some((one) => one.aliases.includes(alias)))
  if (taken !== undefined) {
    throw new AwsError('ResourceInUse', `The alias "${taken}" is that of another version of the image.`)
  }
}
