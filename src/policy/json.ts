/**
 * A JSON reader for policy documents. Unlike `JSON.parse` it refuses duplicate keys (of which AWS would silently have to
 * pick one), bounds the depth, and remembers where each member stands, so that findings can point at line and column.
 */

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

/** The text is no JSON, or has a key twice. `offset` counts UTF-16 units from the start. */
export class JsonSyntaxError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.name = 'JsonSyntaxError'
    this.offset = offset
  }
}

export type JsonPath = readonly (string | number)[]

export interface JsonText {
  readonly value: Json
  /** Offset of the value at `path`, or of its nearest ancestor that exists. */
  readonly offsetOf: (path: JsonPath) => number
}

const MAX_DEPTH = 24

/** Where the members of each object and array start. */
type Starts = Map<object, Map<string, number> | number[]>

/** Reads a whole text. Throws JsonSyntaxError. */
export function readJson(text: string): JsonText {
  let located: { value: Json; starts: Starts } | undefined
  return {
    value: quick(text) ?? scan(text),
    // Few are ever asked where something stands, so the second reading waits until then.
    offsetOf: (path) => {
      if (!located) {
        const starts: Starts = new Map()
        located = { value: scan(text, starts), starts }
      }
      return locate(located.value, located.starts, path, text.search(/\S/))
    },
  }
}

/**
 * The value by the platform's own parser, an order of magnitude sooner; undefined where `scan` would refuse the text, and
 * where one cannot be sure. JSON.parse drops all but the last of equal keys: so the keys that it found are counted against
 * the places in the text where a key could stand.
 */
function quick(text: string): Json | undefined {
  if (text.includes('__proto__')) return undefined
  try {
    const value = JSON.parse(text) as Json
    return countKeys(value, 0) === possibleKeys(text) ? value : undefined
  } catch {
    return undefined
  }
}

/** NaN, equal to nothing, where the value may be nested too deeply. */
function countKeys(value: Json, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth >= MAX_DEPTH) return Number.NaN
  if (Array.isArray(value)) {
    let count = 0
    for (const item of value) if (typeof item === 'object') count += countKeys(item, depth + 1)
    return count
  }
  let count = 0
  for (const key in value) {
    count++
    const item = value[key]
    if (typeof item === 'object') count += countKeys(item, depth + 1)
  }
  return count
}

/** Colons behind a quotation mark: every key has one; a string may hold more, which is only slower. */
function possibleKeys(text: string): number {
  let count = 0
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    let at = colon - 1
    while (isSpace(text.charCodeAt(at))) at--
    if (text.charCodeAt(at) === 0x22) count++
  }
  return count
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function locate(value: Json, starts: Starts, path: JsonPath, from: number): number {
  let offset = from
  let node: Json | undefined = value
  for (const step of path) {
    if (node === null || typeof node !== 'object') break
    // A lone statement or value may stand without its list.
    if (step === 0 && !Array.isArray(node)) continue
    const offsets = starts.get(node)
    const next: number | undefined = offsets instanceof Map ? offsets.get(String(step)) : offsets?.[Number(step)]
    if (next === undefined) break
    offset = next
    node = Array.isArray(node) ? node[Number(step)] : node[String(step)]
  }
  return offset
}

function scan(text: string, starts?: Starts): Json {
  let at = 0

  const fail = (what: string, offset = at): never => {
    throw new JsonSyntaxError(what, offset)
  }

  const skipSpace = () => {
    while (isSpace(text.charCodeAt(at))) at++
  }

  const readString = (): string => {
    const from = at
    if (text.charCodeAt(at) !== 0x22) fail('a string is expected')
    let plain = true
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x22) {
        at++
        return plain ? text.slice(from + 1, at - 1) : (parseToken(from) as string)
      }
      if (code === 0x5c) at++
      if (code === 0x5c || code < 0x20) plain = false
    }
    return fail('the string does not end', from)
  }

  // The platform's own parser judges escapes, control characters and number syntax.
  const parseToken = (from: number): Json => {
    try {
      return JSON.parse(text.slice(from, at)) as Json
    } catch {
      return fail(`unexpected ${text.slice(from, Math.min(at, from + 20))}`, from)
    }
  }

  const readWord = (): Json => {
    const from = at
    while (/[-+.\w]/.test(text[at] ?? '')) at++
    return at === from
      ? fail(at < text.length ? `unexpected ${text[at]}` : 'the text ends too early')
      : parseToken(from)
  }

  const readObject = (depth: number): JsonObject => {
    const object: JsonObject = {}
    const offsets = starts && new Map<string, number>()
    if (offsets) starts.set(object, offsets)
    at++
    skipSpace()
    if (text[at] === '}') return (at++, object)
    for (;;) {
      skipSpace()
      const keyAt = at
      const key = readString()
      if (Object.hasOwn(object, key)) fail(`duplicate key "${key}"`, keyAt)
      // Assigned to, it would be the object's prototype, and not a member.
      if (key === '__proto__') fail('no element has the name __proto__', keyAt)
      skipSpace()
      if (text[at] !== ':') fail('a colon is expected')
      at++
      skipSpace()
      offsets?.set(key, at)
      object[key] = readValue(depth + 1)
      skipSpace()
      if (text[at] === '}') return (at++, object)
      if (text[at] !== ',') fail('a comma or } is expected')
      at++
    }
  }

  const readArray = (depth: number): Json[] => {
    const array: Json[] = []
    const offsets: number[] = []
    starts?.set(array, offsets)
    at++
    skipSpace()
    if (text[at] === ']') return (at++, array)
    for (;;) {
      skipSpace()
      offsets.push(at)
      array.push(readValue(depth + 1))
      skipSpace()
      if (text[at] === ']') return (at++, array)
      if (text[at] !== ',') fail('a comma or ] is expected')
      at++
    }
  }

  const readValue = (depth: number): Json => {
    if (depth > MAX_DEPTH) fail('nested too deeply')
    const first = text[at]
    if (first === '{') return readObject(depth)
    if (first === '[') return readArray(depth)
    return first === '"' ? readString() : readWord()
  }

  skipSpace()
  const value = readValue(0)
  skipSpace()
  if (at < text.length) fail('the text goes on after its end')
  return value
}

/** 1-based line and column of an offset, as Access Analyzer and SARIF count them. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
