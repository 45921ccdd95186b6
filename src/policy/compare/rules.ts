/** Statements as a comparison reads them: every element as a set of requests whose limits can be asked for. */
import { mayBeNoArn } from '../arn.ts'
import { compileCondition } from '../conditions.ts'
import { inside } from '../compile.ts'
import type { Condition } from '../conditions.ts'
import type { StatementDocument } from '../document.ts'
import { compileAction } from '../match-action.ts'
import { compileNotPrincipal, compilePrincipal } from '../match-principal.ts'
import type { PrincipalMatcher } from '../match-principal.ts'
import { padsShortArns } from '../match-resource.ts'
import { parseOperator } from '../operators.ts'
import { ANY, isVariable, parsePattern } from '../pattern.ts'
import type { Part, Variable } from '../pattern.ts'
import type { CompiledPolicy, Grammar } from '../types.ts'

export interface Rule {
  readonly policy: string
  readonly index: number
  readonly document: StatementDocument
  readonly effect: 'Allow' | 'Deny'
  /** Takes the action in lower case. */
  readonly action: (action: string) => boolean
  /** The names in Action or NotAction, in lower case. */
  readonly actions: readonly string[]
  readonly resource: ResourceSet | undefined
  /** Absent where the grammar knows no principals. */
  readonly principal: PrincipalMatcher | undefined
  readonly conditions: readonly Literal[]
}

export interface ResourceSet {
  /** NotResource. */
  readonly negated: boolean
  readonly patterns: readonly ResourcePattern[]
}

export interface ResourcePattern {
  readonly text: string
  readonly parts: readonly Part[]
  /** A lone `*`: also of what is no ARN. */
  readonly all: boolean
  readonly pads: boolean
  readonly variables: readonly Variable[]
}

/** One thing that a rule asks of the context. */
export interface Literal {
  /** Two literals of one name are true together, whatever the request. */
  readonly name: string
  /** The condition key, in lower case. */
  readonly key: string
  /** As the policy writes it. */
  readonly keyName: string
  /** Variables other than in `key`'s own place. */
  readonly variables: readonly Variable[]
  readonly condition: Condition
  /** Policies of 2012-10-17. */
  readonly takesVariables: boolean
  /** Of the statement: it decides where a value of the policy turns out to be no ARN. */
  readonly effect: 'Allow' | 'Deny'
  /** One of the values may turn out to be no ARN. */
  readonly mayFail: boolean
}

/** One policy layer: a request passes when some Allow covers it and no Deny does. */
export interface Layer {
  readonly allows: readonly Rule[]
  readonly denies: readonly Rule[]
  readonly grammar: Grammar
  readonly policies: readonly CompiledPolicy[]
}

/** Grammars whose statements say whom they are about. */
export function namesPrincipals(grammar: Grammar): boolean {
  return grammar === 'resource' || grammar === 'trust' || grammar === 'endpoint' || grammar === 'rcp'
}

export function readLayer(policies: readonly CompiledPolicy[], grammar: Grammar): Layer {
  const rules = policies.flatMap((policy) => {
    const takesVariables = versionOf(policy) === '2012-10-17'
    return inside(policy).statements.map(({ document, index }) =>
      readRule(document, policy.id, index, grammar, takesVariables),
    )
  })
  return {
    allows: rules.filter(({ effect }) => effect === 'Allow'),
    denies: rules.filter(({ effect }) => effect === 'Deny'),
    grammar,
    policies,
  }
}

export function versionOf({ text }: CompiledPolicy): string | undefined {
  return (JSON.parse(text) as { Version?: string }).Version
}

function readRule(
  document: StatementDocument,
  policy: string,
  index: number,
  grammar: Grammar,
  takesVariables: boolean,
): Rule {
  const { Effect: effect, Action, NotAction, Principal, NotPrincipal, Condition: block = {} } = document
  const resource = readResource(document, grammar, takesVariables)
  return {
    policy,
    index,
    document,
    effect,
    action: compileAction(document),
    actions: (Action ?? NotAction ?? []).map((name) => name.trim().toLowerCase()),
    resource,
    principal: namesPrincipals(grammar)
      ? Principal
        ? compilePrincipal(Principal)
        : NotPrincipal
          ? compileNotPrincipal(NotPrincipal, effect)
          : undefined
      : undefined,
    conditions: [
      ...Object.entries(block).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => literal(operator, key, values, takesVariables, effect)),
      ),
      ...(effect === 'Allow' && resource?.negated ? resolvability(resource) : []),
    ],
  }
}

function readResource(
  { Resource, NotResource }: StatementDocument,
  grammar: Grammar,
  takesVariables: boolean,
): ResourceSet | undefined {
  const listed = Resource ?? NotResource
  if (!listed) return undefined
  const patterns = listed.map((text) => {
    const parts = parsePattern(text, { variables: takesVariables, wildcards: true })
    return {
      text,
      parts,
      all: parts.length === 1 && parts[0] === ANY,
      pads: padsShortArns(parts, grammar),
      variables: parts.filter(isVariable),
    }
  })
  return { negated: !Resource, patterns }
}

export function literal(
  operator: string,
  key: string,
  values: readonly string[],
  takesVariables: boolean,
  effect: 'Allow' | 'Deny',
): Literal {
  const condition = compileCondition(operator, key, values, takesVariables, effect)
  const base = parseOperator(operator)!.base
  const readsDollars = takesVariables && values.some((value) => value.includes('$'))
  const variables =
    takesVariables && TAKE_VARIABLES.test(base)
      ? values.flatMap((value) => parsePattern(value, { variables: true, wildcards: false }).filter(isVariable))
      : []
  const mayFail =
    base.startsWith('Arn') &&
    values.some((value) => mayBeNoArn(parsePattern(value, { variables: takesVariables, wildcards: true })))
  return {
    // Where a value may fail, their order counts, and so does the effect.
    name: JSON.stringify([
      operator,
      condition.contextKey,
      ...(mayFail ? [values, effect] : [values.toSorted()]),
      readsDollars,
    ]),
    key: condition.contextKey,
    keyName: key,
    variables,
    condition,
    takesVariables,
    effect,
    mayFail,
  }
}

const TAKE_VARIABLES = /^(?:String|Arn|Bool)/

/** An Allow with NotResource covers nothing while one of its variables has no value (match-resource.ts). */
function resolvability({ patterns }: ResourceSet): Literal[] {
  return patterns.flatMap(({ variables }) =>
    variables.filter(({ fallback }) => fallback === undefined).map((variable) => resolvable(variable)),
  )
}

/** That a variable has a value. */
export function resolvable({ key, name }: Variable): Literal {
  const effect = 'Allow'
  const condition = compileCondition('StringLike', key, ['*'], false, effect)
  const common = { variables: [], condition, takesVariables: false, effect, mayFail: false } as const
  return { name: `resolvable ${key}`, key, keyName: name, ...common }
}

export function isResolvable({ name }: Literal): boolean {
  return name.startsWith('resolvable ')
}

/** Whether whatever satisfies `a` satisfies `b`, seen from the texts alone. */
export function implies(a: Literal, b: Literal): boolean {
  if (a.name === b.name) return true
  if (a.key !== b.key || a.condition.operator !== b.condition.operator || a.takesVariables !== b.takesVariables)
    return false
  if (a.condition.operator === 'Null' || a.mayFail || b.mayFail || b.condition.values.length === 0) return false
  const [fewer, more] = a.condition.negated ? [b, a] : [a, b]
  const listed = new Set(more.condition.values)
  return fewer.condition.values.every((value) => listed.has(value))
}

/** Whether a rule covers all that another one covers, seen from the texts alone; of the same action. */
export function covers(wide: Rule, narrow: Rule): boolean {
  return (
    coversPrincipal(wide, narrow) &&
    coversResource(wide, narrow) &&
    wide.conditions.every((wanted) => narrow.conditions.some((given) => implies(given, wanted)))
  )
}

function coversPrincipal(
  { principal, document: wide, effect }: Rule,
  { document: narrow, effect: otherEffect }: Rule,
): boolean {
  if (!principal && !wide.Principal) return true
  if (wide.Principal === '*' || (wide.Principal && wide.Principal.AWS?.includes('*'))) return true
  const same =
    JSON.stringify([wide.Principal, wide.NotPrincipal]) === JSON.stringify([narrow.Principal, narrow.NotPrincipal])
  return same && (!wide.NotPrincipal || effect === otherEffect)
}

function coversResource({ resource: wide, effect }: Rule, { resource: narrow, effect: otherEffect }: Rule): boolean {
  if (!wide) return true
  if (!wide.negated && wide.patterns.some(({ all }) => all)) return true
  if (!narrow || narrow.negated !== wide.negated) return false
  const [fewer, more] = wide.negated ? [wide, narrow] : [narrow, wide]
  if (wide.negated && effect !== otherEffect) return false
  const listed = new Set(more.patterns.map(patternName))
  return fewer.patterns.every((pattern) => listed.has(patternName(pattern)))
}

function patternName({ text, pads, variables }: ResourcePattern): string {
  return `${pads} ${variables.length} ${text}`
}
