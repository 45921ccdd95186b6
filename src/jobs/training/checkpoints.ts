import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Origin } from '../../door/call.ts'
import type { Acting } from '../acting.ts'
import { putOutput } from '../transfers/artifacts.ts'
import { prefixItems } from '../transfers/channel-items.ts'
import { fetchObject } from '../transfers/channels.ts'
import { parseS3Uri } from '../transfers/s3-uri.ts'
import { writtenFiles } from '../transfers/written-files.ts'

/** AWS names no interval: "copied to Amazon S3 while the job runs" ("Use Checkpoints in Amazon SageMaker"). */
const SYNC_MS = 2000

/** Where a program finds its checkpoints unless CheckpointConfig.LocalPath says otherwise. */
export const CHECKPOINTS = '/opt/ml/checkpoints'

/**
 * The checkpoints of one host: what is in S3 is there before the program starts; what it writes goes to S3 while it runs
 * and at the end. Nothing is ever deleted there. `folder` is what the program sees at LocalPath.
 */
export class Checkpoints {
  readonly #acting: Acting
  readonly #uri: string
  /** As it was given: without a slash it also brings what lies beside it (`run-1` brings `run-10/…`; awslabs/syne-tune PR 363). */
  readonly #prefix: string
  readonly #folder: string
  readonly #by: { origin: Origin; region: string }
  /** Path → size and time of what S3 has. */
  readonly #kept = new Map<string, string>()

  constructor(acting: Acting, uri: string, folder: string, by: { origin: Origin; region: string }) {
    this.#acting = acting
    this.#prefix = uri
    this.#uri = uri.replace(/\/*$/, '/')
    this.#folder = folder
    this.#by = by
  }

  /** Rejects with JobFailure. */
  async download(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    for (const item of await prefixItems(this.#acting, parseS3Uri(this.#prefix), this.#by))
      await fetchObject(this.#acting, item, this.#folder, this.#by, 0o666)
    await openToAll(this.#folder)
    for await (const { path, handle, size, modified } of writtenFiles(this.#folder, '')) {
      await handle.close()
      this.#kept.set(path, `${size} ${modified}`)
    }
  }

  /** Uploads what is new or has changed. Rejects with JobFailure. */
  async upload(): Promise<void> {
    for await (const { path, handle, size, modified } of writtenFiles(this.#folder, '')) {
      try {
        const state = `${size} ${modified}`
        if (this.#kept.get(path) === state) continue
        // A program may be writing it: what was there when it was looked at is what goes. `end` is inclusive.
        const Body =
          size === 0 ? Buffer.alloc(0) : handle.createReadStream({ start: 0, end: size - 1, autoClose: false })
        await putOutput(this.#acting, this.#uri + path, { Body, ContentLength: size }, this.#by)
        this.#kept.set(path, state)
      } catch (error) {
        // Cut short meanwhile: the next look takes it as it is then.
        if ((await handle.stat()).size >= size) throw error
      } finally {
        await handle.close()
      }
    }
  }

  /** Uploads again and again until the program is over. Rejects with JobFailure. */
  async follow(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await delay(SYNC_MS, undefined, { signal: over }).catch(() => {})
      if (!over.aborted) await this.upload()
    }
  }
}

/** The program may be anybody, and is to change what it finds. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o777)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o777 : 0o666)
}
