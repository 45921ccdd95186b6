/**
 * Findings about a policy: what AWS refuses to store, what cannot work as it was meant, and what allows too much.
 * The codes and their sentences are in `catalogue.ts`.
 */
import { JsonSyntaxError, readJson } from '../json.ts'
import type { JsonPath, JsonText } from '../json.ts'
import { INVALID_JSON, parseControlPolicy, parsePolicyText, PolicySyntaxError } from '../parse.ts'
import type { ActionFacts, ServiceReference } from '../reference.ts'
import type { Grammar, PolicyType } from '../types.ts'
import { actionChecks, actionFinder } from './actions.ts'
import { catalogue, sentence } from './catalogue.ts'
import type { Code, Severity } from './catalogue.ts'
import { conditionKeyChecks } from './condition-keys.ts'
import { conditionValueChecks } from './condition-values.ts'
import { controlPolicyChecks } from './control-policies.ts'
import { documentChecks, elementChecks } from './document.ts'
import { principalChecks } from './principals.ts'
import { readView } from './read.ts'
import type { Desk, Place, Report, StatementCheck } from './report.ts'
import { resourceChecks } from './resources.ts'
import { roleChecks } from './roles.ts'
import { serviceAccessChecks } from './service-access.ts'
import { trustChecks } from './trust.ts'
import { variableChecks } from './variables.ts'

export interface Finding {
  /** IAM Access Analyzer's issue code, or one in its manner: `catalogue.ts`. */
  code: Code
  severity: Severity
  message: string
  /** `Statement[0].Resource[1]`; empty for the whole document. */
  path: string
  /** Both from 1. */
  line: number
  column: number
  /** What may stand there instead. */
  suggestion?: string
}

export interface LintOptions {
  /** Defaults to an identity-based policy's. */
  type?: PolicyType
  /** AWS's actions, resource types and condition keys. Without it names are not looked up. */
  reference?: ServiceReference
}

const statementChecks: readonly StatementCheck[] = [
  ...elementChecks,
  ...actionChecks,
  ...resourceChecks,
  ...principalChecks,
  ...trustChecks,
  ...conditionKeyChecks,
  ...conditionValueChecks,
  ...serviceAccessChecks,
  ...variableChecks,
  ...roleChecks,
  ...controlPolicyChecks,
]

/** Findings in the order of the document, but first of all that AWS refuses it. */
export function lint(text: string, { type = 'identity', reference }: LintOptions = {}): Finding[] {
  const findings: (Finding & { offset: number })[] = []
  const positionAt = positions(text)
  const add = (code: Code, offset: number, path: JsonPath, message: string, suggestion?: string) => {
    const finding = { code, severity: catalogue[code][0], message, path: pathText(path), ...positionAt(offset) }
    findings.push({ ...finding, ...(suggestion !== undefined && { suggestion }), offset })
  }

  const json = readOrFinding(text, positionAt, add)
  if (json) {
    const refused = refusal(text, type)
    if (refused) {
      const { message, reason, offset, hint } = refused
      const why = hint ?? (reason === message ? undefined : reason)
      add(
        'MALFORMED_POLICY_DOCUMENT',
        hint === undefined ? offset : json.offsetOf([]),
        [],
        sentence('MALFORMED_POLICY_DOCUMENT', { sentence: message, reason: why }),
      )
    }
    const report: Report = (code, path, values, { suggestion, atKey = false }: Place = {}) => {
      const offset = json.offsetOf(path)
      add(code, atKey ? keyOffset(text, path, offset) : offset, path, sentence(code, values), suggestion)
    }
    // What is no policy at all breaks every rule of one: the finding that says so is enough.
    const policy = refused?.hint === undefined ? readView(json.value, text, type, report) : undefined
    if (policy) {
      const desk: Desk = { policy, report, reference, actionsOf: remembering(actionFinder(reference)) }
      for (const check of documentChecks) check(desk)
      for (const statement of policy.statements) for (const check of statementChecks) check(statement, desk)
    }
  }
  return findings
    .sort((a, b) => rank(a) - rank(b) || a.offset - b.offset)
    .map(({ offset: _offset, ...finding }) => finding)
}

type PositionAt = (offset: number) => { line: number; column: number }

/** Line and column of an offset, both from 1; the lines are counted once, as findings can be many. */
function positions(text: string): PositionAt {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let line = 0
    for (let step = 1 << 30; step > 0; step >>= 1) {
      if ((starts[line + step] ?? Infinity) <= offset) line += step
    }
    return { line: line + 1, column: offset - starts[line]! + 1 }
  }
}

function rank({ code }: Finding): number {
  return code === 'MALFORMED_POLICY_DOCUMENT' ? 0 : 1
}

type Add = (code: Code, offset: number, path: JsonPath, message: string) => void

function readOrFinding(text: string, positionAt: PositionAt, add: Add): JsonText | undefined {
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { offset, message } = error
    // IAM takes a duplicate key for an error in the policy, not in the JSON.
    if (message.startsWith('duplicate key')) {
      const refused = { sentence: 'Syntax errors in policy.', reason: message }
      add('MALFORMED_POLICY_DOCUMENT', offset, [], sentence('MALFORMED_POLICY_DOCUMENT', refused))
    } else {
      const values = { index: offset, ...positionAt(offset) }
      add('JSON_SYNTAX_ERROR', offset, [], sentence('JSON_SYNTAX_ERROR', values))
    }
    return undefined
  }
}

const grammars: Readonly<Record<PolicyType, Grammar>> = {
  identity: 'identity',
  boundary: 'identity',
  session: 'identity',
  trust: 'trust',
  resource: 'resource',
  endpoint: 'endpoint',
  scp: 'scp',
  rcp: 'rcp',
}

function refusal(text: string, type: PolicyType): PolicySyntaxError | undefined {
  const grammar = grammars[type]
  try {
    if (grammar === 'scp' || grammar === 'rcp') parseControlPolicy(text, grammar)
    else parsePolicyText(text, grammar)
    return undefined
  } catch (error) {
    if (error instanceof PolicySyntaxError && error.message !== INVALID_JSON) return error
    throw error
  }
}

function remembering(find: Desk['actionsOf']): Desk['actionsOf'] {
  const memo = new Map<string, readonly ActionFacts[] | undefined>()
  return (pattern) => {
    if (!memo.has(pattern)) memo.set(pattern, find(pattern))
    return memo.get(pattern)
  }
}

/** Where the name of the member stands whose value stands at `offset`. */
function keyOffset(text: string, path: JsonPath, offset: number): number {
  const written = text.lastIndexOf(JSON.stringify(path.at(-1)), offset)
  return written === -1 ? offset : written
}

function pathText(path: JsonPath): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('')
}
