/**
 * A condition block: AND over its operators and keys, OR over values; negated operators hold when no value matches.
 * IAM User Guide: "IAM JSON policy elements: Condition", "Multivalued context keys".
 */
import type { Pattern } from './glob.ts'
import { isTrue, operators, parseOperator } from './operators.ts'
import type { Operator, OperatorName, ValueTest } from './operators.ts'
import { contextKey } from './pattern.ts'
import type { Context } from './types.ts'

/**
 * One key of one operator. A class, so that the test of every condition is the same code: what most of them are, a key that
 * is or is not one of a few texts, is compared at once, without a call.
 */
export class Condition {
  /** As written: `StringEquals`. */
  readonly operator: string
  /** As written: `aws:SourceVpce`. */
  readonly key: string
  readonly values: readonly string[]
  /** The key in lower case, as contexts are asked. */
  readonly contextKey: string
  readonly negated: boolean
  readonly #rule: Rule

  constructor(operator: string, key: string, values: readonly string[], negated: boolean, rule: Rule) {
    this.operator = operator
    this.key = key
    this.values = values
    this.contextKey = contextKey(key)
    this.negated = negated
    this.#rule = rule
  }

  test(context: Context): boolean {
    const actual = context(this.contextKey)
    const rule = this.#rule
    if (typeof actual === 'string') {
      if (rule.holds) return rule.holds(actual, context)
      if (rule.truth !== undefined) return isTrue(actual) === rule.truth
      return (actual === rule.first || actual === rule.second) !== this.negated
    }
    if (actual === undefined || actual.length === 0) return rule.whenMissing
    return rule.ofMany !== undefined && rule.ofMany(actual, context)
  }
}

/** What a condition makes of its key's value. */
interface Rule {
  /** Of one value; undefined where it is compared with one truth or with two texts. */
  readonly holds: Pattern | undefined
  readonly truth: boolean | undefined
  readonly first: string | undefined
  readonly second: string | undefined
  readonly whenMissing: boolean
  /**
   * Of a list, which is not empty; undefined where none satisfies: a multi-valued key without a set operator never does,
   * not even a negated operator, and however few its values (observed: radkawar/stackd,
   * testdata/aws/iam/condition_sets.json).
   */
  readonly ofMany: ((actual: readonly string[], context: Context) => boolean) | undefined
}

/** All rules have the same fields in the same order: then V8 reads them without asking what they are. */
const atOnce = { holds: undefined, truth: undefined, first: undefined, second: undefined, ofMany: undefined }

function rule(whenMissing: boolean, holds: Pattern, ofMany?: Rule['ofMany']): Rule {
  return { ...atOnce, holds, ofMany, whenMissing }
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
  const negated = operators.get(name.base)?.negated ?? false
  return new Condition(operator, key, values, negated, ruleOf(name, values, variables, effect))
}

function ruleOf(name: OperatorName, values: readonly string[], variables: boolean, effect: 'Allow' | 'Deny'): Rule {
  const { base, set, ifExists } = name
  if (base === 'Null') return isNull(values)
  if (values.length === 0) return withoutValues(name)
  const known = operators.get(base)!
  const whenMissing = known.negated || ifExists
  if (!set && values.length <= 2 && isLiteral(base, values)) {
    return { ...atOnce, first: values[0], second: values[1], whenMissing }
  }
  if (!set && base === 'Bool' && values.length === 1 && !values[0]!.includes('$')) {
    return { ...atOnce, truth: isTrue(values[0]!), whenMissing }
  }
  const holds = holding(known, anyValue(base, values, variables, known.compile), effect)
  if (set === 'ForAllValues') return forAllValues(holds)
  if (set === 'ForAnyValue') return forAnyValue(holds)
  return rule(whenMissing, holds)
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
function withoutValues({ set, ifExists }: OperatorName): Rule {
  return rule(set === 'ForAllValues' || (set === undefined && ifExists), () => false)
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

/** True for the empty set, too: hence over-permissive in an Allow without `Null: false` beside it. */
function forAllValues(holds: Pattern): Rule {
  return rule(true, holds, (actual, context) => {
    if (isNullSet(actual)) return true
    for (const value of actual) if (!holds(value, context)) return false
    return true
  })
}

/** False for the empty set, with IfExists as without (reported by two who tried it: cloudcopilot.io, radkawar/stackd). */
function forAnyValue(holds: Pattern): Rule {
  return rule(false, holds, (actual, context) => {
    if (isNullSet(actual)) return false
    for (const value of actual) if (holds(value, context)) return true
    return false
  })
}

/**
 * "No keys in the request, or key values that resolve to a null data set, such as an empty string." The empty value of a
 * single-valued key is none (observed: radkawar/stackd, testdata/aws/iam/condition_sets.json).
 */
function isNullSet(actual: readonly string[]): boolean {
  return actual.length === 1 && actual[0] === ''
}

/** `Null: true` wants the key absent, anything else present. inferred: an empty list is a missing key. */
function isNull(values: readonly string[]): Rule {
  const whenPresent = !values.every(isTrue)
  const present = () => whenPresent
  return rule(values.some(isTrue), present, present)
}
