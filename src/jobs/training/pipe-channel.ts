import { execFile } from 'node:child_process'
import { constants, open } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { toolPath } from '../../runners/isolation.ts'
import type { Acting } from '../acting.ts'
import { parseAugmentedManifest } from '../transfers/augmented-manifest.ts'
import type { AttributeValue } from '../transfers/augmented-manifest.ts'
import { itemsOf, openObject, readObject, shareOf, shuffled, tried } from '../transfers/channel-items.ts'
import type { HostPlace, S3Channel } from '../transfers/channel-items.ts'
import { JobFailure } from '../failure.ts'
import { recordIo } from '../transfers/recordio.ts'
import { parseS3Uri, s3Uri } from '../transfers/s3-uri.ts'

/** How often it is looked whether the program has opened the next pipe. */
const POLL_MS = 20

/** What comes out of a pipe one after the other: each an object or a text. */
type Piece = AttributeValue

/**
 * A channel in Pipe mode on one host ("Use Your Own Training Algorithms", input modes): named pipes CHANNEL_EPOCH, epochs
 * counted from 0. When the program opens one, the channel's objects are streamed into it, and the next lies ready. What a
 * program does not read is not fetched. `folder` must be out of the program's hands: a link in it would be followed.
 */
export class PipeChannel {
  readonly #acting: Acting
  readonly #channel: S3Channel
  readonly #folder: string
  readonly #by: HostPlace
  #pieces: readonly Piece[][] = []

  private constructor(acting: Acting, channel: S3Channel, folder: string, by: HostPlace) {
    this.#acting = acting
    this.#channel = channel
    this.#folder = folder
    this.#by = by
  }

  /** Learns what is in the channel and makes its first pipe. Rejects with JobFailure. */
  static async open(acting: Acting, channel: S3Channel, folder: string, by: HostPlace): Promise<PipeChannel> {
    const one = new PipeChannel(acting, channel, folder, by)
    one.#pieces = await piecesOf(acting, channel, by)
    await one.#make(0)
    return one
  }

  /** Feeds the program until it is over. Rejects with JobFailure when S3 refuses. */
  async feed(over: AbortSignal): Promise<void> {
    for (let epoch = 0; !over.aborted; epoch++) {
      const writer = await this.#opened(epoch, over)
      if (writer === undefined) return
      await this.#make(epoch + 1)
      await rm(this.#path(epoch), { force: true })
      await this.#write(writer, epoch, over)
    }
  }

  #path(epoch: number): string {
    return join(this.#folder, `${this.#channel.ChannelName}_${epoch}`)
  }

  async #make(epoch: number): Promise<void> {
    await promisify(execFile)(toolPath('mkfifo') ?? 'mkfifo', ['-m', '644', this.#path(epoch)])
  }

  /** A descriptor of the writing end, once the program reads. Undefined when it is over. */
  async #opened(epoch: number, over: AbortSignal): Promise<number | undefined> {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
    while (!over.aborted) {
      try {
        return await promisify(open)(this.#path(epoch), flags)
      } catch (error) {
        // Nobody reads yet.
        if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error
      }
      await delay(POLL_MS)
    }
    return undefined
  }

  /** A program may close a pipe before its end: then the epoch is over for it. */
  async #write(fd: number, epoch: number, over: AbortSignal): Promise<void> {
    const to = new Socket({ fd, readable: false, writable: true })
    try {
      await pipeline(Readable.from(this.#content(epoch), { objectMode: false }), to, { signal: over })
    } catch (error) {
      if (error instanceof JobFailure) throw error
      if (!over.aborted && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    }
  }

  async *#content(epoch: number): AsyncGenerator<Buffer> {
    const { ShuffleConfig, CompressionType, RecordWrapperType } = this.#channel
    // "shuffling is done at the start of every epoch"; shards are cut from the shuffled whole (API_ShuffleConfig).
    const order = ShuffleConfig ? shuffled(this.#pieces, ShuffleConfig.Seed + epoch) : this.#pieces
    for (const piece of shareOf(order, this.#channel, this.#by).flat()) {
      const uri = 'text' in piece ? '' : s3Uri(piece.bucket, piece.key)
      const stored = 'text' in piece ? [Buffer.from(piece.text)] : await openObject(this.#acting, piece, this.#by)
      const bytes = CompressionType === 'Gzip' && !('text' in piece) ? unzipped(stored as Readable, uri) : stored
      if (RecordWrapperType === 'RecordIO') yield record(await tried(uri, 'get', () => whole(bytes)), uri)
      else yield* bytes as AsyncIterable<Buffer>
    }
  }
}

async function piecesOf(acting: Acting, channel: S3Channel, by: HostPlace): Promise<Piece[][]> {
  const { S3DataType, S3Uri, AttributeNames = [] } = channel.DataSource.S3DataSource!
  if (S3DataType !== 'AugmentedManifestFile') return (await itemsOf(acting, channel, by)).map((one) => [one])
  const text = (await readObject(acting, parseS3Uri(S3Uri), by)).toString('utf8')
  try {
    return parseAugmentedManifest(text, AttributeNames)
  } catch (error) {
    // inferred: sentence
    throw new JobFailure(
      `ClientError: Data download failed:Invalid augmented manifest file ${S3Uri}: ${(error as Error).message}`,
    )
  }
}

async function* unzipped(stored: Readable, uri: string): AsyncGenerator<Buffer> {
  const plain = createGunzip()
  pipeline(stored, plain).catch(() => {}) // told to who reads
  try {
    yield* plain as AsyncIterable<Buffer>
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error
    throw new JobFailure(`ClientError: Data download failed:Unable to decompress object ${uri}`, error) // inferred: sentence
  }
}

async function whole(bytes: AsyncIterable<unknown> | Iterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of bytes) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function record(data: Buffer, uri: string): Buffer {
  try {
    return recordIo(data)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new JobFailure(`ClientError: Data download failed:Unable to wrap object ${uri} in a RecordIO record`) // inferred: sentence
  }
}
