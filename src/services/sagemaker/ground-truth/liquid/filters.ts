/** What a filter makes of a value; its arguments come after. */
export type Filter = (value: unknown, ...given: unknown[]) => unknown
export type Filters = Readonly<Record<string, Filter>>

/** Characters that a template, and what a filter makes, may come to. */
export const outputMax = 2_000_000

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign]!)

/** As Liquid prints it: nil is nothing, a list is its items in a row. Throws RangeError for what is too long. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return joined(value.map(textOf), '')
  if (typeof value === 'object') return JSON.stringify(value)
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : ''
}

function joined(texts: readonly string[], by: string): string {
  const characters = texts.reduce((sum, text) => sum + text.length + by.length, 0)
  if (characters > outputMax) throw new RangeError(`More than ${outputMax} characters`)
  return texts.join(by)
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const numberOf = (value: unknown): number => Number(textOf(value)) || 0
const byText = (left: unknown, right: unknown): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  const [a, b] = [textOf(left), textOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}
const keyOf = (value: unknown, key: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, textOf(key))
    ? (value as Record<string, unknown>)[textOf(key)]
    : undefined

const onText =
  (change: (text: string, ...given: string[]) => unknown): Filter =>
  (value, ...given) =>
    change(textOf(value), ...given.map(textOf))
const onNumber =
  (change: (number: number, ...given: number[]) => number): Filter =>
  (value, ...given) =>
    change(numberOf(value), ...given.map(numberOf))
const onList =
  (change: (list: unknown[], ...given: unknown[]) => unknown): Filter =>
  (value, ...given) =>
    change(listOf(value), ...given)

/** Liquid's own filters but for `date`, and Ground Truth's that ask nobody (Developer Guide, "Adding automation with Liquid"). */
const standard: Filters = {
  append: onText((text, more = '') => text + more),
  prepend: onText((text, more = '') => more + text),
  upcase: onText((text) => text.toUpperCase()),
  downcase: onText((text) => text.toLowerCase()),
  capitalize: onText((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
  strip: onText((text) => text.trim()),
  lstrip: onText((text) => text.trimStart()),
  rstrip: onText((text) => text.trimEnd()),
  strip_newlines: onText((text) => text.replaceAll(/\r?\n/g, '')),
  newline_to_br: onText((text) => text.replaceAll(/\r?\n/g, '<br />\n')),
  strip_html: onText((text) => text.replaceAll(/<[^<>]*>/g, '')),
  escape: onText(escapeHtml),
  escape_once: onText((text) => text.replaceAll(/&(?!#?\w{1,20};)|[<>"']/g, (sign) => entities[sign] ?? '&amp;')),
  url_encode: onText((text) => encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+')),
  url_decode: onText((text) => decoded(text)),
  replace: onText((text, old = '', now = '') => joined(text.split(old), now)),
  replace_first: onText((text, old = '', now = '') => text.replace(old, () => now)),
  remove: onText((text, old = '') => (old === '' ? text : text.split(old).join(''))),
  remove_first: onText((text, old = '') => text.replace(old, '')),
  split: onText((text, by = '') => (text === '' ? [] : text.split(by))),
  truncate: onText((text, size = '50', end = '...') =>
    text.length <= Number(size) ? text : text.slice(0, Math.max(0, Number(size) - end.length)) + end,
  ),
  truncatewords: onText((text, size = '15', end = '...') => {
    const all = text.split(/\s+/)
    return all.length <= Number(size) ? text : all.slice(0, Number(size)).join(' ') + end
  }),
  slice: (value, from, size = 1) => {
    const whole = Array.isArray(value) ? value : textOf(value)
    const start = numberOf(from) < 0 ? Math.max(0, whole.length + numberOf(from)) : numberOf(from)
    return whole.slice(start, start + numberOf(size))
  },
  size: (value) => (Array.isArray(value) || typeof value === 'string' ? value.length : 0),
  default: (value, other) =>
    value === undefined || value === null || value === false || value === '' || (Array.isArray(value) && !value.length)
      ? other
      : value,
  first: onList((list) => list[0]),
  last: onList((list) => list.at(-1)),
  join: onList((list, by = ' ') => joined(list.map(textOf), textOf(by))),
  reverse: onList((list) => list.toReversed()),
  sort: onList((list, key) =>
    list.toSorted((a, b) => (key === undefined ? byText(a, b) : byText(keyOf(a, key), keyOf(b, key)))),
  ),
  sort_natural: onList((list) => list.toSorted((a, b) => byText(textOf(a).toLowerCase(), textOf(b).toLowerCase()))),
  uniq: onList((list) => [...new Map(list.map((one) => [JSON.stringify(one), one])).values()]),
  compact: onList((list) => list.filter((one) => one !== undefined && one !== null)),
  concat: onList((list, more) => [...list, ...listOf(more)]),
  map: onList((list, key) => list.map((one) => keyOf(one, key))),
  where: onList((list, key, wanted) =>
    list.filter((one) => (wanted === undefined ? keyOf(one, key) : textOf(keyOf(one, key)) === textOf(wanted))),
  ),
  plus: onNumber((number, more = 0) => number + more),
  minus: onNumber((number, less = 0) => number - less),
  times: onNumber((number, by = 0) => number * by),
  divided_by: onNumber((number, by = 0) =>
    Number.isInteger(number) && Number.isInteger(by) ? Math.floor(number / by) : number / by,
  ),
  modulo: onNumber((number, by = 0) => number - by * Math.floor(number / by)),
  abs: onNumber((number) => Math.abs(number)),
  ceil: onNumber((number) => Math.ceil(number)),
  floor: onNumber((number) => Math.floor(number)),
  round: onNumber((number, digits = 0) => Number(number.toFixed(Math.min(20, Math.max(0, digits))))),
  at_least: onNumber((number, least = 0) => Math.max(number, least)),
  at_most: onNumber((number, most = 0) => Math.min(number, most)),
  to_json: (value) => JSON.stringify(value ?? null),
  skip_autoescape: (value) => value,
}

/** Outputs on which one of these was used are not escaped once more. */
export const escaping: readonly string[] = ['escape', 'escape_once', 'skip_autoescape']

export const filtered = (more: Filters, name: string): Filter | undefined =>
  Object.hasOwn(more, name) ? more[name] : Object.hasOwn(standard, name) ? standard[name] : undefined

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
