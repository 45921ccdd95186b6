import { createWriteStream } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { Unreachable } from '../../door/locate.ts'
import { modelDataOf } from '../../services/sagemaker/model/model-data.ts'
import type { ModelContainer } from '../../services/sagemaker/model/model.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { JobFailure } from '../failure.ts'
import { getObject, objectsBelow } from '../transfers/objects.ts'
import type { S3Access } from '../transfers/objects.ts'

/**
 * Brings a model's artifacts to the folder that its container sees as /opt/ml/model ("How SageMaker AI Loads Your Model
 * Artifacts"): an archive is unpacked, a prefix comes as it is. Rejects with JobFailure.
 */
export async function loadModel(access: S3Access, container: ModelContainer, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const [data] = modelDataOf(container)
  if (!data) return
  const plain = container.ModelDataSource?.S3DataSource?.CompressionType === 'None'
  try {
    if (!plain) return await unpackArchive(await getObject(access, data), folder)
    const objects = data.prefix
      ? await objectsBelow(access, data.uri)
      : [{ ...data, path: data.key.split('/').at(-1)! }]
    for (const one of objects) await write(await getObject(access, one), folder, one.path)
  } catch (error) {
    throw asFailure(error, data.uri)
  }
}

/** inferred: the sentences of endpoints (facts: errors.md A9) as a FailureReason of transform jobs. */
function asFailure(error: unknown, uri: string): unknown {
  const failed = `ClientError: Failed to download model data from URL "${uri}".`
  if (error instanceof Unreachable) {
    return new JobFailure(
      `${failed} Please ensure that an S3 VPC endpoint exists in route table or NAT gateway for the VPC mode and the URL is reachable from within the subnets provided.`,
      error,
    )
  }
  if (error instanceof AwsError) {
    return new JobFailure(
      `${failed} Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the object.`,
      error,
    )
  }
  if (error instanceof JobFailure || !(error instanceof Error)) return error
  // What is no archive, or a broken one.
  return new JobFailure(`ClientError: Unable to extract model data from URL "${uri}": ${error.message}`)
}

/**
 * Unpacks a gzipped tape archive into an empty folder. Links come last, so that nothing is written through one. Rejects on
 * names that lead out of the folder.
 */
export async function unpackArchive(source: Readable, folder: string): Promise<void> {
  const links: { path: string; to: string }[] = []
  const archive = extract()
  const read = (async () => {
    for await (const entry of archive) {
      const { name, type, linkname } = entry.header
      if (type === 'directory') await mkdir(within(folder, name), { recursive: true })
      else if (type === 'symlink') links.push({ path: within(folder, name), to: linkname ?? '' })
      else if (type === 'file' || type === 'contiguous-file') {
        await write(entry as unknown as Readable, folder, name)
        continue
      }
      entry.resume()
    }
  })()
  await Promise.all([pipeline(source, createGunzip(), archive), read])
  for (const { path, to } of links) {
    await mkdir(dirname(path), { recursive: true })
    await symlink(to, path).catch(() => {}) // something of that name is there already
  }
}

async function write(source: Readable, folder: string, path: string): Promise<void> {
  const target = within(folder, path)
  await mkdir(dirname(target), { recursive: true })
  await pipeline(source, createWriteStream(target))
}

function within(folder: string, path: string): string {
  const target = normalize(join(folder, path))
  if (target !== folder && !target.startsWith(folder + sep) && target !== folder + sep)
    throw new Error(`${path} leads out of the model's folder`)
  return target
}
