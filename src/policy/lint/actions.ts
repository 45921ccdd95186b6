/** Action and NotAction: do these actions exist, and is none of them named twice? */
import { compileAction } from '../match-action.ts'
import type { ServiceReference } from '../reference.ts'
import { nearest } from './nearest.ts'
import { redundantAmong } from './patterns.ts'
import type { Desk, StatementCheck } from './report.ts'
import { isEverything } from './view.ts'
import type { Statement } from './view.ts'

export const actionChecks: readonly StatementCheck[] = [unknownActions, redundantActions]

/** Looks names and patterns up. */
export function actionFinder(reference: ServiceReference | undefined): Desk['actionsOf'] {
  return (pattern) => {
    const name = pattern.trim()
    const service = reference?.service(name.slice(0, Math.max(0, name.indexOf(':'))))
    if (!service) return undefined
    if (!/[*?]/.test(name)) {
      const action = reference!.action(name)
      return action ? [action] : []
    }
    const matches = compileAction({ Effect: 'Allow', Action: [name] })
    return service.actions.filter((action) => matches(action.name.toLowerCase()))
  }
}

/** A name's neighbours are looked for this often in a statement; a document of more wrong names is wrong otherwise. */
const MOST_GUESSES = 50

function unknownActions({ actions }: Statement, { report, reference, actionsOf }: Desk): void {
  let guesses = 0
  for (const { text, path } of actions?.items ?? []) {
    const name = text.trim()
    if (isEverything(name)) continue
    const colon = name.indexOf(':')
    const prefix = name.slice(0, Math.max(0, colon))
    if (/[*?]/.test(prefix)) report('WILDCARD_IN_SERVICE_NAME', path, {})
    else if (!reference) continue
    else if (colon === -1) report('INVALID_ACTION', path, { action: name, nearest: undefined })
    else if (!reference.service(prefix)) {
      const meant = nearestPrefix(name, prefix.toLowerCase(), reference)
      const suggestion = meant && `${meant}${name.slice(colon)}`
      report('INVALID_SERVICE_IN_ACTION', path, { service: prefix, nearest: meant }, suggestion ? { suggestion } : {})
    } else if (actionsOf(name)?.length === 0) {
      const guess = !/[*?]/.test(name) && guesses++ < MOST_GUESSES
      const meant = guess ? nearestAction(name, prefix, reference) : undefined
      report('INVALID_ACTION', path, { action: name, nearest: meant }, meant ? { suggestion: meant } : {})
    }
  }
}

/** `sagemaker-runtime` is the endpoint's name; its actions go by `sagemaker`. Else a prefix that is spelt alike. */
function nearestPrefix(name: string, prefix: string, reference: ServiceReference): string | undefined {
  const shorter = reference.prefixes.filter((known) => prefix.startsWith(`${known}-`) || prefix.startsWith(`${known}.`))
  const owner = shorter.find((known) => reference.action(`${known}${name.slice(name.indexOf(':'))}`))
  return owner ?? nearest(prefix, reference.prefixes)
}

/** Services of which the actions are taken for each other's. */
const relatives: Readonly<Record<string, readonly string[]>> = {
  cloudwatch: ['logs'],
  iam: ['sts'],
  logs: ['cloudwatch'],
  sts: ['iam'],
}

/** The nearest name of the same service, else the very name of a related one. */
function nearestAction(name: string, prefix: string, reference: ServiceReference): string | undefined {
  const own = name.slice(name.indexOf(':') + 1)
  const service = prefix.toLowerCase()
  for (const relative of relatives[service] ?? []) {
    const found = reference.action(`${relative}:${own}`)
    if (found) return found.name
  }
  const names = reference.service(prefix)!.actions.map((action) => action.name.slice(action.name.indexOf(':') + 1))
  const meant = nearest(own, names)
  return meant && `${service}:${meant}`
}

function redundantActions({ actions }: Statement, { report }: Desk): void {
  const names = (actions?.items ?? []).map(({ text, path }) => ({ text, path, name: text.trim().toLowerCase() }))
  const redundant = redundantAmong(names.map(({ name }) => name))
  const first = names[redundant[0] ?? -1]
  if (first) report('REDUNDANT_ACTION', first.path, { count: redundant.length, action: first.text.trim() })
}
