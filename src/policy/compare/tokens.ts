/** Patterns of the policy language as tokens of `language.ts`. */
import { splitPattern } from '../arn.ts'
import { compileGlob } from '../glob.ts'
import { ANY, isVariable, ONE as ONE_PART, parsePattern, resolve } from '../pattern.ts'
import type { FixedPart, Part, Variable } from '../pattern.ts'
import { ONE, ONE_IN_COMPONENT, STAR, STAR_IN_COMPONENT } from './language.ts'
import type { Token } from './language.ts'

/** How a variable whose value is not known is written: the tokens of its text, or undefined where it matches nothing. */
export type Unknown = (variable: Variable, inComponent: boolean) => readonly Token[] | undefined

/** Nothing that holds a variable matches for sure. */
export const nothing: Unknown = () => undefined
/** Whatever a variable may be. A text within a component holds no colon, as the component holds none. */
export const anything: Unknown = (_, inComponent) => [inComponent ? STAR_IN_COMPONENT : STAR]

/** Tokens of a glob over the whole string; undefined where it matches nothing. */
export function globTokens(parts: readonly Part[], unknown: Unknown, inComponent = false): Token[] | undefined {
  const tokens: Token[] = []
  for (const part of parts) {
    if (typeof part === 'string') tokens.push(...part.split(''))
    else if (part === ANY) tokens.push(inComponent ? STAR_IN_COMPONENT : STAR)
    else if (part === ONE_PART) tokens.push(inComponent ? ONE_IN_COMPONENT : ONE)
    else {
      const text = unknown(part, inComponent)
      if (!text) return undefined
      tokens.push(...text)
    }
  }
  return tokens
}

const COMPONENTS = 6

/** Tokens of an ARN pattern, as `compileArnPattern` reads it; undefined where it matches nothing. */
export function arnTokens(parts: readonly Part[], unknown: Unknown, pad: boolean): Token[] | undefined {
  const components = splitPattern(parts)
  if (components.length < COMPONENTS && !pad) return undefined
  while (components.length < COMPONENTS) components.push([ANY])
  const tokens: Token[] = []
  for (const [at, component] of components.entries()) {
    const last = at === COMPONENTS - 1
    const found = at === 0 ? schemeTokens(component, unknown) : globTokens(component, unknown, !last)
    if (!found) return undefined
    tokens.push(...found)
    if (!last) tokens.push(':')
  }
  return tokens
}

/** The first component of every ARN is `arn`. */
function schemeTokens(component: readonly Part[], unknown: Unknown): Token[] | undefined {
  const arn = ['a', 'r', 'n']
  if (component.some(isVariable)) return unknown === anything ? arn : undefined
  return compileGlob(component as FixedPart[])('arn') ? arn : undefined
}

/** Every ARN there is. */
export const EVERY_ARN: readonly Token[] = arnTokens(
  parsePattern('arn:*:*:*:*:*', { variables: false, wildcards: true }),
  nothing,
  false,
)!

/** Values of condition keys that a request or a case has fixed: undefined for an absent key. */
export type Pins = ReadonlyMap<string, string | readonly string[] | undefined>

/** Variables whose keys are known are their text; the others what `unknown` says. */
export function withPins(pins: Pins, unknown: Unknown): Unknown {
  return (variable, inComponent) => {
    if (variable.key === '') return undefined
    if (!pins.has(variable.key)) return unknown(variable, inComponent)
    const text = resolve(variable, (key) => pins.get(key))
    // A component of an ARN holds no colon; a text that does matches none.
    return text === undefined || (inComponent && text.includes(':')) ? undefined : text.split('')
  }
}
