/** SCPs and RCPs. AWS Organizations User Guide: "SCP syntax", "RCP syntax". */
import type { Desk, StatementCheck } from './report.ts'
import { isEverything, isNegated } from './view.ts'
import type { Statement } from './view.ts'

export const controlPolicyChecks: readonly StatementCheck[] = [resourceControlSyntax, servicesInTheWay]

/** The one RCP that allows is AWS's own. */
function resourceControlSyntax(
  { effect, actions, resources, clauses, path }: Statement,
  { policy, report, reference }: Desk,
): void {
  if (policy.type !== 'rcp') return
  if (actions?.negated) return report('RCP_SYNTAX_ERROR_NOTACTION', actions.path, {}, { atKey: true })
  if (effect === 'Allow') {
    const everything = resources && !resources.negated && resources.items.every(({ text }) => isEverything(text))
    if (!everything || clauses.length > 0) report('RCP_SYNTAX_ERROR_ALLOW', path, {})
    return
  }
  for (const { text, path: at } of actions?.items ?? []) {
    const prefix = text.trim().split(':')[0]!.toLowerCase()
    const supported = !reference || /[*?]/.test(prefix) || reference.rcpPrefixes.includes(prefix)
    if (isEverything(text) || !supported) report('RCP_SYNTAX_ERROR_ACTION', at, {})
  }
}

const PRINCIPAL_KEYS = /^aws:principal(?:account|arn|orgid|orgpaths|tag\/.*)$/
const SOURCE_KEYS = /^aws:source(?:account|orgid|orgpaths)$/

/** An RCP also meets calls that services make by their own name, and those lack the keys of principals. */
function servicesInTheWay({ effect, clauses }: Statement, { policy, report }: Desk): void {
  if (policy.type !== 'rcp' || effect !== 'Deny') return
  const has = (key: string, value: string) =>
    clauses.some(
      ({ lowerCasedKey, name, values }) =>
        lowerCasedKey === key && name !== undefined && values.some(({ text }) => text.toLowerCase() === value),
    )
  const nullChecked = ['aws:sourceaccount', 'aws:sourcearn'].some((key) =>
    clauses.some(
      ({ name, lowerCasedKey, values }) =>
        name?.base === 'Null' && lowerCasedKey === key && values[0]?.text === 'false',
    ),
  )
  for (const { name, lowerCasedKey, key, path } of clauses) {
    if (!name || !isNegated(name)) continue
    if (PRINCIPAL_KEYS.test(lowerCasedKey) && !has('aws:principalisawsservice', 'false'))
      report('RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY', path, { key }, { atKey: true })
    if (!SOURCE_KEYS.test(lowerCasedKey)) continue
    if (!has('aws:principalisawsservice', 'true'))
      report('RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY', path, { key }, { atKey: true })
    if (!nullChecked) report('RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK', path, { key }, { atKey: true })
  }
}
