import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Channel } from '@aws-sdk/client-sagemaker'
import type { Origin } from '../door/call.ts'
import { Unreachable } from '../door/locate.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Shape } from '../wire/shape.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'
import { bucketHost, parseS3Uri, s3Uri } from './s3-uri.ts'

type S3Channel = Shape<Channel>

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

/** Where an object goes in the channel's folder. */
interface Item {
  bucket: string
  key: string
  path: string
}

/**
 * Brings a host's part of a File-mode channel to `folder`, by the network place that it has: of `count` hosts each gets
 * every object, or with ShardedByS3Key its share of them. Rejects with JobFailure in AWS's words.
 */
export async function download(
  acting: Acting,
  channel: S3Channel,
  folder: string,
  { origin, region, index, count }: { origin: Origin; region: string; index: number; count: number },
): Promise<void> {
  const source = channel.DataSource.S3DataSource!
  const { bucket, key } = parseS3Uri(source.S3Uri)
  await mkdir(folder, { recursive: true })
  const host = bucketHost(bucket, region)
  const items =
    source.S3DataType === 'ManifestFile'
      ? await manifestItems(acting, { bucket, key }, origin, host)
      : await prefixItems(acting, { bucket, key }, origin, host)
  const sharded = source.S3DataDistributionType === 'ShardedByS3Key'
  // inferred: which host gets which object; AWS says no more than that each gets about as many (API_S3DataSource).
  const own = sharded ? items.filter((_, at) => at % count === index) : items
  for (const item of own) await fetchObject(acting, item, folder, origin, bucketHost(item.bucket, region))
}

/** S3Prefix: every object whose key begins so; paths are what follows the prefix's last slash. */
async function prefixItems(
  acting: Acting,
  { bucket, key }: { bucket: string; key: string },
  origin: Origin,
  host: string,
): Promise<Item[]> {
  const items: Item[] = []
  const cut = key.lastIndexOf('/') + 1
  let token: string | undefined
  do {
    const input = { Bucket: bucket, Prefix: key, ...(token ? { ContinuationToken: token } : {}) }
    const listed = await tried(s3Uri(bucket, key), 'list', () =>
      acting.call<Listed>('s3', 'ListObjectsV2', input, origin, host),
    )
    for (const { Key } of listed.Contents ?? []) {
      // "Folders" that the console makes are empty objects whose key ends in a slash.
      if (!Key.endsWith('/')) items.push({ bucket, key: Key, path: Key.slice(cut) })
    }
    token = listed.IsTruncated ? listed.NextContinuationToken : undefined
  } while (token)
  return items
}

/** ManifestFile: `[{"prefix": "s3://bucket/some/"}, "relative/path", …]` (API_S3DataSource). */
async function manifestItems(
  acting: Acting,
  at: { bucket: string; key: string },
  origin: Origin,
  host: string,
): Promise<Item[]> {
  const uri = s3Uri(at.bucket, at.key)
  const chunks: Buffer[] = []
  const body = await tried(uri, 'get', () => getObject(acting, at, origin, host))
  for await (const chunk of body) chunks.push(chunk as Buffer)
  const parsed = manifest(Buffer.concat(chunks).toString('utf8'))
  if (!parsed) throw new JobFailure(`ClientError: Data download failed:Invalid manifest file ${uri}`) // inferred: sentence
  const base = parseS3Uri(parsed.prefix)
  return parsed.paths.map((path) => ({ bucket: base.bucket, key: base.key + path, path }))
}

function manifest(text: string): { prefix: string; paths: string[] } | undefined {
  try {
    const [head, ...paths] = JSON.parse(text) as [{ prefix: string }, ...string[]]
    if (typeof head.prefix !== 'string' || paths.some((path) => typeof path !== 'string')) return undefined
    return { prefix: head.prefix, paths }
  } catch {
    return undefined
  }
}

async function fetchObject(acting: Acting, item: Item, folder: string, origin: Origin, host: string): Promise<void> {
  const uri = s3Uri(item.bucket, item.key)
  const target = normalize(join(folder, item.path))
  // A key such as `../../x` is a legal S3 key; as a path it may not leave the channel.
  if (!target.startsWith(folder + sep))
    throw new JobFailure(`ClientError: Data download failed:Invalid path for object ${uri}`)
  await mkdir(dirname(target), { recursive: true })
  const body = await tried(uri, 'get', () => getObject(acting, item, origin, host))
  await tried(uri, 'get', () => pipeline(body, createWriteStream(target)))
}

async function getObject(
  acting: Acting,
  { bucket, key }: { bucket: string; key: string },
  origin: Origin,
  host: string,
): Promise<Readable> {
  const { Body } = await acting.call<{ Body: Readable }>('s3', 'GetObject', { Bucket: bucket, Key: key }, origin, host)
  return Body
}

async function tried<T>(uri: string, what: 'list' | 'get', work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Unreachable) throw new JobFailure(reasons.noRoute('Data download'), error)
    if (!(error instanceof AwsError)) throw error
    if (error.code !== 'AccessDenied') throw new JobFailure(reasons.downloadFailed(uri, error), error)
    throw new JobFailure(what === 'list' ? reasons.listDenied(uri) : reasons.downloadDenied(uri), error)
  }
}
