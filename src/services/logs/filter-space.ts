import { comparison } from './compare-value.ts'
import { invalidPattern } from './errors.ts'
import type { Filter } from './filter-pattern.ts'

/**
 * Filter patterns of fields: `[ip, user, ..., status = 4* && bytes > 1000, bytes]`. What stands in brackets or in double
 * quotes is one field; without an ellipsis the number of fields must be the same
 * (CloudWatch Logs User Guide, "Using metric filters to extract values from space-delimited log events").
 */
interface Field {
  /** Absent: known by its number only. */
  name?: string
  test: (value: string) => boolean
}

const tokens =
  /\s*(?:(?<operator>&&|\|\||!=|<=|>=|[=<>()])|%(?<regex>(?:[^%\\]|\\.)*)%|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[^\s()"=<>!&|]+))/y

interface Token {
  kind: 'operator' | 'regex' | 'quoted' | 'word'
  text: string
}

export function compileSpaceFilter(pattern: string): Filter {
  const [, inside] = /^\[(.*)\]$/s.exec(pattern) ?? []
  if (inside === undefined) throw invalidPattern()
  const parts = split(inside).map((part) => part.trim())
  const dots = parts.indexOf('...')
  if (dots !== parts.lastIndexOf('...')) throw invalidPattern()
  const lists = parts.map(tokenize)
  const fields = lists.filter((_, index) => index !== dots).map(fieldOf)

  /** The fields of a message with their numbers, where it has as many as it must. */
  const read = (message: string) => {
    const values = fieldsOf(message)
    const skipped = values.length - fields.length
    if (dots < 0 ? skipped !== 0 : skipped < 0) return undefined
    return values.map((value, index) => {
      const at = dots < 0 || index < dots ? index : index - skipped
      const known = dots >= 0 && index >= dots && index < dots + skipped ? undefined : fields[at]
      return { value, field: known, name: known?.name === undefined ? `$${index + 1}` : `$${known.name}` }
    })
  }
  const extracted = (message: string) =>
    Object.fromEntries((read(message) ?? []).map(({ name, value }) => [name, value]))
  return {
    test: (message) => read(message)?.every(({ value, field }) => field?.test(value) ?? true) ?? false,
    value: (message, name) => extracted(message)[name],
    extracted,
    regexes: lists.flat().filter(({ kind }) => kind === 'regex').length,
  }
}

/** At commas that are in neither quotes nor an expression. */
function split(text: string): string[] {
  const parts = text.match(/(?:"(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%|[^,"%])+|(?<=,|^)(?=,|$)/g)
  if (!parts || parts.join(',').length !== text.length) throw invalidPattern()
  return parts
}

function tokenize(text: string): Token[] {
  const found: Token[] = []
  tokens.lastIndex = 0
  while (tokens.lastIndex < text.length) {
    const groups = tokens.exec(text)?.groups
    const entry = Object.entries(groups ?? {}).find(([, value]) => value !== undefined)
    if (!entry) throw invalidPattern()
    found.push({ kind: entry[0] as Token['kind'], text: entry[1] })
  }
  return found
}

/** `status = 403 || status = 404`; the name stands before each operator. */
function fieldOf(list: readonly Token[]): Field {
  if (list.length === 0) return { test: () => true }
  const [first] = list
  if (first!.kind !== 'word' || !/^\w+$/.test(first!.text)) throw invalidPattern()
  const name = first!.text
  if (list.length === 1) return { name, test: () => true }
  let at = 0
  const alternatives: ((value: string) => boolean)[][] = [[]]
  for (;;) {
    const [subject, operator, operand] = list.slice(at, at + 3)
    if (subject?.kind !== 'word' || subject.text !== name || operator?.kind !== 'operator' || !operand)
      throw invalidPattern()
    if (operand.kind === 'operator') throw invalidPattern()
    const text = operand.kind === 'quoted' ? operand.text.replace(/\\(.)/g, '$1') : operand.text
    alternatives.at(-1)!.push(comparison(operator.text, { kind: operand.kind, text }, true))
    at += 3
    const link = list[at++]
    if (!link) break
    if (link.kind !== 'operator' || (link.text !== '&&' && link.text !== '||')) throw invalidPattern()
    if (link.text === '||') alternatives.push([])
  }
  return { name, test: (value) => alternatives.some((all) => all.every((test) => test(value))) }
}

/** Words, and what is in brackets or quotes, without them. */
function fieldsOf(message: string): string[] {
  const fields: string[] = []
  const spaces = /\s*/y
  const word = /\S+/y
  // What is not closed after one place is closed after none: it is looked for once.
  const open = { '[': true, '"': true }
  for (let at = 0; ;) {
    spaces.lastIndex = at
    spaces.exec(message)
    at = spaces.lastIndex
    if (at >= message.length) return fields
    const sign = message[at]
    const end = (sign === '[' || sign === '"') && open[sign] ? message.indexOf(sign === '[' ? ']' : '"', at + 1) : -1
    if ((sign === '[' || sign === '"') && end < 0) open[sign] = false
    word.lastIndex = at
    const next = end < 0 ? at + word.exec(message)![0].length : end + 1
    fields.push(end < 0 ? message.slice(at, next) : message.slice(at + 1, end))
    at = next
  }
}
