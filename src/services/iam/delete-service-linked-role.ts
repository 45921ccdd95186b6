import type {
  DeleteServiceLinkedRoleCommandInput,
  DeleteServiceLinkedRoleCommandOutput,
  GetServiceLinkedRoleDeletionStatusCommandInput,
  GetServiceLinkedRoleDeletionStatusCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { unfinishedJobs } from '../sagemaker/job.ts'
import { findJobByArn } from '../sagemaker/job-table.ts'
import { deleteEntity, iamArn, invalidInput, noSuchEntity, requireEntity, type Role } from './entities.ts'
import { forgetUse } from './last-used.ts'
import { onRole } from './needs.ts'

/** How an attempt to delete a service-linked role went. AWS takes its time over it; here it is over at once. */
interface DeletionTask {
  readonly account: string
  /** `task/aws-service-role/SERVICE/ROLE/UUID` */
  readonly id: string
  readonly roleArn: string
  /** What the service still needs the role for: the deletion failed. */
  readonly usage: readonly RoleUsage[]
}

interface RoleUsage {
  readonly Region: string
  readonly Resources: readonly string[]
}

const DELETION_TASKS = 'iam/deletion-task'

/** A service keeps its role for as long as it has something to do with it. */
export const deleteServiceLinkedRole = operation<
  DeleteServiceLinkedRoleCommandInput,
  DeleteServiceLinkedRoleCommandOutput
>('iam', 'DeleteServiceLinkedRole', {
  needs: ({ RoleName }, call) => [onRole(call, 'DeleteServiceLinkedRole', RoleName)],
  perform: ({ RoleName }, { call: { account }, world }) => {
    const { store } = world
    const role = requireEntity(store, 'role', account, RoleName)
    const service = serviceOf(role)
    const id = `task/aws-service-role/${service}/${role.name}/${uuid(world.hex(32))}`
    const task: DeletionTask = { account, id, roleArn: role.arn, usage: usageOf(store, account, service) }
    store.transaction(() => {
      if (task.usage.length === 0) {
        deleteEntity(store, role)
        forgetUse(store, role.id)
      }
      store.put<DeletionTask>(DELETION_TASKS, `${account}/${id}`, task)
    })
    return { DeletionTaskId: id }
  },
})

export const getServiceLinkedRoleDeletionStatus = operation<
  GetServiceLinkedRoleDeletionStatusCommandInput,
  GetServiceLinkedRoleDeletionStatusCommandOutput
>('iam', 'GetServiceLinkedRoleDeletionStatus', {
  needs: ({ DeletionTaskId: id }, { account }) => {
    const [, service = '*', name = '*'] = /^task\/aws-service-role\/([^/]+)\/([^/]+)\//.exec(id) ?? []
    const arn = iamArn(account, 'role', `/aws-service-role/${service}/`, name)
    return [need('iam:GetServiceLinkedRoleDeletionStatus', arn)]
  },
  perform: ({ DeletionTaskId: id }, { call: { account }, world: { store } }) => {
    const task = store.get<DeletionTask>(DELETION_TASKS, `${account}/${id}`)
    // inferred: the sentence.
    if (!task) throw noSuchEntity(`Deletion task ${id} cannot be found.`)
    if (task.usage.length === 0) return { Status: 'SUCCEEDED' as const }
    return {
      Status: 'FAILED' as const,
      Reason: {
        // inferred: the sentence.
        Reason: 'Service-linked role is being used by the resources listed in RoleUsageList.',
        RoleUsageList: task.usage.map(({ Region, Resources }) => ({ Region, Resources: [...Resources] })),
      },
    }
  },
})

/** The service that a role is linked to. Throws for roles of the account's own. */
function serviceOf({ name, path }: Role): string {
  const [, service] = /^\/aws-service-role\/([^/]+)\/$/.exec(path) ?? []
  // inferred: code and sentence.
  if (service === undefined) throw invalidInput(`Role ${name} is not a service-linked role.`)
  return service
}

/** Jobs that are not over, by Region; SageMaker is the only service here that could have any. */
function usageOf(store: Store, account: string, service: string): RoleUsage[] {
  if (service !== 'sagemaker.amazonaws.com') return []
  const regions = new Map<string, string[]>()
  for (const arn of unfinishedJobs(store)) {
    const job = findJobByArn(store, arn)?.job
    if (job?.account !== account || job.over) continue
    regions.set(job.region, [...(regions.get(job.region) ?? []), arn])
  }
  return [...regions].map(([Region, Resources]) => ({ Region, Resources }))
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
