import { AwsError } from '../../wire/aws-error.ts'

/** Inclusive offsets. */
export interface Range {
  start: number
  end: number
}

/**
 * `Range: bytes=…` of an object of that size; undefined where S3 answers with the whole: no header, several ranges, or none
 * that it understands (RFC 7233 §3.1). Throws InvalidRange.
 */
export function parseRange(header: string | undefined, size: number): Range | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (header === undefined || first === undefined || last === undefined || (first === '' && last === ''))
    return undefined
  const suffix = first === ''
  const start = suffix ? Math.max(0, size - Number(last)) : Number(first)
  const end = suffix || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (!suffix && last !== '' && Number(last) < start) return undefined
  if (start >= size) throw invalidRange(header, size)
  return { start, end }
}

function invalidRange(RangeRequested: string, size: number): AwsError {
  return new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
    RangeRequested,
    ActualObjectSize: String(size),
  })
}

/** Where a part of a multipart object lies; part 1 of any other object is the whole. Throws InvalidPartNumber. */
export function partRange(partNumber: number, sizes: readonly number[]): Range {
  const size = sizes[partNumber - 1]
  if (size === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      PartNumberRequested: String(partNumber),
      ActualPartCount: String(sizes.length),
    })
  }
  const start = sizes.slice(0, partNumber - 1).reduce((sum, one) => sum + one, 0)
  return { start, end: start + size - 1 }
}
