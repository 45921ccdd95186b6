import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

type Input = Record<string, unknown>

export const account = '123456789012'
const region = 'us-east-1'
export const roleArn = (name: string, of = account): string => `arn:aws:iam::${of}:role/${name}`
export const arnOf = (type: string, name: string): string => `arn:aws:sagemaker:${region}:${account}:${type}/${name}`

export const document = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

const trusts: Readonly<Record<string, string>> = {
  execution: 'sagemaker.amazonaws.com',
  // One that SageMaker may not assume, though it may be passed.
  elsewhere: 'ec2.amazonaws.com',
}

/** A server with a bucket, a manifest, a work team, a worker UI and roles. */
export interface RecordLab {
  server: TestServer
  /** As the administrator. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  call(service: string, operation: string, input?: Input): Promise<any>
  /** Keys of a new user with these statements as its only policy. */
  user(name: string, ...statements: object[]): Promise<Keys>
  /** What the role `execution` may do, and nothing else. */
  allowRole(...statements: object[]): Promise<void>
}

export async function openRecordLab(options: Parameters<typeof startTestServer>[0] = {}): Promise<RecordLab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const ask = (service: string, operation: string, input: Input = {}) =>
    call(server.url, server.admin, service, operation, input)
  for (const [RoleName, Service] of Object.entries(trusts)) {
    const trust = document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' })
    await ask('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
  }
  await ask('s3', 'CreateBucket', { Bucket: 'records' })
  const lines = ['a', 'b', 'c'].map((text) => JSON.stringify({ source: text }))
  await ask('s3', 'PutObject', { Bucket: 'records', Key: 'in/manifest.json', Body: lines.join('\n') })
  await ask('s3', 'PutObject', { Bucket: 'records', Key: 'in/template.html', Body: '<p>{{ task.input.source }}</p>' })
  await ask('sagemaker', 'CreateWorkteam', { ...workteam, WorkteamName: 'team' })
  await ask('sagemaker', 'CreateHumanTaskUi', { HumanTaskUiName: 'ui', UiTemplate: { Content: template } })

  const lab: RecordLab = {
    server,
    call: ask,
    async user(UserName, ...statements) {
      await ask('iam', 'CreateUser', { UserName })
      await ask('iam', 'PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument: document(...statements) })
      const { AccessKey } = await ask('iam', 'CreateAccessKey', { UserName })
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    },
    async allowRole(...statements) {
      const PolicyDocument = document(...statements)
      await ask('iam', 'PutRolePolicy', { RoleName: 'execution', PolicyName: 'own', PolicyDocument })
    },
  }
  await lab.allowRole({ Effect: 'Allow', Action: 's3:*', Resource: '*' })
  return lab
}

const template = '<crowd-form><p>{{ task.input.text }}</p></crowd-form>'

export const workteam = {
  Description: 'who labels',
  MemberDefinitions: [
    { CognitoMemberDefinition: { UserPool: 'us-east-1_abcdefghi', UserGroup: 'labelers', ClientId: 'client' } },
  ],
}

export const teamArn = arnOf('workteam', 'private-crowd/team')

/** Requests that succeed as they are; each takes a role. */
export const requests = {
  CreateLabelingJob: (role: string, name: string) => ({
    LabelingJobName: name,
    LabelAttributeName: 'label',
    InputConfig: { DataSource: { S3DataSource: { ManifestS3Uri: 's3://records/in/manifest.json' } } },
    OutputConfig: { S3OutputPath: 's3://records/out' },
    RoleArn: role,
    HumanTaskConfig: {
      WorkteamArn: teamArn,
      UiConfig: { UiTemplateS3Uri: 's3://records/in/template.html' },
      TaskTitle: 'label',
      TaskDescription: 'label it',
      NumberOfHumanWorkersPerDataObject: 1,
      TaskTimeLimitInSeconds: 60,
    },
  }),
  CreateFlowDefinition: (role: string, name: string) => ({
    FlowDefinitionName: name,
    HumanLoopConfig: {
      WorkteamArn: teamArn,
      HumanTaskUiArn: arnOf('human-task-ui', 'ui'),
      TaskTitle: 'review',
      TaskDescription: 'review it',
      TaskCount: 1,
    },
    OutputConfig: { S3OutputPath: 's3://records/out' },
    RoleArn: role,
  }),
  RenderUiTemplate: (role: string) => ({
    UiTemplate: { Content: template },
    Task: { Input: JSON.stringify({ text: 'a < b' }) },
    RoleArn: role,
  }),
  CreateFeatureGroup: (role: string, name: string) => ({
    FeatureGroupName: name,
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'String' },
      { FeatureName: 'size', FeatureType: 'Integral' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://records/features' }, DisableGlueTableCreation: true },
    RoleArn: role,
  }),
  CreateMonitoringSchedule: (role: string, name: string) => ({
    MonitoringScheduleName: name,
    MonitoringScheduleConfig: {
      ScheduleConfig: { ScheduleExpression: 'cron(0 12 ? * * *)' },
      MonitoringJobDefinition: {
        MonitoringInputs: [{ BatchTransformInput: transformInput }],
        MonitoringOutputConfig: monitoringOutput,
        MonitoringResources: monitoringResources,
        MonitoringAppSpecification: { ImageUri: monitorImage },
        RoleArn: role,
      },
    },
  }),
  CreateDataQualityJobDefinition: (role: string, name: string) => ({
    JobDefinitionName: name,
    DataQualityAppSpecification: { ImageUri: monitorImage },
    DataQualityJobInput: { BatchTransformInput: transformInput },
    DataQualityJobOutputConfig: monitoringOutput,
    JobResources: monitoringResources,
    RoleArn: role,
  }),
}

const monitorImage = `${account}.dkr.ecr.us-east-1.amazonaws.com/monitor:latest`
const transformInput = {
  DataCapturedDestinationS3Uri: 's3://records/captured',
  DatasetFormat: { Csv: { Header: true } },
  LocalPath: '/opt/ml/processing/input',
}
const monitoringOutput = {
  MonitoringOutputs: [{ S3Output: { S3Uri: 's3://records/reports', LocalPath: '/opt/ml/processing/output' } }],
}
const monitoringResources = {
  ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
}
