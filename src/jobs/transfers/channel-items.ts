import type { Readable } from 'node:stream'
import type { Channel } from '@aws-sdk/client-sagemaker'
import type { Origin } from '../../door/call.ts'
import { Unreachable } from '../../door/locate.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import type { Acting } from '../acting.ts'
import { isPlainDenial, JobFailure, reasons } from '../failure.ts'
import { pathBelow, readManifest } from './objects.ts'
import { bucketHost, parseS3Uri, s3Uri } from './s3-uri.ts'

export type S3Channel = Shape<Channel>

/** By which network place a host's transfers go, and which of how many hosts that get the channel it is. */
export interface HostPlace {
  origin: Origin
  region: string
  index: number
  count: number
}

/** An object of a channel, and where it goes in the channel's folder. */
export interface Item {
  bucket: string
  key: string
  path: string
}

interface Listed {
  Contents?: { Key: string; Size: number }[]
  NextContinuationToken?: string
  IsTruncated?: boolean
}

/** True when at least one object lies under the prefix. One list call; rejects as the door does. */
export async function anyObject(acting: Acting, uri: string, origin?: Origin): Promise<boolean> {
  const { bucket, key } = parseS3Uri(uri)
  const listed = await acting.call<Listed>('s3', 'ListObjectsV2', { Bucket: bucket, Prefix: key, MaxKeys: 1 }, origin)
  return Boolean(listed.Contents?.length)
}

/** All objects of a channel of type S3Prefix or ManifestFile, in S3's or the manifest's order. Rejects with JobFailure. */
export async function itemsOf(
  acting: Acting,
  { DataSource }: Pick<S3Channel, 'DataSource'>,
  by: Pick<HostPlace, 'origin' | 'region'>,
): Promise<Item[]> {
  const { S3Uri, S3DataType } = DataSource.S3DataSource!
  const at = parseS3Uri(S3Uri)
  return S3DataType === 'ManifestFile' ? manifestItems(acting, at, by) : prefixItems(acting, at, by)
}

/** S3Prefix: every object whose key begins so. */
export async function prefixItems(
  acting: Acting,
  { bucket, key }: { bucket: string; key: string },
  { origin, region }: Pick<HostPlace, 'origin' | 'region'>,
): Promise<Item[]> {
  const items: Item[] = []
  let token: string | undefined
  do {
    const input = { Bucket: bucket, Prefix: key, ...(token ? { ContinuationToken: token } : {}) }
    const listed = await tried(s3Uri(bucket, key), 'list', () =>
      acting.call<Listed>('s3', 'ListObjectsV2', input, origin, bucketHost(bucket, region)),
    )
    for (const { Key } of listed.Contents ?? []) {
      // "Folders" that the console makes are empty objects whose key ends in a slash.
      if (!Key.endsWith('/')) items.push({ bucket, key: Key, path: pathBelow(key, Key) })
    }
    token = listed.IsTruncated ? listed.NextContinuationToken : undefined
  } while (token)
  return items
}

/** ManifestFile: `[{"prefix": "s3://bucket/some/"}, "relative/path", …]` (API_S3DataSource). */
async function manifestItems(
  acting: Acting,
  at: { bucket: string; key: string },
  by: Pick<HostPlace, 'origin' | 'region'>,
): Promise<Item[]> {
  const parsed = readManifest((await readObject(acting, at, by)).toString('utf8'))
  // inferred: sentence
  if (!parsed)
    throw new JobFailure(`ClientError: Data download failed:Invalid manifest file ${s3Uri(at.bucket, at.key)}`)
  const base = parseS3Uri(parsed.prefix)
  return parsed.paths.map((path) => ({ bucket: base.bucket, key: base.key + path, path }))
}

/** An object's bytes as they come. Rejects with JobFailure. */
export async function openObject(
  acting: Acting,
  { bucket, key }: { bucket: string; key: string },
  { origin, region }: Pick<HostPlace, 'origin' | 'region'>,
): Promise<Readable> {
  const input = { Bucket: bucket, Key: key }
  return tried(s3Uri(bucket, key), 'get', async () => {
    const { Body } = await acting.call<{ Body: Readable }>('s3', 'GetObject', input, origin, bucketHost(bucket, region))
    return Body
  })
}

/** A whole object, of a kind that is small. Rejects with JobFailure. */
export async function readObject(
  acting: Acting,
  at: { bucket: string; key: string },
  by: Pick<HostPlace, 'origin' | 'region'>,
): Promise<Buffer> {
  const body = await openObject(acting, at, by)
  return tried(s3Uri(at.bucket, at.key), 'get', async () => {
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  })
}

/** Runs a call of S3; what it rejects with is told in AWS's words (facts: errors.md A9). */
export async function tried<T>(uri: string, what: 'list' | 'get', work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Unreachable) throw new JobFailure(reasons.noRoute('Data download'), error)
    if (!(error instanceof AwsError)) throw error
    if (!isPlainDenial(error)) throw new JobFailure(reasons.downloadFailed(uri, error), error)
    throw new JobFailure(what === 'list' ? reasons.listDenied(uri) : reasons.downloadDenied(uri), error)
  }
}

/** With ShardedByS3Key, a host's part; else all. inferred: which host gets which; AWS says no more than "approximately 1/n". */
export function shareOf<T>(
  all: readonly T[],
  { DataSource }: Pick<S3Channel, 'DataSource'>,
  { index, count }: Pick<HostPlace, 'index' | 'count'>,
): readonly T[] {
  if (DataSource.S3DataSource!.S3DataDistributionType !== 'ShardedByS3Key') return all
  return all.filter((_, at) => at % count === index)
}

/** ShuffleConfig: the same seed gives the same order, on every host. inferred: the order itself, which AWS does not tell. */
export function shuffled<T>(all: readonly T[], seed: number): T[] {
  const order = [...all]
  const next = random(seed)
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1))
    ;[order[at], order[other]] = [order[other]!, order[at]!]
  }
  return order
}

/** SplitMix32. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
