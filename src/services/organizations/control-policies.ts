import { compile } from '../../policy/compile.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import { type Cache, recentlyUsed } from '../../store/cache.ts'
import type { Store } from '../../store/store.ts'
import { serviceReference } from '../iam/service-reference.ts'
import { type AwsManagedPolicy, awsManagedPolicy } from './aws-managed-policies.ts'
import {
  ACCOUNTS,
  ATTACHMENTS,
  attachmentsOf,
  findOrganization,
  findUnit,
  type Organization,
  ORGANIZATIONS,
  POLICIES,
  type Policy,
  UNITS,
} from './documents.ts'
import { policyArn } from './ids.ts'
import { membership } from './membership.ts'

/** Policies by level, the root's first; undefined where none of the kind applies. */
export type Levels = readonly (readonly CompiledPolicy[])[]

/** The SCPs that bind the principals of an account; none outside an organization and for its management account. */
export function scps(store: Store, account: string): Levels | undefined {
  return levelsOf(store, account, 'SERVICE_CONTROL_POLICY')
}

/** The RCPs that bind an action on resources of an account; only some services know them. */
export function rcps(store: Store, account: string, action: string): Levels | undefined {
  const levels = levelsOf(store, account, 'RESOURCE_CONTROL_POLICY')
  return levels && bindsService(action) ? levels : undefined
}

let supported: ReadonlySet<string> | undefined

/** Whether RCPs know the service of an action (Service Authorization Reference). */
function bindsService(action: string): boolean {
  supported ??= new Set(serviceReference().rcpPrefixes)
  return supported.has(action.slice(0, action.indexOf(':')).toLowerCase())
}

type ControlType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'

interface Known {
  readonly epoch: number
  /** By account; null: none. */
  readonly levels: Readonly<Record<ControlType, Cache<Levels | null>>>
}

/** Callers name accounts as they like, so only so many are kept. */
const KEPT = 10_000

const known = new WeakMap<Store, Known>()

/** Asked on every call: what was found out is kept until anything of an organization changes. */
function levelsOf(store: Store, account: string, type: ControlType): Levels | undefined {
  const epoch =
    store.epoch(ORGANIZATIONS) +
    store.epoch(ACCOUNTS) +
    store.epoch(UNITS) +
    store.epoch(POLICIES) +
    store.epoch(ATTACHMENTS)
  let found = known.get(store)
  if (!found || found.epoch !== epoch) {
    const levels = {
      SERVICE_CONTROL_POLICY: recentlyUsed<Levels | null>(KEPT),
      RESOURCE_CONTROL_POLICY: recentlyUsed<Levels | null>(KEPT),
    }
    known.set(store, (found = { epoch, levels }))
  }
  const kept = found.levels[type]
  let levels = kept.get(account)
  if (levels === undefined) kept.set(account, (levels = collect(store, account, type) ?? null))
  return levels ?? undefined
}

function collect(store: Store, account: string, type: ControlType): Levels | undefined {
  const place = membership(store, account)
  if (!place || place.managementAccount === account) return undefined
  const organization = findOrganization(store, place.organizationId)!
  if (!organization.root.policyTypes.includes(type)) return undefined
  return place.targets.map((target) => {
    const attachedTo = labelOf(store, organization, target)
    return attachmentsOf(store, organization.id, target)
      .filter((attachment) => attachment.type === type)
      .map(({ id }) => ({ ...compiledPolicy(store, organization, id), attachedTo }))
  })
}

/** `ou-a1b2-c3d4e5f6 (Research)`, as people know the level. */
export function labelOf(store: Store, organization: Organization, target: string): string {
  if (target === organization.root.id) return `${target} (Root)`
  const unit = findUnit(store, organization, target)
  return unit ? `${target} (${unit.name})` : `account ${target}`
}

const compiled = new WeakMap<Policy | AwsManagedPolicy, CompiledPolicy>()

function compiledPolicy(store: Store, organization: Organization, id: string): CompiledPolicy {
  const document = awsManagedPolicy(id) ?? store.get<Policy>(POLICIES, `${organization.id}/${id}`)
  if (!document) throw new Error(`policy \`${id}\` of organization \`${organization.id}\` is attached but not there`)
  const kept = compiled.get(document)
  if (kept) return kept
  const { content, type } = document
  const arn = 'arn' in document ? document.arn : policyArn(organization, type, id)
  const grammar = type === 'RESOURCE_CONTROL_POLICY' ? 'rcp' : 'scp'
  const policy = compile(content, { id: arn, managed: true, grammar })
  compiled.set(document, policy)
  return policy
}
