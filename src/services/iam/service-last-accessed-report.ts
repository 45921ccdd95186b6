import type { Call } from '../../door/call.ts'
import type { ActionFacts } from '../../policy/reference.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import {
  type Entity,
  findEntity,
  type Group,
  invalidInput,
  kindOf,
  noSuchEntity,
  parseArn,
  type User,
} from './entities.ts'
import { grantedServices } from './granted-services.ts'
import { type Access, accessesOf } from './last-accessed.ts'
import { attachmentsOf, isAwsManaged, requirePolicyView } from './policies.ts'
import { compiledManagedPolicy } from './policies-of.ts'
import { sourcesOf } from './simulate-sources.ts'

/**
 * A report of when the services were last tried that a user, group, role or policy opens: as of the moment when it was
 * asked for, and only for whoever asked.
 */
export interface AccessReport {
  readonly owner: string
  readonly granularity: 'SERVICE_LEVEL' | 'ACTION_LEVEL'
  /** Milliseconds, both. */
  readonly createdAt: number
  readonly readyAt: number
  /** Who could have: users and roles. */
  readonly entities: readonly { readonly id: string; readonly arn: string }[]
  readonly services: readonly ReportedService[]
}

export interface ReportedService {
  readonly namespace: string
  readonly name: string
  /** Who did: by their place in `entities`. */
  readonly uses: readonly Attempt[]
  /** Actions that are tracked, each with the latest attempt. */
  readonly actions?: readonly { readonly name: string; readonly last?: Attempt }[]
}

export interface Attempt extends Access {
  readonly entity: number
}

const REPORTS = 'iam/access-report'
/** AWS's own take a second and more; ours are there at once, but clients expect to wait. */
const MAKING_MS = 1000
/** inferred: AWS does not tell how long it keeps them. */
const KEPT_MS = 7 * 86_400_000
/** "The last 400 days" (IAM User Guide). */
const TRACKED_SECONDS = 400 * 86_400

/** Makes the report and gives its job id. Throws NoSuchEntity for whom or what is not there. */
export function makeReport(world: World, call: Call, arn: string, granularity: AccessReport['granularity']): string {
  const { store } = world
  const { account, time } = call
  const { policies, entities } = subjectOf(store, account, arn)
  const from = Math.floor(time / 1000) - TRACKED_SECONDS
  const accesses = entities.map(({ id }) => accessesOf(store, id, from))
  const services = grantedServices(policies).map(({ service, actions }): ReportedService => {
    const { prefix: namespace, name } = service
    const tracked = granularity === 'ACTION_LEVEL' ? actions.filter(isTracked) : []
    return {
      namespace,
      name,
      uses: accesses.flatMap((actionsTried, entity) => {
        const last = latest(
          [...actionsTried].filter(([action]) => action.startsWith(`${namespace}:`)).map(([, at]) => at),
        )
        return last ? [{ entity, ...last }] : []
      }),
      ...(tracked.length > 0 && { actions: tracked.map((action) => trackedAction(action, accesses)) }),
    }
  })
  const hex = world.hex(32)
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  store.transaction(() => {
    for (const { key, value } of store.list<AccessReport>(REPORTS, { prefix: `${account}/` })) {
      if (value.createdAt < time - KEPT_MS) store.delete(REPORTS, key)
    }
    store.put<AccessReport>(REPORTS, `${account}/${id}`, {
      owner: ownerOf(call),
      granularity,
      createdAt: time,
      readyAt: time + MAKING_MS,
      entities: entities.map((entity) => ({ id: entity.id, arn: entity.arn })),
      services,
    })
  })
  return id
}

/** The caller's own report. Throws NoSuchEntity, for another's, too. */
export function findReport(store: Store, call: Call, jobId: string): AccessReport {
  const report = store.get<AccessReport>(REPORTS, `${call.account}/${jobId}`)
  // inferred: the sentence.
  if (report?.owner !== ownerOf(call)) throw noSuchEntity(`The job with id ${jobId} cannot be found.`)
  return report
}

/** "The same role within a session, or the same user": two sessions of a role are two. */
function ownerOf({ caller }: Call): string {
  const session = caller.tokenIssuedAt === undefined ? undefined : caller.accessKeyId
  return session ?? caller.entityId ?? caller.arn
}

interface Subject {
  readonly policies: readonly CompiledPolicy[]
  /** Users and roles. */
  readonly entities: readonly Entity[]
}

function subjectOf(store: Store, account: string, arn: string): Subject {
  if (isPolicy(arn)) {
    requirePolicyView(store, arn)
    const holders = attachmentsOf(store, account).attached.get(arn) ?? []
    const entities = holders.flatMap((holder) =>
      holder.type === 'group' ? membersOf(store, holder as Group) : [holder],
    )
    return { policies: [compiledManagedPolicy(store, arn)], entities: [...new Set(entities)] }
  }
  const { entity, identity } = sourcesOf(store, account, arn)
  const entities = entity.type === 'group' ? membersOf(store, entity as Group) : [entity]
  return { policies: identity.map(({ policy }) => policy), entities }
}

/** Whether a report is about a managed policy. Throws for ARNs that reports cannot be about. */
export function isPolicy(arn: string): boolean {
  if (isAwsManaged(arn)) return true
  const type = parseArn(arn)?.type
  if (type === 'policy') return true
  if (type === 'user' || type === 'group' || type === 'role') return false
  throw invalidInput(`Invalid ARN: ${arn}`) // inferred
}

function membersOf(store: Store, group: Group): User[] {
  const name = group.name.toLowerCase()
  const users = store.list<User>(kindOf('user'), { prefix: `${group.account}/` })
  return users.map(({ value }) => value).filter(({ groups }) => groups.includes(name))
}

/** A user or role as it is now; undefined when it is gone, or somebody else has its name. */
export function currentEntity(store: Store, { id, arn }: AccessReport['entities'][number]): Entity | undefined {
  const { account = '', type, name = '' } = parseArn(arn) ?? {}
  const entity = findEntity(store, type === 'role' ? 'role' : 'user', account, name)
  return entity?.id === id ? entity : undefined
}

function trackedAction({ name }: ActionFacts, accesses: readonly ReadonlyMap<string, Access>[]) {
  const attempts = accesses.flatMap((actions, entity): Attempt[] => {
    const access = actions.get(name)
    return access ? [{ entity, ...access }] : []
  })
  const last = latest(attempts)
  return { name: name.slice(name.indexOf(':') + 1), ...(last && { last }) }
}

export function latest<A extends Access>(attempts: readonly A[]): A | undefined {
  return attempts.reduce<A | undefined>((last, one) => (last && last.time >= one.time ? last : one), undefined)
}

/** Services whose actions are followed one by one: of AWS's many, those that are served here. */
const followed = new Set(['cloudwatch', 'ec2', 'ecr', 'iam', 'logs', 'organizations', 's3', 'sagemaker', 'sts'])

/** inferred: AWS's list is not in our data. Management actions are tracked; work on data, and passing a role, is not. */
const untracked =
  /^(iam:PassRole|sagemaker:Invoke|logs:(PutLogEvents|GetLogEvents|FilterLogEvents)|cloudwatch:(Put|Get)Metric)/

function isTracked({ name, resourceTypes }: ActionFacts): boolean {
  if (!followed.has(name.slice(0, name.indexOf(':'))) || untracked.test(name)) return false
  return !(name.startsWith('s3:') && resourceTypes.some((type) => type.name === 'object'))
}
