import type { MemberModel, TimestampFormat } from './model.ts'
import { formatTimestamp, parseTimestamp } from './timestamp.ts'

const floats: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity }

/**
 * A scalar out of text: a query parameter, an HTTP header, a URL part, an XML element.
 * Undefined where the text is no value of the shape's type; the caller knows its protocol's error.
 */
export function parseScalar(member: MemberModel, text: string): string | number | boolean | Uint8Array | undefined {
  switch (member.shape.type) {
    case 'boolean': {
      const lower = text.trim().toLowerCase()
      return lower === 'true' ? true : lower === 'false' ? false : undefined
    }
    case 'integer':
    case 'long':
      return /^\s*[+-]?\d{1,19}\s*$/.test(text) ? Number(text) : undefined
    case 'float':
    case 'double':
      if (/^\s*[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][+-]?\d{1,4})?\s*$/.test(text)) return Number(text)
      return Object.hasOwn(floats, text) ? floats[text] : undefined
    case 'timestamp':
      return parseTimestamp(text)
    case 'blob':
      return /^[A-Za-z0-9+/=_\-\s]*$/.test(text) ? Buffer.from(text, 'base64') : undefined
    default:
      return text
  }
}

/** A scalar as text. `timestamps` is the format of the place where the member names none. */
export function formatScalar(
  member: MemberModel,
  value: unknown,
  timestamps: TimestampFormat,
  milliseconds = false,
): string {
  switch (member.shape.type) {
    case 'timestamp':
      return formatTimestamp(
        value as number,
        member.timestampFormat ?? member.shape.timestampFormat ?? timestamps,
        milliseconds,
      )
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64')
    default:
      return String(value)
  }
}
