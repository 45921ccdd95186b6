/** Policy text -> the form that decides quickly. Everything that can be looked at once is looked at here. */
import { compileCondition } from './conditions.ts'
import type { Condition } from './conditions.ts'
import type { StatementDocument } from './document.ts'
import type { Glob, Pattern } from './glob.ts'
import { compileAction } from './match-action.ts'
import { compileNotPrincipal, compilePrincipal } from './match-principal.ts'
import type { PrincipalMatcher } from './match-principal.ts'
import { compileResource } from './match-resource.ts'
import { parsePolicy, readPolicyText } from './parse.ts'
import type { CompiledPolicy, CompiledStatement, Grammar, MatchedStatement } from './types.ts'

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
  readonly resource: Pattern | undefined
  readonly principal: PrincipalMatcher | undefined
  readonly conditions: readonly Condition[]
  /** What a decision records when the statement matched; one object for all of them. */
  readonly match: MatchedStatement
}

/** What only `src/policy` sees of a policy. */
export interface Policy extends CompiledPolicy {
  readonly statements: readonly Statement[]
  /** Statements whose Action or NotAction covers the action. */
  candidates(action: string): readonly Statement[]
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
  const text = typeof source === 'string' ? source : JSON.stringify(source)
  const document = isAwsManaged(id) ? readPolicyText(text, grammar).document : parsePolicy(text, grammar)
  const variables = document.Version === '2012-10-17'
  const statements = document.Statement.map((statement, index) =>
    compileStatement(statement, index, id, grammar, variables),
  )
  const policy: Policy = {
    id,
    managed,
    ...(attachedTo !== undefined && { attachedTo }),
    text,
    statements,
    candidates: candidateIndex(statements),
  }
  return policy
}

function isAwsManaged(id: string): boolean {
  return /^arn:aws(?:-[a-z]+)*:iam::aws:policy\//.test(id)
}

function compileStatement(
  document: StatementDocument,
  index: number,
  policy: string,
  grammar: Grammar,
  variables: boolean,
): Statement {
  const { Sid: sid, Effect: effect, Principal, NotPrincipal, Condition: block = {} } = document
  return {
    index,
    sid,
    effect,
    document,
    action: compileAction(document),
    resource: compileResource(document, grammar, variables),
    principal: Principal ? compilePrincipal(Principal) : NotPrincipal && compileNotPrincipal(NotPrincipal, effect),
    conditions: Object.entries(block).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => compileCondition(operator, key, values, variables)),
    ),
    match: { policy, index, ...(sid !== undefined && { sid }), effect },
  }
}

const MEMO_LIMIT = 1024

/** Remembers the candidates of an action: a policy is asked about few actions, but often. */
function candidateIndex(statements: readonly Statement[]): Policy['candidates'] {
  const memo = new Map<string, readonly Statement[]>()
  return (action) => {
    const known = memo.get(action)
    if (known) return known
    const lowerCased = action.toLowerCase()
    const found = statements.filter((statement) => statement.action(lowerCased))
    if (memo.size >= MEMO_LIMIT) memo.clear()
    memo.set(action, found)
    return found
  }
}
