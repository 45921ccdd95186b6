import { compileGlob } from '../../policy/glob.ts'
import type { StatementDocument } from '../../policy/document.ts'
import { compileAction } from '../../policy/match-action.ts'
import { readPolicyText } from '../../policy/parse.ts'
import { type FixedPart, parsePattern } from '../../policy/pattern.ts'
import type { ActionFacts, ServiceFacts } from '../../policy/reference.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import { serviceReference } from './service-reference.ts'

/**
 * Which services a set of identity-based policies may open, as IAM's reports of last accessed information ask: no request
 * is decided here. Conditions count as fulfilled in an Allow and as not fulfilled in a Deny, and a Deny of some resources
 * leaves the others (IAM User Guide, "Refine permissions in AWS using last accessed information").
 */
export interface Granted {
  readonly service: ServiceFacts
  readonly actions: readonly ActionFacts[]
}

/** Services of which some action may be allowed, by namespace, with these actions. */
export function grantedServices(policies: readonly CompiledPolicy[]): Granted[] {
  const statements = policies.flatMap(statementsOf)
  const allows = statements.filter(({ Effect }) => Effect === 'Allow').map(grantOf)
  const denied = statements.filter(deniesEverywhere).map((statement) => compileAction(statement))
  return serviceReference().prefixes.flatMap((prefix) => {
    const open = allows.filter(({ namespaces }) => namespaces(prefix))
    const service = open.length > 0 ? serviceReference().service(prefix) : undefined
    const actions = service?.actions.filter((action) => {
      const name = action.name.toLowerCase()
      return (
        open.some((grant) => grant.covers(name) && grant.reaches(service, action)) && !denied.some((one) => one(name))
      )
    })
    return service && actions && actions.length > 0 ? [{ service, actions }] : []
  })
}

/** Whether one document, taken by itself, may open a service, be it for actions that nobody knows. */
export function grantsService(policy: CompiledPolicy, prefix: string): boolean {
  const statements = statementsOf(policy)
  const closed = statements.some(
    (statement) => deniesEverywhere(statement) && statement.Action?.some((pattern) => isWhole(pattern, prefix)),
  )
  return !closed && statements.some((statement) => statement.Effect === 'Allow' && opens(statement, prefix))
}

function opens(statement: StatementDocument, prefix: string): boolean {
  const service = serviceReference().service(prefix)
  const { namespaces, reaches } = grantOf(statement)
  if (!service || !namespaces(prefix) || statement.NotAction?.some((pattern) => isWhole(pattern, prefix))) return false
  return service.actions.some((action) => reaches(service, action))
}

function isWhole(pattern: string, prefix: string): boolean {
  return pattern === '*' || pattern.toLowerCase() === `${prefix}:*`
}

function statementsOf({ text }: CompiledPolicy): readonly StatementDocument[] {
  return readPolicyText(text, 'identity').document.Statement
}

function deniesEverywhere({ Effect, Condition, Resource }: StatementDocument): boolean {
  return Effect === 'Deny' && !Condition && Resource?.includes('*') === true
}

interface Grant {
  /** Whether it is about a service at all; the prefix is lower-case. */
  readonly namespaces: (prefix: string) => boolean
  readonly covers: (lowerCasedAction: string) => boolean
  /** Whether its resources can be those of the action. */
  readonly reaches: (service: ServiceFacts, action: ActionFacts) => boolean
}

function grantOf(statement: StatementDocument): Grant {
  const { Action, Resource } = statement
  const namespaces = Action?.map((pattern) => glob(pattern.trim().toLowerCase().split(':', 1)[0]!))
  // The third field of an ARN is its service. Without any resource of its own an action wants the star.
  const services = Resource?.includes('*') ? undefined : Resource?.map((pattern) => glob(pattern.split(':')[2] ?? ''))
  return {
    namespaces: (prefix) => !namespaces || namespaces.some((one) => one(prefix)),
    covers: compileAction(statement),
    reaches: ({ resourceTypes }, { resourceTypes: taken }) =>
      !services ||
      taken.some(({ name }) => {
        const owner = resourceTypes.get(name)?.arn.split(':')[2]
        return owner !== undefined && services.some((one) => one(owner))
      }),
  }
}

function glob(pattern: string) {
  return compileGlob(parsePattern(pattern, { variables: false, wildcards: true }) as FixedPart[])
}
