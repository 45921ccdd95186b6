import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Acting } from '../acting.ts'
import { itemsOf, openObject, shareOf, shuffled, tried } from './channel-items.ts'
import type { HostPlace, Item, S3Channel } from './channel-items.ts'
import { JobFailure, reasons } from '../failure.ts'
import { parseS3Uri, s3Uri } from './s3-uri.ts'

export { anyObject } from './channel-items.ts'

/**
 * Brings a host's part of a File-mode channel to `folder`, by the network place that it has: of `count` hosts each gets
 * every object, or with ShardedByS3Key its share of them. Rejects with JobFailure in AWS's words.
 *
 * FastFile channels come the same way: there is no file system here that fetches bytes as they are read, so all of them
 * are there before the program starts. The role's calls are the same; one that is refused fails the job before the start
 * instead of the program's read.
 */
export async function download(acting: Acting, channel: S3Channel, folder: string, by: HostPlace): Promise<void> {
  await mkdir(folder, { recursive: true })
  const items = await itemsOf(acting, channel, by)
  if (channel.InputMode === 'FastFile') refusePartialPrefix(channel, items)
  const { Seed } = channel.ShuffleConfig ?? {}
  const order = Seed === undefined ? items : shuffled(items, Seed)
  for (const item of shareOf(order, channel, by)) await fetchObject(acting, item, folder, by)
}

/** "For FastFile mode, partial S3 prefix is not supported." (facts: errors.md A9): a prefix ends where a folder or an object does. */
function refusePartialPrefix({ DataSource }: S3Channel, items: readonly Item[]): void {
  const { S3DataType, S3Uri } = DataSource.S3DataSource!
  if (S3DataType !== 'S3Prefix') return
  const { key } = parseS3Uri(S3Uri)
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`
  if (items.some((one) => one.key !== key && !one.key.startsWith(folder))) throw new JobFailure(reasons.partialPrefix)
}

/** Fetches one object into a folder; its path may not lead out of it. Rejects with JobFailure. */
export async function fetchObject(
  acting: Acting,
  item: Item,
  folder: string,
  by: Pick<HostPlace, 'origin' | 'region'>,
  mode = 0o644,
): Promise<void> {
  const uri = s3Uri(item.bucket, item.key)
  const target = normalize(join(folder, item.path))
  // A key such as `../../x` is a legal S3 key; as a path it may not leave the channel.
  if (!target.startsWith(folder + sep))
    throw new JobFailure(`ClientError: Data download failed:Invalid path for object ${uri}`)
  await mkdir(dirname(target), { recursive: true })
  const body = await openObject(acting, item, by)
  await tried(uri, 'get', () => pipeline(body, createWriteStream(target, { mode })))
}
