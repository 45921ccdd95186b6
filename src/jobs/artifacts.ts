import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import type { Origin } from '../door/call.ts'
import { Unreachable } from '../door/locate.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'
import { bucketHost, parseS3Uri, s3Uri } from './s3-uri.ts'

/** Packs what lies in a folder as FOLDER.tar.gz and uploads it; returns its S3 URI. Rejects with JobFailure in AWS's words. */
export async function upload(
  acting: Acting,
  folder: string,
  to: { outputPath: string; jobName: string; file: 'model.tar.gz' | 'output.tar.gz' },
  origin: Origin,
  region: string,
): Promise<string> {
  const archive = `${folder}.tar.gz`
  await tarball(folder, archive)
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

/** A gzipped tar of everything below a folder, in a fixed order; links stay links. */
async function tarball(folder: string, target: string): Promise<void> {
  const tar = pack()
  const written = pipeline(tar, createGzip({ level: 6 }), createWriteStream(target))
  for await (const path of walk(folder)) {
    const full = join(folder, path)
    const info = await lstat(full)
    const common = { name: path, mode: info.mode & 0o777, mtime: info.mtime }
    if (info.isSymbolicLink()) tar.entry({ ...common, type: 'symlink', linkname: await readlink(full) })
    else if (info.isDirectory()) tar.entry({ ...common, type: 'directory' })
    else if (info.isFile()) await pipeline(createReadStream(full), tar.entry({ ...common, size: info.size }))
  }
  tar.finalize()
  await written
}

async function* walk(folder: string, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below ? `${below}/${entry.name}` : entry.name
    yield path
    if (entry.isDirectory()) yield* walk(folder, path)
  }
}

/** True when a folder holds anything. */
export async function hasContent(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length > 0
}
