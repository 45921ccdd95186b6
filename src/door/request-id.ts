import { randomInt } from 'node:crypto'

/**
 * Request ids tell when they were made, so that a record is found by time without an index of its own.
 * One id has three spellings, each of which can be turned back into the first:
 * the UUID (version 7, RFC 9562) that most services print, the 16 characters of S3, and the 25 of an IAM authorization id.
 *
 * The UUID carries 80 bits: 48 of epoch milliseconds, 12 that count within the millisecond, 20 random ones.
 * Its last 42 bits are mixed from those 80, which is what lets S3's short form stand for the whole.
 */
let lastTime = 0
let counter = 0

/** A new UUID, greater than every one before it in this process even when the clock stands still or runs back. */
export function newRequestId(nowMs: number): string {
  if (nowMs > lastTime) {
    lastTime = nowMs
    counter = 0
  } else if (++counter > 0xfff) {
    lastTime++
    counter = 0
  }
  return spell(lastTime, counter, randomInt(1 << 20))
}

/** The least id that could be made at that time. */
export function firstIdAt(timeMs: number): string {
  return `${uuidTime(Math.max(0, timeMs))}-7000-8000-000000000000`
}

/** Epoch milliseconds at which the id was made, in any of its spellings; undefined when it is none of ours. */
export function timeOf(id: string): number | undefined {
  const uuid = uuidOf(id)
  return uuid === undefined ? undefined : parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)
}

/** The UUID behind any spelling; undefined when it is none of ours. */
export function uuidOf(id: string): string | undefined {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id)) return id.toLowerCase()
  if (/^[0-9A-HJKMNP-TV-Z]{16}$/.test(id)) return uuidOfS3(id)
  if (/^[0-9a-z]{25}$/.test(id)) return uuidOfAuthorization(id)
  return undefined
}

/** As S3 prints request ids: 16 upper-case characters (Crockford's base 32). */
export function s3RequestId(uuid: string): string {
  const { time, count, random } = core(uuid)
  return base32(time * 4 + Math.floor(count / 1024), 10) + base32((count % 1024) * 2 ** 20 + random, 6)
}

/** As IAM prints authorization ids: 25 lower-case characters (base 36; facts: errors.md A2.1). */
export function authorizationId(uuid: string): string {
  return BigInt(`0x${uuid.replaceAll('-', '')}`)
    .toString(36)
    .padStart(25, '0')
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function base32(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = ALPHABET[rest % 32]! + text
  return text
}

function fromBase32(text: string): number {
  let value = 0
  for (const letter of text) value = value * 32 + ALPHABET.indexOf(letter)
  return value
}

function uuidOfS3(id: string): string {
  const high = fromBase32(id.slice(0, 10))
  const low = fromBase32(id.slice(10))
  return spell(Math.floor(high / 4), (high % 4) * 1024 + Math.floor(low / 2 ** 20), low % 2 ** 20)
}

function uuidOfAuthorization(id: string): string | undefined {
  let value = 0n
  for (const letter of id) value = value * 36n + BigInt(parseInt(letter, 36))
  const hex = value.toString(16).padStart(32, '0')
  return hex.length > 32 ? undefined : uuidOf(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))
}

function core(uuid: string) {
  return {
    time: parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16),
    count: parseInt(uuid.slice(15, 18), 16),
    // 14 bits of the fourth group (two are RFC 9562's variant), 6 of the fifth.
    random: (parseInt(uuid.slice(19, 23), 16) & 0x3fff) * 64 + (parseInt(uuid.slice(24, 26), 16) >> 2),
  }
}

function spell(time: number, count: number, random: number): string {
  const tail = mix(time, count * 2 ** 20 + random)
  const group4 = 0x8000 | (random >> 6)
  const group5 = (random & 63) * 2 ** 42 + tail
  return `${uuidTime(time)}-7${hex(count, 3)}-${hex(group4, 4)}-${hex(Math.floor(group5 / 2 ** 24), 6)}${hex(group5 % 2 ** 24, 6)}`
}

let latest = { time: -1, text: '' }

function uuidTime(time: number): string {
  // Calls come many to a millisecond.
  if (latest.time !== time) {
    const text = hex(time, 12)
    latest = { time, text: `${text.slice(0, 8)}-${text.slice(8)}` }
  }
  return latest.text
}

/** 42 bits that look like chance (the finalizer of MurmurHash3, twice); nothing's safety rests on them. */
function mix(time: number, low: number): number {
  const a = scramble((time ^ Math.imul(low, 0x9e3779b1)) | 0)
  const b = scramble((a + low) | 0)
  return (a % 1024) * 2 ** 32 + b
}

function scramble(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0')
}
