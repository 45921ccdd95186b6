import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { autoMLJobs } from '../../src/services/sagemaker/automl/automl-job.ts'
import { environmentOf } from '../clients/command.ts'
import { awsCli } from '../clients/aws-cli.ts'
import { boto3 } from '../clients/boto3.ts'
import { until } from '../clients/until.ts'
import { startTestServer } from '../support/server.ts'
import { baseline } from './automl-data.ts'
import { adminRole, channelOf, openAutoMLLab, type AutoMLLab } from './automl-lab.ts'

/** The role page's policy for CreateAutoMLJob, as it is printed there. */
const page = JSON.parse(
  readFileSync(new URL('../../corpus/policy/documents/automl.json', import.meta.url), 'utf8'),
) as { Statement: { Action: string[] }[] }

const without = (action: string) =>
  page.Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== action) })).filter(
    ({ Action }) => Action.length > 0,
  )

type Input = Record<string, unknown>
const few = { CompletionCriteria: { MaxCandidates: 3 } }

describe('AutoML jobs', () => {
  let lab: AutoMLLab
  before(async () => {
    lab = await openAutoMLLab()
  })
  after(() => lab.close())

  test('each kind of problem: candidates are really trained, ranked, and better than guessing', async () => {
    // Exactly what the role page asks for is enough.
    const roleArn = await lab.role('page', page.Statement)
    await lab.begin('regression', 'Regression', { ...few, Mode: 'HYPERPARAMETER_TUNING' }, { RoleArn: roleArn })
    await lab.begin('binary', 'BinaryClassification', few)
    await lab.call('sagemaker', 'CreateAutoMLJob', {
      AutoMLJobName: 'multiclass',
      InputDataConfig: [{ ...channelOf('MulticlassClassification'), TargetAttributeName: 'label' }],
      OutputDataConfig: { S3OutputPath: 's3://jobs/out/' },
      ProblemType: 'MulticlassClassification',
      AutoMLJobObjective: { MetricName: 'BalancedAccuracy' },
      AutoMLJobConfig: { CompletionCriteria: { MaxCandidates: 2 }, Mode: 'ENSEMBLING' },
      RoleArn: adminRole,
    })
    const expected = {
      regression: ['Regression', 'MSE', 'Minimize', 'MaxCandidatesReached', 3],
      binary: ['BinaryClassification', 'F1', 'Maximize', 'Completed', 3],
      multiclass: ['MulticlassClassification', 'BalancedAccuracy', 'Maximize', 'Completed', 2],
    } as const
    for (const [name, [problem, metric, type, secondary, count]] of Object.entries(expected)) {
      const job = await lab.over(name)
      assert.equal(job.AutoMLJobStatus, 'Completed', job.FailureReason)
      assert.equal(job.AutoMLJobSecondaryStatus, secondary)
      const { AutoMLProblemTypeResolvedAttributes: attributes, AutoMLJobObjective } = job.ResolvedAttributes
      assert.equal(attributes.TabularResolvedAttributes.ProblemType, problem)
      assert.deepEqual(AutoMLJobObjective, { MetricName: metric })

      const { Candidates } = await lab.call('sagemaker', 'ListCandidatesForAutoMLJob', {
        AutoMLJobName: name,
        SortBy: 'FinalObjectiveMetricValue',
        SortOrder: type === 'Minimize' ? 'Ascending' : 'Descending',
      })
      assert.equal(Candidates.length, count)
      assert.deepEqual(Candidates[0], job.BestCandidate)
      assert.equal(job.BestCandidate.FinalAutoMLJobObjectiveMetric.Type, type)

      const known = Object.fromEntries(
        job.BestCandidate.CandidateProperties.CandidateMetrics.filter((one: Input) => one['Set'] === 'Validation').map(
          (one: Input) => [one['StandardMetricName'], one['Value']],
        ),
      )
      if (problem === 'Regression') assert.ok(known.MSE < baseline(problem) / 4, JSON.stringify(known))
      else assert.ok(known.Accuracy > baseline(problem) + 0.2, JSON.stringify(known))
    }
  })

  test('the best candidate has steps, containers and an artifact of which CreateModel makes a model', async () => {
    const { BestCandidate: best } = await lab.over('binary')
    for (const { CandidateStepName, CandidateStepArn } of best.CandidateSteps) {
      const step = await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: CandidateStepName })
      assert.equal(step.TrainingJobArn, CandidateStepArn)
      assert.equal(step.TrainingJobStatus, 'Completed')
    }
    assert.match(
      best.InferenceContainers[0].ModelDataUrl,
      /^s3:\/\/jobs\/out\/binary\/tuning\/.*\/output\/model\.tar\.gz$/,
    )
    const model = { ModelName: 'best', Containers: best.InferenceContainers, ExecutionRoleArn: adminRole }
    const { ModelArn } = await lab.call('sagemaker', 'CreateModel', model)
    assert.match(ModelArn, /:model\/best$/)
  })

  test('version 1 describes its own jobs only; version 2 both', async () => {
    await lab.over('multiclass')
    const job = await lab.call('sagemaker', 'DescribeAutoMLJob', { AutoMLJobName: 'multiclass' })
    assert.equal(job.InputDataConfig[0].TargetAttributeName, 'label')
    assert.equal(job.ResolvedAttributes.ProblemType, 'MulticlassClassification')
    await assert.rejects(lab.call('sagemaker', 'DescribeAutoMLJob', { AutoMLJobName: 'binary' }), /CreateAutoMLJobV2/)
    await assert.rejects(lab.call('sagemaker', 'DescribeAutoMLJobV2', { AutoMLJobName: 'none' }), {
      name: 'ResourceNotFound',
    })
  })

  for (const [action, text] of [
    [
      'iam:PassRole',
      /^ClientError: User: .* is not authorized to perform: iam:PassRole on resource: .*role\/lacks-PassRole/,
    ],
    ['ecr:BatchGetImage', /^ClientError: Cannot pull algorithm container\./],
    [
      's3:GetObject',
      /^ClientError: Data download failed:Unable to download object s3:\/\/jobs\/Regression\/table\.csv/,
    ],
    ['logs:CreateLogStream', /^ClientError: Unable to write to CloudWatch Logs\. .*logs:CreateLogStream/],
    ['s3:PutObject', /^ClientError: Artifact upload failed:/],
  ] as const) {
    test(`a role without ${action} fails the job with the words of who refused it, and explain names the call`, async () => {
      const name = `lacks-${action.split(':')[1]}`
      const roleArn = await lab.role(name, without(action))
      await lab.begin(name, 'Regression', few, { RoleArn: roleArn })
      const job = await lab.over(name)
      assert.equal(job.AutoMLJobStatus, 'Failed')
      assert.match(job.FailureReason, text)
      const failed = lab.kept(name).steps.findLast((step) => step.status === 'failed')!
      const decision = lab.server.world.decisions.get(failed.requestId!)!
      assert.ok(decision.needs.some((one) => one.action === action && one.decision.effect !== 'allow'))
    })
  }

  test('a role without cloudwatch:PutMetricData loses its graphs, not its job, and the record says so', async () => {
    const roleArn = await lab.role('lacks-metrics', without('cloudwatch:PutMetricData'))
    const limits = { CompletionCriteria: { MaxCandidates: 1, MaxRuntimePerTrainingJobInSeconds: 600 } }
    await lab.begin('graphless', 'Regression', limits, { RoleArn: roleArn })
    const job = await lab.over('graphless')
    assert.equal(job.AutoMLJobStatus, 'Completed', job.FailureReason)
    const refused = lab.kept('graphless').steps.filter(({ status }) => status === 'refused')
    assert.deepEqual(refused.map(({ name }) => name), ['PutMetricData']) // prettier-ignore
    for (const { CandidateStepName: TrainingJobName } of job.BestCandidate.CandidateSteps) {
      const { StoppingCondition } = await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
      assert.deepEqual(StoppingCondition, { MaxRuntimeInSeconds: 600 })
    }
  })

  test('data that cannot be learnt from fail the job and say why', async () => {
    await lab.begin('target', 'Regression', { TargetAttributeName: 'nothing' })
    await lab.begin('kind', 'MulticlassClassification', { ProblemType: 'Regression' }, { AutoMLJobObjective: { MetricName: 'R2' } }) // prettier-ignore
    const head = (await lab.call('s3', 'GetObject', { Bucket: 'jobs', Key: 'Regression/table.csv', Range: 'bytes=0-2000' })) as Input // prettier-ignore
    const text = Buffer.from(head['Body'] as Uint8Array).toString()
    await lab.call('s3', 'PutObject', {
      Bucket: 'jobs',
      Key: 'short/a.csv',
      Body: text.slice(0, text.lastIndexOf('\n')),
    })
    const source = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/short/' } }
    await lab.begin('short', 'Regression', {}, { AutoMLJobInputDataConfig: [{ DataSource: source }] })
    assert.match((await lab.over('target')).FailureReason, /The column 'nothing' is not in the dataset\./)
    assert.match((await lab.over('kind')).FailureReason, /must be numeric/)
    assert.match((await lab.over('short')).FailureReason, /A minimum of 500 rows is required\./)
  })

  test('a job is stopped, and its training jobs with it; one whose time is over ends with what it has', async () => {
    const many = { CompletionCriteria: { MaxCandidates: 500 }, Mode: 'HYPERPARAMETER_TUNING' }
    await lab.begin('stopped', 'BinaryClassification', many)
    const kept = () => lab.kept('stopped').description
    await until('a candidate is trained', () => kept().candidates.some((one) => one.status === 'InProgress'))
    await lab.call('sagemaker', 'StopAutoMLJob', { AutoMLJobName: 'stopped' })
    const job = await lab.over('stopped')
    assert.equal(job.AutoMLJobStatus, 'Stopped')
    assert.equal(job.AutoMLJobSecondaryStatus, 'Stopped')
    assert.ok(kept().candidates.every((one) => one.status !== 'InProgress'))
    const running = { NameContains: 'stopped-', StatusEquals: 'InProgress' }
    assert.deepEqual((await lab.call('sagemaker', 'ListTrainingJobs', running)).TrainingJobSummaries, [])
    await assert.rejects(lab.call('sagemaker', 'StopAutoMLJob', { AutoMLJobName: 'stopped' }), /is in status Stopped/)

    const short = { CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: 1 } }
    await lab.begin('short-of-time', 'BinaryClassification', short)
    const late = await lab.over('short-of-time')
    assert.equal(late.AutoMLJobSecondaryStatus, 'MaxAutoMLJobRuntimeReached')
    assert.equal(late.AutoMLJobStatus, late.BestCandidate ? 'Completed' : 'Stopped')
  })

  test('boto3 and the AWS CLI create, describe and list', async () => {
    const env = await environmentOf(lab.server.dataDir)
    const [python, cli] = [boto3(env), awsCli(env)]
    try {
      await python.call('sagemaker', 'CreateAutoMLJobV2', {
        AutoMLJobName: 'from-boto3',
        AutoMLJobInputDataConfig: [channelOf('Regression')],
        OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
        AutoMLProblemTypeConfig: {
          TabularJobConfig: { TargetAttributeName: 'label', CompletionCriteria: { MaxCandidates: 1 } },
        },
        RoleArn: adminRole,
        Tags: [{ Key: 'team', Value: 'blue' }],
      })
      await lab.over('from-boto3')
      const job = await cli.call('sagemaker', 'DescribeAutoMLJobV2', { AutoMLJobName: 'from-boto3' })
      assert.equal(job.BestCandidate.FinalAutoMLJobObjectiveMetric.MetricName, 'MSE')
      const { AutoMLJobSummaries } = await python.call('sagemaker', 'ListAutoMLJobs', { NameContains: 'FROM-' })
      assert.deepEqual(AutoMLJobSummaries.map((one: Input) => one['AutoMLJobName']), ['from-boto3']) // prettier-ignore
      const { Tags } = await python.call('sagemaker', 'ListTags', { ResourceArn: job.AutoMLJobArn })
      assert.deepEqual(Tags, [{ Key: 'team', Value: 'blue' }])
    } finally {
      await python.close()
      await cli.close()
    }
  })
})

test('a server that comes after goes on with an AutoML job', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const lab = await openAutoMLLab({ dataDir })
  await lab.begin('goes-on', 'BinaryClassification', { ...few, Mode: 'HYPERPARAMETER_TUNING' })
  await until('a candidate is trained', () => lab.kept('goes-on').description.candidates.length > 0)
  await lab.close()
  const server = await startTestServer({ dataDir })
  try {
    const kept = () => autoMLJobs.find(server.world.store, server, 'goes-on')!
    await until('it is over', () => kept().over === true)
    const { description } = kept()
    assert.equal(description.AutoMLJobStatus, 'Completed', description.FailureReason)
    assert.deepEqual(description.candidates.map(({ status }) => status), ['Completed', 'Completed', 'Completed']) // prettier-ignore
  } finally {
    await server.close()
    rmSync(dataDir, { recursive: true })
  }
})
