import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { propose, type Tried } from '../../src/jobs/automl/search.ts'
import { adminRole, channelOf, openAutoMLLab, type AutoMLLab } from './automl-lab.ts'

type Input = Record<string, unknown>

const tuned = { Mode: 'HYPERPARAMETER_TUNING' }
const algorithms = (...AutoMLAlgorithms: string[]) => ({
  CandidateGenerationConfig: { AlgorithmsConfig: [{ AutoMLAlgorithms }] },
})
const held = { ...channelOf('Regression'), ChannelType: 'validation' }
const manifest = (type: string) => ({
  DataSource: { S3DataSource: { S3DataType: type, S3Uri: 's3://jobs/Regression/table.csv' } },
})

/** What TabularJobConfig and the rest of a request have more than the least, and how it is refused. */
const refusals: readonly (readonly [what: string, table: Input, more: Input, code: string, text: RegExp])[] = [
  ['a problem without an objective', { ProblemType: 'Regression' }, {}, 'ValidationException', /none at all/],
  [
    'an objective without a problem',
    {},
    { AutoMLJobObjective: { MetricName: 'MSE' } },
    'ValidationException',
    /none at all/,
  ],
  [
    'an objective of another kind of problem',
    { ProblemType: 'Regression' },
    { AutoMLJobObjective: { MetricName: 'AUC' } },
    'ValidationException',
    /AUC is not supported for the problem type Regression/,
  ],
  [
    'two training channels',
    {},
    { AutoMLJobInputDataConfig: [channelOf('Regression'), channelOf('Regression')] },
    'ValidationException',
    /Exactly one training channel/,
  ],
  [
    'a fraction and a validation channel',
    {},
    { AutoMLJobInputDataConfig: [channelOf('Regression'), held], DataSplitConfig: { ValidationFraction: 0.3 } },
    'ValidationException',
    /cannot be given together/,
  ],
  [
    'an augmented manifest',
    {},
    { AutoMLJobInputDataConfig: [manifest('AugmentedManifestFile')] },
    'ValidationException',
    /AugmentedManifestFile/,
  ],
  ['algorithms in mode AUTO', algorithms('xgboost'), {}, 'ValidationException', /when the training mode is AUTO/],
  [
    'an algorithm of another mode',
    { ...tuned, ...algorithms('randomforest') },
    {},
    'ValidationException',
    /randomforest is not supported in the training mode HYPERPARAMETER_TUNING/,
  ],
  ['an algorithm that is not built', { ...tuned, ...algorithms('mlp') }, {}, 'NotImplemented', /the algorithm mlp/],
  [
    'deployment',
    {},
    { ModelDeployConfig: { AutoGenerateEndpointName: true } },
    'NotImplemented',
    /ModelDeployConfig \(endpoints\)/,
  ],
  [
    'candidate definitions only',
    { GenerateCandidateDefinitionsOnly: true },
    {},
    'NotImplemented',
    /GenerateCandidateDefinitionsOnly/,
  ],
  [
    'another kind of problem',
    {},
    { AutoMLProblemTypeConfig: { ImageClassificationJobConfig: {} } },
    'NotImplemented',
    /ImageClassificationJobConfig/,
  ],
  [
    'Parquet',
    {},
    { AutoMLJobInputDataConfig: [{ ...channelOf('Regression'), ContentType: 'x-application/vnd.amazon+parquet' }] },
    'NotImplemented',
    /Parquet/,
  ],
  [
    'a role of another account',
    {},
    { RoleArn: 'arn:aws:iam::999999999999:role/jobs' },
    'ValidationException',
    /^RoleArn: Cross-account pass role is not allowed\.$/,
  ],
  [
    'a role that nobody may assume',
    {},
    { RoleArn: 'arn:aws:iam::123456789012:role/none' },
    'ValidationException',
    /^Could not assume role arn:aws:iam::123456789012:role\/none\./,
  ],
  [
    'no data',
    {},
    {
      AutoMLJobInputDataConfig: [
        { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/none/' } } },
      ],
    },
    'ValidationException',
    /^No S3 objects found under S3 URL "s3:\/\/jobs\/none\/" given in input data source\./,
  ],
]

describe('what CreateAutoMLJobV2 refuses', () => {
  let lab: AutoMLLab
  before(async () => {
    lab = await openAutoMLLab()
  })
  after(() => lab.close())

  for (const [what, table, more, name, message] of refusals) {
    test(what, () => assert.rejects(lab.begin('refused', 'Regression', table, more), { name, message }))
  }

  test('a name that is taken, in whatever case', async () => {
    const one = { CompletionCriteria: { MaxCandidates: 1 } }
    await lab.begin('Taken', 'Regression', one)
    await assert.rejects(lab.begin('taken', 'Regression', one), { name: 'ResourceInUse' })
    await lab.call('sagemaker', 'StopAutoMLJob', { AutoMLJobName: 'Taken' })
    await lab.over('Taken')
  })

  test('a caller who may not use this subnet, key or traffic: each has its condition key', async () => {
    const { AccessKey } = await userWith({
      'sagemaker:VpcSubnets': 'true',
      'sagemaker:VpcSecurityGroupIds': 'true',
      'sagemaker:VolumeKmsKey': 'true',
      'sagemaker:OutputKmsKeyArn': 'true',
    })
    const as = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    const input = {
      AutoMLJobName: 'keys',
      AutoMLJobInputDataConfig: [channelOf('Regression')],
      OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
      AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: 'label' } },
      RoleArn: adminRole,
    }
    const { call } = await import('../support/call.ts')
    const attempt = (more: Input) => call(lab.server.url, as, 'sagemaker', 'CreateAutoMLJobV2', { ...input, ...more })
    await assert.rejects(attempt({}), { name: 'AccessDeniedException' })
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1'
    const VpcConfig = { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] }
    const all = {
      SecurityConfig: { VolumeKmsKeyId: key, VpcConfig },
      OutputDataConfig: { ...input.OutputDataConfig, KmsKeyId: key },
    }
    // Past the permission: the subnet is not there.
    await assert.rejects(attempt(all), { name: 'ValidationException', message: /subnet-1/ })
  })

  /** May create AutoML jobs where none of the keys is absent. */
  async function userWith(keys: Record<string, string>) {
    await lab.call('iam', 'CreateUser', { UserName: 'careful' })
    const Condition = { Null: Object.fromEntries(Object.keys(keys).map((key) => [key, 'false'])) }
    const Statement = [
      { Effect: 'Allow', Action: 'sagemaker:CreateAutoMLJobV2', Resource: '*', Condition },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' },
    ]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await lab.call('iam', 'PutUserPolicy', { UserName: 'careful', PolicyName: 'automl', PolicyDocument })
    return lab.call('iam', 'CreateAccessKey', { UserName: 'careful' })
  }
})

test('the search: defaults first, then ever nearer to what turned out best', () => {
  const search = { mode: 'HYPERPARAMETER_TUNING', seed: 'test' } as const
  const history: Tried[] = []
  // Best where the rate is 0.08 and the trees are four deep.
  const cost = ({ algorithm, parameters }: Tried) =>
    algorithm === 'xgboost' ? Math.abs(Math.log(Number(parameters['eta']) / 0.08)) + Math.abs(Number(parameters['max_depth']) - 4) : 9 // prettier-ignore
  for (let at = 0; at < 60; at++) {
    const next = propose(history, search)
    assert.deepEqual(next, propose(history, search))
    history.push({ ...next, cost: cost(next) })
  }
  assert.deepEqual(history.slice(0, 2).map(({ algorithm }) => algorithm), ['xgboost', 'linear-learner']) // prettier-ignore
  const best = (some: readonly Tried[]) => Math.min(...some.map((one) => one.cost!))
  assert.ok(best(history) < 0.2, String(best(history)))
  assert.ok(best(history) < best(history.slice(0, 5)))
  const late = history.slice(30)
  assert.ok(late.filter(({ algorithm }) => algorithm === 'xgboost').length > late.length / 2)
  assert.equal(new Set(history.map(({ parameters }) => JSON.stringify(parameters))).size, history.length)
  const chosen = propose([], { ...search, algorithms: ['linear-learner'] })
  assert.equal(chosen.algorithm, 'linear-learner')
})
