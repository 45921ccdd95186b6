import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'

/** The largest object of one PUT, the largest part, and the largest source of one copy. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3

export type Body = AsyncIterable<Uint8Array> | Uint8Array | string

/** The SDK's input with the body as the door gives it. */
export type Streamed<I> = Omit<I, 'Body'> & { Body?: Body }

/** The body of a write, whose declared length is refused before a byte is read, and whose real one as soon as it is too much. */
export function bodyOf(call: Call, input: { Body?: Body; ContentLength?: number }): AsyncIterable<Uint8Array> {
  const declared = Number(call.header('x-amz-decoded-content-length') ?? input.ContentLength ?? 0)
  if (declared > MAX_PUT_BYTES) throw entityTooLarge(declared)
  return limited(input.Body ?? new Uint8Array())
}

async function* limited(body: Body): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of typeof body === 'string' || body instanceof Uint8Array ? [Buffer.from(body)] : body) {
    size += chunk.length
    if (size > MAX_PUT_BYTES) throw entityTooLarge(size)
    yield chunk
  }
}

function entityTooLarge(size: number): AwsError {
  return new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
    ProposedSize: String(size),
    MaxSizeAllowed: String(MAX_PUT_BYTES),
  })
}
