import type {
  EvaluationResult,
  PolicyEvaluationDecisionType,
  ResourceSpecificResult,
  Statement,
} from '@aws-sdk/client-iam'
import { contextKeysOf } from '../../policy/context-keys.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { statementSpan } from '../../policy/statement-span.ts'
import type {
  CompiledPolicy,
  ContextValues,
  Decision,
  Effect,
  LayerDecision,
  MatchedStatement,
  PolicyType,
  Principal,
} from '../../policy/types.ts'
import type { Shape } from '../../wire/shape.ts'
import { resourceTemplate, takesResource } from './simulate-resources.ts'
import { sourceId } from './simulate-sources.ts'

/**
 * The policy simulator: the engine that decides every real call, asked about one that nobody makes. How answers are put
 * together follows AWS's API reference ("EvaluationResult") and answers of AWS as users recorded them.
 */
export interface Simulation {
  readonly principal: Principal
  readonly identity: readonly CompiledPolicy[]
  readonly boundary?: CompiledPolicy
  /** A resource policy, taken to hang on each of the resources. */
  readonly resource?: CompiledPolicy
  /** SCPs by level; absent: the caller is in no organization, or they are left out. */
  readonly scp?: readonly (readonly CompiledPolicy[])[]
  /** Whether the answer tells what the organization says. */
  readonly organized: boolean
  /** Account of the resources that do not name theirs. */
  readonly resourceOwner: string
  /** By lower-cased key. */
  readonly context: ContextValues
  /** `['*']` where the request names none. */
  readonly resources: readonly string[]
}

/** One action on all resources of the simulation. */
export function simulated(simulation: Simulation, action: string): Shape<EvaluationResult> {
  const { resources, organized, boundary } = simulation
  const results = resources.map((resource) => ask(simulation, action, resource))
  const named = resources.some((resource) => resource !== '*')
  const stopped = results.every(({ organization }) => !organization)
  const matched = new Map(results.flatMap((result) => result.matched.map((match) => [match.statement, match])))
  return {
    EvalActionName: action,
    EvalResourceName: resources.length === 1 ? resources[0]! : resourceTemplate(action),
    EvalDecision: strictest(results.map(({ decision }) => decision)),
    MatchedStatements: statements([...matched.values()]),
    MissingContextValues: [...new Set(results.flatMap(({ missing }) => missing))],
    ...(organized && {
      OrganizationsDecisionDetail: { AllowedByOrganizations: results.every(({ organization }) => organization) },
    }),
    ...(boundary && boundaryDetail(results.every((result) => result.boundary))),
    // Where the organization says no, AWS looks no further.
    ...(named &&
      !stopped && {
        EvalDecisionDetails: strictestDetails(results.map(({ details }) => details)),
        ResourceSpecificResults: results.map((result) => resourceResult(simulation, result)),
      }),
  }
}

function resourceResult({ boundary }: Simulation, result: Result): Shape<ResourceSpecificResult> {
  const { resource, decision, matched, missing, details } = result
  return {
    EvalResourceName: resource,
    EvalResourceDecision: decision,
    ...(matched.length > 0 && { MatchedStatements: statements(matched) }),
    ...(missing.length > 0 && { MissingContextValues: [...missing] }),
    ...(Object.keys(details).length > 0 && { EvalDecisionDetails: details }),
    ...(boundary && boundaryDetail(result.boundary)),
  }
}

function boundaryDetail(allowed: boolean) {
  return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed } }
}

type Details = Record<string, PolicyEvaluationDecisionType>

interface Match {
  readonly type: PolicyType
  readonly policy: CompiledPolicy
  readonly statement: MatchedStatement
}

/** The answer for one resource. */
interface Result {
  readonly resource: string
  readonly decision: PolicyEvaluationDecisionType
  readonly matched: readonly Match[]
  readonly missing: readonly string[]
  /** What each type of policy says; only across accounts. */
  readonly details: Details
  readonly organization: boolean
  readonly boundary: boolean
}

function ask(simulation: Simulation, action: string, resource: string): Result {
  const { principal, identity, boundary, resource: resourcePolicy, scp, context } = simulation
  const resourceAccount = accountOf(simulation, resource)
  const decision = evaluate(
    { principal, action, resource, resourceAccount, context: (key) => context[key] },
    {
      identity,
      ...(boundary && { boundary }),
      ...(resourcePolicy && { resource: resourcePolicy }),
      ...(scp && { scp }),
    },
  )
  const control = layerOf(decision, 'scp')
  const organization = !control || control.effect === 'allow'
  const possible = takesResource(action, resource)
  return {
    resource,
    decision: organization ? (possible ? words[decision.effect] : 'implicitDeny') : words[control.effect],
    matched: organization && possible ? determining(simulation, decision) : [],
    missing: organization && possible && decision.effect === 'implicit-deny' ? missingKeys(simulation) : [],
    details: organization && resourcePolicy && resourceAccount !== principal.account ? detailsOf(decision) : {},
    organization,
    boundary: possible && layerOf(decision, 'boundary')?.effect === 'allow',
  }
}

/** Without a resource policy nothing is asked across accounts: whose the resource is does not matter. */
function accountOf({ principal, resource: resourcePolicy, resourceOwner }: Simulation, resource: string): string {
  if (!resourcePolicy) return principal.account
  const [, , , , account = ''] = resource.split(':', 5)
  return /^\d{12}$/.test(account) ? account : resourceOwner
}

const words: Readonly<Record<Effect, PolicyEvaluationDecisionType>> = {
  allow: 'allowed',
  'explicit-deny': 'explicitDeny',
  'implicit-deny': 'implicitDeny',
}

function layerOf({ layers }: Decision, type: PolicyType): LayerDecision | undefined {
  return layers.find((layer) => layer.type === type)
}

/** The names of policy types in AWS's answers, which are not those of its model. */
const typeNames: Partial<Record<PolicyType, string>> = {
  resource: 'Resource Policy',
  boundary: 'Permissions Boundary Policy',
  identity: 'IAM Policy',
}

function detailsOf({ layers }: Decision): Details {
  return Object.fromEntries(
    layers.flatMap(({ type, effect }) => (typeNames[type] ? [[typeNames[type], words[effect]]] : [])),
  )
}

/** Denies where there is one, else what allowed; a boundary grants nothing, and what nobody allowed nothing decided. */
function determining(simulation: Simulation, { effect, layers }: Decision): Match[] {
  if (effect === 'implicit-deny') return []
  const wanted = effect === 'allow' ? 'Allow' : 'Deny'
  return layers.flatMap(({ type, matched }) => {
    if (!typeNames[type] || (effect === 'allow' && type === 'boundary')) return []
    const policies = policiesOf(simulation, type)
    return matched
      .filter((statement) => statement.effect === wanted)
      .flatMap((statement) => {
        const policy = policies.find(({ id }) => id === statement.policy)
        return policy ? [{ type, policy, statement }] : []
      })
  })
}

function policiesOf({ identity, boundary, resource }: Simulation, type: PolicyType): readonly CompiledPolicy[] {
  if (type === 'identity') return identity
  const one = type === 'boundary' ? boundary : resource
  return one ? [one] : []
}

/** Of all policies but SCPs, whatever their statements are about: as AWS has it, and only where nothing allows. */
function missingKeys({ identity, boundary, resource, context }: Simulation): string[] {
  const policies = [...identity, ...(boundary ? [boundary] : []), ...(resource ? [resource] : [])]
  const keys = policies.flatMap((policy) => contextKeysOf(policy, policy === resource ? 'resource' : 'identity'))
  return [...new Set(keys)].filter((key) => context[key.toLowerCase()] === undefined)
}

function statements(matches: readonly Match[]): Shape<Statement>[] {
  return matches.map(({ type, policy, statement }) => {
    const { start, end } = statementSpan(policy, statement.index)
    return {
      SourcePolicyId: sourceId(policy),
      SourcePolicyType: typeNames[type] as Statement['SourcePolicyType'] & string,
      StartPosition: { Line: start.line, Column: start.column },
      EndPosition: { Line: end.line, Column: end.column },
    }
  })
}

const strictness: readonly PolicyEvaluationDecisionType[] = ['explicitDeny', 'implicitDeny', 'allowed']

function strictest(decisions: readonly PolicyEvaluationDecisionType[]): PolicyEvaluationDecisionType {
  return strictness.find((decision) => decisions.includes(decision)) ?? 'implicitDeny'
}

function strictestDetails(all: readonly Details[]): Details {
  const types = new Set(all.flatMap((details) => Object.keys(details)))
  return Object.fromEntries(
    Array.from(types, (type) => [type, strictest(all.flatMap((details) => details[type] ?? []))]),
  )
}
