import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { awsCli } from '../clients/aws-cli.ts'
import { boto3 } from '../clients/boto3.ts'
import { refused, type ApiClient } from '../clients/client.ts'
import { environmentOf, type Environment } from '../clients/command.ts'
import { until } from '../clients/until.ts'
import { arnOf, openRecordLab, requests, roleArn } from './lab.ts'

/** Each command of the CLI is a Python process of its own: it goes a shorter way. */
const clients: { name: string; open: (env: Environment) => ApiClient; short: boolean }[] = [
  { name: 'the AWS CLI', open: awsCli, short: true },
  { name: 'boto3', open: boto3, short: false },
]
const role = roleArn('execution')
const runtime = 'sagemaker-featurestore-runtime'

for (const { name, open, short } of clients) {
  describe(name, () => {
    it('labels, keeps features and monitors', async (t) => {
      const lab = await openRecordLab()
      t.after(() => lab.server.close())
      const client = open(await environmentOf(lab.server.dataDir))
      t.after(() => client.close())
      const call = (operation: string, input: object = {}) => client.call('sagemaker', operation, input)

      const job = await call('CreateLabelingJob', requests.CreateLabelingJob(role, 'job'))
      assert.equal(job.LabelingJobArn, arnOf('labeling-job', 'job'))
      await until('the job waits for workers', async () => {
        const { LabelingJobStatus, LabelCounters } = await call('DescribeLabelingJob', { LabelingJobName: 'job' })
        return LabelingJobStatus === 'InProgress' && LabelCounters.Unlabeled === 3
      })
      const { RenderedContent, Errors } = await call('RenderUiTemplate', requests.RenderUiTemplate(role))
      assert.deepEqual([RenderedContent, Errors], ['<crowd-form><p>a &lt; b</p></crowd-form>', []])

      await call('CreateFeatureGroup', requests.CreateFeatureGroup(role, 'group'))
      await until('the group is created', async () => {
        const { FeatureGroupStatus } = await call('DescribeFeatureGroup', { FeatureGroupName: 'group' })
        return FeatureGroupStatus === 'Created'
      })
      const Record = [
        { FeatureName: 'id', ValueAsString: '1' },
        { FeatureName: 'time', ValueAsString: '2026-11-24T10:00:00Z' },
        { FeatureName: 'size', ValueAsString: '42' },
      ]
      await client.call(runtime, 'PutRecord', { FeatureGroupName: 'group', Record, TargetStores: ['OnlineStore'] })
      const found = await client.call(runtime, 'GetRecord', {
        FeatureGroupName: 'group',
        RecordIdentifierValueAsString: '1',
      })
      assert.deepEqual(found.Record, Record)
      if (short) return

      const missing = { FeatureGroupName: 'none', RecordIdentifierValueAsString: '1' }
      assert.deepEqual(await refused(client.call(runtime, 'GetRecord', missing)), {
        code: 'ResourceNotFound',
        message: "Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name none",
      })

      await call('AddTags', { ResourceArn: job.LabelingJobArn, Tags: [{ Key: 'team', Value: 'a' }] })
      const { Tags } = await call('ListTags', { ResourceArn: job.LabelingJobArn })
      assert.deepEqual(Tags, [{ Key: 'team', Value: 'a' }])

      await call('CreateMonitoringSchedule', requests.CreateMonitoringSchedule(role, 'schedule'))
      await until('the schedule is scheduled', async () => {
        const { MonitoringScheduleSummaries } = await call('ListMonitoringSchedules', { StatusEquals: 'Scheduled' })
        return MonitoringScheduleSummaries.length === 1
      })
      const { FlowDefinitionArn } = await call('CreateFlowDefinition', requests.CreateFlowDefinition(role, 'flow'))
      assert.equal(FlowDefinitionArn, arnOf('flow-definition', 'flow'))
    })
  })
}
