import { LiquidError, words } from './lexer.ts'
import { filtered, outputMax, type Filters } from './filters.ts'

/** What names mean at one place of a template. */
export interface Scope {
  get(name: string): unknown
  /** Throws when the template has had its time: called before whatever may take long. */
  pace(): void
}

export type Expression = (scope: Scope) => unknown

/** How long a range may be: each of its numbers is a turn of a loop. */
const rangeMax = 10_000

/** Reads expressions out of a tag's or an output's words. */
export class Reader {
  readonly #words: readonly string[]
  readonly #line: number
  #at = 0

  constructor(text: string, line: number) {
    this.#words = words(text, line)
    this.#line = line
  }

  peek(): string | undefined {
    return this.#words[this.#at]
  }

  /** Takes the next word if it is this one. */
  takes(word: string): boolean {
    if (this.peek() !== word) return false
    this.#at++
    return true
  }

  expect(word: string): void {
    if (!this.takes(word)) this.fail(`Expected "${word}"`)
  }

  name(): string {
    const name = this.#words[this.#at++]
    if (name === undefined || !/^[A-Za-z_]/.test(name)) this.fail('Expected a name')
    return name
  }

  end(): void {
    if (this.peek() !== undefined) this.fail(`Unexpected "${this.peek()}"`)
  }

  fail(message: string): never {
    throw new LiquidError(`${message} in "${this.#words.join(' ')}"`, this.#line)
  }

  value(): Expression {
    const word = this.#words[this.#at++]
    if (word === undefined) return this.fail('Expected a value')
    if (/^["']/.test(word)) return () => word.slice(1, -1)
    if (/^-?\d/.test(word)) return () => Number(word)
    if (word === '(') return this.#range()
    if (Object.hasOwn(literals, word)) return () => literals[word]
    if (!/^[A-Za-z_]/.test(word)) this.fail(`Unexpected "${word}"`)
    let found: Expression = (scope) => scope.get(word)
    for (;;) {
      const of = found
      if (this.takes('.')) {
        const key = this.name()
        found = (scope) => member(of(scope), key)
      } else if (this.takes('[')) {
        const key = this.value()
        this.expect(']')
        found = (scope) => member(of(scope), key(scope))
      } else return found
    }
  }

  #range(): Expression {
    const from = this.value()
    this.expect('..')
    const to = this.value()
    this.expect(')')
    return (scope) => {
      const [first, last] = [Math.trunc(Number(from(scope))), Math.trunc(Number(to(scope)))]
      if (last - first > rangeMax) this.fail(`A range of more than ${rangeMax} numbers`)
      return Array.from({ length: Math.max(0, last - first + 1) || 0 }, (_, index) => first + index)
    }
  }

  /** `value | filter: argument, … | …`; the names of the filters that were applied tell whether its outcome is escaped yet. */
  filtered(filters: Filters): { value: Expression; applied: string[] } {
    let value = this.value()
    const applied: string[] = []
    while (this.takes('|')) {
      const name = this.name()
      const filter = filtered(filters, name) ?? this.fail(`Unknown filter "${name}"`)
      const given: Expression[] = []
      if (this.takes(':'))
        do given.push(this.value())
        while (this.takes(','))
      const of = value
      value = (scope) => {
        scope.pace()
        return bounded(filter(of(scope), ...given.map((argument) => argument(scope))))
      }
      applied.push(name)
    }
    return { value, applied }
  }

  /** Comparisons joined by `and` and `or`, which Liquid reads from the right, neither before the other. */
  condition(): Expression {
    const left = this.value()
    const sign = this.peek() ?? ''
    let test: Expression = (scope) => isTrue(left(scope))
    if (Object.hasOwn(comparisons, sign)) {
      this.#at++
      const right = this.value()
      const compare = comparisons[sign]!
      test = (scope) => {
        scope.pace()
        return compare(left(scope), right(scope))
      }
    }
    if (this.takes('and')) {
      const rest = this.condition()
      return (scope) => Boolean(test(scope)) && Boolean(rest(scope))
    }
    if (this.takes('or')) {
      const rest = this.condition()
      return (scope) => Boolean(test(scope)) || Boolean(rest(scope))
    }
    return test
  }
}

/** Texts that double with each turn of a loop end here. */
function bounded(value: unknown): unknown {
  if ((typeof value === 'string' || Array.isArray(value)) && value.length > outputMax) {
    throw new RangeError(`More than ${outputMax} characters or items`)
  }
  return value
}

const empty = Symbol('empty')
const literals: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  nil: undefined,
  null: undefined,
  empty,
  blank: empty,
}

/** Everything but nil and false. */
export const isTrue = (value: unknown): boolean => value !== undefined && value !== null && value !== false

function equal(left: unknown, right: unknown): boolean {
  if (right === empty) return isEmpty(left)
  if (left === empty) return isEmpty(right)
  if ((left ?? undefined) === (right ?? undefined)) return true
  return typeof left === 'object' && typeof right === 'object' && JSON.stringify(left) === JSON.stringify(right)
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

const ordered = (left: unknown, right: unknown): boolean =>
  typeof left === typeof right && (typeof left === 'number' || typeof left === 'string')

const comparisons: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '==': equal,
  '!=': (left, right) => !equal(left, right),
  '<>': (left, right) => !equal(left, right),
  '<': (left, right) => ordered(left, right) && (left as number) < (right as number),
  '>': (left, right) => ordered(left, right) && (left as number) > (right as number),
  '<=': (left, right) => ordered(left, right) && (left as number) <= (right as number),
  '>=': (left, right) => ordered(left, right) && (left as number) >= (right as number),
  contains: (left, right) =>
    Array.isArray(left)
      ? left.some((one) => equal(one, right))
      : typeof left === 'string' && typeof right === 'string' && left.includes(right),
}

/** Of JSON's values only: nothing that they inherit. */
function member(value: unknown, key: unknown): unknown {
  if (Array.isArray(value) || typeof value === 'string') {
    if (key === 'size') return value.length
    if (typeof value === 'string') return undefined
    if (key === 'first') return value[0]
    if (key === 'last') return value.at(-1)
    return typeof key === 'number' ? value.at(key) : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const name = String(key)
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name]
  return name === 'size' ? Object.keys(value).length : undefined
}
