/**
 * Findings about a policy that AWS would store all the same. Codes, types and words are those of IAM Access Analyzer
 * ("IAM policy validation check reference") where it has the check; the others are named in its manner.
 */
import { compileAction } from './match-action.ts'
import type { PolicyDocument, PrincipalDocument, StatementDocument } from './document.ts'
import { isGlobalKey, isKnownGlobalKey, isSingleValuedGlobalKey } from './global-keys.ts'
import { positionAt } from './json.ts'
import type { JsonPath } from './json.ts'
import { parseOperator } from './operators.ts'
import { INVALID_JSON, parsePolicyText, PolicySyntaxError, readPolicyText } from './parse.ts'
import type { Grammar } from './types.ts'

export interface Finding {
  /** Access Analyzer's issue code. */
  code: string
  severity: 'ERROR' | 'SECURITY_WARNING' | 'WARNING' | 'SUGGESTION'
  message: string
  /** `Statement[0].Resource[1]`; empty for the whole document. */
  path: string
  /** Both from 1. */
  line: number
  column: number
}

export interface LintOptions {
  /** Defaults to an identity-based policy's. */
  grammar?: Grammar
  /** Whether AWS has an action, or any action of a pattern; without it actions are not looked up. */
  knownActions?: (actionOrPattern: string) => boolean
}

type Report = (code: string, severity: Finding['severity'], path: JsonPath, message: string) => void

/** Findings in the order of the document. A text that is no policy has one finding. */
export function lint(text: string, { grammar = 'identity', knownActions }: LintOptions = {}): Finding[] {
  const findings: (Finding & { offset: number })[] = []
  const reportAt = (offset: number, finding: Pick<Finding, 'code' | 'severity' | 'path' | 'message'>) =>
    findings.push({ ...finding, ...positionAt(text, offset), offset })

  const refused = refusal(text, grammar)
  if (refused) {
    const code = refused.message === INVALID_JSON ? 'JSON_SYNTAX_ERROR' : 'POLICY_SYNTAX_ERROR'
    const message = refused.reason === refused.message ? refused.message : `${refused.message} (${refused.reason})`
    reportAt(refused.offset, { code, severity: 'ERROR', path: '', message })
  }
  const parsed = structure(text, grammar)
  if (parsed) {
    const report: Report = (code, severity, path, message) =>
      reportAt(parsed.offsetOf(path), { code, severity, path: pathText(path), message })
    checkDocument(parsed.document, grammar, report)
    for (const [index, statement] of parsed.document.Statement.entries()) {
      for (const check of statementChecks) check(statement, ['Statement', index], report)
      if (parsed.document.Version !== '2012-10-17') checkVariables(statement, ['Statement', index], report)
      if (knownActions) checkActions(statement, ['Statement', index], report, knownActions)
    }
  }
  return findings.sort((a, b) => a.offset - b.offset).map(({ offset: _offset, ...finding }) => finding)
}

function refusal(text: string, grammar: Grammar): PolicySyntaxError | undefined {
  try {
    parsePolicyText(text, grammar)
    return undefined
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error
    throw error
  }
}

function structure(text: string, grammar: Grammar) {
  try {
    return readPolicyText(text, grammar)
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined
    throw error
  }
}

function pathText(path: JsonPath): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('')
}

function checkDocument({ Version, Statement }: PolicyDocument, grammar: Grammar, report: Report): void {
  if (Version === undefined) {
    const message = 'We recommend that you specify the Version element to help you with debugging permission issues.'
    report('MISSING_VERSION', 'WARNING', [], message)
  }
  if (grammar === 'endpoint' && Statement.every(({ Effect }) => Effect === 'Deny')) {
    report(
      'ENDPOINT_POLICY_ALLOWS_NOTHING',
      'WARNING',
      ['Statement'],
      'An endpoint policy with Deny statements only lets no request through the endpoint. Add an Allow statement; as a bucket policy the same statements would work.',
    )
  }
}

type Check = (statement: StatementDocument, path: JsonPath, report: Report) => void

const statementChecks: readonly Check[] = [
  emptyArrays,
  emptyPrincipal,
  passRoleWithStar,
  allowWithNotPrincipal,
  conditionKeys,
  objectActionOnBucket,
]

function emptyArrays(statement: StatementDocument, path: JsonPath, report: Report): void {
  for (const [element, things] of [
    ['Action', 'actions'],
    ['NotAction', 'actions'],
    ['Resource', 'resources'],
    ['NotResource', 'resources'],
  ] as const) {
    if (statement[element]?.length !== 0) continue
    const code = `EMPTY_ARRAY_${things.slice(0, -1).toUpperCase()}`
    const message = `This statement includes no ${things} and does not affect the policy. Specify ${things}.`
    report(code, 'SUGGESTION', [...path, element], message)
  }
}

function emptyPrincipal({ Principal, NotPrincipal }: StatementDocument, path: JsonPath, report: Report): void {
  const element = Principal ? 'Principal' : 'NotPrincipal'
  const names: PrincipalDocument | undefined = Principal ?? NotPrincipal
  if (!names || names === '*' || Object.values(names).flat().length > 0) return
  const message = 'This statement includes no principals and does not affect the policy. Specify principals.'
  report('EMPTY_ARRAY_PRINCIPAL', 'SUGGESTION', [...path, element], message)
}

function passRoleWithStar(statement: StatementDocument, path: JsonPath, report: Report): void {
  const { Effect, Action, Resource, Condition } = statement
  if (Effect !== 'Allow' || !Action || !compileAction(statement)('iam:passrole')) return
  const keys = Object.values(Condition ?? {}).flatMap((block) => Object.keys(block))
  if (keys.some((key) => key.toLowerCase() === 'iam:passedtoservice')) return
  const resourceAt = Resource?.indexOf('*') ?? -1
  const actionAt = Action.findIndex(
    (action) => action.includes('*') && compileAction({ Effect, Action: [action] })('iam:passrole'),
  )
  if (actionAt !== -1 && resourceAt !== -1) {
    report(
      'PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE',
      'SECURITY_WARNING',
      [...path, 'Action', actionAt],
      'Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
    )
  } else if (resourceAt !== -1) {
    report(
      'PASS_ROLE_WITH_STAR_IN_RESOURCE',
      'SECURITY_WARNING',
      [...path, 'Resource', resourceAt],
      'Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
    )
  }
}

function allowWithNotPrincipal({ Effect, NotPrincipal }: StatementDocument, path: JsonPath, report: Report): void {
  if (Effect !== 'Allow' || !NotPrincipal) return
  const message = 'Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.'
  report('ALLOW_WITH_NOT_PRINCIPAL', 'SECURITY_WARNING', [...path, 'NotPrincipal'], message)
}

function conditionKeys({ Effect, Condition = {} }: StatementDocument, path: JsonPath, report: Report): void {
  for (const [operator, keys] of Object.entries(Condition)) {
    for (const [key, values] of Object.entries(keys)) {
      const at = [...path, 'Condition', operator, key]
      const lowerCased = key.toLowerCase()
      if (isGlobalKey(lowerCased) && !isKnownGlobalKey(lowerCased)) {
        const message = `The condition key ${key} does not exist. Use a valid condition key.`
        report('INVALID_GLOBAL_CONDITION_KEY', 'ERROR', at, message)
      }
      if (values.length === 0) {
        const message = `There are no values for the condition key ${key} and it does not affect the policy. Specify conditions.`
        report('EMPTY_ARRAY_CONDITION', 'SUGGESTION', at, message)
      }
      const forAll = parseOperator(operator)?.set === 'ForAllValues'
      if (Effect === 'Allow' && forAll && isSingleValuedGlobalKey(lowerCased)) {
        const message = `Using ForAllValues qualifier with the single-valued condition key ${key} can be overly permissive. We recommend that you remove ForAllValues:.`
        report('FORALLVALUES_WITH_SINGLE_VALUED_KEY', 'SECURITY_WARNING', at, message)
      }
    }
  }
}

/** S3 actions of which the resource is an object. Service Authorization Reference, Amazon S3. */
const OBJECT_ACTION =
  /^s3:(?:(?:get|put|delete|restore|replicate|update)object|abortmultipartupload$|listmultipartuploadparts$|bypassgovernanceretention$|objectowneroverridetobucketowner$|replicate(?:delete|tags)$)/i

/** A bucket's own ARN; with a wildcard or a slash after it objects are named, too. */
const BARE_BUCKET = /^arn:[^:]+:s3:::[^*?/]+$/

function objectActionOnBucket({ Action = [], Resource = [] }: StatementDocument, path: JsonPath, report: Report): void {
  const named = Resource.filter((resource) => resource === '*' || resource.includes(':s3:'))
  if (named.length === 0 || !named.every((resource) => BARE_BUCKET.test(resource))) return
  for (const [at, action] of Action.entries()) {
    if (!OBJECT_ACTION.test(action.trim()) || action.includes('*')) continue
    const message = `${action} applies to objects, but ${named.length > 1 ? 'the resources name' : 'the resource names'} a bucket only, so it matches no object. Add "/*" for the bucket's objects.`
    report('RESOURCE_MISMATCH', 'WARNING', [...path, 'Action', at], message)
  }
}

function checkVariables({ Resource, NotResource, Condition }: StatementDocument, path: JsonPath, report: Report): void {
  const lists: [JsonPath, readonly string[]][] = [
    [[...path, 'Resource'], Resource ?? []],
    [[...path, 'NotResource'], NotResource ?? []],
    ...Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]): [JsonPath, readonly string[]] => [
        [...path, 'Condition', operator, key],
        values,
      ]),
    ),
  ]
  for (const [at, values] of lists) {
    if (!values.some((value) => value.includes('${'))) continue
    const message =
      'Policy variables are not supported in the policy language version of this policy. Set the Version element to 2012-10-17.'
    report('VARIABLE_UNSUPPORTED_IN_VERSION', 'WARNING', at, message)
  }
}

function checkActions(
  statement: StatementDocument,
  path: JsonPath,
  report: Report,
  known: (action: string) => boolean,
): void {
  for (const element of ['Action', 'NotAction'] as const) {
    for (const [at, action] of (statement[element] ?? []).entries()) {
      if (action === '*' || known(action.trim())) continue
      report('INVALID_ACTION', 'ERROR', [...path, element, at], `The action ${action} does not exist.`)
    }
  }
}
