import type { Store } from '../../store/store.ts'
import { MathError } from './math/parse.ts'
import { namespacePrefix, regionPrefix, type Metric, type Place } from './metric.ts'

/** Searches find what had data within two weeks, and at most so many (User Guide, "Search expression syntax"). */
const SINCE_MS = 14 * 86_400_000
const FOUND_MAX = 500

type Test = (metric: Metric) => boolean

/**
 * Metrics that a SEARCH finds: `{Namespace, Dim1, Dim2} MetricName="x" (a OR NOT b)`. Terms side by side are an AND; in
 * quotes they are whole and exact in their letters, else parts of words in any case. Throws MathError.
 */
export function searchMetrics(store: Store, place: Place, now: number, expression: string): Metric[] {
  const { schema, test } = parseSearch(expression)
  const prefix = schema ? namespacePrefix(place, schema.namespace) : regionPrefix(place)
  const names = schema && JSON.stringify([...schema.dimensions].sort())
  return store
    .list<Metric>('cloudwatch/metric', { prefix })
    .map(({ value }) => value)
    .filter(
      (metric) =>
        now - metric.updatedAt <= SINCE_MS &&
        (names === undefined || JSON.stringify(metric.Dimensions.map(({ Name }) => Name).sort()) === names) &&
        test(metric),
    )
    .slice(0, FOUND_MAX)
}

interface Search {
  schema?: { namespace: string; dimensions: string[] }
  test: Test
}

export function parseSearch(expression: string): Search {
  const [, braces, rest = ''] = /^\s*(?:\{([^}]*)\})?(.*)$/s.exec(expression) ?? []
  const [namespace, ...dimensions] = (braces ?? '').split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1'))
  const test = parseTerms(rest)
  return braces === undefined ? { test } : { schema: { namespace: namespace!, dimensions }, test }
}

const word = /\s*(?:"([^"]*)"|([()=])|([^\s()="]+))/y

interface Word {
  text: string
  quoted: boolean
}

function wordsOf(text: string): Word[] {
  const found: Word[] = []
  word.lastIndex = 0
  while (word.lastIndex < text.trimEnd().length) {
    const match = word.exec(text)
    if (!match) throw new MathError('The search expression is not complete')
    const [, quoted, sign, bare] = match
    found.push({ text: quoted ?? sign ?? bare ?? '', quoted: quoted !== undefined })
  }
  return found
}

function parseTerms(text: string): Test {
  const list = wordsOf(text)
  let at = 0
  const is = (sign: string): boolean => list[at]?.text === sign && !list[at]!.quoted
  const accept = (sign: string): boolean => is(sign) && ++at > 0

  function either(property?: string, depth = 0): Test {
    if (depth > 50) throw new MathError('The search expression is nested too deeply')
    let left = both(property, depth)
    while (accept('OR')) {
      const [a, b] = [left, both(property, depth)]
      left = (metric) => a(metric) || b(metric)
    }
    return left
  }

  function both(property: string | undefined, depth: number): Test {
    const tests: Test[] = []
    while (at < list.length && !is(')') && !is('OR')) {
      if (!accept('AND')) tests.push(not(property, depth))
    }
    return (metric) => tests.every((test) => test(metric))
  }

  function not(property: string | undefined, depth: number): Test {
    if (accept('NOT')) {
      const test = not(property, depth + 1)
      return (metric) => !test(metric)
    }
    if (accept('(')) {
      const test = either(property, depth + 1)
      if (!accept(')')) throw new MathError("The search expression lacks a ')'")
      return test
    }
    const term = list[at++]
    if (!term || (!term.quoted && (term.text === ')' || term.text === '='))) {
      throw new MathError('The search expression is not complete')
    }
    if (property === undefined && accept('=')) return not(term.text, depth + 1)
    return (metric) => textsOf(metric, property).some((text) => holds(text, term))
  }

  const test = either()
  if (at < list.length) throw new MathError(`Unexpected '${list[at]!.text}' in the search expression`)
  return test
}

function textsOf({ Namespace, MetricName, Dimensions }: Metric, property: string | undefined): string[] {
  if (property === undefined) return [Namespace, MetricName, ...Dimensions.flatMap(({ Name, Value }) => [Name, Value])]
  if (property === 'Namespace' || property === ':aws.Namespace') return [Namespace]
  if (property === 'MetricName' || property === ':aws.MetricName') return [MetricName]
  return Dimensions.filter(({ Name }) => Name === property).map(({ Value }) => Value)
}

/** A quoted term is the whole text; another one is made of words of it, in their order. */
function holds(text: string, { text: term, quoted }: Word): boolean {
  if (quoted) return text === term
  const [all, asked] = [partsOf(text), partsOf(term)]
  return asked.length > 0 && all.some((_, i) => asked.every((part, j) => all[i + j] === part))
}

/** `CPUCreditBalance-2` -> cpu, credit, balance, 2. */
function partsOf(text: string): string[] {
  return (text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((part) => part.toLowerCase())
}
