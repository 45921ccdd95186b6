import type { TimestampFormat } from './model.ts'

const ISO = /^[+-]?\d{4,6}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?$/
const HTTP_DATE =
  /^(?:[A-Za-z]{3,9}, )?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d(?:\.\d+)? (?:GMT|UTC|[+-]\d{4})$/
const EPOCH = /^-?\d{1,15}(?:\.\d+)?$/

/** Epoch seconds of an ISO 8601 date, an HTTP date or an epoch number; undefined when it is none of them. AWS takes all three. */
export function parseTimestamp(text: string): number | undefined {
  if (EPOCH.test(text)) return Number(text)
  if (!ISO.test(text) && !HTTP_DATE.test(text)) return undefined
  // A date without a zone is UTC on AWS; Date.parse would take the machine's.
  const zoned = /(?:[Zz]|GMT|UTC|[+-]\d\d:?\d\d)$/.test(text) || !text.includes(':') ? text : `${text}Z`
  const milliseconds = Date.parse(zoned.replace(',', zoned.includes(', ') ? ',' : '.'))
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000
}

/** Epoch seconds as text. ISO dates keep milliseconds only where there are any, or always where a service does (S3, EC2). */
export function formatTimestamp(seconds: number, format: TimestampFormat, milliseconds = false): string {
  if (format === 'unixTimestamp') return String(Math.round(seconds * 1000) / 1000)
  const date = new Date(Math.round(seconds * 1000))
  if (format === 'rfc822') return date.toUTCString()
  const text = date.toISOString()
  return milliseconds || !text.endsWith('.000Z') ? text : `${text.slice(0, -5)}Z`
}
