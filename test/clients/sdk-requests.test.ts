/**
 * What the SageMaker Python SDK, versions 2 and 3, sends for each kind of job, as it was recorded (RECORD of sdk/lab.py), sent
 * again by boto3; and that an answer has all that the SDK takes for granted. The SDKs themselves: scripts/sdk.ts.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { connect } from '../../src/cli/client.ts'
import { buildEstate } from '../../scripts/sdk/estate.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { boto3, type Boto3 } from './boto3.ts'
import { until } from './until.ts'

interface Recorded {
  sdk: 'v2' | 'v3'
  operation: keyof typeof kinds | 'CreateModel'
  input: Record<string, unknown>
}

/** How a job's end is told, and members that the SDK reads without asking whether they are there. */
const kinds = {
  CreateTrainingJob: {
    name: 'TrainingJobName',
    reads: [
      'AlgorithmSpecification.TrainingInputMode',
      'HyperParameters',
      'ModelArtifacts.S3ModelArtifacts',
      'OutputDataConfig.KmsKeyId',
      'OutputDataConfig.S3OutputPath',
      'ResourceConfig.InstanceCount',
      'ResourceConfig.InstanceType',
      'ResourceConfig.VolumeSizeInGB',
      'SecondaryStatusTransitions',
      'StoppingCondition.MaxRuntimeInSeconds',
      'TrainingEndTime',
      'TrainingStartTime',
    ],
  },
  CreateProcessingJob: {
    name: 'ProcessingJobName',
    reads: [
      'AppSpecification.ImageUri',
      'ProcessingOutputConfig.Outputs',
      'ProcessingResources.ClusterConfig.InstanceCount',
      'RoleArn',
    ],
  },
  CreateTransformJob: {
    name: 'TransformJobName',
    reads: [
      'ModelName',
      'TransformOutput.S3OutputPath',
      'TransformResources.InstanceCount',
      'TransformResources.InstanceType',
    ],
  },
  CreateHyperParameterTuningJob: {
    name: 'HyperParameterTuningJobName',
    reads: [
      'BestTrainingJob.TrainingJobName',
      'HyperParameterTuningJobConfig.ParameterRanges',
      'HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs',
      'HyperParameterTuningJobConfig.Strategy',
      'TrainingJobDefinition.AlgorithmSpecification.MetricDefinitions',
      'TrainingJobStatusCounters.Completed',
    ],
  },
} as const

const recorded = JSON.parse(readFileSync(new URL('sdk/requests.json', import.meta.url), 'utf8')) as readonly Recorded[]

describe('requests of the SageMaker Python SDK', { concurrency: 4 }, () => {
  let server: TestServer
  let python: Boto3
  let values: Record<string, string>

  before(async () => {
    server = await startTestServer()
    const { accessKeyId, secretAccessKey } = server.admin
    const admin = connect({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: server.region,
    })
    const { variables } = await buildEstate(admin)
    values = variables
    python = boto3({ ...variables, PATH: process.env['PATH'] ?? '' })
    for (const one of recorded.filter(({ operation }) => operation === 'CreateModel'))
      await python.call('sagemaker', one.operation, filled(one.input))
  })
  after(async () => {
    await python.close()
    await server.close()
  })

  const filled = (input: object) =>
    JSON.parse(
      JSON.stringify(input).replaceAll(/\{(SUBNET|GROUP|KEY)\}/g, (_whole, name: string) => values[name]!),
    ) as Record<string, unknown>

  for (const { sdk, operation, input } of recorded) {
    if (operation === 'CreateModel') continue
    const { name, reads } = kinds[operation]
    const job = String(input[name])
    test(`${sdk} ${operation} ${job}`, async () => {
      await python.call('sagemaker', operation, filled(input))
      const status = name.replace('Name', 'Status')
      let described: Record<string, unknown> = {}
      await until(`${job} is over`, async () => {
        described = await python.call('sagemaker', operation.replace('Create', 'Describe'), { [name]: job })
        return described[status] !== 'InProgress'
      })
      assert.equal(described[status], 'Completed', String(described['FailureReason']))
      assert.deepEqual(
        reads.filter((path) => at(described, path) === undefined),
        [],
        'the SDK reads these',
      )
    })
  }
})

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inside, member) => (inside as Record<string, unknown> | undefined)?.[member], value)
