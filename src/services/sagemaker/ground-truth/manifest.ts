import { JobFailure } from '../../../jobs/failure.ts'

/** SageMaker Developer Guide, "Use an Input Manifest File": "no larger than 100,000 characters". */
const lineMax = 100_000

/**
 * Data objects of an input manifest: JSON Lines, each an object with `source-ref` or `source`. Throws JobFailure for one
 * that cannot be labeled; sentences inferred.
 */
export function countObjects(manifest: string): number {
  const lines = manifest.split(/\r?\n/)
  let count = 0
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    if (line.length > lineMax) fail(`Line ${index + 1} of the manifest file is longer than ${lineMax} characters.`)
    const entry = parsed(line)
    if (typeof entry?.['source-ref'] !== 'string' && typeof entry?.['source'] !== 'string') {
      fail(`Line ${index + 1} of the manifest file is not a JSON object with a "source-ref" or "source" key.`)
    }
    count++
  }
  if (count === 0) fail('The manifest file has no data objects.')
  return count
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function fail(reason: string): never {
  throw new JobFailure(`ClientError: ${reason}`)
}
