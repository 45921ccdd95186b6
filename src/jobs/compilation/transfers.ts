import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Origin } from '../../door/call.ts'
import { Unreachable } from '../../door/locate.ts'
import { packFolder } from '../../tarball.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Acting } from '../acting.ts'
import { compilationReasons } from './reasons.ts'
import { JobFailure, reasons } from '../failure.ts'
import { bucketHost, parseS3Uri } from '../transfers/s3-uri.ts'

/** By whom S3 is asked, and from which network place. */
export interface S3Access {
  acting: Acting
  origin: Origin
  region: string
}

/** Fetches the model's archive. Rejects with JobFailure in AWS's words. */
export async function downloadModel(access: S3Access, uri: string, file: string): Promise<void> {
  const { acting, origin, region } = access
  const { bucket, key } = parseS3Uri(uri)
  try {
    const input = { Bucket: bucket, Key: key }
    const { Body } = await acting.call<{ Body: Readable }>('s3', 'GetObject', input, origin, bucketHost(bucket, region))
    await pipeline(Body, createWriteStream(file))
  } catch (error) {
    throw downloadFailure(error, uri, region)
  }
}

function downloadFailure(error: unknown, uri: string, region: string): unknown {
  if (error instanceof Unreachable) return new JobFailure(reasons.noRoute('Data download'), error)
  if (!(error instanceof AwsError)) return error
  const { bucket, key } = parseS3Uri(uri)
  const missing = ['NoSuchKey', 'NoSuchBucket', 'NoSuchVersion'].includes(error.code)
  if (missing) return new JobFailure(compilationReasons.noObject(bucket, key), error)
  const elsewhere = error.headers['x-amz-bucket-region']
  if (error.code === 'PermanentRedirect' && elsewhere)
    return new JobFailure(compilationReasons.otherRegion(bucket, elsewhere, region), error)
  return new JobFailure(compilationReasons.download(uri, error), error)
}

/** Packs a folder as an archive beside it and uploads that; returns the archive's SHA-256. Rejects with JobFailure in AWS's words. */
export async function uploadArtifact(
  { acting, origin, region }: S3Access,
  folder: string,
  uri: string,
  kmsKeyId: string | undefined,
): Promise<string> {
  const archive = `${folder}.tar.gz`
  await pipeline(packFolder(folder), createGzip(), createWriteStream(archive))
  const hash = createHash('sha256')
  await pipeline(createReadStream(archive), hash)
  const { size } = await stat(archive)
  try {
    const { bucket, key } = parseS3Uri(uri)
    const sealed = kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId }
    const input = { Bucket: bucket, Key: key, Body: createReadStream(archive), ContentLength: size, ...sealed }
    await acting.call('s3', 'PutObject', input, origin, bucketHost(bucket, region))
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof Unreachable) throw new JobFailure(reasons.noRoute('Artifact upload'), error)
    throw error instanceof AwsError ? new JobFailure(compilationReasons.upload(uri, error), error) : error
  }
}
