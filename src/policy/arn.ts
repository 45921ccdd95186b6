/**
 * ARNs in six components, of which the last holds the rest with its colons and slashes. Wildcards are matched component
 * by component: in the first five, `*` does not cross a colon.
 * IAM User Guide: "IAM JSON policy elements: Resource"; "ARN condition operators".
 */
import { compileParts } from './glob.ts'
import type { Pattern } from './glob.ts'
import { ANY } from './pattern.ts'
import type { Part } from './pattern.ts'

const COMPONENTS = 6

let lastText = ''
let lastArn: readonly string[] | undefined

/** The six components, or undefined where the text is no ARN. */
export function splitArn(text: string): readonly string[] | undefined {
  // One request's resource is held against hundreds of patterns in a row, hence the memory of one.
  if (text === lastText) return lastArn
  lastText = text
  lastArn = text.startsWith('arn:') ? components(text) : undefined
  return lastArn
}

function components(text: string): string[] | undefined {
  const found: string[] = []
  let from = 0
  while (found.length < COMPONENTS - 1) {
    const colon = text.indexOf(':', from)
    if (colon === -1) return undefined
    found.push(text.slice(from, colon))
    from = colon + 1
  }
  found.push(text.slice(from))
  return found
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
  } else if (split.slice(0, COMPONENTS - 1).every((component) => component.every((part) => typeof part === 'string'))) {
    // No wildcard before the fifth colon: the colons can only meet each other, so one match over the whole will do.
    return split[0]![0] === 'arn' ? compileParts(parts) : never
  }
  const matchers = split.map(compileParts)
  return (text, context) => {
    const arn = splitArn(text)
    if (!arn) return false
    for (let at = COMPONENTS - 1; at >= 0; at--) if (!matchers[at]!(arn[at]!, context)) return false
    return true
  }
}
