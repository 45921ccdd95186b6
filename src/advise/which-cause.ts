import type { DecisionTrace } from '../door/trace.ts'
import { imageIdOf, parseImageUri } from '../services/ecr/image-uri.ts'
import { isFailure, resolveImage } from '../services/ecr/image.ts'
import type { Repository } from '../services/ecr/repository.ts'
import { findBucket } from '../services/s3/bucket.ts'
import type { World } from '../world.ts'
import type { Blocker } from './explanation.ts'
import { imagesIn } from './job-work.ts'

const EMPTY =
  /^(?:ClientError: Failed to download data\. )?No S3 objects found under (?:S3 URL )?"?s3:\/\/(?<bucket>[^/"\s]+)\/?(?<prefix>[^"\s]*)"?/

const NO_IMAGE = /Cannot find the requested image|Requested image|Cannot pull algorithm container|API error \(404\)/

/**
 * AWS says several causes in one sentence, and names none (an empty prefix, a bucket elsewhere, a role that may not list; an
 * image that is not there, one that may not be pulled). Which it was, where no permission was lacking; undefined where the
 * sentence is plain. `images`: of the job, as its sentence need not name them.
 */
export function whichCause(
  world: World,
  { account, region, needs = [] }: Partial<Pick<DecisionTrace, 'account' | 'region' | 'needs'>>,
  { code, message }: { code: string; message: string },
  images: readonly string[] = imagesIn(message),
): Blocker | undefined {
  if (code === 'PermanentRedirect') return elsewhere(world, region, needs[0]?.resource ?? '')
  if (code === 'NoSuchKey' && needs[0])
    return { layer: 'validation', code, component: needs[0].resource, text: message }
  const empty = message.includes('Error message from S3') ? undefined : EMPTY.exec(message)?.groups
  if (empty) {
    const { bucket = '', prefix = '' } = empty
    const text = `the bucket ${bucket} is there and may be listed, but no key in it begins with "${prefix}"`
    return { layer: 'validation', code: 'NO_OBJECTS', component: `s3://${bucket}/${prefix}`, text }
  }
  return NO_IMAGE.test(message) ? images.map((uri) => absent(world, account, uri)).find(Boolean) : undefined
}

function elsewhere({ store }: World, region: string | undefined, resource: string): Blocker | undefined {
  const name = resource.replace(/^arn:[^:]*:s3:::/, '').split('/', 1)[0]!
  const bucket = findBucket(store, name)
  if (!bucket) return undefined
  const text = `the bucket ${name} is in ${bucket.region}, and ${region} is where it was asked for: jobs read and write buckets of their own Region`
  return { layer: 'validation', code: 'OTHER_REGION', component: `arn:aws:s3:::${name}`, text }
}

/** An image that is not in its repository, or a repository that is not there, as far as the account may know. */
function absent(world: World, account: string | undefined, uri: string): Blocker | undefined {
  const image = parseImageUri(uri)
  if (!image || image.registryId !== account) return undefined
  const { region, repositoryName: name } = image
  const found = (code: string, text: string): Blocker => ({ layer: 'ecr', code, component: uri, text })
  if (!world.store.get<Repository>('ecr/repository', `${account}/${region}/${name}`))
    return found('REPOSITORY_NOT_FOUND', `there is no repository ${name} in ${region}`)
  const id = imageIdOf(image)
  if (!isFailure(resolveImage(world, { account, region, name }, id))) return undefined
  const what = 'imageTag' in id ? `tag ${id.imageTag}` : `digest ${id.imageDigest}`
  return found('IMAGE_NOT_FOUND', `the repository ${name} has no image with the ${what}`)
}
