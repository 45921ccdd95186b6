import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openJobLab, type JobLab } from './lab.ts'

const channel = (more: object = {}, source: object = {}) => ({
  InputDataConfig: [
    {
      ChannelName: 'data',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/data/', ...source } },
      ...more,
    },
  ],
})
const groups = (...names: string[]) => ({
  InstanceGroups: names.map((InstanceGroupName) => ({
    InstanceGroupName,
    InstanceType: 'ml.m5.large',
    InstanceCount: 1,
  })),
})

/** Requests that are refused before anything is done. */
const refused: [what: string, changes: object, message: RegExp][] = [
  [
    'MaxWaitTimeInSeconds without spot training',
    { StoppingCondition: { MaxRuntimeInSeconds: 10, MaxWaitTimeInSeconds: 10 } },
    /^Invalid MaxWaitTimeInSeconds\. It is only supported when EnableManagedSpotTraining is set to true$/,
  ],
  [
    'MaxWaitTimeInSeconds below MaxRuntimeInSeconds',
    { EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 10, MaxWaitTimeInSeconds: 9 } },
    /^Invalid MaxWaitTimeInSeconds\. It must be present and be greater than or equal to MaxRuntimeInSeconds$/,
  ],
  ['spot training without a wait time', { EnableManagedSpotTraining: true }, /^Invalid MaxWaitTimeInSeconds\./],
  ['gzip in File mode', channel({ CompressionType: 'Gzip' }), /^CompressionType is used only in Pipe input mode/],
  [
    'RecordIO in FastFile mode',
    channel({ InputMode: 'FastFile', RecordWrapperType: 'RecordIO' }),
    /^RecordWrapperType/,
  ],
  [
    'an augmented manifest as files',
    channel({}, { S3DataType: 'AugmentedManifestFile', AttributeNames: ['a'] }),
    /^AugmentedManifestFile can only be used if the channel's input mode is Pipe/,
  ],
  [
    'an augmented manifest without attributes',
    channel({ InputMode: 'Pipe' }, { S3DataType: 'AugmentedManifestFile' }),
    /^AttributeNames must be specified/,
  ],
  ['a group that is not there', channel({}, { InstanceGroupNames: ['x'] }), /names an unknown instance group: x\.$/],
  ['groups and a count', { ResourceConfig: groups('a') }, /cannot be specified together with InstanceGroups/],
  [
    'checkpoints over the input',
    { CheckpointConfig: { S3Uri: 's3://jobs/c', LocalPath: '/opt/ml/input/x' } },
    /LocalPath cannot be/,
  ],
  [
    'checkpoints elsewhere by dots',
    { CheckpointConfig: { S3Uri: 's3://jobs/c', LocalPath: '/opt/ml/x/../model' } },
    /LocalPath cannot be/,
  ],
]

describe('CreateTrainingJob, DeleteTrainingJob, UpdateTrainingJob', () => {
  let lab: JobLab
  before(async () => {
    lab = await openJobLab(['reports'])
    await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: 'data/a', Body: 'x' })
  })
  after(() => lab.close())

  for (const [what, changes, message] of refused)
    test(`refused: ${what}`, async () => {
      const asked = lab.start('refused', 'reports', changes as Record<string, unknown>)
      await assert.rejects(asked, { code: 'ValidationException', message })
    })

  test('what is not built is refused by name', async () => {
    const asked = lab.start('unbuilt', 'reports', { SessionChainingConfig: { EnableSessionTagChaining: true } })
    await assert.rejects(asked, { code: 'NotImplemented', message: /SessionChainingConfig\.EnableSessionTagChaining/ })
  })

  test('a job is deleted when it is over, and its name is free again', async () => {
    const TrainingJobName = 'deleted'
    await lab.start(TrainingJobName, 'reports', { HyperParameters: { seconds: '100' } })
    const remove = () => lab.call('sagemaker', 'DeleteTrainingJob', { TrainingJobName })
    await assert.rejects(remove(), { code: 'ResourceInUse' })
    await lab.call('sagemaker', 'StopTrainingJob', { TrainingJobName })
    await lab.ended(TrainingJobName)
    await remove()
    await assert.rejects(lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName }), {
      message: 'Requested resource not found.',
    })
    await lab.start(TrainingJobName, 'reports')
    await lab.ended(TrainingJobName)
  })

  test('a warm pool is kept for its period, may be kept shorter, and keeps its job', async () => {
    const TrainingJobName = 'warm'
    await lab.start(TrainingJobName, 'reports', { ResourceConfig: { KeepAlivePeriodInSeconds: 3600 } })
    await lab.ended(TrainingJobName)
    const pool = async () =>
      (await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })).WarmPoolStatus.Status
    assert.equal(await pool(), 'Available')
    await assert.rejects(lab.call('sagemaker', 'DeleteTrainingJob', { TrainingJobName }), { code: 'ResourceInUse' })
    const update = (KeepAlivePeriodInSeconds: number) =>
      lab.call('sagemaker', 'UpdateTrainingJob', { TrainingJobName, ResourceConfig: { KeepAlivePeriodInSeconds } })
    await update(0)
    assert.equal(await pool(), 'Terminated')
    await assert.rejects(update(60), { code: 'ValidationException' })
    await lab.call('sagemaker', 'DeleteTrainingJob', { TrainingJobName })
  })
})
