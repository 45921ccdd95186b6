/** How a transform job's object becomes requests (API_CreateTransformJob: BatchStrategy, SplitType, MaxPayloadInMB). */
export interface Batching {
  split: 'None' | 'Line'
  strategy: 'SingleRecord' | 'MultiRecord'
  /** 0: any. */
  maxBytes: number
}

/** A record, or an object that is not split, does not fit into a request. */
export class TooMuchData extends Error {}

/**
 * The bodies of requests for an object, in its order. Lines keep no newline of their own: of several in one body, newlines
 * stand between them. Throws TooMuchData.
 */
export async function* payloads(
  source: AsyncIterable<Uint8Array>,
  { split, strategy, maxBytes }: Batching,
): AsyncGenerator<Buffer> {
  const fits = (length: number) => maxBytes === 0 || length <= maxBytes
  const fitting = (payload: Buffer) => {
    if (!fits(payload.length)) throw new TooMuchData()
    return payload
  }
  if (split === 'None') {
    yield fitting(await whole(source, fits))
    return
  }
  let batch: Buffer[] = []
  let length = 0
  for await (const line of linesOf(source, fits)) {
    fitting(line)
    const longer = batch.length === 0 ? line.length : length + 1 + line.length
    if (batch.length > 0 && (strategy === 'SingleRecord' || !fits(longer))) {
      yield joined(batch)
      batch = [line]
      length = line.length
    } else {
      batch.push(line)
      length = longer
    }
  }
  if (batch.length > 0) yield joined(batch)
}

async function whole(source: AsyncIterable<Uint8Array>, fits: (length: number) => boolean): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of source) {
    chunks.push(chunk)
    length += chunk.length
    if (!fits(length)) throw new TooMuchData()
  }
  return Buffer.concat(chunks)
}

const NEWLINE = Buffer.from('\n')

function joined(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [NEWLINE, line])))
}

/** Lines without their ends; empty ones are no records. */
async function* linesOf(source: AsyncIterable<Uint8Array>, fits: (length: number) => boolean): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk])
    let from = 0
    for (let at = rest.indexOf(10); at !== -1; at = rest.indexOf(10, from)) {
      if (at > from) yield rest.subarray(from, at)
      from = at + 1
    }
    rest = rest.subarray(from)
    if (!fits(rest.length)) throw new TooMuchData()
  }
  if (rest.length > 0) yield rest
}

/** Answers put together ("Line: … add a newline at the end of every transformed record"). */
export function assembled(answers: readonly Buffer[], how: 'None' | 'Line'): Buffer {
  return Buffer.concat(how === 'Line' ? answers.flatMap((one) => [one, NEWLINE]) : answers)
}
