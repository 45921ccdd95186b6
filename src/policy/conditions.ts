/**
 * A condition block: AND over its operators and keys, OR over values; negated operators hold when no value matches.
 * IAM User Guide: "IAM JSON policy elements: Condition", "Multivalued context keys".
 */
import type { Pattern } from './glob.ts'
import { isTrue, operators, parseOperator } from './operators.ts'
import type { Operator, OperatorName, ValueTest } from './operators.ts'
import { contextKey } from './pattern.ts'
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
  readonly test: (context: Context) => boolean
}

/** Compiles one key of one operator, in a statement of that effect. Throws where the operator does not exist. */
export function compileCondition(
  operator: string,
  key: string,
  values: readonly string[],
  variables: boolean,
  effect: 'Allow' | 'Deny',
): Condition {
  const name = parseOperator(operator)
  if (!name) throw new Error(`no such condition operator: ${operator}`)
  const asked = contextKey(key)
  const common = { operator, key, values, contextKey: asked }
  if (name.base === 'Null') return { ...common, negated: false, test: isNull(asked, values) }

  const known = operators.get(name.base)!
  const { negated } = known
  if (values.length === 0) return { ...common, negated, test: withoutValues(asked, name) }
  if (!name.set && isLiteral(name.base, values)) {
    return { ...common, negated, test: equality(asked, values, negated, negated || name.ifExists) }
  }
  if (!name.set && name.base === 'Bool' && values.length === 1 && !values[0]!.includes('$')) {
    return { ...common, negated, test: truth(asked, isTrue(values[0]!), name.ifExists) }
  }
  const holds = holding(known, anyValue(name.base, values, variables, known.compile), effect)
  const test =
    name.set === 'ForAllValues'
      ? forAllValues(asked, holds)
      : name.set === 'ForAnyValue'
        ? forAnyValue(asked, holds)
        : single(asked, holds, negated || name.ifExists)
  return { ...common, negated, test }
}

/**
 * What the operator makes of one value of the request. Where the policy's value cannot be compared, an Allow does not
 * allow by it, and a Deny denies (observed: radkawar/stackd, testdata/aws/iam/condition_values.json).
 */
function holding({ negated, reads }: Operator, matches: ValueTest, effect: 'Allow' | 'Deny'): Pattern {
  if (reads) {
    const failing = effect === 'Deny'
    return (actual, context) => {
      const found = matches(actual, context)
      // What matches was read; what does not match need not be.
      if (found === true || (found === false && !negated)) return found !== negated
      return reads(actual) && (found === undefined ? failing : true)
    }
  }
  // Without `reads`, nothing is undefined.
  return negated ? (actual, context) => !matches(actual, context) : (matches as Pattern)
}

/** "There are no values for the condition key": AWS's finding EMPTY_ARRAY_CONDITION and its siblings say what that means. */
function withoutValues(key: string, { set, ifExists }: OperatorName): Condition['test'] {
  const whenMissing = set === 'ForAllValues' || (set === undefined && ifExists)
  return (context) => whenMissing && isAbsent(context(key))
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
    for (let at = 0; at < tests.length; at++) {
      const found = tests[at]!(actual, context)
      if (found !== false) return found
    }
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
    for (let at = 0; at < values.length; at++) if (actual === values[at]) return true
    return false
  }
}

/** What most conditions are, in one step: a key that is, or is not, one of a few texts. */
function equality(key: string, values: readonly string[], negated: boolean, whenMissing: boolean): Condition['test'] {
  const [only] = values
  const matches = values.length > 1 ? anyOf(values) : undefined
  return (context) => {
    const actual = context(key)
    if (typeof actual !== 'string') return actual === undefined || actual.length === 0 ? whenMissing : false
    return (matches ? matches(actual, context) : actual === only) !== negated
  }
}

/** `aws:SecureTransport` and its like, in one step too. */
function truth(key: string, wanted: boolean, whenMissing: boolean): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (typeof actual !== 'string') return actual === undefined || actual.length === 0 ? whenMissing : false
    return isTrue(actual) === wanted
  }
}

/**
 * A multi-valued key without a set operator never satisfies, not even a negated operator, and however few its values
 * (observed: radkawar/stackd, testdata/aws/iam/condition_sets.json).
 */
function single(key: string, holds: Pattern, whenMissing: boolean): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (typeof actual === 'string') return holds(actual, context)
    return actual === undefined || actual.length === 0 ? whenMissing : false
  }
}

/** True for the empty set, too: hence over-permissive in an Allow without `Null: false` beside it. */
function forAllValues(key: string, holds: Pattern): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (isNullSet(actual)) return true
    if (typeof actual === 'string') return holds(actual, context)
    for (const value of actual) if (!holds(value, context)) return false
    return true
  }
}

/** False for the empty set, with IfExists as without (reported by two who tried it: cloudcopilot.io, radkawar/stackd). */
function forAnyValue(key: string, holds: Pattern): Condition['test'] {
  return (context) => {
    const actual = context(key)
    if (isNullSet(actual)) return false
    if (typeof actual === 'string') return holds(actual, context)
    for (const value of actual) if (holds(value, context)) return true
    return false
  }
}

type Actual = ReturnType<Context>

/** inferred: an empty list is a missing key. */
function isAbsent(actual: Actual): boolean {
  return actual === undefined || (typeof actual !== 'string' && actual.length === 0)
}

/**
 * "No keys in the request, or key values that resolve to a null data set, such as an empty string." The empty value of a
 * single-valued key is none (observed: radkawar/stackd, testdata/aws/iam/condition_sets.json).
 */
function isNullSet(actual: Actual): actual is undefined {
  if (actual === undefined || typeof actual === 'string') return actual === undefined
  return actual.length === 0 || (actual.length === 1 && actual[0] === '')
}

/** `Null: true` wants the key absent, anything else present. */
function isNull(key: string, values: readonly string[]): Condition['test'] {
  const whenAbsent = values.some(isTrue)
  const whenPresent = !values.every(isTrue)
  return (context) => (isAbsent(context(key)) ? whenAbsent : whenPresent)
}
