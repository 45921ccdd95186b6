import { autoMLJobs, type AutoMLJob } from '../../src/services/sagemaker/automl/automl-job.ts'
import { until } from '../clients/until.ts'
import { table, type Problem } from './automl-data.ts'
import { openJobLab, type JobLab } from './lab.ts'

type Input = Record<string, unknown>

/** A server with tables in a bucket, and a role that has exactly what is asked. */
export interface AutoMLLab extends JobLab {
  /** A role that SageMaker may assume, with one policy; returns its ARN. */
  role(name: string, statements: readonly object[]): Promise<string>
  /** CreateAutoMLJobV2 of a table. */
  begin(name: string, problem: Problem, table?: Input, changes?: Input): Promise<void>
  /** DescribeAutoMLJobV2 of a job that is over. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  over(name: string): Promise<any>
  kept(name: string): AutoMLJob
}

export const adminRole = 'arn:aws:iam::123456789012:role/jobs'
const problems: readonly Problem[] = ['Regression', 'BinaryClassification', 'MulticlassClassification']

export async function openAutoMLLab(options: Parameters<typeof openJobLab>[1] = {}): Promise<AutoMLLab> {
  const lab = await openJobLab([], options)
  for (const problem of problems)
    await lab.call('s3', 'PutObject', { Bucket: 'jobs', Key: `${problem}/table.csv`, Body: table(problem) })
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  const kept = (name: string) => autoMLJobs.find(lab.server.world.store, lab.server, name)!
  return {
    ...lab,
    async role(name, statements) {
      const made = await lab.call('iam', 'CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify(trust),
      })
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      await lab.call('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'automl', PolicyDocument })
      return made.Role.Arn as string
    },
    async begin(name, problem, more = {}, changes = {}) {
      await lab.call('sagemaker', 'CreateAutoMLJobV2', {
        AutoMLJobName: name,
        AutoMLJobInputDataConfig: [channelOf(problem)],
        OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
        AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: 'label', ...more } },
        RoleArn: adminRole,
        ...changes,
      })
    },
    async over(name) {
      await until(`${name} is over`, () => kept(name).over === true)
      return lab.call('sagemaker', 'DescribeAutoMLJobV2', { AutoMLJobName: name })
    },
    kept,
  }
}

export const channelOf = (problem: Problem): Input => ({
  ChannelType: 'training',
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://jobs/${problem}/` } },
})
