import type { ExecutionStatus, MonitoringExecutionSummary, ProcessingJobStatus } from '@aws-sdk/client-sagemaker'
import type { Store } from '../../../store/store.ts'
import type { Shape } from '../../../wire/shape.ts'
import { processingJobs } from '../processing/processing-job.ts'
import type { Place } from '../resources.ts'

/** One run of a monitoring schedule. */
export interface Execution extends Place {
  /** Under which it is kept. */
  key: string
  /** Of the processing job, once there is one. */
  job?: string
  summary: Shape<MonitoringExecutionSummary>
}

const EXECUTIONS = 'sagemaker/monitoring-execution'
/** Keys of those whose processing job is not there yet. */
const PENDING = 'sagemaker/pending-monitoring-execution'

export function executionKey({ account, region }: Place, schedule: string, scheduled: number): string {
  return `${account}/${region}/${schedule}/${String(Math.round(scheduled)).padStart(14, '0')}`
}

export function saveExecution(store: Store, execution: Execution): void {
  store.transaction(() => {
    store.put(EXECUTIONS, execution.key, execution)
    if (execution.summary.MonitoringExecutionStatus === 'Pending') store.put(PENDING, execution.key, {})
    else store.delete(PENDING, execution.key)
  })
}

export function pendingExecutions(store: Store): Execution[] {
  return store.list(PENDING).flatMap(({ key }) => store.get<Execution>(EXECUTIONS, key) ?? [])
}

/** One of them as it stands by now. */
export function executionAt(store: Store, key: string): Execution | undefined {
  const found = store.get<Execution>(EXECUTIONS, key)
  return found && current(store, found)
}

/** All of an account, or of one schedule, as they stand by now. */
export function executionsOf(store: Store, { account, region }: Place, schedule?: string): Execution[] {
  const prefix = `${account}/${region}/${schedule === undefined ? '' : `${schedule}/`}`
  return store.list<Execution>(EXECUTIONS, { prefix }).map(({ value }) => current(store, value))
}

const statusOf: Readonly<Record<ProcessingJobStatus, ExecutionStatus>> = {
  InProgress: 'InProgress',
  Completed: 'Completed',
  Failed: 'Failed',
  Stopping: 'Stopping',
  Stopped: 'Stopped',
}

/** The state is that of the processing job, whose exit message tells of violations (Developer Guide, "Container Contract Outputs"). */
function current(store: Store, execution: Execution): Execution {
  const { job, summary } = execution
  const found = job === undefined ? undefined : processingJobs.find(store, execution, job)?.description
  if (!found) return execution
  const status = statusOf[found.ProcessingJobStatus]
  const violated = status === 'Completed' && found.ExitMessage?.startsWith('CompletedWithViolations')
  return {
    ...execution,
    summary: {
      ...summary,
      MonitoringExecutionStatus: violated ? 'CompletedWithViolations' : status,
      LastModifiedTime: found.LastModifiedTime ?? summary.LastModifiedTime,
      ...(found.FailureReason !== undefined && { FailureReason: found.FailureReason }),
    },
  }
}
