import type { CreateMonitoringScheduleCommandInput } from '@aws-sdk/client-sagemaker'
import type { Call, Need, Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { jobDefinitions, monitoringKeys } from './job-definition.ts'
import { checkMonitored } from './monitored.ts'
import { parseOffset, parseSchedule } from './schedule-expression.ts'

export type ScheduleConfig = Shape<CreateMonitoringScheduleCommandInput>['MonitoringScheduleConfig']

const DAY_MS = 86_400_000

/** SageMaker's condition keys of the job that the schedule describes itself (facts: errors.md B5). */
export function scheduleKeys({ MonitoringJobDefinition: job }: ScheduleConfig): ContextValues {
  if (!job) return {}
  return monitoringKeys(
    job.MonitoringResources,
    job.NetworkConfig,
    job.MonitoringOutputConfig.KmsKeyId,
    job.StoppingCondition?.MaxRuntimeInSeconds,
  )
}

/** A role is passed where the schedule describes its job; that of a named job definition was passed when that was made. */
export function schedulePassesRole(call: Call, { MonitoringJobDefinition: job }: ScheduleConfig): Need[] {
  return passesRole(call, job?.RoleArn)
}

/** Order of the checks: facts errors.md B2. Sentences inferred. */
export async function checkSchedule(config: ScheduleConfig, arn: string, { call, world }: Permit): Promise<void> {
  const { MonitoringJobDefinition: job, MonitoringJobDefinitionName: name, MonitoringType: type } = config
  refuseForeignRole(call, job?.RoleArn)
  if (!job === (name === undefined)) {
    refuse('Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName must be given.')
  }
  checkTimes(config.ScheduleConfig)
  const { account, region } = call
  if (job) {
    checkMonitored(job.MonitoringInputs[0] ?? {}, call)
    await checkTrust(new Acting(world, { roleArn: job.RoleArn, arn, account, region }), job.RoleArn)
  } else {
    if (type === undefined) refuse('MonitoringType must be given with MonitoringJobDefinitionName.')
    jobDefinitions[type].must(world.store, call, name!)
  }
}

/** API_ScheduleConfig: which expressions there are, and the window of data that goes with them. Pure. */
export function checkTimes(schedule: ScheduleConfig['ScheduleConfig']): void {
  if (!schedule) return
  const { ScheduleExpression: expression, DataAnalysisStartTime: from, DataAnalysisEndTime: to } = schedule
  const rhythm = parseSchedule(expression)
  if (!rhythm) {
    refuse(
      `Invalid ScheduleExpression: ${expression}. Supported are cron(0 * ? * * *), cron(0 [00-23] ? * * *), cron(0 [00-23]/[01-24] ? * * *) and NOW.`,
    )
  }
  if ('once' in rhythm && (from === undefined || to === undefined)) {
    refuse('DataAnalysisStartTime and DataAnalysisEndTime are required when ScheduleExpression is NOW.')
  }
  const [start, end] = [from, to].map((text) => {
    if (text === undefined) return undefined
    return parseOffset(text) ?? refuse(`Invalid offset: ${text}. Specify it as an ISO 8601 duration.`)
  })
  if (start === undefined || end === undefined) return
  if (end <= start) refuse('DataAnalysisEndTime must be after DataAnalysisStartTime.')
  if (end - start > DAY_MS) refuse('The data analysis window must not be longer than 24 hours.')
}

function refuse(message: string): never {
  throw new AwsError('ValidationException', message)
}
