import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Origin } from '../door/call.ts'
import { Unreachable } from '../door/locate.ts'
import { packFolders } from '../tarball.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'
import { bucketHost, parseS3Uri, s3Uri } from './s3-uri.ts'

/**
 * Packs what the hosts have in a folder as FOLDER.tar.gz and uploads it; returns its S3 URI. Rejects with JobFailure in
 * AWS's words. Files of several hosts go into one archive; that their names do not clash is the programs' matter
 * ("How Amazon SageMaker Processes Training Output").
 */
export async function upload(
  acting: Acting,
  folders: readonly string[],
  to: { outputPath: string; jobName: string; file: 'model.tar.gz' | 'output.tar.gz' },
  origin: Origin,
  region: string,
): Promise<string> {
  const archive = `${folders[0]}.tar.gz`
  await pipeline(packFolders(folders), createGzip({ level: 6 }), createWriteStream(archive))
  const { bucket, key: prefix } = parseS3Uri(to.outputPath)
  const key = `${prefix.replace(/\/+$/, '')}/${to.jobName}/output/${to.file}`.replace(/^\//, '')
  const uri = s3Uri(bucket, key)
  const { size } = await stat(archive)
  try {
    const input = { Bucket: bucket, Key: key, Body: createReadStream(archive), ContentLength: size }
    await acting.call('s3', 'PutObject', input, origin, bucketHost(bucket, region))
    return uri
  } catch (error) {
    if (error instanceof Unreachable) throw new JobFailure(reasons.noRoute('Artifact upload'), error)
    if (!(error instanceof AwsError)) throw error
    throw new JobFailure(
      error.code === 'AccessDenied' ? reasons.uploadDenied(uri) : reasons.uploadFailed(uri, error),
      error,
    )
  }
}

/** True when a folder holds anything. */
export async function hasContent(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0
}
