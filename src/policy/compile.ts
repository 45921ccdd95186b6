/**
 * Policy text -> the form that decides quickly. The document is read and checked at once; a statement's elements are made
 * into tests when it is first a candidate, as most statements of most policies never are.
 */
import { actionIndex } from './action-index.ts'
import type { ActionIndex } from './action-index.ts'
import { compileCondition } from './conditions.ts'
import type { Condition } from './conditions.ts'
import type { PolicyDocument, StatementDocument } from './document.ts'
import type { Glob } from './glob.ts'
import { compileAction } from './match-action.ts'
import { compileNotPrincipal, compilePrincipal } from './match-principal.ts'
import type { PrincipalMatcher } from './match-principal.ts'
import { compileResource } from './match-resource.ts'
import type { Resources } from './match-resource.ts'
import { remembering } from './memo.ts'
import { parsePolicy, readPolicyText } from './parse.ts'
import type { CompiledPolicy, CompiledStatement, Context, Grammar, MatchedStatement } from './types.ts'
import type { Union } from './union.ts'

export interface CompileOptions {
  /** Policy ARN, `inline:NAME`, or a resource's description such as `bucket-policy:NAME`. */
  id: string
  /** True when `id` is the ARN of a managed policy. */
  managed?: boolean
  attachedTo?: string
  /** Defaults to an identity-based policy's. */
  grammar?: Grammar
}

/** What only `src/policy` sees of a statement. */
export interface Statement extends CompiledStatement {
  readonly document: StatementDocument
  /** Takes the action in lower case. */
  readonly action: Glob
  readonly resource: Resources | undefined
  readonly principal: PrincipalMatcher | undefined
  readonly conditions: readonly Condition[]
  /** What a decision records when the statement matched; one object for all of them. */
  readonly match: MatchedStatement
}

/** A statement that an action concerns, with its tests at hand. */
export class Candidate implements Pick<Statement, 'effect' | 'resource' | 'principal' | 'conditions' | 'match'> {
  readonly effect: 'Allow' | 'Deny'
  readonly resource: Resources | undefined
  readonly principal: PrincipalMatcher | undefined
  readonly conditions: readonly Condition[]
  readonly match: MatchedStatement

  constructor(
    effect: 'Allow' | 'Deny',
    resource: Resources | undefined,
    principal: PrincipalMatcher | undefined,
    conditions: readonly Condition[],
    match: MatchedStatement,
  ) {
    this.effect = effect
    this.resource = resource
    this.principal = principal
    this.conditions = conditions
    this.match = match
  }

  /** Whether resource and conditions hold. */
  applies(asked: string, context: Context): boolean {
    const { resource, conditions } = this
    if (resource && !resource.test(asked, context)) return false
    for (let at = 0; at < conditions.length; at++) if (!conditions[at]!.test(context)) return false
    return true
  }
}

/** What only `src/policy` sees of a policy. */
export interface Policy extends CompiledPolicy {
  readonly statements: readonly Statement[]
  /** Statements whose Action or NotAction covers the action, in their order. */
  candidates(action: string): readonly Candidate[]
  /** What union.ts makes of the policy as a layer of its own. */
  readonly alone: { union?: Union }
}

/** The inside of a compiled policy. Whatever was not made by `compile` fails on first use, and so denies. */
export function inside(policy: CompiledPolicy): Policy {
  return policy as Policy
}

/**
 * Compiles a document, from text or as an object. Throws PolicySyntaxError where AWS would not store it; AWS's own
 * managed policies are held to the structure only, as some break IAM's further rules.
 */
export function compile(source: string | object, options: CompileOptions): CompiledPolicy {
  const { id, managed = false, attachedTo, grammar = 'identity' } = options
  const text = typeof source === 'string' ? source : policyText(source)
  const document = isAwsManaged(id) ? readPolicyText(text, grammar).document : parsePolicy(text, grammar)
  const statements = document.Statement.map(
    (statement, index) => new LazyStatement(statement, index, id, grammar, document),
  )
  const policy: Policy = {
    id,
    managed,
    ...(attachedTo !== undefined && { attachedTo }),
    text,
    statements,
    candidates: candidatesAmong(statements),
    alone: {},
  }
  return policy
}

/** A document as text. AWS takes no character beyond U+00FF as it is, but written as JSON escapes them it does. */
export function policyText(document: object): string {
  return JSON.stringify(document).replaceAll(
    /[\u0100-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function isAwsManaged(id: string): boolean {
  return id.startsWith('arn:') && /^arn:aws(?:-[a-z]+)*:iam::aws:policy\//.test(id)
}

class LazyStatement implements Statement {
  readonly index: number
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly document: StatementDocument
  readonly match: MatchedStatement
  readonly #grammar: Grammar
  readonly #variables: boolean
  #action: Glob | undefined
  #candidate: Candidate | undefined

  constructor(document: StatementDocument, index: number, policy: string, grammar: Grammar, whole: PolicyDocument) {
    this.index = index
    this.sid = document.Sid
    this.effect = document.Effect
    this.document = document
    this.match = { policy, index, ...(this.sid !== undefined && { sid: this.sid }), effect: this.effect }
    this.#grammar = grammar
    this.#variables = whole.Version === '2012-10-17'
  }

  get action(): Glob {
    return (this.#action ??= compileAction(this.document))
  }

  get resource(): Resources | undefined {
    return this.candidate.resource
  }

  get principal(): PrincipalMatcher | undefined {
    return this.candidate.principal
  }

  get conditions(): readonly Condition[] {
    return this.candidate.conditions
  }

  get candidate(): Candidate {
    return (this.#candidate ??= this.#compile())
  }

  #compile(): Candidate {
    const { document, effect, match } = this
    const { Principal, NotPrincipal, Condition: block = {} } = document
    const resource = compileResource(document, this.#grammar, this.#variables)
    const conditions = Object.entries(block).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => compileCondition(operator, key, values, this.#variables, effect)),
    )
    const principal = Principal
      ? compilePrincipal(Principal)
      : NotPrincipal && compileNotPrincipal(NotPrincipal, effect)
    return new Candidate(effect, resource, principal, conditions, match)
  }
}

/** A policy is asked about few actions, but often. */
const REMEMBERED_ACTIONS = 512

function candidatesAmong(statements: readonly LazyStatement[]): Policy['candidates'] {
  let index: ActionIndex | undefined
  return remembering(REMEMBERED_ACTIONS, (action) => {
    index ??= actionIndex(statements.map(({ document }) => document))
    return index(action.toLowerCase()).map((at) => statements[at]!.candidate)
  })
}
