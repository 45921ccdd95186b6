import { parseS3Uri } from './s3-uri.ts'

/** What one attribute of a line of an augmented manifest stands for: an object, or its own value. */
export type AttributeValue = { bucket: string; key: string } | { text: string }

/**
 * Reads an augmented manifest ("Provide Dataset Metadata to Training Jobs with an Augmented Manifest File"): JSON lines, of
 * each the named attributes in the order of the names. Attributes that end in `-ref` are S3 URIs. Throws Error that says
 * which line is at fault.
 */
export function parseAugmentedManifest(text: string, names: readonly string[]): AttributeValue[][] {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }))
  return lines.filter(({ line }) => line.trim() !== '').map(({ line, number }) => attributesOf(line, number, names))
}

function attributesOf(line: string, number: number, names: readonly string[]): AttributeValue[] {
  const read = record(line)
  if (!read) throw new Error(`line ${number} is not a JSON object`)
  return names.map((name) => {
    const value = read[name]
    if (value === undefined) throw new Error(`line ${number} has no attribute "${name}"`)
    if (!name.endsWith('-ref')) return { text: typeof value === 'string' ? value : JSON.stringify(value) }
    if (typeof value !== 'string' || !value.startsWith('s3://'))
      throw new Error(`the attribute "${name}" of line ${number} is no S3 URI`)
    return parseS3Uri(value)
  })
}

function record(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
