import type { StateValue } from './alarm.ts'

/** A composite alarm's rule as a tree (API Reference, PutCompositeAlarm `AlarmRule`). Pure. */
export type Rule =
  | { kind: 'constant'; value: boolean }
  | { kind: 'state'; state: StateValue; alarm: string }
  | { kind: 'not'; of: Rule }
  | { kind: 'and' | 'or'; of: Rule[] }

const lexeme = /\s*(?:"([^"]*)"|'([^']*)'|([()])|([^\s()"']+))/y

interface Token {
  text: string
  quoted: boolean
}

function tokens(rule: string): Token[] | undefined {
  const found: Token[] = []
  lexeme.lastIndex = 0
  while (lexeme.lastIndex < rule.trimEnd().length) {
    const match = lexeme.exec(rule)
    if (!match) return undefined
    const [, double, single, sign, bare] = match
    found.push({ text: double ?? single ?? sign ?? bare ?? '', quoted: double !== undefined || single !== undefined })
  }
  return found
}

/** Undefined for what is no rule. */
export function parseRule(text: string): Rule | undefined {
  const read = tokens(text)
  if (!read) return undefined
  const list = read
  let at = 0
  const accept = (sign: string): boolean => {
    if (list[at]?.text !== sign || list[at]!.quoted) return false
    at++
    return true
  }

  function many(kind: 'and' | 'or', word: string, part: (depth: number) => Rule | undefined, depth: number) {
    const of: Rule[] = []
    do {
      const one = part(depth)
      if (!one) return undefined
      of.push(one)
    } while (accept(word))
    return of.length === 1 ? of[0] : { kind, of }
  }
  const either = (depth: number): Rule | undefined => many('or', 'OR', both, depth)
  const both = (depth: number): Rule | undefined => many('and', 'AND', single, depth)

  function single(depth: number): Rule | undefined {
    if (depth > 100) return undefined
    if (accept('NOT')) {
      const of = single(depth + 1)
      return of && { kind: 'not', of }
    }
    if (accept('(')) {
      const inner = either(depth + 1)
      return accept(')') ? inner : undefined
    }
    if (accept('TRUE')) return { kind: 'constant', value: true }
    if (accept('FALSE')) return { kind: 'constant', value: false }
    for (const state of ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const) {
      if (!accept(state)) continue
      if (!accept('(')) return undefined
      const alarm = list[at++]
      if (!alarm || (!alarm.quoted && alarm.text === ')') || !accept(')')) return undefined
      return { kind: 'state', state, alarm: alarm.text }
    }
    return undefined
  }

  const rule = either(0)
  return at === list.length ? rule : undefined
}

/** Names or ARNs of the alarms that a rule speaks of, each once. */
export function alarmsIn(rule: Rule): string[] {
  switch (rule.kind) {
    case 'constant':
      return []
    case 'state':
      return [rule.alarm]
    case 'not':
      return alarmsIn(rule.of)
    default:
      return [...new Set(rule.of.flatMap(alarmsIn))]
  }
}

/** `stateOf` tells the state of an alarm by its name or ARN; of one that is not there, none. */
export function holds(rule: Rule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value
    case 'state':
      return stateOf(rule.alarm) === rule.state
    case 'not':
      return !holds(rule.of, stateOf)
    case 'and':
      return rule.of.every((one) => holds(one, stateOf))
    case 'or':
      return rule.of.some((one) => holds(one, stateOf))
  }
}

/** `arn:aws:cloudwatch:R:A:alarm:NAME` -> NAME; a name stays. */
export function nameOfAlarm(alarm: string): string {
  return /^arn:[^:]*:cloudwatch:[^:]*:\d{12}:alarm:(.+)$/s.exec(alarm)?.[1] ?? alarm
}
