/**
 * ARNs in six components, of which the last holds the rest with its colons and slashes. Wildcards are matched component
 * by component: in the first five, `*` does not cross a colon.
 * IAM User Guide: "IAM JSON policy elements: Resource"; "ARN condition operators".
 */
import { compileParts } from './glob.ts'
import type { Pattern } from './glob.ts'
import { ANY, isVariable, ONE, resolve } from './pattern.ts'
import type { Part } from './pattern.ts'
import type { Context } from './types.ts'

const COMPONENTS = 6

/** Where the components of a text start, and behind the last one's end; each but the last ends before a colon. */
type Starts = readonly number[]

interface Located {
  readonly text: string
  /** Undefined where the text is no ARN. */
  readonly starts: Starts | undefined
}

let last: Located = { text: '', starts: undefined }
let before = last

/** One request's resource, and the caller's ARN, are held against hundreds of patterns in a row: hence the memory of two. */
function startsOf(text: string): Starts | undefined {
  if (text === last.text) return last.starts
  const found = text === before.text ? before : { text, starts: componentStarts(text) }
  before = last
  last = found
  return found.starts
}

function componentStarts(text: string): Starts | undefined {
  if (!text.startsWith('arn:')) return undefined
  const starts = [0]
  for (let at = 1; at < COMPONENTS; at++) {
    const colon = text.indexOf(':', starts[at - 1])
    if (colon === -1) return undefined
    starts.push(colon + 1)
  }
  starts.push(text.length + 1)
  return starts
}

/** Whether a text has the six components of an ARN. */
export function isArn(text: string): boolean {
  return startsOf(text) !== undefined
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
  } else if (split.slice(0, COMPONENTS - 1).every(isLiteral)) {
    // No wildcard before the fifth colon: the colons can only meet each other, so one match over the whole will do.
    return split[0]![0] === 'arn' ? compileParts(parts) : never
  }
  const components = split.map(compileComponent)
  return (text, context) => {
    const starts = startsOf(text)
    if (!starts) return false
    for (let at = COMPONENTS - 1; at >= 0; at--) {
      const matches = components[at]
      if (matches && !matches(text, starts[at]!, starts[at + 1]! - 1, context)) return false
    }
    return true
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

/** Undefined stands for a lone `*`, which needs no test. */
function compileComponent(parts: readonly Part[]): Component | undefined {
  if (parts.length === 1 && parts[0] === ANY) return undefined
  if (isLiteral(parts)) {
    const whole = parts.join('')
    return (text, from, to) => to - from === whole.length && text.startsWith(whole, from)
  }
  const [head, tail] = parts
  if (parts.length === 2 && typeof head === 'string' && tail === ANY)
    return (text, from, to) => to - from >= head.length && text.startsWith(head, from)
  const matches = compileParts(parts)
  return (text, from, to, context) => matches(text.slice(from, to), context)
}
