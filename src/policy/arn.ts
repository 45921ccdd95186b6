/**
 * ARNs in six components, of which the last holds the rest with its colons and slashes. Wildcards are matched component
 * by component: in the first five, `*` does not cross a colon.
 * IAM User Guide: "IAM JSON policy elements: Resource"; "ARN condition operators".
 */
import { compileParts, startingWith } from './glob.ts'
import type { Pattern } from './glob.ts'
import { ANY, isVariable, ONE, resolve } from './pattern.ts'
import type { Part } from './pattern.ts'
import type { Context } from './types.ts'

const COMPONENTS = 6

/** Whether a text has the six components of an ARN. */
export function isArn(text: string): boolean {
  if (!text.startsWith('arn:')) return false
  let at = 3
  for (let colons = 1; colons < COMPONENTS - 1; colons++) {
    at = text.indexOf(':', at + 1)
    if (at === -1) return false
  }
  return true
}

/** Splits a pattern at its first five literal colons; colons within variables do not count. */
export function splitPattern(parts: readonly Part[]): Part[][] {
  const split: Part[][] = [[]]
  for (const part of parts) {
    if (typeof part !== 'string') {
      split.at(-1)!.push(part)
      continue
    }
    let rest = part
    while (split.length < COMPONENTS) {
      const colon = rest.indexOf(':')
      if (colon === -1) break
      if (colon > 0) split.at(-1)!.push(rest.slice(0, colon))
      split.push([])
      rest = rest.slice(colon + 1)
    }
    if (rest) split.at(-1)!.push(rest)
  }
  return split
}

const never: Pattern = () => false

/**
 * Compiles an ARN pattern. One with fewer than six components matches nothing, unless `pad` is given:
 * then the missing ones count as `*`.
 */
export function compileArnPattern(parts: readonly Part[], { pad = false } = {}): Pattern {
  const split = splitPattern(parts)
  if (split.length < COMPONENTS) {
    if (!pad) return never
    while (split.length < COMPONENTS) split.push([ANY])
  }
  const open = split.findIndex((component) => !isLiteral(component))
  // No wildcard before the fifth colon: the colons can only meet each other, so one match over the whole will do.
  if (open === -1 || open === COMPONENTS - 1) return isScheme(split[0]!) ? compileParts(parts) : never
  return inComponents(split, open)
}

/** What stands before the first open component is compared at once, and most texts go no further. */
function inComponents(split: readonly Part[][], open: number): Pattern {
  const head = open === 0 ? 'arn:' : `${split.slice(0, open).map(literal).join(':')}:`
  if (!head.startsWith('arn:')) return never
  const after = open === 0 ? 0 : head.length
  const middle = split.slice(open, -1).map(compileComponent)
  const rest = compileComponent(split.at(-1)!)
  const starts = startingWith(head)
  return (text, context) => {
    if (!starts(text)) return false
    let from = after
    for (const matches of middle) {
      const colon = text.indexOf(':', from)
      if (colon === -1 || (matches && !matches(text, from, colon, context))) return false
      from = colon + 1
    }
    return !rest || rest(text, from, text.length, context)
  }
}

/**
 * Compiles a value that an ARN operator compares with; a lone `*` is every ARN. Undefined where the value is no ARN: that
 * is no mismatch but a failure, and only then does AWS look at whether the statement allows or denies (observed:
 * radkawar/stackd, testdata/aws/iam/condition_values.json). Asked of ARNs only.
 */
export function compileArnOperand(parts: readonly Part[]): (arn: string, context: Context) => boolean | undefined {
  if (!mayBeNoArn(parts)) return compileArnPattern(parts, { pad: true })
  if (!parts.some(isVariable)) return () => undefined
  return (arn, context) => {
    const written: Part[] = []
    for (const part of parts) {
      const text = isVariable(part) ? resolve(part, context) : part
      // A variable without a value is no failure: the value matches nothing.
      if (text === undefined) return false
      written.push(text)
    }
    const split = splitPattern(joined(written))
    const isOne = split.length === COMPONENTS && isScheme(split[0]!)
    return isOne ? compileArnPattern(joined(written))(arn, context) : undefined
  }
}

/** Whether a value may turn out to be no ARN: of its six components not all are written, or `arn` is not the first. */
export function mayBeNoArn(parts: readonly Part[]): boolean {
  if (parts.length === 1 && parts[0] === ANY) return false
  const split = splitPattern(parts)
  const [scheme = []] = split
  const open = scheme.some((part) => part === ANY || part === ONE)
  return split.length < COMPONENTS || !(open || isScheme(scheme))
}

function isScheme(parts: readonly Part[]): boolean {
  return parts.length === 1 && parts[0] === 'arn'
}

function joined(parts: readonly Part[]): Part[] {
  const found: Part[] = []
  for (const part of parts) {
    const before = found.at(-1)
    if (typeof part === 'string' && typeof before === 'string') found[found.length - 1] = before + part
    else found.push(part)
  }
  return found
}

/** The test of a part of a text, between two offsets. */
type Component = (text: string, from: number, to: number, context: Context) => boolean

function isLiteral(parts: readonly Part[]): parts is readonly string[] {
  return parts.every((part) => typeof part === 'string')
}

function literal(parts: readonly Part[]): string {
  return (parts as readonly string[]).join('')
}

/** Undefined stands for a lone `*`, which needs no test. */
function compileComponent(parts: readonly Part[]): Component | undefined {
  if (parts.length === 1 && parts[0] === ANY) return undefined
  if (isLiteral(parts)) {
    const whole = literal(parts)
    return (text, from, to) => to - from === whole.length && text.startsWith(whole, from)
  }
  const [head, star, tail] = parts
  if (typeof head === 'string' && star === ANY && parts.length === 2)
    return (text, from, to) => to - from >= head.length && text.startsWith(head, from)
  if (typeof head === 'string' && star === ANY && typeof tail === 'string' && parts.length === 3) {
    const least = head.length + tail.length
    return (text, from, to) =>
      to - from >= least && text.startsWith(head, from) && text.startsWith(tail, to - tail.length)
  }
  const matches = compileParts(parts)
  return (text, from, to, context) => matches(text.slice(from, to), context)
}
