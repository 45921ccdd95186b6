import { Acting } from '../../../jobs/acting.ts'
import { anyObject } from '../../../jobs/transfers/channels.ts'
import { startJob } from '../../../jobs/running.ts'
import { repeat, type Upkeep } from '../../../upkeep.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { newJob } from '../processing/create-processing-job.ts'
import { processingJobs } from '../processing/processing-job.ts'
import { executionKey, pendingExecutions, saveExecution, type Execution } from './execution.ts'
import { describedJob, hourFolder, processingRequest } from './monitoring-request.ts'
import { monitoringSchedules, rhythmOf, type MonitoringSchedule } from './monitoring-schedule.ts'
import { analysed, nextRun } from './schedule-expression.ts'

const everyMs = 20_000

/** Starts what schedules have due. AWS says that a run may be 0 to 20 minutes late (API_ScheduleConfig). */
export function keepSchedules(world: World): Upkeep {
  const failure = 'monitoring schedules could not be looked after'
  return repeat(world, { everyMs, atOnce: true, failure }, () => runDue(world))
}

const rounds = new WeakMap<World, Promise<void>>()

/** One round, after the one that runs. What was due while nobody looked runs once, for the last time that it was. */
export function runDue(world: World): Promise<void> {
  const round = (rounds.get(world) ?? Promise.resolve())
    .catch(() => {})
    .then(async () => {
      for (const schedule of monitoringSchedules.everywhere(world.store)) {
        if ((schedule.next ?? Infinity) <= world.now()) claim(world, schedule)
      }
      for (const execution of pendingExecutions(world.store)) await launch(world, execution)
    })
  rounds.set(world, round)
  return round
}

/** Writes the execution down, and when the next one is due. */
function claim(world: World, { name, description, ...at }: MonitoringSchedule): void {
  const { store } = world
  const now = world.now()
  const rhythm = rhythmOf(description)
  store.transaction(() => {
    let scheduled = now
    monitoringSchedules.change(store, { ...at, name }, (schedule) => {
      scheduled = schedule.next!
      for (let next = nextRun(rhythm, scheduled); next !== undefined && next <= now; next = nextRun(rhythm, next))
        scheduled = next
      const next = nextRun(rhythm, scheduled)
      if (next === undefined) delete schedule.next
      else schedule.next = next
      schedule.last = executionKey(at, name, scheduled)
    })
    const { MonitoringJobDefinitionName } = description.MonitoringScheduleConfig
    saveExecution(store, {
      account: at.account,
      region: at.region,
      key: executionKey(at, name, scheduled),
      summary: {
        MonitoringScheduleName: name,
        ScheduledTime: scheduled / 1000,
        CreationTime: now / 1000,
        LastModifiedTime: now / 1000,
        MonitoringExecutionStatus: 'Pending',
        ...(MonitoringJobDefinitionName !== undefined && { MonitoringJobDefinitionName }),
        ...(description.MonitoringType && { MonitoringType: description.MonitoringType }),
      },
    })
  })
}

/**
 * SageMaker itself makes the processing job; what it does is done by the role. Without data in its window there is none
 * ("Job inputs had no data": what Model Monitor's users report).
 */
async function launch(world: World, execution: Execution): Promise<void> {
  const { store } = world
  const { account, region, summary } = execution
  const schedule = monitoringSchedules.find(store, execution, summary.MonitoringScheduleName)
  const job = schedule && describedJob(store, schedule)
  const at = summary.ScheduledTime * 1000
  const name = `model-monitoring-${new Date(at).toISOString().slice(0, 16).replaceAll(/\D/g, '')}-${world.hex(24)}`
  const end = (more: Partial<Execution>, changes: Partial<Execution['summary']>): void =>
    saveExecution(store, {
      ...execution,
      ...more,
      summary: { ...summary, LastModifiedTime: world.now() / 1000, ...changes },
    })
  const fail = (FailureReason: string): void => end({}, { MonitoringExecutionStatus: 'Failed', FailureReason })
  if (!schedule) return fail('The monitoring schedule was deleted.') // inferred: sentence
  // The truth of this server; AWS has no such case.
  if (!job)
    return fail('InternalServerError: Jobs that monitor models against ground truth are not built in Sallyport yet.')

  const { DataAnalysisStartTime, DataAnalysisEndTime } =
    schedule.description.MonitoringScheduleConfig.ScheduleConfig ?? {}
  const run = analysed(rhythmOf(schedule.description), at, DataAnalysisStartTime, DataAnalysisEndTime)
  const arn = processingJobs.arn(execution, name)
  const acting = new Acting(world, { roleArn: job.RoleArn, arn, account, region })
  const folder = job.MonitoringInputs[0]!.BatchTransformInput!.DataCapturedDestinationS3Uri.replace(/\/+$/, '')
  const hours: number[] = []
  try {
    for (const hour of run.hours) if (await anyObject(acting, `${folder}/${hourFolder(hour)}/`)) hours.push(hour)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return fail(`ClientError: ${error.message}`.slice(0, 1024)) // inferred: sentence
  }
  if (hours.length === 0) return fail('Job inputs had no data')

  const request = processingRequest(name, schedule.name, job, { ...run, at, hours })
  const made = newJob(request, { account, region, time: world.now() }, arn)
  made.description.MonitoringScheduleArn = schedule.arn
  store.transaction(() => {
    processingJobs.save(store, made)
    end({ job: name }, { MonitoringExecutionStatus: 'InProgress', ProcessingJobArn: arn })
  })
  startJob(world, made)
}
