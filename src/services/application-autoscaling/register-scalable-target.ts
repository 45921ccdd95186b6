import type {
  RegisterScalableTargetCommandInput,
  RegisterScalableTargetCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { AwsError } from '../../wire/aws-error.ts'
import { passRole } from '../iam/pass-role.ts'
import { operation } from '../operation.ts'
import { invalid } from './errors.ts'
import { ensureLinkedRole, linkedRoleArn } from './linked-role.ts'
import { readCapacity } from './resource.ts'
import { fitToLimits, inTurn } from './scale.ts'
import {
  checkResource,
  findTarget,
  requestTags,
  TARGET,
  targetArn,
  targetId,
  targetKey,
  targetNeed,
  type Target,
  type TargetId,
} from './target.ts'

const TAGS_MAX = 50

/**
 * Registers a resource, or changes the limits of one that is. The service-linked role is made at the first, in the caller's
 * name (iam:CreateServiceLinkedRole); a role that is given is passed, and the linked one used (API Reference `RoleARN`).
 */
export const registerScalableTarget = operation<
  RegisterScalableTargetCommandInput,
  RegisterScalableTargetCommandOutput
>('application-autoscaling', 'RegisterScalableTarget', {
  needs: (input, call) => [
    targetNeed('RegisterScalableTarget', input, call, requestTags(input.Tags)),
    ...(input.RoleARN !== undefined && input.RoleARN !== linkedRoleArn(call)
      ? [passRole(call, input.RoleARN, 'application-autoscaling.amazonaws.com')]
      : []),
    ...(Object.keys(input.Tags ?? {}).length > 0
      ? [targetNeed('TagResource', input, call, requestTags(input.Tags))]
      : []),
  ],
  perform: async (input, { call, world }) => {
    checkResource(input)
    const id = targetId(call, input)
    const before = findTarget(world.store, id)
    const limits = limitsOf(input, before)
    if (Object.keys(input.Tags ?? {}).length > TAGS_MAX) {
      throw new AwsError('ValidationException', `A scalable target can have no more than ${TAGS_MAX} tags.`) // inferred: sentence
    }
    await ensureLinkedRole(world, call)
    if (!before) await requireResource()
    const target = world.store.transaction(() => {
      const known = findTarget(world.store, id)
      const saved: Target = {
        ...id,
        id: known?.id ?? world.hex(36),
        ...limits,
        roleArn: linkedRoleArn(call),
        createdAt: known?.createdAt ?? call.time / 1000,
        suspended: { ...(known?.suspended ?? nothingSuspended), ...input.SuspendedState },
        // Tags of a target that is there are left alone (API Reference: TagResource changes them).
        tags: known?.tags ?? { ...input.Tags },
      }
      world.store.put<Target>(TARGET, targetKey(id), saved)
      return saved
    })
    if (!before || before.minCapacity !== target.minCapacity || before.maxCapacity !== target.maxCapacity) {
      await inTurn(world, target, () => fitToLimits(world, target))
    }
    return { ScalableTargetARN: targetArn(call, target.id) }

    async function requireResource(): Promise<void> {
      await readCapacity(world, unsaved(id, limits), call.requestId).catch((error: unknown) => {
        // inferred: whatever SageMaker says of it, the resource is none that could be scaled.
        if (error instanceof AwsError) throw invalid(error.message)
        throw error
      })
    }
  },
})

const nothingSuspended: Target['suspended'] = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
}

type Limits = Pick<Target, 'minCapacity' | 'maxCapacity'>

/** inferred: sentences. */
function limitsOf(input: { MinCapacity?: number; MaxCapacity?: number }, before: Target | undefined): Limits {
  const minCapacity = input.MinCapacity ?? before?.minCapacity
  const maxCapacity = input.MaxCapacity ?? before?.maxCapacity
  if (minCapacity === undefined || maxCapacity === undefined) {
    throw invalid('Minimum and maximum capacity must be specified when registering a new scalable target')
  }
  if (minCapacity < 0 || maxCapacity < 0)
    throw invalid('Minimum and maximum capacity must be greater than or equal to 0')
  if (minCapacity > maxCapacity) throw invalid('Maximum capacity cannot be less than minimum capacity')
  return { minCapacity, maxCapacity }
}

function unsaved(id: TargetId, limits: Limits): Target {
  return { ...id, ...limits, id: '', roleArn: '', createdAt: 0, suspended: nothingSuspended, tags: {} }
}
