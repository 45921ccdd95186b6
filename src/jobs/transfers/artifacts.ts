import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Origin } from '../../door/call.ts'
import { Unreachable } from '../../door/locate.ts'
import { packFolders } from '../../tarball.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Acting } from '../acting.ts'
import { isPlainDenial, JobFailure, reasons } from '../failure.ts'
import { bucketHost, parseS3Uri, s3Uri } from './s3-uri.ts'
import { writtenFiles } from './written-files.ts'

/** Where a job's output goes. */
export interface OutputPlace {
  outputPath: string
  jobName: string
  /** OutputDataConfig.KmsKeyId */
  kmsKeyId?: string | undefined
}

/**
 * Packs what the hosts have in a folder as FOLDER.tar.gz and uploads it; returns its S3 URI. Rejects with JobFailure in
 * AWS's words. Files of several hosts go into one archive; that their names do not clash is the programs' matter
 * ("How Amazon SageMaker Processes Training Output"). Programs must have ended.
 */
export async function upload(
  acting: Acting,
  folders: readonly string[],
  to: OutputPlace & { file: 'model.tar.gz' | 'output.tar.gz' },
  origin: Origin,
  region: string,
): Promise<string> {
  for (const folder of folders) await ownFolder(folder)
  const archive = `${folders[0]}-${randomUUID()}.tar.gz`
  try {
    const file = createWriteStream(archive, { flags: 'wx' })
    await pipeline(packFolders(folders), createGzip({ level: 6 }), file)
    const { size } = await stat(archive)
    const body = { Body: createReadStream(archive), ContentLength: size }
    return await putOutput(acting, outputUri(to, to.file), body, { origin, region, kmsKeyId: to.kmsKeyId })
  } finally {
    await rm(archive, { force: true })
  }
}

/**
 * OutputDataConfig.CompressionType NONE: uploads every file of the hosts' folders by itself; returns the S3 URI of the
 * prefix that they have in common. Rejects with JobFailure. Links are no files of S3's and stay behind.
 */
export async function uploadPlain(
  acting: Acting,
  folders: readonly string[],
  to: OutputPlace & { folder: 'model' | 'data' },
  origin: Origin,
  region: string,
): Promise<string> {
  const prefix = `${outputUri(to, to.folder)}/`
  for (const folder of folders) {
    await ownFolder(folder)
    for await (const { path, handle, size } of writtenFiles(folder, '')) {
      // `end` is inclusive; a file that nobody writes any longer has as many bytes as it had.
      const Body = size === 0 ? Buffer.alloc(0) : handle.createReadStream({ end: size - 1, autoClose: false })
      try {
        const by = { origin, region, kmsKeyId: to.kmsKeyId }
        await putOutput(acting, prefix + path, { Body, ContentLength: size }, by)
      } finally {
        await handle.close()
      }
    }
  }
  return prefix
}

/** Writes one object of a job's output. Rejects with JobFailure in AWS's words. */
export async function putOutput(
  acting: Acting,
  uri: string,
  body: { Body: Readable | Buffer; ContentLength: number },
  { origin, region, kmsKeyId }: { origin: Origin; region: string; kmsKeyId?: string | undefined },
): Promise<string> {
  const { bucket, key } = parseS3Uri(uri)
  const sealed = kmsKeyId ? { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId } : {}
  try {
    const input = { Bucket: bucket, Key: key, ...body, ...sealed }
    await acting.call('s3', 'PutObject', input, origin, bucketHost(bucket, region))
    return uri
  } catch (error) {
    if (error instanceof Unreachable) throw new JobFailure(reasons.noRoute('Artifact upload'), error)
    if (!(error instanceof AwsError)) throw error
    throw new JobFailure(isPlainDenial(error) ? reasons.uploadDenied(uri) : reasons.uploadFailed(uri, error), error)
  }
}

function outputUri({ outputPath, jobName }: OutputPlace, name: string): string {
  const { bucket, key } = parseS3Uri(outputPath)
  return s3Uri(bucket, `${key.replace(/\/+$/, '')}/${jobName}/output/${name}`.replace(/^\//, ''))
}

/** True when a folder holds anything. */
export async function hasContent(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0
}

/**
 * A program may have put a link where its output folder, or one above it, was: then what lies behind it is not its own, and
 * an empty folder is uploaded. Of the levels above a folder it can change no more than these.
 */
async function ownFolder(folder: string): Promise<void> {
  for (const path of [dirname(folder), folder]) {
    const info = await lstat(path).catch(() => undefined) // the program has removed it
    if (info?.isDirectory()) continue
    await rm(path, { force: true })
    await mkdir(path)
  }
}
