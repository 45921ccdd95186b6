import { need, type Call, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { partition } from '../partition.ts'
import { groupNotFound, invalidParameter } from './errors.ts'
import { resourcePolicyOf } from './resource-policy.ts'

/** Document `logs/group`, keyed `account/region/name`, the name percent-encoded. Times are epoch milliseconds, as everywhere in Logs. */
export interface LogGroup {
  name: string
  creationTime: number
  logGroupClass: string
  /** Absent: events are kept for ever. */
  retentionInDays?: number
  deletionProtectionEnabled: boolean
  /** ARN of the KMS key that protects what is written. */
  kmsKeyId?: string
  tags: Record<string, string>
}

export interface GroupId {
  account: string
  region: string
  name: string
}

/** How a request names a group: some take only the name, some an ARN as well. */
interface GroupInput {
  logGroupName?: string
  logGroupIdentifier?: string
}

export function groupKey({ account, region, name }: GroupId): string {
  return `${account}/${region}/${encodeURIComponent(name)}`
}

export function groupArn({ account, region, name }: GroupId): string {
  return `arn:${partition(region)}:logs:${region}:${account}:log-group:${name}`
}

/** The group that a request is about; an identifier is a name or an ARN, with or without the final `:*`. */
export function groupId({ logGroupName, logGroupIdentifier }: GroupInput, call: Call): GroupId {
  const own = (name: string) => ({ account: call.account, region: call.region, name })
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive.') // inferred: sentence
  }
  if (logGroupName !== undefined) return own(logGroupName)
  if (logGroupIdentifier === undefined) {
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.') // inferred: sentence
  }
  return groupIdOfArn(logGroupIdentifier) ?? own(logGroupIdentifier)
}

export function groupIdOfArn(arn: string): GroupId | undefined {
  const [, region, account, name] =
    /^arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([^:*]+)(?::\*)?$/.exec(arn) ?? []
  return region && account && name ? { account, region, name } : undefined
}

/** The group's document, or ResourceNotFoundException. */
export function findGroup(store: Store, id: GroupId): LogGroup {
  const group = store.get<LogGroup>('logs/group', groupKey(id))
  if (!group) throw groupNotFound()
  return group
}

/**
 * The need of an operation on a group or one of its streams. AWS asks about `…:log-group:NAME:log-stream:STREAM`, and
 * with an empty stream name for the group itself (facts: errors.md A2.2).
 */
export function logsNeed(action: string, id: GroupId, call: Call, { stream = '', context = {} } = {}): Need {
  return need(`logs:${action}`, `${groupArn(id)}:log-stream:${stream}`, {
    context: { ...resourceTags(id, call), ...context },
    ...policyOn(id, call),
  })
}

/** The account's resource policies, which say by themselves which groups they are about. */
function policyOn(id: GroupId, call: Call): Pick<Need, 'resourcePolicy'> {
  const resourcePolicy = resourcePolicyOf(call.world.store, id)
  return resourcePolicy ? { resourcePolicy } : {}
}

/** TagResource and its siblings name the group without a tail (API Reference, LogGroup `logGroupArn`). */
export function tagNeed(
  action: string,
  id: GroupId,
  call: Call,
  context: Record<string, string | string[]> = {},
): Need {
  return need(`logs:${action}`, groupArn(id), { context: { ...resourceTags(id, call), ...context } })
}

/** Tags in a request, as condition keys. */
export function requestTagKeys(tags: Record<string, string> | undefined): Record<string, string | string[]> {
  const entries = Object.entries(tags ?? {})
  if (entries.length === 0) return {}
  return {
    ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': entries.map(([key]) => key),
  }
}

function resourceTags(id: GroupId, call: Call): Record<string, string> {
  const tags = call.world.store.get<LogGroup>('logs/group', groupKey(id))?.tags ?? {}
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}
