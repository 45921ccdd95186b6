/** Policy variables: written right, where they mean something. IAM User Guide: "IAM policy elements: Variables and tags". */
import { globalKey, globalKeyNames, isGlobalKey } from '../global-keys.ts'
import { nearest } from './nearest.ts'
import type { Desk, StatementCheck } from './report.ts'
import type { Item, Statement } from './view.ts'

export const variableChecks: readonly StatementCheck[] = [variables]

function variables({ actions, principals, resources, clauses }: Statement, desk: Desk): void {
  const { policy, report } = desk
  for (const { text, path } of [...(actions?.items ?? []), ...(principals?.items ?? [])]) {
    const variable = /\$\{[^{}]*\}?/.exec(text)?.[0]
    if (variable) report('VARIABLE_UNSUPPORTED_IN_ELEMENT', path, { variable })
  }
  for (const item of resources?.items ?? []) checkVariables(item, desk)
  for (const { name, values } of clauses) {
    const takesVariables = !name || /^(?:String|Arn)/.test(name.base)
    for (const item of values) {
      if (!item.text.includes('${')) continue
      if (takesVariables) checkVariables(item, desk)
      else if (policy.version === '2012-10-17') report('INVALID_VARIABLE_FOR_OPERATOR', item.path, {})
    }
  }
}

function checkVariables({ text, path }: Item, { policy, report }: Desk): void {
  if (!text.includes('${')) return
  if (policy.version !== '2012-10-17') return report('VARIABLE_UNSUPPORTED_IN_VERSION', path, {})
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', at + 2)) {
    const end = closingBrace(text, at + 2)
    if (end === -1) return report('MISSING_BRACE_IN_VARIABLE', path, {}, { suggestion: `${text}}` })
    checkVariable(text.slice(at + 2, end), path, report)
  }
}

/** Braces in a quoted default do not count. */
function closingBrace(text: string, from: number): number {
  let quoted = false
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted
    else if (text[at] === '}' && !quoted) return at
  }
  return -1
}

function checkVariable(inner: string, path: Item['path'], report: Desk['report']): void {
  if (inner === '*' || inner === '?' || inner === '$') return
  if (inner.trim() === '') return report('EMPTY_VARIABLE', path, {})
  const comma = inner.indexOf(',')
  const key = comma === -1 ? inner : inner.slice(0, comma)
  if (/\s/.test(key)) return report('UNSUPPORTED_SPACE_IN_VARIABLE', path, {})
  if (comma !== -1 && !/^, '[^']*'$/.test(inner.slice(comma))) return report('MISSING_QUOTE_IN_VARIABLE', path, {})
  if (!isGlobalKey(key.toLowerCase()) || globalKey(key)) return
  report('UNKNOWN_VARIABLE', path, { variable: `\${${key}}`, nearest: nearest(key, globalKeyNames) })
}
