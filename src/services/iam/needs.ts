import { type Call, need, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import {
  findEntity,
  iamArn,
  type EntityType,
  INSTANCE_PROFILES,
  type InstanceProfile,
  keyOf,
  type Tag,
} from './entities.ts'
import { userNameOrCaller } from './caller-name.ts'
import { findPolicy } from './policies.ts'
import { findServerCertificate } from './server-certificate.ts'
import { requestTagKeys, resourceTagKeys } from './tags.ts'

/**
 * What IAM asks for. The resource is the thing's ARN with its path; of a thing that is not there only the name is
 * known, so the path is `/` (facts: errors.md A4). In refusals of Get…, List… and what is done with a
 * user's MFA device AWS prints the kind and the name instead.
 */

/** On a user, group or role; `context` adds to its tags and its permissions boundary. */
export function onEntity(
  call: Call,
  action: string,
  type: EntityType,
  name: string,
  context: ContextValues = {},
): Need {
  const entity = findEntity(call.world.store, type, call.account, name)
  return need(`iam:${action}`, entity?.arn ?? iamArn(call.account, type, '/', name), {
    context: {
      ...(entity && resourceTagKeys(entity.tags)),
      ...(entity?.boundary && boundaryActions.has(action) && { 'iam:PermissionsBoundary': entity.boundary }),
      ...context,
    },
    ...shownByName(action, type, name),
  })
}

/** Those that know iam:PermissionsBoundary (Service Authorization Reference). */
const boundaryActions = new Set([
  'AttachRolePolicy',
  'AttachUserPolicy',
  'DeleteRole',
  'DeleteRolePermissionsBoundary',
  'DeleteRolePolicy',
  'DeleteUserPermissionsBoundary',
  'DeleteUserPolicy',
  'DetachRolePolicy',
  'DetachUserPolicy',
  'GetRole',
  'PutRolePolicy',
  'PutUserPolicy',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
  'UpdateRoleDescription',
])

export function onUser(call: Call, action: string, name: string, context?: ContextValues): Need {
  return onEntity(call, action, 'user', name, context)
}

/** On the user that is named; where none is, on the caller, be it a user or root. Throws for sessions that name nobody. */
export function onUserOrCaller(call: Call, action: string, given: string | undefined, context?: ContextValues): Need {
  const name = userNameOrCaller(call, given)
  return name === undefined ? need(`iam:${action}`, call.caller.arn) : onUser(call, action, name, context)
}

export function onRole(call: Call, action: string, name: string, context?: ContextValues): Need {
  return onEntity(call, action, 'role', name, context)
}

/** On a managed policy by its ARN. */
export function onPolicy(call: Call, action: string, arn: string, context: ContextValues = {}): Need {
  const policy = findPolicy(call.world.store, arn)
  return need(`iam:${action}`, arn, {
    // An AWS managed policy has no account in its ARN and is everybody's own.
    resourceAccount: policy?.account ?? call.account,
    context: { ...(policy && resourceTagKeys(policy.tags)), ...context },
    ...shownByName(action, 'policy', arn),
  })
}

export function onInstanceProfile(call: Call, action: string, name: string, context: ContextValues = {}): Need {
  const profile = call.world.store.get<InstanceProfile>(INSTANCE_PROFILES, keyOf(call.account, name))
  return need(`iam:${action}`, profile?.arn ?? iamArn(call.account, 'instance-profile', '/', name), {
    context: { ...(profile && resourceTagKeys(profile.tags)), ...context },
    ...shownByName(action, 'instance profile', name),
  })
}

export function onServerCertificate(call: Call, action: string, name: string, context?: ContextValues): Need {
  const certificate = findServerCertificate(call.world.store, call.account, name)
  return onArn(action, certificate?.arn ?? iamArn(call.account, 'server-certificate', '/', name), certificate, context)
}

/** On what a request names by its ARN, with the tags that it bears; AWS prints the ARN in all refusals. */
export function onArn(
  action: string,
  arn: string,
  tagged: { readonly tags: readonly Tag[] } | undefined,
  context: ContextValues = {},
): Need {
  return need(`iam:${action}`, arn, { context: { ...(tagged && resourceTagKeys(tagged.tags)), ...context } })
}

/** To make something new: its own ARN, the tags it is to bear, and the right to put tags there. */
export function toCreate(
  call: Call,
  action: string,
  type: 'user' | 'group' | 'role' | 'policy' | 'instance-profile' | 'mfa' | 'server-certificate',
  {
    name,
    path = '/',
    tags,
    context = {},
  }: { name: string; path?: string; tags?: readonly Tag[]; context?: ContextValues },
): Need[] {
  return toMake(action, iamArn(call.account, type, path, name), tags, context)
}

/** The same for what has its ARN otherwise than by a path and a name. */
export function toMake(action: string, arn: string, tags: readonly Tag[] | undefined, context?: ContextValues): Need[] {
  const requested = requestTagKeys(tags)
  const make = need(`iam:${action}`, arn, { context: { ...requested, ...context } })
  // CreateRole with tags asks for iam:TagRole as well (IAM User Guide, "Tags for IAM resources").
  const tag = action.replace(/^(Create|Upload)(Virtual)?/, 'Tag')
  return tags?.length ? [make, need(`iam:${tag}`, arn, { context: requested })] : [make]
}

/** Lists of a whole kind: AWS prints the path prefix where the name would stand. */
export function onPath(call: Call, action: string, type: string, pathPrefix = '/'): Need {
  return need(`iam:${action}`, `arn:aws:iam::${call.account}:${type}${pathPrefix}`)
}

function shownByName(action: string, kind: string, name: string): { shownAs?: string } {
  return /^(Get|List)|^(Enable|Deactivate|Resync)MFADevice$/.test(action) ? { shownAs: `${kind} ${name}` } : {}
}
