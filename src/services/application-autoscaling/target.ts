import type { ScalableTarget as ScalableTargetView, SuspendedState } from '@aws-sdk/client-application-auto-scaling'
import { need, type Call, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { partition } from '../partition.ts'
import { invalid, named, notBuilt, notFound } from './errors.ts'

export interface TargetId {
  account: string
  region: string
  serviceNamespace: string
  resourceId: string
  dimension: string
}

/** Document `application-autoscaling/target`. Times are epoch seconds. */
export interface Target extends TargetId {
  /** Last part of its ARN. */
  id: string
  minCapacity: number
  maxCapacity: number
  roleArn: string
  createdAt: number
  suspended: Required<Shape<SuspendedState>>
  tags: Record<string, string>
}

export const TARGET = 'application-autoscaling/target'

/** What requests name a target by. */
export interface TargetInput {
  ServiceNamespace: string
  ResourceId: string
  ScalableDimension: string
}

export type Place = Pick<Call, 'account' | 'region'>

export function targetId({ account, region }: Place, input: TargetInput): TargetId {
  const { ServiceNamespace, ResourceId, ScalableDimension } = input
  return {
    account,
    region,
    serviceNamespace: ServiceNamespace,
    resourceId: ResourceId,
    dimension: ScalableDimension,
  }
}

export function targetKey({ account, region, serviceNamespace, resourceId, dimension }: TargetId): string {
  return `${namespacePrefix({ account, region }, serviceNamespace)}${encode(resourceId)}/${encode(dimension)}`
}

export function namespacePrefix({ account, region }: Place, namespace: string): string {
  return `${account}/${region}/${encode(namespace)}/`
}

export function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

export function findTarget(store: Store, id: TargetId): Target | undefined {
  return store.get<Target>(TARGET, targetKey(id))
}

export function requireTarget(store: Store, id: TargetId): Target {
  const target = findTarget(store, id)
  if (!target) throw notFound(`No scalable target registered for ${named(id)}`)
  return target
}

export function targetArn({ account, region }: Place, id: string): string {
  return `arn:${partition(region)}:application-autoscaling:${region}:${account}:scalable-target/${id}`
}

/** Asked of the target's ARN; of a target that is not there, of any (`scalable-target/*`). */
export function targetNeed(action: string, input: TargetInput, call: Call, context: Need['context'] = {}): Need {
  const target = findTarget(call.world.store, targetId(call, input))
  return need(`application-autoscaling:${action}`, targetArn(call, target?.id ?? '*'), {
    context: {
      'application-autoscaling:service-namespace': input.ServiceNamespace,
      'application-autoscaling:scalable-dimension': input.ScalableDimension,
      ...resourceTags(target?.tags),
      ...context,
    },
  })
}

export function resourceTags(tags: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]))
}

export function requestTags(tags: Record<string, string> = {}): Record<string, string | string[]> {
  const entries = Object.entries(tags)
  if (entries.length === 0) return {}
  return {
    ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': entries.map(([key]) => key),
  }
}

const resourceForms: Readonly<Record<string, RegExp>> = {
  'sagemaker:variant:DesiredInstanceCount': /^endpoint\/[^/]+\/variant\/[^/]+$/,
  'sagemaker:variant:DesiredProvisionedConcurrency': /^endpoint\/[^/]+\/variant\/[^/]+$/,
  'sagemaker:inference-component:DesiredCopyCount': /^inference-component\/[^/]+$/,
}

/** Only SageMaker's resources can be scaled here; of other services' the namespace is refused by name. */
export function checkResource({ ServiceNamespace, ResourceId, ScalableDimension }: TargetInput): void {
  checkNamespace(ServiceNamespace)
  if (resourceForms[ScalableDimension]?.test(ResourceId)) return
  throw invalid('Unsupported service namespace, resource type or scalable dimension')
}

export function checkNamespace(namespace: string): void {
  if (namespace !== 'sagemaker') throw notBuilt(`The service namespace ${namespace} (only sagemaker is served)`)
}

export function targetView(target: Target): Shape<ScalableTargetView> {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension as Shape<ScalableTargetView>['ScalableDimension'],
    MinCapacity: target.minCapacity,
    MaxCapacity: target.maxCapacity,
    RoleARN: target.roleArn,
    CreationTime: target.createdAt,
    SuspendedState: target.suspended,
    ScalableTargetARN: targetArn(target, target.id),
  }
}
