import type { LifecycleRule } from './lifecycle-rules.ts'

/** What the rules look at of an image. */
export interface Aging {
  imageDigest: string
  imageTags: readonly string[]
  /** Epoch seconds. */
  imagePushedAt: number
  /** Digests of the images that an index stands for. */
  manifests: readonly string[]
  /** Digest of the image that it is about. */
  subject?: string
}

/** An image that is to go, and by which rule. */
export interface Expiry<T extends Aging> {
  image: T
  priority: number
}

const DAY_SECONDS = 24 * 3600

/**
 * Which images a policy lets go at `now` (epoch seconds). "An image is expired by exactly one or zero rules. An image that
 * matches the tagging requirements of a rule cannot be expired by a rule with a lower priority. Rules can never mark images
 * that are marked by higher priority rules, but can still identify them as if they haven't been expired." (Amazon ECR User
 * Guide, "How lifecycle policies work"). What an index that stays refers to, stays; what is about an image goes with it.
 */
export function evaluateLifecycle<T extends Aging>(
  images: readonly T[],
  rules: readonly LifecycleRule[],
  now: number,
): Expiry<T>[] {
  const digests = new Set(images.map(({ imageDigest }) => imageDigest))
  const free = images.filter(({ subject }) => subject === undefined || !digests.has(subject))
  const claimed = new Set<string>()
  const going = new Map<string, Expiry<T>>()
  for (const rule of rules.toSorted((a, b) => a.priority - b.priority)) {
    const matching = free.filter((image) => matches(rule, image)).toSorted(youngestFirst)
    for (const [place, image] of matching.entries()) {
      if (claimed.has(image.imageDigest)) continue
      claimed.add(image.imageDigest)
      if (isOver(rule, image, place, now)) going.set(image.imageDigest, { image, priority: rule.priority })
    }
  }
  keepReferenced(images, going)
  for (const image of images) {
    const about = image.subject === undefined ? undefined : going.get(image.subject)
    if (about) going.set(image.imageDigest, { image, priority: about.priority })
  }
  return [...going.values()]
}

const youngestFirst = (a: Aging, b: Aging) =>
  b.imagePushedAt - a.imagePushedAt || (a.imageDigest < b.imageDigest ? -1 : 1)

function isOver({ countType, countNumber }: LifecycleRule, image: Aging, place: number, now: number): boolean {
  return countType === 'imageCountMoreThan'
    ? place >= countNumber
    : now - image.imagePushedAt > countNumber * DAY_SECONDS
}

/** "If you specify multiple tags, only the images with all specified tags are selected." */
function matches({ tagStatus, tagPrefixList, tagPatternList }: LifecycleRule, { imageTags }: Aging): boolean {
  if (tagStatus === 'any') return true
  if (tagStatus === 'untagged') return imageTags.length === 0
  return (
    imageTags.length > 0 &&
    tagPrefixList.every((prefix) => imageTags.some((tag) => tag.startsWith(prefix))) &&
    tagPatternList.every((pattern) => imageTags.some((tag) => fits(tag, pattern)))
  )
}

/** `*` stands for any number of characters. By pieces, not by a regular expression: no pattern can make it slow. */
function fits(tag: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return tag === pattern
  if (!tag.startsWith(first) || tag.length < first.length + last.length || !tag.endsWith(last)) return false
  let at = first.length
  for (const piece of rest) {
    const found = tag.indexOf(piece, at)
    if (found < 0 || found + piece.length > tag.length - last.length) return false
    at = found + piece.length
  }
  return true
}

/** Indexes may refer to indexes: looked at until no more is kept. */
function keepReferenced<T extends Aging>(images: readonly T[], going: Map<string, Expiry<T>>): void {
  for (let changed = true; changed;) {
    changed = false
    for (const { imageDigest, manifests } of images) {
      if (going.has(imageDigest)) continue
      for (const digest of manifests) if (going.delete(digest)) changed = true
    }
  }
}
