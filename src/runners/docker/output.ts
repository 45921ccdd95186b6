import { PassThrough } from 'node:stream'
import { linesOf } from '../lines.ts'
import type { OutputLine } from '../runner.ts'

const HEADER = 8
const ERROR_STREAM = 2

/**
 * The lines of a container without a terminal, from the frames in which engines send its two streams (Docker Engine API,
 * "Attach to a container", stream format): in the order in which each stream was written, and of both as they came.
 */
export async function* containerLines(
  frames: AsyncIterable<Uint8Array>,
  now: () => number,
): AsyncGenerator<OutputLine> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const split = splitFrames(frames, out, err).then(
    () => (out.end(), err.end()),
    (error: Error) => (out.destroy(error), err.destroy(error)),
  )
  yield* merged(linesOf(out, now), linesOf(err, now))
  await split
}

/** Waits where a stream is not read. */
export async function splitFrames(frames: AsyncIterable<Uint8Array>, out: PassThrough, err: PassThrough) {
  let header = Buffer.alloc(0)
  let left = 0
  let target = out
  for await (const chunk of frames) {
    let rest = Buffer.from(chunk)
    while (rest.length > 0) {
      if (left === 0) {
        const missing = HEADER - header.length
        header = Buffer.concat([header, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (header.length < HEADER) break
        target = header[0] === ERROR_STREAM ? err : out
        left = header.readUInt32BE(4)
        header = Buffer.alloc(0)
        continue
      }
      const part = rest.subarray(0, left)
      rest = rest.subarray(part.length)
      left -= part.length
      if (!target.write(part)) await drained(target)
    }
  }
}

const drained = (stream: PassThrough): Promise<void> =>
  new Promise((resolve, reject) => {
    const over = (error?: Error) => {
      stream.off('drain', over).off('close', over)
      if (error) reject(error)
      else resolve()
    }
    stream.once('drain', over).once('close', over)
  })

/** Whatever comes first of either. */
async function* merged<T>(...sources: AsyncGenerator<T>[]): AsyncGenerator<T> {
  const next = (source: AsyncGenerator<T>) => source.next().then((result) => ({ source, result }))
  const waiting = new Map(sources.map((source) => [source, next(source)]))
  try {
    while (waiting.size > 0) {
      const { source, result } = await Promise.race(waiting.values())
      if (result.done) waiting.delete(source)
      else {
        waiting.set(source, next(source))
        yield result.value
      }
    }
  } finally {
    for (const source of waiting.keys()) void source.return(undefined)
  }
}
