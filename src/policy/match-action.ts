/**
 * Action and NotAction: case-insensitive, `*` and `?` wildcards, no variables; surrounding white space does not count.
 * IAM User Guide: "IAM JSON policy elements: Action", "NotAction".
 */
import type { StatementDocument } from './document.ts'
import { compileGlob } from './glob.ts'
import type { Glob } from './glob.ts'
import { parsePattern } from './pattern.ts'
import type { FixedPart } from './pattern.ts'

/** Takes the action in lower case. */
export function compileAction({ Action, NotAction }: StatementDocument): Glob {
  const listed = compileNames(Action ?? NotAction ?? [])
  return NotAction ? (action) => !listed(action) : listed
}

function compileNames(names: readonly string[]): Glob {
  const exact = new Set<string>()
  const globs: Glob[] = []
  for (const name of names) {
    const pattern = normalAction(name)
    if (/[*?]/.test(pattern)) globs.push(compileActionPattern(pattern))
    else exact.add(pattern)
  }
  return (action) => exact.has(action) || globs.some((glob) => glob(action))
}

/** An action or its pattern as it is compared. */
export function normalAction(name: string): string {
  return name.trim().toLowerCase()
}

/** Takes a normal pattern; what it makes takes normal actions. */
export function compileActionPattern(pattern: string): Glob {
  return compileGlob(parsePattern(pattern, { variables: false, wildcards: true }) as FixedPart[])
}
