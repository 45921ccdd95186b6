/**
 * A condition block: AND over its operators and keys, OR over values; negated operators hold when no value matches.
 * IAM User Guide: "IAM JSON policy elements: Condition", "Multivalued context keys".
 */
import { operators, parseOperator } from './operators.ts'
import type { Operator, ValueTest } from './operators.ts'
import type { Context } from './types.ts'

export interface Condition {
  /** As written: `StringEquals`. */
  readonly operator: string
  /** As written: `aws:SourceVpce`. */
  readonly key: string
  readonly values: readonly string[]
  /** The key in lower case, as contexts are asked. */
  readonly contextKey: string
  readonly negated: boolean
  test(context: Context): boolean
}

/** Compiles one key of one operator. Throws where the operator does not exist. */
export function compileCondition(
  operator: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): Condition {
  const name = parseOperator(operator)
  if (!name) throw new Error(`no such condition operator: ${operator}`)
  const contextKey = key.toLowerCase()
  const common = { operator, key, values, contextKey }
  if (name.base === 'Null') return { ...common, negated: false, test: isNull(contextKey, values) }

  const { negated, compile } = operators.get(name.base)!
  const matches = anyValue(name.base, values, variables, compile)
  const test =
    name.set === 'ForAllValues'
      ? forAllValues(contextKey, matches, negated)
      : name.set === 'ForAnyValue'
        ? forAnyValue(contextKey, matches, negated, name.ifExists)
        : single(contextKey, matches, negated, negated || name.ifExists)
  return { ...common, negated, test }
}

function anyValue(
  base: string,
  values: readonly string[],
  variables: boolean,
  compile: Operator['compile'],
): ValueTest {
  if (isLiteral(base, values)) return anyOf(values)
  const tests = values.map((value) => compile(value, variables))
  if (tests.length === 1) return tests[0]!
  return (actual, context) => {
    for (const test of tests) if (test(actual, context)) return true
    return false
  }
}

/** Whether values are compared as they are written. */
function isLiteral(base: string, values: readonly string[]): boolean {
  return (base === 'StringEquals' || base === 'StringNotEquals') && !values.some((value) => value.includes('$'))
}

/** Few are compared faster than looked up: the value of a request is a new string, that nobody has hashed yet. */
function anyOf(values: readonly string[]): ValueTest {
  const [only] = values
  if (only !== undefined && values.length === 1) return (actual) => actual === only
  if (values.length > 4) {
    const wanted = new Set(values)
    return (actual) => wanted.has(actual)
  }
  return (actual) => {
    for (const value of values) if (actual === value) return true
    return false
  }
}

/** A multi-valued key without a set operator never satisfies, not even a negated operator (observed on AWS). */
function single(key: string, matches: ValueTest, negated: boolean, whenMissing: boolean): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (typeof actual === 'string') return matches(actual, context) !== negated
    return actual === undefined || actual.length === 0 ? whenMissing : false
  }
}

/** True for the empty set, too: hence over-permissive in an Allow without `Null: false` beside it. */
function forAllValues(key: string, matches: ValueTest, negated: boolean): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (isNullSet(actual)) return true
    if (typeof actual === 'string') return matches(actual, context) !== negated
    for (const value of actual) if (matches(value, context) === negated) return false
    return true
  }
}

function forAnyValue(key: string, matches: ValueTest, negated: boolean, ifExists: boolean): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (isNullSet(actual)) return ifExists && isAbsent(actual)
    if (typeof actual === 'string') return matches(actual, context) !== negated
    for (const value of actual) if (matches(value, context) !== negated) return true
    return false
  }
}

type Actual = ReturnType<Context>

/** inferred: an empty list is a missing key. */
function isAbsent(actual: Actual): boolean {
  return actual === undefined || (typeof actual !== 'string' && actual.length === 0)
}

/** "No keys in the request, or key values that resolve to a null data set, such as an empty string." */
function isNullSet(actual: Actual): actual is undefined {
  return actual === undefined || actual.length === 0 || (actual.length === 1 && actual[0] === '')
}

/** `Null: true` wants the key absent, `Null: false` present. */
function isNull(key: string, values: readonly string[]): Condition['test'] {
  const wanted = new Set(values.map((value) => value.toLowerCase()))
  return (context) => {
    return wanted.has(isAbsent(context(key)) ? 'true' : 'false')
  }
}
