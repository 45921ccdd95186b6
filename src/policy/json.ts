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
  offsetOf(path: JsonPath): number
}

const MAX_DEPTH = 24

/** Reads a whole text. Throws JsonSyntaxError. */
export function readJson(text: string): JsonText {
  const starts = new Map<object, Map<string, number> | number[]>()
  let at = 0

  const fail = (what: string, offset = at): never => {
    throw new JsonSyntaxError(what, offset)
  }

  const skipSpace = () => {
    for (; ; at++) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    }
  }

  const readString = (): string => {
    const from = at
    if (text[at] !== '"') fail('a string is expected')
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x22) {
        at++
        return parseToken(from) as string
      }
      if (code === 0x5c) at++
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
    return at === from ? fail(at < text.length ? `unexpected ${text[at]}` : 'the text ends too early') : parseToken(from)
  }

  const readObject = (depth: number): JsonObject => {
    const object = Object.create(null) as JsonObject
    const offsets = new Map<string, number>()
    starts.set(object, offsets)
    at++
    skipSpace()
    if (text[at] === '}') return (at++, object)
    for (;;) {
      skipSpace()
      const keyAt = at
      const key = readString()
      if (offsets.has(key)) fail(`duplicate key "${key}"`, keyAt)
      skipSpace()
      if (text[at] !== ':') fail('a colon is expected')
      at++
      skipSpace()
      offsets.set(key, at)
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
    starts.set(array, offsets)
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
  const start = at
  const value = readValue(0)
  skipSpace()
  if (at < text.length) fail('the text goes on after its end')

  return {
    value,
    offsetOf(path) {
      let offset = start
      let node: Json | undefined = value
      for (const step of path) {
        if (node === null || typeof node !== 'object') break
        // A lone statement or value may stand without its list.
        if (step === 0 && !Array.isArray(node)) continue
        const offsets = starts.get(node)
        const next = offsets instanceof Map ? offsets.get(String(step)) : offsets?.[Number(step)]
        if (next === undefined) break
        offset = next
        node = Array.isArray(node) ? node[Number(step)] : node[String(step)]
      }
      return offset
    },
  }
}

/** 1-based line and column of an offset, as Access Analyzer and SARIF count them. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
