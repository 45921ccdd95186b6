/** Statements that let a caller pass any role, or have any service-linked role made. */
import { compileAction } from '../match-action.ts'
import type { Code } from './catalogue.ts'
import type { Desk, StatementCheck } from './report.ts'
import { splitFields } from './arn-facts.ts'
import { isEverything } from './view.ts'
import type { Item, List, Statement } from './view.ts'

export const roleChecks: readonly StatementCheck[] = [passRole, createServiceLinkedRole, mismatchedServiceLinkedRole]

function passRole(statement: Statement, desk: Desk): void {
  tooWide(statement, desk, 'PASS_ROLE', 'iam:passrole', 'iam:passedtoservice')
}

function createServiceLinkedRole(statement: Statement, desk: Desk): void {
  tooWide(statement, desk, 'CREATE_SLR', 'iam:createservicelinkedrole', 'iam:awsservicename')
}

function tooWide(
  { effect, actions, resources, clauses }: Statement,
  { policy, report }: Desk,
  family: 'PASS_ROLE' | 'CREATE_SLR',
  action: string,
  restrictingKey: string,
): void {
  // A boundary and an organization's policy grant nothing.
  const grants = policy.type === 'identity' || policy.type === 'session'
  if (!grants || effect !== 'Allow' || !actions || !resources) return
  if (clauses.some(({ lowerCasedKey }) => lowerCasedKey === restrictingKey)) return
  const by = actionForm(actions, action)
  if (!by) return
  const everyRole = resources.negated ? undefined : resources.items.find(namesEveryRole)
  if (!resources.negated && !everyRole) return
  const form = resources.negated
    ? by.form === 'NAMED'
      ? 'WITH_NOT_RESOURCE'
      : `WITH_${by.form}_AND_NOT_RESOURCE`
    : by.form === 'NAMED'
      ? 'WITH_STAR_IN_RESOURCE'
      : by.form === 'STAR_IN_ACTION'
        ? 'WITH_STAR_IN_ACTION_AND_RESOURCE'
        : 'WITH_STAR_IN_RESOURCE_AND_NOT_ACTION'
  const at = resources.negated ? resources.path : by.form === 'STAR_IN_ACTION' ? by.item.path : everyRole!.path
  report(`${family}_${form}` as Code & 'PASS_ROLE_WITH_NOT_RESOURCE', at, {})
}

function actionForm(actions: List, action: string) {
  const covering = (item: Item) => compileAction({ Effect: 'Allow', Action: [item.text] })(action)
  const items = actions.items.filter(covering)
  if (actions.negated) return items.length === 0 ? { form: 'NOT_ACTION' as const } : undefined
  const star = items.find(({ text }) => /[*?]/.test(text))
  if (star) return { form: 'STAR_IN_ACTION' as const, item: star }
  return items[0] && { form: 'NAMED' as const, item: items[0] }
}

/** `*`, or an ARN that leaves the role's name open. */
function namesEveryRole({ text }: Item): boolean {
  if (isEverything(text)) return true
  const [, , service, , , resource] = splitFields(text)
  return service === 'iam' && /^(?:\*|role\*|role\/\*)$/.test(resource ?? '')
}

const LINKED_ROLE = /:role\/aws-service-role\/([a-z0-9.-]+\.amazonaws\.com)\//

/** A role's path says its service; the condition must say the same. */
function mismatchedServiceLinkedRole({ effect, resources, clauses }: Statement, { report }: Desk): void {
  if (effect !== 'Allow' || !resources || resources.negated) return
  const asked = clauses.filter(
    ({ lowerCasedKey, name }) =>
      lowerCasedKey === 'iam:awsservicename' && /^String(?:Equals|Like)$/.test(name?.base ?? ''),
  )
  const services = asked.flatMap(({ values }) => values.map(({ text }) => text))
  if (services.length === 0 || services.some((service) => /[*?$]/.test(service))) return
  for (const { text, path } of resources.items) {
    const named = LINKED_ROLE.exec(text)?.[1]
    if (named && !services.includes(named))
      report('MISMATCHED_SERVICE_LINKED_ROLE', path, { named, asked: services.join(', ') })
  }
}
