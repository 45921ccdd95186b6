/**
 * The encodings of Signature Version 4 (IAM User Guide, "Create a signed AWS API request", step 1).
 * Strings hold the bytes as they came, one character a byte, as node:http gives them.
 */

const escapes = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
const plainSegment = /^[A-Za-z0-9\-._~]*$/
const plainPath = /^[A-Za-z0-9\-._~/]*$/

function escape(char: string): string {
  const escaped = escapes[char.charCodeAt(0)]
  if (escaped === undefined) throw new RangeError(`not a byte: ${JSON.stringify(char)}`)
  return escaped
}

/** Percent-encodes every byte but the unreserved ones. */
export function uriEncode(bytes: string): string {
  return plainSegment.test(bytes) ? bytes : bytes.replace(/[^A-Za-z0-9\-._~]/g, escape)
}

/** Undoes percent-encoding; what is not an escape stays as it is. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** S3: object keys are opaque, so nothing is folded, and what the URL encodes once is encoded once. An escaped slash stays one. */
export function canonicalObjectPath(path: string): string {
  if (plainPath.test(path)) return path || '/'
  return path
    .split('/')
    .map((segment) => uriEncode(percentDecode(segment)))
    .join('/')
}

/** Every other service: dots and doubled slashes are folded, then the path as sent is encoded once more. */
export function canonicalPath(path: string): string {
  if (path === '/') return path
  const folded = fold(path)
  return plainPath.test(folded) ? folded : folded.replace(/[^A-Za-z0-9\-._~/]/g, escape)
}

/** Dot segments are resolved and runs of slashes count as one, as in AWS's SDKs. */
function fold(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${kept.join('/')}${trailing}`
}

/** A decoded query parameter. */
export type Parameter = readonly [name: string, value: string]

/** Parameters in the order they came. inferred: `+` is a space, as in form encoding; every signer sends `%20`. */
export function parseQuery(query: string): Parameter[] {
  if (query === '') return []
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const mark = part.indexOf('=')
      return mark < 0 ? [decodePart(part), ''] : [decodePart(part.slice(0, mark)), decodePart(part.slice(mark + 1))]
    })
}

function decodePart(part: string): string {
  return percentDecode(part.includes('+') ? part.replaceAll('+', ' ') : part)
}

/** Sorted by encoded name, then by encoded value; the signature itself is left out. */
export function canonicalQuery(parameters: readonly Parameter[]): string {
  return parameters
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): Parameter => [uriEncode(name), uriEncode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** First value of each parameter; AWS takes the first of duplicates (facts: errors.md A4). */
export function firstValues(parameters: readonly Parameter[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>()
  for (const [name, value] of parameters) if (!first.has(name)) first.set(name, value)
  return first
}
