import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openJobLab, type JobLab } from './lab.ts'
import { definition, kinds, launched, limits, objective, tuned, tuning, x } from './tuning-lab.ts'
import { until } from '../clients/until.ts'

const sum = (counters: Record<string, number>): number => Object.values(counters).reduce((all, one) => all + one, 0)
const final = (one: any): number => one.FinalHyperParameterTuningJobObjectiveMetric.Value

describe('a hyperparameter tuning job', () => {
  let lab: JobLab
  before(async () => (lab = await openJobLab(['tunes'])))
  after(() => lab.close())

  const create = (input: Record<string, unknown>) => lab.call('sagemaker', 'CreateHyperParameterTuningJob', input)

  test('Grid: every combination once; the best is told, and SageMaker has told the program what is tuned for', async () => {
    const { HyperParameterTuningJobArn: arn } = await create(
      tuning(
        'grid',
        {
          Strategy: 'Grid',
          ParameterRanges: {
            CategoricalParameterRanges: [
              ...kinds('right', 'wrong').CategoricalParameterRanges,
              { Name: 'x', Values: ['2', '3'] },
            ],
          },
          ResourceLimits: { MaxParallelTrainingJobs: 2 },
        },
        {
          TrainingJobDefinition: definition({ StaticHyperParameters: { epochs: '2' } }),
          Tags: [{ Key: 'team', Value: 'blue' }],
        },
      ),
    )
    assert.equal(arn, 'arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/grid')
    const described = await tuned(lab, 'grid')
    assert.equal(described.HyperParameterTuningJobStatus, 'Completed', described.FailureReason)
    assert.deepEqual(described.TrainingJobStatusCounters, {
      Completed: 4,
      InProgress: 0,
      RetryableError: 0,
      NonRetryableError: 0,
      Stopped: 0,
    })
    assert.deepEqual(described.ObjectiveStatusCounters, { Succeeded: 4, Pending: 0, Failed: 0 })
    assert.deepEqual(described.BestTrainingJob.TunedHyperParameters, { kind: 'right', x: '3' })
    assert.deepEqual(described.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric, {
      MetricName: 'loss',
      Value: 0.5,
    })
    assert.equal(described.OverallBestTrainingJob, undefined)
    assert.ok(described.ConsumedResources.RuntimeInSeconds >= 0 && described.HyperParameterTuningEndTime)

    const jobs = await launched(lab, 'grid')
    assert.deepEqual(jobs.map((one) => `${one.TunedHyperParameters.kind} ${one.TunedHyperParameters.x}`).toSorted(), [
      'right 2',
      'right 3',
      'wrong 2',
      'wrong 3',
    ])
    for (const [at, one] of jobs.entries())
      assert.match(one.TrainingJobName, new RegExp(`^grid-00${at + 1}-[0-9a-f]{8}$`))
    const { TrainingJobName, TrainingJobArn } = jobs[0]
    const job = await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
    assert.equal(job.TuningJobArn, arn)
    assert.deepEqual(job.HyperParameters, {
      epochs: '2',
      ...jobs[0].TunedHyperParameters,
      _tuning_objective_metric: 'loss',
    })
    assert.equal((await lab.call('sagemaker', 'ListTags', { ResourceArn: TrainingJobArn })).Tags[0].Value, 'blue')
    const said = (await lab.output(TrainingJobName))['algo-1']!.find((line) => line.startsWith('TOLD '))!
    assert.deepEqual(JSON.parse(said.slice(5)), job.HyperParameters)

    const byLoss = await launched(lab, 'grid', { SortBy: 'FinalObjectiveMetricValue', SortOrder: 'Descending' })
    assert.deepEqual(byLoss.map(final), [6.5, 5.5, 1.5, 0.5])
    assert.deepEqual(await launched(lab, 'grid', { StatusEquals: 'Failed' }), [])
  })

  test('Random and Bayesian: as many as are asked for, no more at once than may be, and the same again by the same seed', async () => {
    await create(tuning('first', { ResourceLimits: limits(4, 2) }))
    await create(tuning('second', { ResourceLimits: limits(4, 4) }))
    await create(tuning('bayes', { Strategy: 'Bayesian', ResourceLimits: limits(6, 1) }))
    let most = 0
    await until('first is over', async () => {
      const { HyperParameterTuningJobStatus: status, TrainingJobStatusCounters: counters } = await lab.call(
        'sagemaker',
        'DescribeHyperParameterTuningJob',
        { HyperParameterTuningJobName: 'first' },
      )
      most = Math.max(most, counters.InProgress)
      return status === 'Completed'
    })
    assert.equal(most, 2)
    await tuned(lab, 'second')
    const points = async (name: string) => (await launched(lab, name)).map((one) => one.TunedHyperParameters.x)
    assert.deepEqual(await points('first'), await points('second'))
    const bayes = await tuned(lab, 'bayes')
    assert.equal(bayes.HyperParameterTuningJobStatus, 'Completed', bayes.FailureReason)
    const jobs = await launched(lab, 'bayes')
    assert.equal(jobs.length, 6)
    // What it has begun with was chance; what follows is nearer to the goal than the mean of that.
    const [chance, searched] = [jobs.slice(0, 3).map(final), jobs.slice(3).map(final)]
    assert.ok(Math.min(...searched) < chance.reduce((all, one) => all + one, 0) / 3)
  })

  test('Hyperband ends what is outdone at its rungs, and all at MaxResource', async () => {
    await create(
      tuning(
        'band',
        {
          Strategy: 'Hyperband',
          StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 9 } },
          ResourceLimits: limits(9, 3),
        },
        { TrainingJobDefinition: definition({ StaticHyperParameters: { epochs: '100', seconds: '0.05' } }) },
      ),
    )
    const described = await tuned(lab, 'band')
    assert.equal(described.HyperParameterTuningJobStatus, 'Completed', described.FailureReason)
    // None has come to its hundredth epoch by itself.
    assert.equal(described.TrainingJobStatusCounters.Stopped, 9)
    assert.equal(described.ObjectiveStatusCounters.Succeeded, 9)
    const epochs: number[] = []
    for (const { TrainingJobName } of await launched(lab, 'band'))
      epochs.push((await lab.output(TrainingJobName))['algo-1']!.filter((line) => line.startsWith('loss=')).length)
    assert.ok(Math.max(...epochs) >= 9 && Math.max(...epochs) < 60, String(epochs))
    assert.ok(Math.min(...epochs) < 9, String(epochs))
  })

  test('TrainingJobEarlyStoppingType Auto stops what is worse than the median', async () => {
    await create(
      tuning(
        'early',
        {
          ParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['3', '8'] }] },
          TrainingJobEarlyStoppingType: 'Auto',
          RandomSeed: 2, // draws 3 first
          ResourceLimits: limits(2, 1),
        },
        { TrainingJobDefinition: definition({ StaticHyperParameters: { epochs: '20', seconds: '0.05' } }) },
      ),
    )
    await tuned(lab, 'early')
    const jobs = await launched(lab, 'early')
    assert.deepEqual(
      jobs.map((one) => [one.TunedHyperParameters.x, one.TrainingJobStatus, one.ObjectiveStatus]),
      [
        ['3', 'Completed', 'Succeeded'],
        ['8', 'Stopped', 'Succeeded'],
      ],
    )
  })

  test('several definitions take turns, and one of them is best', async () => {
    const of = (DefinitionName: string, kind: string) =>
      definition({
        DefinitionName,
        TuningObjective: objective,
        HyperParameterRanges: x,
        StaticHyperParameters: { kind },
      })
    await create({
      HyperParameterTuningJobName: 'two',
      HyperParameterTuningJobConfig: { Strategy: 'Random', ResourceLimits: limits(4, 4), RandomSeed: 3 },
      TrainingJobDefinitions: [of('good', 'right'), of('bad', 'wrong')],
    })
    const described = await tuned(lab, 'two')
    assert.equal(described.HyperParameterTuningJobStatus, 'Completed', described.FailureReason)
    assert.equal(described.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Type, 'Minimize')
    const names = (await launched(lab, 'two')).map((one) => one.TrainingJobDefinitionName)
    assert.deepEqual(names, ['good', 'bad', 'good', 'bad'])
  })

  test("training jobs that fail are counted; where none succeeds the tuning job fails, in the service's words", async () => {
    await create(
      tuning('some', {
        Strategy: 'Grid',
        ParameterRanges: kinds('right', 'broken'),
        ResourceLimits: { MaxParallelTrainingJobs: 2 },
      }),
    )
    const some = await tuned(lab, 'some')
    assert.equal(some.HyperParameterTuningJobStatus, 'Completed')
    assert.deepEqual(some.TrainingJobStatusCounters, {
      Completed: 1,
      InProgress: 0,
      RetryableError: 0,
      NonRetryableError: 1,
      Stopped: 0,
    })
    assert.deepEqual(some.ObjectiveStatusCounters, { Succeeded: 1, Pending: 0, Failed: 1 })
    const [failed] = await launched(lab, 'some', { StatusEquals: 'Failed' })
    assert.equal(failed.FailureReason, 'AlgorithmError: it is broken, exit code: 1')

    await create(
      tuning(
        'none',
        { ResourceLimits: limits(20, 5) },
        { TrainingJobDefinition: definition({ StaticHyperParameters: { kind: 'broken' } }) },
      ),
    )
    const none = await tuned(lab, 'none')
    assert.equal(none.HyperParameterTuningJobStatus, 'Failed')
    assert.match(
      none.FailureReason,
      /^No training job succeeded after \d+ attempts\. Please take a look at the training job failures to get more details\.$/,
    )
    assert.ok(sum(none.TrainingJobStatusCounters) < 20)

    // A program that never tells the objective has none.
    await create(
      tuning(
        'mute',
        { ResourceLimits: limits(1, 1) },
        { TrainingJobDefinition: definition({ StaticHyperParameters: { says: 'gain' } }) },
      ),
    )
    const mute = await tuned(lab, 'mute')
    assert.deepEqual([mute.TrainingJobStatusCounters.Completed, mute.ObjectiveStatusCounters.Failed], [1, 1])
    assert.equal(mute.HyperParameterTuningJobStatus, 'Failed')
  })

  test('a criterion that is met completes it before its limits', async () => {
    await create(
      tuning('target', {
        ResourceLimits: limits(50, 2),
        TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 100 },
      }),
    )
    await create(
      tuning('stale', {
        ParameterRanges: { IntegerParameterRanges: [{ Name: 'unused', MinValue: '1', MaxValue: '100' }] },
        ResourceLimits: limits(50, 1),
        TuningJobCompletionCriteria: { BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 3 } },
      }),
    )
    const target = await tuned(lab, 'target')
    assert.equal(target.HyperParameterTuningJobStatus, 'Completed')
    assert.ok(sum(target.TrainingJobStatusCounters) <= 3)
    const stale = await tuned(lab, 'stale')
    assert.equal(stale.HyperParameterTuningJobStatus, 'Completed')
    assert.equal(stale.TuningJobCompletionDetails.NumberOfTrainingJobsObjectiveNotImproving, 3)
    assert.equal(stale.TrainingJobStatusCounters.Completed, 4)
  })

  test('warm start: parents inform the search, and the best of all is told', async () => {
    const warm = (WarmStartType: string) => ({
      WarmStartConfig: { WarmStartType, ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'bayes' }] },
    })
    await tuned(lab, 'bayes')
    await create(
      tuning('child', { Strategy: 'Bayesian', ResourceLimits: limits(2, 1) }, warm('IdenticalDataAndAlgorithm')),
    )
    const child = await tuned(lab, 'child')
    assert.equal(child.HyperParameterTuningJobStatus, 'Completed', child.FailureReason)
    const parents = await launched(lab, 'bayes', { SortBy: 'FinalObjectiveMetricValue' })
    // Not the chance that it would begin with by itself: the same seed without parents.
    const own = await launched(lab, 'child')
    assert.notEqual(own[0].TunedHyperParameters.x, (await launched(lab, 'first'))[0].TunedHyperParameters.x)
    const best = Math.min(final(parents[0]), ...own.map(final))
    assert.equal(final(child.OverallBestTrainingJob), best)
    assert.equal(child.OverallBestTrainingJob.TuningJobName, best === final(parents[0]) ? 'bayes' : 'child')

    await create(tuning('moved', { Strategy: 'Bayesian', ResourceLimits: limits(1, 1) }, warm('TransferLearning')))
    const moved = await tuned(lab, 'moved')
    assert.deepEqual([moved.HyperParameterTuningJobStatus, moved.OverallBestTrainingJob], ['Completed', undefined])
  })

  test('StopHyperParameterTuningJob stops its training jobs, and it can be deleted then', async () => {
    const slow = { TrainingJobDefinition: definition({ StaticHyperParameters: { epochs: '1000', seconds: '0.1' } }) }
    await create(tuning('long', { ResourceLimits: limits(5, 2) }, slow))
    const name = { HyperParameterTuningJobName: 'long' }
    let first = ''
    await until('the first runs', async () => {
      first = (await launched(lab, 'long'))[0]?.TrainingJobName ?? ''
      return first !== '' && ((await lab.output(first))['algo-1'] ?? []).length > 1
    })
    await assert.rejects(lab.call('sagemaker', 'DeleteHyperParameterTuningJob', name), { code: 'ValidationException' })
    await lab.call('sagemaker', 'StopHyperParameterTuningJob', name)
    const { HyperParameterTuningJobStatus: status } = await lab.call(
      'sagemaker',
      'DescribeHyperParameterTuningJob',
      name,
    )
    assert.ok(['Stopping', 'Stopped'].includes(status))
    const stopped = await tuned(lab, 'long')
    assert.equal(stopped.HyperParameterTuningJobStatus, 'Stopped')
    assert.deepEqual(stopped.TrainingJobStatusCounters, {
      Completed: 0,
      InProgress: 0,
      RetryableError: 0,
      NonRetryableError: 0,
      Stopped: 2,
    })
    assert.equal((await lab.ended(first)).description.TrainingJobStatus, 'Stopped')
    await assert.rejects(lab.call('sagemaker', 'StopHyperParameterTuningJob', name), { code: 'ValidationException' })

    await lab.call('sagemaker', 'DeleteHyperParameterTuningJob', name)
    await assert.rejects(lab.call('sagemaker', 'DescribeHyperParameterTuningJob', name), { code: 'ResourceNotFound' })
    await assert.rejects(launched(lab, 'long'), { code: 'ResourceNotFound' })
    // Its training jobs stay.
    assert.equal(
      (await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: first })).TrainingJobStatus,
      'Stopped',
    )
  })

  test('lists by name, and by what is asked for', async () => {
    const names = async (input: Record<string, unknown>) =>
      (
        await lab.call('sagemaker', 'ListHyperParameterTuningJobs', { MaxResults: 100, ...input })
      ).HyperParameterTuningJobSummaries.map((one: any) => one.HyperParameterTuningJobName)
    const all = await names({})
    assert.deepEqual(all, all.toSorted())
    assert.deepEqual(await names({ StatusEquals: 'Failed' }), ['mute', 'none'])
    assert.deepEqual(await names({ NameContains: 'RST' }), ['first'])
    assert.equal((await names({ SortBy: 'CreationTime' }))[0], 'grid')
  })
})
