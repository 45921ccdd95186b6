import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessingOutput } from '@aws-sdk/client-sagemaker'
import type { Shape } from '../../wire/shape.ts'
import { putOutput } from '../transfers/artifacts.ts'
import { belowMl } from './container.ts'
import type { S3Access } from '../transfers/objects.ts'
import { parseS3Uri, s3Uri } from '../transfers/s3-uri.ts'
import { writtenFiles } from '../transfers/written-files.ts'
import type { WrittenFile } from '../transfers/written-files.ts'

type Output = NonNullable<Shape<ProcessingOutput>['S3Output']>

/** How often an output with S3UploadMode Continuous is looked at. inferred: AWS gives no figure. */
const LOOK_MS = 1000

/**
 * What a host's program leaves at an output's LocalPath, taken to its S3Uri: files keep their relative paths and are not
 * packed. `upload` takes what is new or changed since the last time.
 */
export class OutputUpload {
  readonly #access: S3Access
  readonly #output: Output
  readonly #ml: string
  readonly #kmsKeyId: string | undefined
  /** Path → size and time of what S3 has. */
  readonly #sent = new Map<string, string>()

  constructor(access: S3Access, output: Output, ml: string, kmsKeyId: string | undefined) {
    this.#access = access
    this.#output = output
    this.#ml = ml
    this.#kmsKeyId = kmsKeyId
  }

  get continuous(): boolean {
    return this.#output.S3UploadMode === 'Continuous'
  }

  /** Rejects with JobFailure. */
  async upload(): Promise<void> {
    for await (const file of writtenFiles(this.#ml, belowMl(this.#output.LocalPath!))) {
      try {
        const version = `${file.size} ${file.modified}`
        if (this.#sent.get(file.path) === version) continue
        await this.#send(file)
        this.#sent.set(file.path, version)
      } finally {
        await file.handle.close()
      }
    }
  }

  async #send({ path, handle, size }: WrittenFile): Promise<void> {
    const { bucket, key: prefix } = parseS3Uri(this.#output.S3Uri)
    const key = join(prefix, path)
    // A file that still grows is sent as far as it was when it was looked at; the next look finds it changed.
    const Body = size === 0 ? Buffer.alloc(0) : handle.createReadStream({ start: 0, end: size - 1, autoClose: false })
    const by = { origin: this.#access.origin, region: this.#access.region, kmsKeyId: this.#kmsKeyId }
    await putOutput(this.#access.acting, s3Uri(bucket, key), { Body, ContentLength: size }, by)
  }
}

/** Uploads continuous outputs while the programs run, and what they left when they ended. Rejects with JobFailure. */
export async function keepUploading(
  uploads: readonly OutputUpload[],
  { over, shutdown }: { over: AbortSignal; shutdown: AbortSignal },
): Promise<void> {
  const watched = uploads.filter((one) => one.continuous)
  while (watched.length > 0 && !shutdown.aborted) {
    const last = over.aborted
    for (const one of watched) await one.upload()
    if (last) return
    await delay(LOOK_MS, undefined, { signal: over }).catch(() => {}) // over: once more at once
  }
}
