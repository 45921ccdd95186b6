import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import type { World } from '../world.ts'
import { isControlLayer, levelNames } from './control-levels.ts'
import type { Blocker, Layer } from './explanation.ts'
import { isTheirRefusal } from './veil.ts'
import { whichCause } from './which-cause.ts'

/**
 * Everything that stood in the way, the network first: a call that did not arrive was not judged. `byJob`: it was made for a job,
 * by its execution role.
 */
export function blockersOf(world: World, trace: DecisionTrace, byJob: boolean): Blocker[] {
  if (trace.connection) return [...trace.connection.blockers]
  const denied = trace.needs.filter((one) => one.decision.effect !== 'allow')
  if (denied.length) return denied.flatMap((one) => needBlockers(world, trace, one, byJob))
  if (!trace.error) return []
  const known = whichCause(world, trace, trace.error)
  if (known) return [known]
  const layer: Layer = trace.stage === 'authenticate' ? 'authentication' : 'validation'
  return [
    { layer, code: trace.error.code, component: `${trace.service}:${trace.operation}`, text: trace.error.message },
  ]
}

function needBlockers(world: World, trace: DecisionTrace, one: NeedTrace, byJob: boolean): Blocker[] {
  const { decision, nearMisses = [], action, resource } = one
  const explicit = decision.effect === 'explicit-deny'
  const layer = layerOf(one, byJob)
  const denier = explicit ? decision.layers.flatMap((l) => l.matched).find((m) => m.effect === 'Deny') : undefined
  const theirs = isTheirRefusal(world.store, trace, one)
  const component = theirs ? resource : (denier?.policy ?? componentOf(trace, one, layer))
  const level = isControlLayer(layer) && !theirs ? levelNames(world, layer, one, trace, denier?.policy) : undefined
  const at = level === undefined ? '' : ` on ${level}`
  const unsaid = theirs ? `; why, only account ${one.resourceAccount} is told` : ''
  const text = explicit
    ? `statement ${denier?.sid ?? denier?.index} of ${component}${at} denies ${action} on ${resource}`
    : `${lacking(layer, one)}${at} allows ${action} on ${resource}${unsaid}`
  return [
    { layer, code: explicit ? 'EXPLICIT_DENY' : 'IMPLICIT_DENY', component, text },
    ...nearMisses.map((miss) => ({
      layer: miss.element === 'Condition' ? ('condition' as const) : layer,
      code: `${miss.element.toUpperCase()}_MISMATCH`,
      component: miss.policy,
      text: `statement ${miss.sid ?? miss.index} (${miss.effect}), ${miss.detail ?? miss.element}: observed ${miss.observed}, required ${miss.required}`,
    })),
  ]
}

function lacking(layer: Layer, { decision }: NeedTrace): string {
  return layer === 'kms' && decision.decidedBy !== 'resource'
    ? "neither an identity-based policy of the execution role nor a statement of the key's policy"
    : `no ${layerWords[layer] ?? layer}`
}

const layerWords: Partial<Record<Layer, string>> = {
  'caller-policy': 'identity-based policy of the caller',
  'exec-role-policy': 'identity-based policy of the execution role',
  'pass-role': 'identity-based policy of the caller (iam:PassRole)',
  trust: 'statement of the role trust policy',
  'resource-policy': 'resource-based policy',
  ecr: "statement of the repository's policy",
  kms: "statement of the key's policy",
  'vpce-policy': 'statement of the VPC endpoint policy',
  boundary: 'permissions boundary',
  'session-policy': 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
}

function layerOf({ action, decision }: NeedTrace, byJob: boolean): Layer {
  switch (decision.decidedBy) {
    case 'trust':
      return 'trust'
    case 'endpoint':
      return 'vpce-policy'
    case 'boundary':
      return 'boundary'
    case 'session':
      return 'session-policy'
    case 'scp':
    case 'rcp':
      return decision.decidedBy
    case 'resource':
      return action.startsWith('ecr:') ? 'ecr' : action.startsWith('kms:') ? 'kms' : 'resource-policy'
    default:
      if (action === 'iam:PassRole') return 'pass-role'
      // Two policies speak of a key, and either would do.
      if (action.startsWith('kms:') && byJob) return 'kms'
      return byJob ? 'exec-role-policy' : 'caller-policy'
  }
}

function componentOf(trace: DecisionTrace, one: NeedTrace, layer: Layer): string {
  if (layer === 'trust' || layer === 'resource-policy' || layer === 'ecr' || layer === 'kms') return one.resource
  if (layer === 'vpce-policy') return trace.way?.vpcEndpointId ?? ''
  return trace.caller?.principalArn || trace.caller?.arn || 'anonymous'
}
