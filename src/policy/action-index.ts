/**
 * Which statements an action concerns. Names without wildcards are looked up; patterns are tried only for the service that
 * they name; what is left (NotAction, `*`) is tried for every action.
 */
import type { StatementDocument } from './document.ts'
import type { Glob } from './glob.ts'
import { compileAction, compileActionPattern, normalAction } from './match-action.ts'

/** Takes the action in lower case; returns the positions of the statements, in ascending order. */
export type ActionIndex = (lowerCasedAction: string) => number[]

interface Tried {
  readonly statement: number
  readonly matches: Glob
}

export function actionIndex(statements: readonly StatementDocument[]): ActionIndex {
  const exact = new Map<string, number[]>()
  const byService = new Map<string, Tried[]>()
  const always: Tried[] = []
  for (const [statement, document] of statements.entries()) {
    if (!document.Action) {
      always.push({ statement, matches: compileAction(document) })
      continue
    }
    for (const name of document.Action) {
      const pattern = normalAction(name)
      const wildcard = firstWildcard(pattern)
      if (wildcard === -1) add(exact, pattern, statement)
      else {
        const colon = pattern.indexOf(':')
        const tried = { statement, matches: compileActionPattern(pattern) }
        if (colon !== -1 && colon < wildcard) add(byService, pattern.slice(0, colon), tried)
        else always.push(tried)
      }
    }
  }
  return (action) => {
    const found = new Set(exact.get(action))
    for (const tried of [byService.get(action.slice(0, action.indexOf(':'))) ?? [], always])
      for (const { statement, matches } of tried) if (!found.has(statement) && matches(action)) found.add(statement)
    return [...found].sort((a, b) => a - b)
  }
}

function firstWildcard(pattern: string): number {
  for (let at = 0; at < pattern.length; at++) {
    const code = pattern.charCodeAt(at)
    if (code === 0x2a || code === 0x3f) return at
  }
  return -1
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
