import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { featureGroups } from '../../src/services/sagemaker/feature-store/feature-group.ts'
import { flowDefinitions } from '../../src/services/sagemaker/ground-truth/flow-definition.ts'
import { labelingJobs } from '../../src/services/sagemaker/ground-truth/labeling-job.ts'
import { putUnsettled } from '../../src/services/sagemaker/settling.ts'
import { until } from '../clients/until.ts'
import { startTestServer } from '../support/server.ts'
import { arnOf, openRecordLab, requests, roleArn, teamArn, workteam, type RecordLab } from './lab.ts'

const role = roleArn('execution')

describe('a labeling job', () => {
  let lab: RecordLab
  before(async () => (lab = await openRecordLab()))
  after(() => lab.server.close())

  const make = (name: string, changes: object = {}) =>
    lab.call('sagemaker', 'CreateLabelingJob', { ...requests.CreateLabelingJob(role, name), ...changes })
  const described = (LabelingJobName: string) => lab.call('sagemaker', 'DescribeLabelingJob', { LabelingJobName })
  const reaches = async (name: string, status: string) => {
    await until(`${name} is ${status}`, async () => (await described(name)).LabelingJobStatus === status)
    return described(name)
  }

  it('waits for workers with its objects counted, is listed, and stops', async () => {
    await make('waits', { Tags: [{ Key: 'team', Value: 'a' }] })
    const job = await reaches('waits', 'InProgress')
    assert.equal(job.LabelCounters.Unlabeled, 3)
    assert.equal(job.LabelCounters.TotalLabeled, 0)
    assert.deepEqual(job.Tags, [{ Key: 'team', Value: 'a' }])
    const { LabelingJobSummaryList: ofTeam } = await lab.call('sagemaker', 'ListLabelingJobsForWorkteam', {
      WorkteamArn: teamArn,
    })
    assert.deepEqual(ofTeam[0].LabelCounters, { HumanLabeled: 0, PendingHuman: 3, Total: 3 })
    await lab.call('sagemaker', 'StopLabelingJob', { LabelingJobName: 'waits' })
    await reaches('waits', 'Stopped')
    const { LabelingJobSummaryList: stopped } = await lab.call('sagemaker', 'ListLabelingJobs', {
      StatusEquals: 'Stopped',
    })
    assert.deepEqual(
      stopped.map((one: { LabelingJobArn: string }) => one.LabelingJobArn),
      [arnOf('labeling-job', 'waits')],
    )
    await assert.rejects(lab.call('sagemaker', 'StopLabelingJob', { LabelingJobName: 'waits' }), /in status Stopped/)
  })

  /** What the role may do beside, and why the job fails without the rest. */
  const failures: { name: string; may: string[]; reason: RegExp }[] = [
    { name: 'nothing', may: [], reason: /^ClientError: Unable to read the manifest file .*s3:GetObject/ },
    {
      name: 'manifest-only',
      may: ['arn:aws:s3:::records/in/manifest.json'],
      reason: /^ClientError: Unable to read the UI template s3:\/\/records\/in\/template\.html\. AccessDenied: /,
    },
  ]
  for (const { name, may, reason } of failures) {
    it(`fails where its role may read ${name}`, async (t) => {
      t.after(() => lab.allowRole({ Effect: 'Allow', Action: 's3:*', Resource: '*' }))
      const other = { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }
      await lab.allowRole(other, ...may.map((Resource) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource })))
      await make(name)
      assert.match((await reaches(name, 'Failed')).FailureReason, reason)
    })
  }

  const refused: { name: string; changes: object; message: RegExp }[] = [
    {
      name: 'waits',
      changes: {},
      message: /already exists \(arn:aws:sagemaker:us-east-1:123456789012:labeling-job\/waits\)/,
    },
    { name: 'attribute', changes: { LabelAttributeName: 'my-metadata' }, message: /can't end with '-metadata'/ },
    {
      name: 'learns',
      changes: {
        LabelingJobAlgorithmsConfig: {
          LabelingJobAlgorithmSpecificationArn:
            'arn:aws:sagemaker:us-east-1:027400017018:labeling-job-algorithm-specification/image-classification',
        },
      },
      message: /not built in Sallyport yet: LabelingJobAlgorithmsConfig; nothing was done/,
    },
    {
      name: 'lambda',
      changes: {
        HumanTaskConfig: {
          ...requests.CreateLabelingJob(role, '').HumanTaskConfig,
          PreHumanTaskLambdaArn: 'arn:aws:lambda:us-east-1:123456789012:function:mine',
        },
      },
      message: /PreHumanTaskLambdaArn of a function of your own/,
    },
    {
      name: 'no-team',
      changes: {
        HumanTaskConfig: {
          ...requests.CreateLabelingJob(role, '').HumanTaskConfig,
          WorkteamArn: arnOf('workteam', 'private-crowd/nobody'),
        },
      },
      message: /Could not find workteam/,
    },
  ]
  for (const { name, changes, message } of refused) {
    it(`is refused: ${name}`, () => assert.rejects(make(name, changes), message))
  }

  it('takes AWS’s own function for a task type', async () => {
    const PreHumanTaskLambdaArn = 'arn:aws:lambda:us-east-1:432418664414:function:PRE-BoundingBox'
    await make('boxes', {
      HumanTaskConfig: { ...requests.CreateLabelingJob(role, '').HumanTaskConfig, PreHumanTaskLambdaArn },
    })
    await reaches('boxes', 'InProgress')
  })

  it('belongs to a team of the one workforce', async () => {
    const { Workteam } = await lab.call('sagemaker', 'DescribeWorkteam', { WorkteamName: 'team' })
    assert.equal(Workteam.WorkteamArn, teamArn)
    assert.equal(Workteam.WorkforceArn, arnOf('workforce', 'default'))
    const { Workteams } = await lab.call('sagemaker', 'ListWorkteams', { NameContains: 'crowd' })
    assert.deepEqual(Workteams, [])
    await assert.rejects(lab.call('sagemaker', 'DeleteWorkforce', { WorkforceName: 'default' }), /contains work teams/)
    await assert.rejects(
      lab.call('sagemaker', 'CreateWorkteam', { ...workteam, WorkteamName: 'team' }),
      /already exists/,
    )
    const CognitoConfig = { UserPool: 'us-east-1_other', ClientId: 'client' }
    await assert.rejects(
      lab.call('sagemaker', 'CreateWorkforce', { WorkforceName: 'second', CognitoConfig }),
      /Only one private workforce/,
    )
  })
})

describe('what was on its way when a server ended', () => {
  it('goes on when one starts again', async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    t.after(() => rmSync(dataDir, { recursive: true, force: true }))
    const lab = await openRecordLab({ dataDir })
    const { server } = lab
    const at = { account: server.account, region: server.region }
    await lab.call('sagemaker', 'CreateFlowDefinition', requests.CreateFlowDefinition(role, 'flow'))
    await lab.call('sagemaker', 'CreateFeatureGroup', requests.CreateFeatureGroup(role, 'made'))
    await lab.call('sagemaker', 'CreateFeatureGroup', requests.CreateFeatureGroup(role, 'deleted'))
    await lab.call('sagemaker', 'CreateLabelingJob', requests.CreateLabelingJob(role, 'job'))
    const { store } = server.world
    await until('all is settled', () => store.list('sagemaker/unsettled').length === 0)

    // As a server leaves it that is killed right after its answer.
    store.transaction(() => {
      const flow = flowDefinitions.change(store, { ...at, name: 'flow' }, ({ description }) => {
        description.FlowDefinitionStatus = 'Initializing'
      })
      const groups = (['made', 'deleted'] as const).map((name) =>
        featureGroups.change(store, { ...at, name }, ({ description }) => {
          description.FeatureGroupStatus = name === 'made' ? 'Creating' : 'Deleting'
        }),
      )
      const job = labelingJobs.change(store, { ...at, name: 'job' }, ({ description }) => {
        description.LabelingJobStatus = 'Stopping'
      })
      for (const one of [flow, ...groups, job]) putUnsettled(store, one)
    })
    await server.close()

    const next = await startTestServer({ dataDir, logLevel: 'error' })
    t.after(() => next.close())
    await until('all is settled again', () => next.world.store.list('sagemaker/unsettled').length === 0)
    const now = next.world.store
    assert.equal(flowDefinitions.must(now, at, 'flow').description.FlowDefinitionStatus, 'Active')
    assert.equal(featureGroups.must(now, at, 'made').description.FeatureGroupStatus, 'Created')
    assert.equal(featureGroups.find(now, at, 'deleted'), undefined)
    assert.equal(labelingJobs.must(now, at, 'job').description.LabelingJobStatus, 'Stopped')
  })
})
