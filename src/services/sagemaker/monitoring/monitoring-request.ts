import type {
  DataQualityAppSpecification,
  DataQualityBaselineConfig,
  MonitoringDatasetFormat,
  MonitoringOutputConfig,
} from '@aws-sdk/client-sagemaker'
import type { Shape } from '../../../wire/shape.ts'
import type { ProcessingJobRequest } from '../processing/processing-job.ts'
import type { Store } from '../../../store/store.ts'
import { jobDefinitions } from './job-definition.ts'
import type { MonitoringInputs } from './monitored.ts'
import type { MonitoringSchedule } from './monitoring-schedule.ts'
import type { ScheduleConfig } from './check-schedule.ts'

type Described = NonNullable<ScheduleConfig['MonitoringJobDefinition']>
type ProcessingInput = NonNullable<ProcessingJobRequest['ProcessingInputs']>[number]

/** A job that looks at data's quality, whether its schedule describes it or names a definition; undefined for another kind. */
export function describedJob(store: Store, schedule: MonitoringSchedule): Described | undefined {
  const { MonitoringJobDefinition: own, MonitoringJobDefinitionName: name } =
    schedule.description.MonitoringScheduleConfig
  if (own) return own
  const definition =
    schedule.description.MonitoringType === 'DataQuality' && jobDefinitions.DataQuality.find(store, schedule, name!)
  if (!definition) return undefined
  const described = definition.description as unknown as {
    DataQualityAppSpecification: Shape<DataQualityAppSpecification>
    DataQualityBaselineConfig?: Shape<DataQualityBaselineConfig>
    DataQualityJobOutputConfig: Shape<MonitoringOutputConfig>
  }
  const { RoleArn, JobResources, NetworkConfig, StoppingCondition } = definition.description
  const { Environment, ...app } = described.DataQualityAppSpecification
  return {
    MonitoringInputs: [definition.inputs],
    MonitoringOutputConfig: described.DataQualityJobOutputConfig,
    MonitoringResources: JobResources,
    MonitoringAppSpecification: app,
    RoleArn,
    ...(described.DataQualityBaselineConfig && { BaselineConfig: described.DataQualityBaselineConfig }),
    ...(Environment && { Environment }),
    ...(NetworkConfig && { NetworkConfig }),
    ...(StoppingCondition && { StoppingCondition }),
  } as Described
}

/** `2026/11/24/10`, as captured data lies. */
export const hourFolder = (hour: number): string => new Date(hour).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')

/** The contract with monitoring containers: what lies where, and the environment that tells (Developer Guide, "Container Contract Inputs"). Pure. */
export function processingRequest(
  name: string,
  schedule: string,
  job: Described,
  run: { at: number; start: number; end: number; hours: readonly number[] },
): ProcessingJobRequest {
  const source = (job.MonitoringInputs[0] as MonitoringInputs).BatchTransformInput!
  const folder = source.DataCapturedDestinationS3Uri.replace(/\/+$/, '')
  const inputs: ProcessingInput[] = run.hours.map((hour, index) =>
    fileInput(`input_${index + 1}`, `${folder}/${hourFolder(hour)}`, `${source.LocalPath}/${hourFolder(hour)}`),
  )
  const app = job.MonitoringAppSpecification
  const environment: Record<string, string> = {
    ...job.Environment,
    dataset_format: JSON.stringify(formatOf(source.DatasetFormat)),
    dataset_source: source.LocalPath,
    output_path: job.MonitoringOutputConfig.MonitoringOutputs[0]!.S3Output.LocalPath,
    publish_cloudwatch_metrics: job.Environment?.['publish_cloudwatch_metrics'] ?? 'Disabled',
    sagemaker_monitoring_schedule_name: schedule,
    start_time: seconds(run.start),
    end_time: seconds(run.end),
  }
  const files: [input: string, uri: string | undefined, folder: string, variable: string][] = [
    ['constraints', job.BaselineConfig?.ConstraintsResource?.S3Uri, 'baseline/constraints', 'baseline_constraints'],
    ['baseline', job.BaselineConfig?.StatisticsResource?.S3Uri, 'baseline/stats', 'baseline_statistics'],
    ['pre_processor_script', app.RecordPreprocessorSourceUri, 'code/preprocessing', 'record_preprocessor_script'],
    [
      'post_processor_script',
      app.PostAnalyticsProcessorSourceUri,
      'code/postprocessing',
      'post_analytics_processor_script',
    ],
  ]
  for (const [input, uri, below, variable] of files) {
    if (uri === undefined) continue
    inputs.push(fileInput(input, uri, `/opt/ml/processing/${below}`))
    environment[variable] = `/opt/ml/processing/${below}/${uri.slice(uri.lastIndexOf('/') + 1)}`
  }
  return {
    ProcessingJobName: name,
    ProcessingInputs: inputs,
    ProcessingOutputConfig: {
      Outputs: job.MonitoringOutputConfig.MonitoringOutputs.map(({ S3Output }, index) => ({
        OutputName: index === 0 ? 'result' : `result_${index + 1}`,
        S3Output: {
          // inferred: for a batch transform job, after an endpoint's S3Uri/ENDPOINT/SCHEDULE/yyyy/mm/dd/hh
          S3Uri: `${S3Output.S3Uri.replace(/\/+$/, '')}/${schedule}/${hourFolder(run.at)}`,
          LocalPath: S3Output.LocalPath,
          S3UploadMode: S3Output.S3UploadMode ?? 'Continuous',
        },
      })),
      ...(job.MonitoringOutputConfig.KmsKeyId && { KmsKeyId: job.MonitoringOutputConfig.KmsKeyId }),
    },
    ProcessingResources: { ClusterConfig: job.MonitoringResources.ClusterConfig },
    AppSpecification: {
      ImageUri: app.ImageUri,
      ...(app.ContainerEntrypoint && { ContainerEntrypoint: app.ContainerEntrypoint }),
      ...(app.ContainerArguments && { ContainerArguments: app.ContainerArguments }),
    },
    Environment: environment,
    RoleArn: job.RoleArn,
    ...(job.NetworkConfig && { NetworkConfig: job.NetworkConfig }),
    ...(job.StoppingCondition && { StoppingCondition: job.StoppingCondition }),
  }
}

const seconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`

function fileInput(InputName: string, S3Uri: string, LocalPath: string): ProcessingInput {
  return {
    InputName,
    S3Input: {
      S3Uri,
      LocalPath,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
      S3DataDistributionType: 'FullyReplicated',
    },
  }
}

function formatOf({ Csv, Json, Parquet }: Shape<MonitoringDatasetFormat>): object {
  if (Csv) return { csv: { header: Csv.Header ?? false } }
  if (Json) return { json: { line: Json.Line ?? false } }
  return Parquet ? { parquet: {} } : {}
}
