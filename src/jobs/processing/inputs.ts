import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ProcessingS3Input } from '@aws-sdk/client-sagemaker'
import { Unreachable } from '../../door/locate.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { JobFailure } from '../failure.ts'
import { belowMl } from './container.ts'
import { getObject, objectsBelow, objectsOfManifest } from '../transfers/objects.ts'
import type { InputObject, S3Access } from '../transfers/objects.ts'

type Input = Shape<ProcessingS3Input>

/**
 * Brings a host's part of an input to its LocalPath: all of it, or with ShardedByS3Key its share among `count` hosts. Rejects
 * with JobFailure. Of the sentences, that of an S3 that is not reached is AWS's (facts: errors.md A9); the others follow it.
 */
export async function downloadInput(
  access: S3Access,
  input: Input,
  ml: string,
  { index, count }: { index: number; count: number },
): Promise<void> {
  const folder = normalize(join(ml, belowMl(input.LocalPath!)))
  await mkdir(folder, { recursive: true })
  const items = await itemsOf(access, input)
  // inferred: which host gets which object.
  const own = input.S3DataDistributionType === 'ShardedByS3Key' ? items.filter((_, at) => at % count === index) : items
  for (const item of own) await fetchItem(access, item, folder)
}

async function itemsOf(access: S3Access, { S3Uri: uri, S3DataType }: Input): Promise<InputObject[]> {
  if (S3DataType === 'S3Prefix') {
    const items = await tried(`ListObjectsV2 failed for ${uri} nextToken:[null]`, () => objectsBelow(access, uri))
    // inferred: sentence
    if (items.length === 0)
      throw new JobFailure(`ClientError: Failed to download data. No S3 objects found under ${uri}`)
    return items
  }
  const items = await tried(`GetObject failed for ${uri}`, () => objectsOfManifest(access, uri))
  if (!items) throw new JobFailure(`ClientError: Failed to download data. Invalid manifest file ${uri}`) // inferred: sentence
  return items
}

async function fetchItem(access: S3Access, item: InputObject, folder: string): Promise<void> {
  const uri = `s3://${item.bucket}/${item.key}`
  const target = normalize(join(folder, item.path))
  // A key such as `../../x` is a legal S3 key; as a path it may not leave the input's folder.
  if (!target.startsWith(folder + sep))
    throw new JobFailure(`ClientError: Failed to download data. Invalid path for object ${uri}`) // inferred: sentence
  await mkdir(dirname(target), { recursive: true })
  await tried(`GetObject failed for ${uri}`, async () => {
    await pipeline(await getObject(access, item), createWriteStream(target))
  })
}

async function tried<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const why = (text: string) => new JobFailure(`ClientError: Failed to download data. ${what}: ${text}`, error)
    if (error instanceof Unreachable) throw why('Unable to execute request to S3')
    if (!(error instanceof AwsError)) throw error
    throw why(`${error.message} (Service: Amazon S3; Status Code: ${error.status}; Error Code: ${error.code})`)
  }
}
