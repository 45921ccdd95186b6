const basic = /^\d{8}T\d{6}Z$/

/** How far a signer's clock may be off, and how long a signature lives, in milliseconds. */
export const tolerance = 15 * 60_000

let latest: { text: string; time: number } | undefined

/** `20150830T123600Z` as epoch milliseconds; undefined when it is not such a date or no date at all (month 13). */
export function parseBasicDate(text: string): number | undefined {
  // Calls come many to a second, and within one they all carry the same text.
  if (latest?.text === text) return latest.time
  const time = parsedBasicDate(text)
  if (time !== undefined) latest = { text, time }
  return time
}

function parsedBasicDate(text: string): number | undefined {
  if (!basic.test(text)) return undefined
  const part = (start: number, end: number) => Number(text.slice(start, end))
  const [month, day, hour, minute, second] = [part(4, 6), part(6, 8), part(9, 11), part(11, 13), part(13, 15)]
  const time = Date.UTC(part(0, 4), month - 1, day, hour, minute, second)
  const date = new Date(time)
  // Date.UTC carries over: the 31st of February would pass for a day in March.
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return real ? time : undefined
}

/** Epoch milliseconds as `20150830T123600Z`. */
export function formatBasicDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Epoch milliseconds as S3 prints times in its errors: `2015-08-30T12:36:00Z`. */
export function formatServerTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}/, '')
}

/** The two forms of a `Date` header: basic ISO 8601 and RFC 1123 (`Sun, 30 Aug 2015 12:36:00 GMT`). */
export function parseHttpDate(text: string): number | undefined {
  const time = parseBasicDate(text)
  if (
    time !== undefined ||
    !/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]0000)$/.test(text)
  )
    return time
  const parsed = Date.parse(text)
  return Number.isNaN(parsed) ? undefined : parsed
}
