import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openJobLab, type JobLab } from '../jobs/lab.ts'
import { limits, tuning, x } from '../jobs/tuning-lab.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import { environmentOf, type Environment } from './command.ts'
import { refused, type ApiClient } from './client.ts'
import { until } from './until.ts'

/** What each client does by the names that AWS's models give it. */
describe('tuning jobs by the clients', () => {
  let lab: JobLab
  let env: Environment
  before(async () => {
    lab = await openJobLab(['tunes'])
    env = await environmentOf(lab.server.dataDir)
  })
  after(() => lab.close())

  for (const [name, open] of [
    ['boto3', boto3],
    ['cli', awsCli],
  ] as const)
    test(name, async () => {
      const client: ApiClient = open(env)
      try {
        const HyperParameterTuningJobName = `by-${name}`
        const input = tuning(HyperParameterTuningJobName, {
          Strategy: 'Bayesian',
          ParameterRanges: x,
          ResourceLimits: limits(2, 2),
        })
        const { HyperParameterTuningJobArn: arn } = await client.call(
          'sagemaker',
          'CreateHyperParameterTuningJob',
          input,
        )
        assert.match(arn, new RegExp(`hyper-parameter-tuning-job/${HyperParameterTuningJobName}$`))
        const describe = () =>
          client.call('sagemaker', 'DescribeHyperParameterTuningJob', { HyperParameterTuningJobName })
        await until('it is completed', async () => (await describe()).HyperParameterTuningJobStatus === 'Completed')
        const { BestTrainingJob: best } = await describe()
        const listed = await client.call('sagemaker', 'ListTrainingJobsForHyperParameterTuningJob', {
          HyperParameterTuningJobName,
          SortBy: 'FinalObjectiveMetricValue',
          MaxResults: 1,
        })
        assert.equal(listed.TrainingJobSummaries[0].TrainingJobName, best.TrainingJobName)
        assert.equal(typeof listed.TrainingJobSummaries[0].FinalHyperParameterTuningJobObjectiveMetric.Value, 'number')
        const all = await client.call('sagemaker', 'ListHyperParameterTuningJobs', { NameContains: name })
        assert.equal(all.HyperParameterTuningJobSummaries.length, 1)
        const over = await refused(
          client.call('sagemaker', 'StopHyperParameterTuningJob', { HyperParameterTuningJobName }),
        )
        assert.equal(over.code, 'ValidationException')
        await client.call('sagemaker', 'DeleteHyperParameterTuningJob', { HyperParameterTuningJobName })
        assert.equal((await refused(describe())).code, 'ResourceNotFound')
      } finally {
        await client.close()
      }
    })
})
