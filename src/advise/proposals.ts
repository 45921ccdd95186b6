import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import { escapePattern } from '../policy/pattern.ts'
import { compiledManagedPolicy, policiesOf } from '../services/iam/policies-of.ts'
import type { World } from '../world.ts'
import { isControlLayer, lackingTargets } from './control-levels.ts'
import type { Fix } from './explanation.ts'
import { jobAsked } from './job-work.ts'
import { currentDocument, type Target } from './resource-side.ts'

/** A change as a call, before it was tried. */
export interface Proposal extends Pick<Fix, 'text' | 'call'> {
  /** Whose resource is changed; only its account can. */
  account: string
}

type Statement = Record<string, unknown>

/** A document to which statements can be added. */
type Addressee = Pick<Target, 'name' | 'account' | 'document' | 'write'>

/** A need that was refused, or would be, and the call that has it. */
export interface Denied {
  one: NeedTrace
  trace: DecisionTrace
}

type Propose = (overlay: World, denied: readonly Denied[]) => Iterable<Proposal>

/** What identity-based policies lack, as one inline policy of the caller's user or role. */
const identityAddition: Propose = (overlay, denied) => {
  const { trace } = denied[0]!
  const { kind, name, account } = trace.caller!
  if (!name || (kind !== 'role-session' && kind !== 'user')) return []
  const statements = denied.flatMap(({ one }) =>
    (one.suggestions ?? [])
      .filter(({ layer }) => layer === 'identity')
      .map(({ statement }) => ({ ...statement, Resource: reach(overlay, trace, one) })),
  )
  if (!statements.length) return []
  const actions = [...new Set(statements.map((one) => one['Action']))]
  const owner = kind === 'user' ? { UserName: name } : { RoleName: name }
  const input = {
    ...owner,
    PolicyName: freeName(overlay, trace, `Allow-${actions[0]!.replaceAll(/[^\w+=,.@-]/g, '-')}`),
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: merged(statements) }),
  }
  return [
    {
      text: `allow ${actions.join(', ')} to ${kind === 'user' ? 'user' : 'role'} ${name}`,
      account,
      call: { service: 'iam', operation: kind === 'user' ? 'PutUserPolicy' : 'PutRolePolicy', input },
    },
  ]
}

/** One statement for all that differ in their resource only. */
function merged(statements: readonly Statement[]): Statement[] {
  const alike = Map.groupBy(statements, ({ Resource: _, ...rest }) => JSON.stringify(rest))
  return [...alike.values()].map((group) => {
    const resources = [...new Set(group.flatMap(({ Resource }) => Resource ?? []))]
    // A trust policy's statement has no Resource.
    return resources.length ? { ...group[0], Resource: resources.length === 1 ? resources[0] : resources } : group[0]!
  })
}

/** A policy name that overwrites no inline policy that is there. */
function freeName(overlay: World, { caller }: DecisionTrace, wanted: string): string {
  const taken = new Set(policiesOf(overlay.store, caller!).identity.map((one) => one.id))
  let name = wanted
  for (let n = 2; taken.has(`inline:${name}`); n++) name = `${wanted}-${n}`
  return name
}

/**
 * A job needs more than the one object at which it failed: the prefix of the channel or of the output, its log group rather
 * than one stream of it (scopes of the role page, seed 003), and its interfaces are others each time. Everything else is
 * meant to the letter.
 */
function reach(overlay: World, trace: DecisionTrace, one: NeedTrace): string {
  const exact = one.resource === '*' ? '*' : escapePattern(one.resource)
  if (/^arn:[^:]*:ec2:[^:]*:[^:]*:network-interface\//.test(one.resource) && trace.onBehalfOf?.startsWith('arn:'))
    return one.resource.replace(/[^/]*$/, '*')
  const found = jobAsked(overlay.store, trace.onBehalfOf)
  if (!found) return exact
  const { reads, outputs } = found.jobs.facts.transfers(found.job)
  const prefixes = [...reads.map(({ uri }) => uri), ...outputs].map((uri) => uri.replace('s3://', 'arn:aws:s3:::'))
  const prefix = prefixes.find((arn) => arn.includes('/') && one.resource.startsWith(arn))
  if (prefix) return `${escapePattern(prefix)}*`
  const group = /^(arn:[^:]*:logs:[^:]*:[^:]*:log-group:\/aws\/sagemaker\/\w+)/.exec(one.resource)
  return group ? `${group[1]}*` : exact
}

/** What other layers lack: statements more in each document that lacks them. */
function* otherAdditions(overlay: World, denied: readonly Denied[]): Iterable<Proposal> {
  const additions = denied.flatMap(({ one, trace }) =>
    (one.suggestions ?? []).flatMap(({ layer, statement }) => {
      if (layer === 'identity') return []
      const reaching = statement.Resource === undefined ? {} : { Resource: reach(overlay, trace, one) }
      return addressees(overlay, layer, one, trace).map((target) => ({
        target,
        statement: { ...statement, ...reaching },
      }))
    }),
  )
  for (const group of Map.groupBy(additions, ({ target }) => target.name).values()) {
    const { target } = group[0]!
    const Statement = [...statementsOf(target.document), ...merged(group.map((one) => one.statement))]
    const actions = [...new Set(group.map((one) => one.statement.Action))].join(', ')
    const document = { Version: '2012-10-17', ...target.document, Statement }
    const { name, account } = target
    yield { text: `allow ${actions} in ${name}`, account, call: target.write(JSON.stringify(document)) }
  }
}

/** Documents to which a layer's statement must be added: one, but for an organization, where every level must allow. */
function addressees(overlay: World, layer: string, one: NeedTrace, trace: DecisionTrace): Addressee[] {
  if (isControlLayer(layer)) return lackingTargets(overlay, layer, one, trace)
  const target = layer === 'boundary' ? boundaryTarget(overlay, one) : currentDocument(overlay, layer, one, trace)
  return target ? [target] : []
}

/** Only a customer's own boundary can be changed; AWS's managed ones cannot. */
function boundaryTarget(overlay: World, one: NeedTrace): Addressee | undefined {
  const arn = one.decision.layers.find((layer) => layer.type === 'boundary')?.policies[0]
  if (!arn || arn.startsWith('arn:aws:iam::aws:')) return undefined
  return {
    name: `the permissions boundary ${arn}`,
    account: arn.split(':', 5)[4]!,
    document: JSON.parse(compiledManagedPolicy(overlay.store, arn).text) as Target['document'],
    write: (PolicyDocument) => ({
      service: 'iam',
      operation: 'CreatePolicyVersion',
      input: { PolicyArn: arn, PolicyDocument, SetAsDefault: true },
    }),
  }
}

/** An explicit deny is lifted only where it stands: the denying statement goes, or the call meets what it asks for. */
function* removals(overlay: World, denied: readonly Denied[]): Iterable<Proposal> {
  const seen = new Set<string>()
  for (const { one, trace } of denied) {
    for (const { type, matched } of one.decision.layers) {
      const deniers = matched.filter((match) => match.effect === 'Deny')
      const policy = deniers[0]?.policy
      if (policy === undefined || seen.has(policy)) continue
      seen.add(policy)
      const target = currentDocument(overlay, type, one, trace, policy)
      if (!target) continue
      const indexes = new Set(deniers.map((match) => match.index))
      const kept = statementsOf(target.document).filter((_, index) => !indexes.has(index))
      const { name, account, document, remove } = target
      const otherwise = instead(one, policy)
      if (kept.length) {
        const text = `remove the statement of ${name} that denies ${one.action}${otherwise}`
        yield { text, account, call: target.write(JSON.stringify({ ...document, Statement: kept })) }
      } else if (remove) {
        const saying = indexes.size === 1 ? 'its only statement denies' : 'each of its statements denies'
        const text = `${remove.text}, as ${saying} ${one.action}${otherwise}`
        yield { text, account, call: remove.call }
      }
    }
  }
}

function instead(one: NeedTrace, policy: string): string {
  const conditions = (one.nearMisses ?? []).filter((miss) => miss.policy === policy && miss.detail)
  const words = conditions.map((miss) => `${miss.detail} (observed ${miss.observed}, required ${miss.required})`)
  return words.length ? `, or meet its condition: ${words.join(' or ')}` : ''
}

function statementsOf(document: { Statement?: unknown }): Statement[] {
  const { Statement: all } = document
  return (Array.isArray(all) ? all : all ? [all] : []) as Statement[]
}

/** In the order in which they are tried: each looks at what the one before has made of the overlay. */
export const proposers: readonly Propose[] = [identityAddition, otherAdditions, removals]
