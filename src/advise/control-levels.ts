import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import type { CompiledPolicy } from '../policy/types.ts'
import { type Levels, rcps, scps } from '../services/organizations/control-policies.ts'
import { membership } from '../services/organizations/membership.ts'
import type { World } from '../world.ts'
import type { Target } from './resource-side.ts'

/** Layers whose policies hang on the levels of an organization. */
export type ControlLayer = 'scp' | 'rcp'

export function isControlLayer(layer: string): layer is ControlLayer {
  return layer === 'scp' || layer === 'rcp'
}

/** SCPs bind by the caller's account, RCPs by the resource's. */
function boundAccount(layer: ControlLayer, one: NeedTrace, { caller }: DecisionTrace): string {
  return (layer === 'scp' ? caller?.account : one.resourceAccount) ?? ''
}

function levelsOf({ store }: World, layer: ControlLayer, one: NeedTrace, trace: DecisionTrace): Levels {
  const account = boundAccount(layer, one, trace)
  return (layer === 'scp' ? scps(store, account) : rcps(store, account, one.action)) ?? []
}

/** Levels as they are today of which no policy allowed it, the root's first. */
function lacking(world: World, layer: ControlLayer, one: NeedTrace, trace: DecisionTrace): Levels {
  const matched = one.decision.layers.find(({ type }) => type === layer)?.matched ?? []
  const allowing = new Set(matched.flatMap(({ effect, policy }) => (effect === 'Allow' ? [policy] : [])))
  return levelsOf(world, layer, one, trace).filter((level) => !level.some(({ id }) => allowing.has(id)))
}

/** Where a policy hangs, or which levels lack an allow: `ou-a1b2-c3d4e5f6 (Research)`; as it was recorded when that has changed. */
export function levelNames(
  world: World,
  layer: ControlLayer,
  one: NeedTrace,
  trace: DecisionTrace,
  policy?: string,
): string | undefined {
  const levels =
    policy === undefined
      ? lacking(world, layer, one, trace)
      : levelsOf(world, layer, one, trace).filter((level) => level.some(({ id }) => id === policy))
  if (levels.length > 0) return levels.map(labelOf).join(', ')
  return one.decision.layers.find(({ type }) => type === layer)?.target
}

function labelOf(level: readonly CompiledPolicy[]): string {
  return level[0]?.attachedTo ?? 'a level without policies'
}

/** Where an allow would have to be added: one policy of each level that lacks it. AWS's own policies cannot be changed. */
export function lackingTargets(world: World, layer: ControlLayer, one: NeedTrace, trace: DecisionTrace): Target[] {
  return lacking(world, layer, one, trace).flatMap((level) => {
    const policy = level.find(({ statements }) => statements.some(({ effect }) => effect === 'Allow')) ?? level[0]
    const target = policy && targetOf(world, layer, one, trace, policy)
    return target ? [target] : []
  })
}

/** A control policy by its ARN, as far as anyone can change it. */
export function controlTarget(
  world: World,
  layer: ControlLayer,
  one: NeedTrace,
  trace: DecisionTrace,
  arn: string | undefined,
): Target | undefined {
  const policy = levelsOf(world, layer, one, trace)
    .flat()
    .find(({ id }) => id === arn)
  return policy && targetOf(world, layer, one, trace, policy)
}

function targetOf(
  { store }: World,
  layer: ControlLayer,
  one: NeedTrace,
  trace: DecisionTrace,
  { id, text, attachedTo }: CompiledPolicy,
): Target | undefined {
  const place = membership(store, boundAccount(layer, one, trace))
  if (!place || id.startsWith('arn:aws:organizations::aws:')) return undefined
  const PolicyId = id.slice(id.lastIndexOf('/') + 1)
  const hangsOn = place.targets.find((target) => attachedTo?.split(' ').includes(target))
  const kind = layer === 'scp' ? 'service control policy' : 'resource control policy'
  return {
    name: `${kind} ${PolicyId} on ${attachedTo}`,
    account: place.managementAccount,
    document: JSON.parse(text) as Target['document'],
    write: (Content) => ({ service: 'organizations', operation: 'UpdatePolicy', input: { PolicyId, Content } }),
    ...(hangsOn !== undefined && {
      remove: {
        text: `detach ${kind} ${PolicyId} from ${attachedTo}`,
        call: { service: 'organizations', operation: 'DetachPolicy', input: { PolicyId, TargetId: hangsOn } },
      },
    }),
  }
}
