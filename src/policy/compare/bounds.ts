/**
 * Conditions with policy variables whose values are not known, bounded by conditions without: what they hold at most,
 * and what they hold at least. The first stands for a condition that must hold, the second for one that must not.
 */
import { parseOperator } from '../operators.ts'
import { ANY, escapePattern, isVariable, ONE, parsePattern } from '../pattern.ts'
import type { Literal } from './rules.ts'
import { literal } from './rules.ts'
import type { Pins } from './tokens.ts'

/** Whether the literal can be tested as it is. */
export function isGround({ variables }: Literal, pins: Pins): boolean {
  return variables.every(({ key }) => key === '' || pins.has(key))
}

/** Holds whenever the literal does; undefined: always. */
export function atMost(one: Literal, pins: Pins): Literal | undefined {
  if (isGround(one, pins)) return one
  if (one.mayFail) return undefined
  return one.condition.negated ? withoutVariables(one) : relaxed(one)
}

/** The literal holds whenever this does; undefined: perhaps never. */
export function atLeast(one: Literal, pins: Pins): Literal | undefined {
  if (isGround(one, pins)) return one
  if (one.mayFail) return undefined
  return one.condition.negated ? relaxed(one) : withoutVariables(one)
}

/** Only the values that hold no variable; undefined where none is left, as a condition without values is another thing. */
function withoutVariables({ condition, keyName, effect }: Literal): Literal | undefined {
  const values = condition.values.filter(
    (value) => !parsePattern(value, { variables: true, wildcards: false }).some(isVariable),
  )
  return values.length === 0 ? undefined : literal(condition.operator, keyName, values, true, effect)
}

/** With any text in place of the variables. */
function relaxed({ condition, keyName, effect }: Literal): Literal | undefined {
  const { operator, values } = condition
  const { base } = parseOperator(operator)!
  if (base === 'Bool') return literal(operator, keyName, ['true', 'false'], true, effect)
  if (base.endsWith('IgnoreCase')) return undefined
  const wildcards = base.endsWith('Like') || base.startsWith('Arn')
  const like = base.startsWith('Arn') ? operator : operator.replace('Equals', 'Like')
  return literal(
    like,
    keyName,
    values.map((value) =>
      parsePattern(value, { variables: true, wildcards })
        .map((part) => {
          if (part === ANY || isVariable(part)) return '*'
          return part === ONE ? '?' : escapePattern(part)
        })
        .join(''),
    ),
    true,
    effect,
  )
}
