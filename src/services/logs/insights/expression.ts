import type { RowContext } from './context.ts'
import { durationUnits, functions } from './functions.ts'
import { valueIn } from './row.ts'
import type { Scanner } from './scanner.ts'
import { linearRegex, withoutCase } from '../linear-regex.ts'
import { compare, equal, isTrue, numberOf, textOf, type Value } from './value.ts'

/** Tells an expression's value for one row. */
export type Expression = (context: RowContext) => Value

/** How functions that are only known in `stats` are read. */
export type Aggregates = (scanner: Scanner, name: string, start: number) => Expression | undefined

/** How deep parentheses may be nested, so that a query cannot exhaust the stack. */
const DEPTH_MAX = 50

/** Reads one expression: or > and > not > comparison > sum > product > power > value. */
export function readExpression(scanner: Scanner, aggregates: Aggregates = () => undefined, depth = 0): Expression {
  if (depth > DEPTH_MAX) throw scanner.unexpected()
  const inner = () => readExpression(scanner, aggregates, depth + 1)

  function either(): Expression {
    const parts = [both()]
    while (scanner.keyword('or')) parts.push(both())
    return parts.length === 1 ? parts[0]! : (context) => parts.some((part) => isTrue(part(context)))
  }

  function both(): Expression {
    const parts = [negated()]
    while (scanner.keyword('and')) parts.push(negated())
    return parts.length === 1 ? parts[0]! : (context) => parts.every((part) => isTrue(part(context)))
  }

  function negated(): Expression {
    let times = 0
    while (scanner.keyword('not')) times++
    const part = compared()
    return times % 2 === 0 ? part : (context) => !isTrue(part(context))
  }

  function compared(): Expression {
    const left = sum()
    const sign = scanner.sign('=~', '!=', '<=', '>=', '==', '=', '<', '>')
    if (sign === '=~') return matched(left, false)
    if (sign !== undefined) return ordered(sign, left, sum())
    const before = scanner.at
    const not = scanner.keyword('not') !== undefined
    if (scanner.keyword('like')) return matched(left, not)
    if (scanner.keyword('in')) return member(left, not)
    scanner.at = before
    return left
  }

  /** `like /expression/` or `like "part"`. */
  function matched(left: Expression, not: boolean): Expression {
    const test = readMatcher(scanner)
    return (context) => {
      const text = textOf(left(context))
      return (text !== undefined && test(text)) !== not
    }
  }

  function member(left: Expression, not: boolean): Expression {
    scanner.expect('[')
    const list = [sum()]
    while (scanner.sign(',')) list.push(sum())
    scanner.expect(']')
    return (context) => list.some((item) => equal(left(context), item(context))) !== not
  }

  function sum(): Expression {
    let left = product()
    for (;;) {
      const sign = scanner.sign('+', '-')
      if (sign === undefined) return left
      left = arithmetic(sign, left, product())
    }
  }

  function product(): Expression {
    let left = power()
    for (;;) {
      const sign = scanner.sign('*', '/', '%')
      if (sign === undefined) return left
      left = arithmetic(sign, left, power())
    }
  }

  function power(): Expression {
    const bases = [signed()]
    while (scanner.sign('^')) bases.push(signed())
    return bases.reduceRight((exponent, base) => arithmetic('^', base, exponent))
  }

  function signed(): Expression {
    if (!scanner.sign('-')) return single()
    const part = single()
    return (context) => {
      const number = numberOf(part(context))
      return number === undefined ? undefined : -number
    }
  }

  function single(): Expression {
    if (scanner.sign('(')) {
      const whole = inner()
      scanner.expect(')')
      return whole
    }
    const text = scanner.quoted()
    if (text !== undefined) return () => text
    const number = scanner.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])/y)
    if (number) return constant(Number(number[0]))
    const start = scanner.at
    const field = readField(scanner)
    if (!field.plain || !scanner.match(/\s*\(/y)) return (context) => valueIn(context.row, field.name)
    return called(field.name.toLowerCase(), start)
  }

  function called(name: string, start: number): Expression {
    const aggregate = aggregates(scanner, name, start)
    if (aggregate) return aggregate
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined
    const end = scanner.at
    const list: Expression[] = []
    if (!scanner.sign(')')) {
      do list.push(duration() ?? inner())
      while (scanner.sign(','))
      scanner.expect(')')
    }
    if (!known) throw scanner.malformed(`Unknown function: ${name}`, start, end - 2) // inferred: sentence
    const [least, most] = known.takes
    if (list.length < least || list.length > most) {
      // inferred: sentence
      throw scanner.malformed(`Invalid number of arguments to function: ${name}`, start, end - 2)
    }
    return (context) =>
      known.value(
        list.map((part) => part(context)),
        context,
      )
  }

  /** `5m`, in milliseconds. */
  function duration(): Expression | undefined {
    scanner.skip()
    const found = scanner.match(/(\d+)\s*([a-z]+)(?=\s*[,)])/iy)
    if (!found) return undefined
    const unit = durationUnits.get(found[2]!.toLowerCase())
    if (unit === undefined) throw scanner.malformed(`Invalid period: ${found[0]}`, scanner.at, scanner.at) // inferred
    return constant(Number(found[1]) * unit)
  }

  return either()
}

const constant =
  (value: number): Expression =>
  () =>
    value

/** What stands behind `like`, `=~`: a part of the text, or an expression. */
export function readMatcher(scanner: Scanner): (text: string) => boolean {
  const part = scanner.quoted()
  if (part !== undefined) return (text) => text.includes(part)
  const regex = readRegex(scanner)
  return (text) => regex.test(text)
}

export function readRegex(scanner: Scanner): RegExp {
  scanner.skip()
  const start = scanner.at
  const source = scanner.regex()
  if (source === undefined) throw scanner.unexpected()
  const plain = source.replaceAll('(?i)', '')
  const regex = linearRegex(plain === source ? source : withoutCase(plain))
  if (!regex) throw scanner.malformed(`Invalid regular expression /${source}/`, start, scanner.at - 1) // inferred
  return regex
}

/** A field's name; anything but letters, digits, `@`, `_` and periods stands in backticks. */
export function readField(scanner: Scanner): { name: string; plain: boolean } {
  scanner.skip()
  const found = scanner.match(/([A-Za-z_@$][\w@$.]*)|`([^`]+)`/y)
  if (!found) throw scanner.unexpected()
  return { name: (found[1] ?? found[2])!, plain: found[1] !== undefined }
}

function ordered(sign: string, left: Expression, right: Expression): Expression {
  if (sign === '=' || sign === '==') return (context) => equal(left(context), right(context))
  if (sign === '!=') return (context) => !equal(left(context), right(context))
  const test: (order: number) => boolean = {
    '<': (order: number) => order < 0,
    '<=': (order: number) => order <= 0,
    '>': (order: number) => order > 0,
    '>=': (order: number) => order >= 0,
  }[sign]!
  return (context) => {
    const [a, b] = [left(context), right(context)]
    return a !== undefined && b !== undefined && test(compare(a, b))
  }
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}

function arithmetic(sign: string, left: Expression, right: Expression): Expression {
  const operate = operators[sign]!
  return (context) => {
    const [a, b] = [numberOf(left(context)), numberOf(right(context))]
    const result = a === undefined || b === undefined ? undefined : operate(a, b)
    return result !== undefined && Number.isFinite(result) ? result : undefined
  }
}
