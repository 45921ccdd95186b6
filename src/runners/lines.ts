import type { OutputLine } from './runner.ts'

/** A line beyond this is given in pieces (CloudWatch Logs takes 256 KiB an event). */
export const LINE_MAX = 256 * 1024

const NEWLINE = 0x0a

/**
 * Cuts a program's output into lines, each with the time at which its end was read. Never holds more than one line.
 * Pieces of overlong lines are cut between characters, not inside one.
 */
export async function* linesOf(
  output: AsyncIterable<Uint8Array>,
  now: () => number,
  max = LINE_MAX,
): AsyncGenerator<OutputLine> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of output) {
    const time = now()
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let start = 0
    for (;;) {
      const end = rest.indexOf(NEWLINE, start)
      const lineEnd = end < 0 ? rest.length : end
      if (lineEnd - start > max) {
        const cut = boundaryBefore(rest, start + max)
        yield { time, text: rest.toString('utf8', start, cut) }
        start = cut
      } else if (end < 0) break
      else {
        yield { time, text: rest.toString('utf8', start, end) }
        start = end + 1
      }
    }
    rest = rest.subarray(start)
  }
  if (rest.length > 0) yield { time: now(), text: rest.toString('utf8') }
}

/** The last start of a UTF-8 character at or before `at`; a character has at most four bytes. */
function boundaryBefore(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4; back++) if (((bytes[at - back] ?? 0) & 0xc0) !== 0x80) return at - back
  return at
}
