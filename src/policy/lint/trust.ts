/** Role trust policies. IAM User Guide: "Create a role for a third-party identity provider"; STS API, AssumeRole… */
import { compileAction } from '../match-action.ts'
import type { Desk, StatementCheck } from './report.ts'
import { isNegated, namesEveryone } from './view.ts'
import type { Clause, PrincipalItem, Statement } from './view.ts'

export const trustChecks: readonly StatementCheck[] = (
  [
    elements,
    federatedNames,
    actionsForPrincipals,
    rolesAnywhere,
    keysForActions,
    oidc,
    audience,
    sources,
    sessions,
  ] satisfies StatementCheck[]
).map((check: StatementCheck): StatementCheck => (statement, desk) => {
  if (desk.policy.type === 'trust') check(statement, desk)
})

function elements(statement: Statement, { report }: Desk): void {
  const { resources, principals } = statement
  if (resources) report('ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE', resources.path, {}, { atKey: true })
  if (statement.effect === 'Allow' && !principals?.negated && namesEveryone(statement))
    report('ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL', principals!.path, {})
}

const SAML = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:saml-provider\/.+$/
const OIDC = /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:oidc-provider\/(.+)$/
const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i

function isSaml({ text }: PrincipalItem): boolean {
  return SAML.test(text)
}

function federated({ principals }: Statement): readonly PrincipalItem[] {
  if (!principals || principals.negated) return []
  return principals.items.filter(({ type, text }) => type === 'Federated' && !/[*?]|\$\{/.test(text))
}

/** The prefix that a web identity provider's condition keys have: its URL without `https://`. */
function issuer({ text }: PrincipalItem): string {
  return OIDC.exec(text)?.[1] ?? text
}

function federatedNames(statement: Statement, { report }: Desk): void {
  for (const item of federated(statement)) {
    if (![SAML, OIDC, DOMAIN].some((form) => form.test(item.text)))
      report('INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY', item.path, {})
  }
}

function actionsForPrincipals(statement: Statement, { report }: Desk): void {
  const { actions, principals } = statement
  if (!actions || actions.negated || !principals || principals.negated) return
  const others = principals.items.filter(({ type }) => type !== 'Federated')
  const saml = federated(statement).filter(isSaml)
  const oidc = federated(statement).filter((item) => !isSaml(item))
  // Who can make such a call at all: each of the three is one kind's own way to a role.
  const misfits: Readonly<Record<string, readonly PrincipalItem[]>> = {
    'sts:assumerole': [...saml, ...oidc],
    'sts:assumerolewithsaml': [...others, ...oidc],
    'sts:assumerolewithwebidentity': [...others, ...saml],
  }
  const fits: Readonly<Record<string, readonly PrincipalItem[]>> = {
    'sts:assumerole': others,
    'sts:assumerolewithsaml': saml,
    'sts:assumerolewithwebidentity': oidc,
  }
  for (const { text, path } of actions.items) {
    const action = text.trim().toLowerCase()
    const wrong = misfits[action]
    if (wrong?.length && fits[action]!.length === 0) {
      const values = { action: text.trim(), principals: wrong.map((item) => item.text).join(', ') }
      report('MISMATCHED_ACTION_FOR_PRINCIPAL', path, values)
    }
  }
}

function covers({ actions }: Statement, action: string): boolean {
  if (!actions) return false
  const names = actions.items.map(({ text }) => text)
  return compileAction(actions.negated ? { Effect: 'Allow', NotAction: names } : { Effect: 'Allow', Action: names })(
    action,
  )
}

function rolesAnywhere(statement: Statement, { policy, report }: Desk): void {
  const item = statement.principals?.items.find(({ text }) => text === 'rolesanywhere.amazonaws.com')
  if (!item || statement.effect !== 'Allow') return
  const granted = (action: string) =>
    policy.statements.some(
      (other) =>
        other.effect === 'Allow' &&
        covers(other, action) &&
        other.principals?.items.some(({ text }) => text === item.text),
    )
  if (!['sts:assumerole', 'sts:setsourceidentity', 'sts:tagsession'].every(granted))
    report('MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY', item.path, {})
}

/** Keys that only one action brings. */
const actionOfKey: readonly [RegExp, string][] = [
  [/^sts:sourceidentity$/, 'sts:SetSourceIdentity'],
  [/^sts:transitivetagkeys$|^aws:requesttag\/|^aws:tagkeys$/, 'sts:TagSession'],
]

function keysForActions(statement: Statement, { report }: Desk): void {
  if (statement.effect !== 'Allow') return
  for (const { lowerCasedKey, key, path } of statement.clauses) {
    const action = actionOfKey.find(([form]) => form.test(lowerCasedKey))?.[1]
    if (action && !covers(statement, action.toLowerCase()))
      report('MISSING_ACTION_FOR_CONDITION_KEY', path, { action, key }, { atKey: true })
  }
}

const GITHUB = 'token.actions.githubusercontent.com'

/** Restricts at all: says what a claim must be. */
function restricts({ name }: Clause): boolean {
  return name !== undefined && !isNegated(name) && !name.ifExists
}

function oidc(statement: Statement, { report }: Desk): void {
  if (statement.effect !== 'Allow') return
  for (const item of federated(statement)) {
    if (isSaml(item)) continue
    const prefix = `${issuer(item).toLowerCase()}:`
    const own = statement.clauses.filter((clause) => clause.lowerCasedKey.startsWith(prefix) && restricts(clause))
    const subject = own.filter(({ lowerCasedKey }) => lowerCasedKey === `${prefix}sub`)
    if (prefix === `${GITHUB}:`) github(item, own, subject, report)
    else if (own.length === 0) report('MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL', item.path, {})
    else if (own.every(({ lowerCasedKey }) => /:(?:aud|oaud)$/.test(lowerCasedKey)) && !isSocial(prefix))
      report('OIDC_SUBJECT_NOT_RESTRICTED', item.path, { key: `${issuer(item)}:sub` })
  }
}

/** There the audience is the application's own id, and who signs in to it is the application's business. */
function isSocial(prefix: string): boolean {
  return /^(?:accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com|cognito-identity\.amazonaws\.com):$/.test(
    prefix,
  )
}

function github(item: PrincipalItem, own: readonly Clause[], subject: readonly Clause[], report: Desk['report']): void {
  const repository = own.some(({ lowerCasedKey }) => /:(?:repository(?:_id)?|job_workflow_ref)$/.test(lowerCasedKey))
  if (subject.length === 0) {
    if (!repository) report('MISSING_GITHUB_REPO_CONDITION_KEY', item.path, {})
    return
  }
  const branch = own.some(({ lowerCasedKey }) => lowerCasedKey.endsWith(':ref'))
  const wide = subject.flatMap(({ values }) => values).find(({ text }) => isWideSubject(text, branch))
  if (wide) report('SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED', wide.path, {})
}

/** `repo:org/repository:ref:refs/heads/main`: the star stands for repositories, or for branches that nothing else names. */
function isWideSubject(text: string, branch: boolean): boolean {
  const [, repository = '', ...rest] = text.split(':')
  return /[*?]/.test(repository) || (!branch && /[*?]/.test(rest.join(':')))
}

function audience(statement: Statement, { report }: Desk): void {
  for (const { name, lowerCasedKey, key, path } of statement.clauses) {
    if (!lowerCasedKey.endsWith(':aud') || !name?.set || lowerCasedKey === 'saml:aud') continue
    if (name.set === 'ForAnyValue' && statement.effect === 'Allow')
      report('FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE', path, { key }, { atKey: true })
    else report('CONFIRM_AUDIENCE_CLAIM_TYPE', path, { key, type: 'audience' }, { atKey: true })
  }
}

/** Not every service sends a source, so this is a hint. IAM User Guide: "The confused deputy problem". */
function sources({ effect, principals, clauses }: Statement, { report }: Desk): void {
  if (effect !== 'Allow' || !principals || principals.negated) return
  const item = principals.items.find(({ type, text }) => type === 'Service' && !/^(?:ec2|rolesanywhere)\./.test(text))
  const restricted = clauses.some(({ lowerCasedKey }) =>
    /^aws:source(?:arn|account|orgid|orgpaths)$/.test(lowerCasedKey),
  )
  if (item && !restricted) report('CONFUSED_DEPUTY_IN_TRUST_POLICY', item.path, { service: item.text })
}

const SESSION = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/

function sessions({ principals }: Statement, { report }: Desk): void {
  const names = new Set(principals?.items.map(({ text }) => text))
  for (const { text, path } of principals?.items ?? []) {
    const role = text.replace(SESSION, 'arn:$1:iam::$2:role/$3')
    if (role !== text && names.has(role))
      report('REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY', path, { principal: text, role })
  }
}
