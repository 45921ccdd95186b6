import type { Need } from '../door/call.ts'
import type { DecisionTrace, NeedTrace } from '../door/trace.ts'
import { vpcEndpoints } from '../services/ec2/nouns.ts'
import type { VpcEndpointDocument } from '../services/ec2/documents.ts'
import { withRegistryPolicy, type Repository, shownRepositoryPolicy } from '../services/ecr/repository.ts'
import { policiesOf } from '../services/iam/policies-of.ts'
import { shownText } from '../services/iam/bound-principals.ts'
import { trustPolicy } from '../services/iam/trust.ts'
import { bucketArn, findBucket } from '../services/s3/bucket.ts'
import { grantsFor } from '../services/kms/grant-policies.ts'
import { keyArn } from '../services/kms/key.ts'
import { keyOfArn } from '../services/kms/key-id.ts'
import { keyPolicy } from '../services/kms/key-policy-text.ts'
import { bucketPolicy } from '../services/s3/compiled-bucket-policy.ts'
import { resourceSideOf } from '../services/s3/needs.ts'
import { findObject } from '../services/s3/object.ts'
import type { World } from '../world.ts'
import { controlTarget } from './control-levels.ts'
import type { Fix } from './explanation.ts'

/** A policy document that can be rewritten, and the call that does it. */
export interface Target {
  /** As people say it: `the bucket policy of data`. */
  name: string
  /** Whose it is, and so who can change it. */
  account: string
  document: { Statement?: unknown }
  write(text: string): Fix['call']
  /** How it is taken away wholly, where that is possible. */
  remove?: { text: string; call: Fix['call'] }
}

/** The resource's own policy of a recorded need, as it stands now. */
export function resourceSide(world: World, one: NeedTrace, trace: DecisionTrace): Partial<Need> {
  const { store } = world
  if (one.action.startsWith('sts:')) {
    const trust = trustPolicy(store, one.resource)
    return { resourcePolicyRequired: true, ...(trust ? { resourcePolicy: trust.policy } : {}) }
  }
  if (one.action.startsWith('s3:')) {
    return s3Side(world, one, trace)
  }
  if (one.action.startsWith('ecr:')) {
    const key = repositoryKeyOf(one.resource)
    const [account = '', region = '', ...name] = key.split('/')
    const repository = store.get<Repository>('ecr/repository', key)
    const policy = withRegistryPolicy(store, { account, region, name: name.join('/') }, repository)
    return policy ? { resourcePolicy: policy } : {}
  }
  if (one.action.startsWith('kms:')) return keySide(world, one)
  return {}
}

/** Key policy and grants; grant constraints are compared with the recorded condition keys. */
function keySide({ store }: World, one: NeedTrace): Partial<Need> {
  const key = keyOfArn(store, one.resource)
  if (!key) return {}
  const grants = grantsFor(store, key, one.action.slice('kms:'.length), {})
  return { resourcePolicyRequired: true, resourcePolicy: keyPolicy(key), grants }
}

/** The bucket policy, and the access control list where those count. */
function s3Side(
  { store }: World,
  { action, resource }: NeedTrace,
  { caller, operation }: DecisionTrace,
): Partial<Need> {
  const name = bucketOf(resource)
  const bucket = findBucket(store, name)
  if (!bucket || !caller) return {}
  const key = resource.slice(bucketArn(name).length + 1)
  const object = key === '' ? undefined : findObject(store, name, key)
  return resourceSideOf({ caller, operation }, bucket, action, resource, object)
}

/** The document of one layer as it stands now; undefined where there is none that anyone could change. */
export function currentDocument(
  world: World,
  layer: string,
  one: NeedTrace,
  trace: DecisionTrace,
  policy?: string,
): Target | undefined {
  switch (layer) {
    case 'trust':
      return trustTarget(world, one.resource)
    case 'endpoint':
      return endpointTarget(world, trace)
    case 'resource':
      return one.action.startsWith('s3:')
        ? bucketTarget(world, one)
        : one.action.startsWith('ecr:')
          ? repositoryTarget(world, one)
          : keyTarget(world, one)
    case 'identity':
      return inlineTarget(world, trace, policy)
    case 'scp':
    case 'rcp':
      return controlTarget(world, layer, one, trace, policy)
    default:
      return undefined
  }
}

function trustTarget({ store }: World, roleArn: string): Target | undefined {
  const found = trustPolicy(store, roleArn)
  if (!found) return undefined
  const RoleName = found.role.name
  return {
    name: `the trust policy of role ${RoleName}`,
    account: found.role.account,
    document: JSON.parse(shownText(store, found.role.trust)) as Target['document'],
    write: (PolicyDocument) => ({
      service: 'iam',
      operation: 'UpdateAssumeRolePolicy',
      input: { RoleName, PolicyDocument },
    }),
  }
}

function endpointTarget({ store }: World, { way, account: own, region }: DecisionTrace): Target | undefined {
  const VpcEndpointId = way?.vpcEndpointId
  const account = way?.vpcEndpointAccount ?? own ?? ''
  const endpoint =
    VpcEndpointId && store.get<VpcEndpointDocument>(vpcEndpoints.kind, `${account}/${region}/${VpcEndpointId}`)
  if (!VpcEndpointId || !endpoint) return undefined
  return {
    name: `the policy of endpoint ${VpcEndpointId}`,
    account,
    document: JSON.parse(endpoint.PolicyDocument) as Target['document'],
    write: (PolicyDocument) => ({
      service: 'ec2',
      operation: 'ModifyVpcEndpoint',
      input: { VpcEndpointId, PolicyDocument },
    }),
    remove: {
      text: `reset the policy of endpoint ${VpcEndpointId}`,
      call: { service: 'ec2', operation: 'ModifyVpcEndpoint', input: { VpcEndpointId, ResetPolicy: true } },
    },
  }
}

function bucketTarget({ store }: World, one: NeedTrace): Target {
  const Bucket = bucketOf(one.resource)
  return {
    name: `the bucket policy of ${Bucket}`,
    account: one.resourceAccount ?? '',
    document: JSON.parse(bucketPolicy(store, Bucket)?.text ?? '{}') as Target['document'],
    write: (Policy) => ({ service: 's3', operation: 'PutBucketPolicy', input: { Bucket, Policy } }),
    remove: {
      text: `delete the bucket policy of ${Bucket}`,
      call: { service: 's3', operation: 'DeleteBucketPolicy', input: { Bucket } },
    },
  }
}

function repositoryTarget({ store }: World, one: NeedTrace): Target | undefined {
  const repository = store.get<Repository>('ecr/repository', repositoryKeyOf(one.resource))
  if (!repository) return undefined
  const { repositoryName, registryId } = repository.repository
  return {
    name: `the policy of repository ${repositoryName}`,
    account: registryId ?? '',
    document: JSON.parse(shownRepositoryPolicy(store, repository) ?? '{}') as Target['document'],
    write: (policyText) => ({
      service: 'ecr',
      operation: 'SetRepositoryPolicy',
      input: { registryId, repositoryName, policyText },
    }),
    remove: {
      text: `delete the policy of repository ${repositoryName}`,
      call: { service: 'ecr', operation: 'DeleteRepositoryPolicy', input: { registryId, repositoryName } },
    },
  }
}

/** The key's own policy; AWS's keys have one that nobody changes. */
function keyTarget({ store }: World, one: NeedTrace): Target | undefined {
  const key = keyOfArn(store, one.resource)
  if (!key || key.manager === 'AWS') return undefined
  const { id: KeyId, account } = key
  return {
    name: `the policy of key ${keyArn(key)}`,
    account,
    document: JSON.parse(shownText(store, key.policy)) as Target['document'],
    write: (Policy) => ({ service: 'kms', operation: 'PutKeyPolicy', input: { KeyId, Policy } }),
  }
}

/** An inline policy of the caller's user or role; a managed one is others' as well, so it is left to people. */
function inlineTarget({ store }: World, { caller }: DecisionTrace, policy: string | undefined): Target | undefined {
  const found = policiesOf(store, caller!).identity.find((one) => one.id === policy && !one.attachedTo)
  if (!found?.id.startsWith('inline:') || !caller?.name) return undefined
  const PolicyName = found.id.slice('inline:'.length)
  const isRole = caller.kind === 'role-session'
  const owner = isRole ? { RoleName: caller.name } : { UserName: caller.name }
  return {
    name: `inline policy ${PolicyName}`,
    account: caller.account,
    document: JSON.parse(found.text) as Target['document'],
    write: (PolicyDocument) => ({
      service: 'iam',
      operation: isRole ? 'PutRolePolicy' : 'PutUserPolicy',
      input: { ...owner, PolicyName, PolicyDocument },
    }),
    remove: {
      text: `delete inline policy ${PolicyName}`,
      call: {
        service: 'iam',
        operation: isRole ? 'DeleteRolePolicy' : 'DeleteUserPolicy',
        input: { ...owner, PolicyName },
      },
    },
  }
}

const bucketOf = (arn: string): string => arn.replace(/^arn:[^:]*:s3:::/, '').split('/', 1)[0]!

/** `arn:aws:ecr:R:A:repository/name` -> `A/R/name`. */
function repositoryKeyOf(arn: string): string {
  const [, , , region, account, rest] = arn.split(':', 6)
  return `${account}/${region}/${(rest ?? '').replace(/^repository\//, '')}`
}
