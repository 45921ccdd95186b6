import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { call } from '../support/call.ts'
import { openJobLab, type JobLab } from './lab.ts'
import { definition, kinds, launched, limits, objective, tuned, tuning, tuningRole, x } from './tuning-lab.ts'

type Input = Record<string, unknown>

const range = (kind: 'Integer' | 'Continuous', MinValue: string, MaxValue: string, more: Input = {}) => ({
  ParameterRanges: { [`${kind}ParameterRanges`]: [{ Name: 'x', MinValue, MaxValue, ...more }] },
})
const one = { ResourceLimits: limits(1, 1) }
const several = (...definitions: Input[]) => ({
  HyperParameterTuningJobName: 'several',
  HyperParameterTuningJobConfig: { Strategy: 'Random', ...one },
  TrainingJobDefinitions: definitions,
})
const named = (DefinitionName: string, changes: Input = {}) =>
  definition({ DefinitionName, TuningObjective: objective, HyperParameterRanges: x, ...changes })
const warm = (HyperParameterTuningJobName: string, WarmStartType = 'IdenticalDataAndAlgorithm') => ({
  WarmStartConfig: { WarmStartType, ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName }] },
})
const algorithm = (changes: Input) =>
  definition({ AlgorithmSpecification: { ...(definition()['AlgorithmSpecification'] as Input), ...changes } })

/** Each refused before anything is done; with the code where it is not ValidationException. */
const refused: readonly [what: string, input: Input, message: RegExp | string, code?: string][] = [
  [
    'the objective is no metric',
    tuning('a', { ...one, HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'gain' } }),
    'A metric is required for this hyperparameter tuning job objective. Provide a metric in the metric definitions.',
  ],
  [
    'fewer combinations than training jobs',
    tuning('a', {
      ParameterRanges: { IntegerParameterRanges: [{ Name: 'x', MinValue: '1', MaxValue: '3' }] },
      ResourceLimits: limits(10, 1),
    }),
    "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter combinations for the provided ranges [3.0] must be equal or greater than the value of MaxNumberOfJobs, [10]. Provide additional ranges.",
  ],
  ['no definition', { ...tuning('a', one), TrainingJobDefinition: undefined }, /Exactly one of TrainingJobDefinition/],
  ['both kinds of definition', { ...tuning('a', one), TrainingJobDefinitions: [named('b')] }, /Exactly one of/],
  ['definitions without names of their own', several(named('b'), named('b')), /DefinitionName of its own/],
  [
    'definitions without ranges',
    several(named('b', { HyperParameterRanges: undefined }), named('c')),
    /TuningObjective and HyperParameterRanges/,
  ],
  [
    'objectives of two types',
    several(named('b'), named('c', { TuningObjective: { ...objective, Type: 'Maximize' } })),
    /same type/,
  ],
  [
    'no objective',
    tuning('a', { ...one, HyperParameterTuningJobObjective: undefined }),
    /objective metric is required/,
  ],
  ['no ranges', tuning('a', { ...one, ParameterRanges: undefined }), /ranges are required/],
  ['a range of one value', tuning('a', { ...one, ...range('Integer', '1', '1') }), /must be less than/],
  ['a range of words', tuning('a', { ...one, ...range('Continuous', 'few', 'many') }), /not a valid number/],
  ['an integer that is none', tuning('a', { ...one, ...range('Integer', '1', '2.5') }), /not a valid integer/],
  [
    'a logarithm of zero',
    tuning('a', { ...one, ...range('Continuous', '0', '1', { ScalingType: 'Logarithmic' }) }),
    /greater than 0/,
  ],
  [
    'a reverse logarithm of one',
    tuning('a', { ...one, ...range('Continuous', '0', '1', { ScalingType: 'ReverseLogarithmic' }) }),
    /0 <= x < 1\.0/,
  ],
  ['a category twice', tuning('a', { ...one, ParameterRanges: kinds('right', 'right') }), /must be unique/],
  [
    'static and tunable',
    tuning('a', one, { TrainingJobDefinition: definition({ StaticHyperParameters: { x: '1' } }) }),
    /both static and tunable/,
  ],
  [
    'AutoParameters without Autotune',
    tuning('a', { ...one, ParameterRanges: { AutoParameters: [{ Name: 'x', ValueHint: '1' }] } }),
    /Autotune is enabled/,
  ],
  ['Grid over numbers', tuning('a', { ...one, Strategy: 'Grid' }), /only categorical/],
  [
    'Grid with another number of jobs',
    tuning('a', { Strategy: 'Grid', ParameterRanges: kinds('right', 'wrong'), ...one }),
    /must be equal to the number of distinct categorical combinations \[2\]/,
  ],
  ['Hyperband without a MaxResource', tuning('a', { ...one, Strategy: 'Hyperband' }), /MaxResource must be provided/],
  [
    'Hyperband beside early stopping',
    tuning('a', {
      ...one,
      Strategy: 'Hyperband',
      StrategyConfig: { HyperbandStrategyConfig: { MaxResource: 9 } },
      TrainingJobEarlyStoppingType: 'Auto',
    }),
    /must be Off/,
  ],
  [
    "Hyperband's configuration for another",
    tuning('a', { ...one, StrategyConfig: { HyperbandStrategyConfig: { MaxResource: 9 } } }),
    /only supported for the Hyperband/,
  ],
  [
    'too many training jobs',
    tuning('a', { Strategy: 'Bayesian', ResourceLimits: limits(751, 1) }),
    /is 750/,
    'ResourceLimitExceeded',
  ],
  ['too many at once', tuning('a', { ResourceLimits: limits(500, 101) }), /is 100/, 'ResourceLimitExceeded'],
  [
    'more at once than in all',
    tuning('a', { ResourceLimits: limits(1, 2) }),
    /less than or equal to MaxNumberOfTrainingJobs/,
  ],
  [
    'two resource configurations',
    tuning('a', one, {
      TrainingJobDefinition: definition({ HyperParameterTuningResourceConfig: { InstanceType: 'ml.m5.large' } }),
    }),
    /Exactly one of ResourceConfig/,
  ],
  [
    'a role of another account',
    tuning('a', one, { TrainingJobDefinition: definition({ RoleArn: 'arn:aws:iam::210987654321:role/jobs' }) }),
    'RoleArn: Cross-account pass role is not allowed.',
  ],
  [
    'a role that is not there',
    tuning('a', one, { TrainingJobDefinition: definition({ RoleArn: 'arn:aws:iam::123456789012:role/gone' }) }),
    "Could not assume role arn:aws:iam::123456789012:role/gone. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.",
  ],
  [
    'an image that is not there',
    tuning('a', one, {
      TrainingJobDefinition: algorithm({
        TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/gone:latest',
      }),
    }),
    /^Cannot find the requested image/,
  ],
  [
    'data that are not there',
    tuning('a', one, {
      TrainingJobDefinition: definition({
        InputDataConfig: [
          {
            ChannelName: 'train',
            DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/nothing' } },
          },
        ],
      }),
    }),
    `No S3 objects found under S3 URL "s3://jobs/nothing" given in input data source. Please ensure that the bucket exists in the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "${tuningRole}" has "s3:ListBucket" permissions on bucket "jobs".`,
  ],
  ['an unknown parent', tuning('a', one, warm('nobody')), /^Could not find parent/],
  [
    'a parent and Grid',
    tuning(
      'a',
      { Strategy: 'Grid', ParameterRanges: kinds('right'), ResourceLimits: { MaxParallelTrainingJobs: 1 } },
      warm('parent'),
    ),
    /not supported for the Grid/,
  ],
  [
    'another objective than the parent',
    tuning('a', { ...one, HyperParameterTuningJobObjective: { ...objective, Type: 'Maximize' } }, warm('parent')),
    /objective metric must be the same/,
  ],
  [
    'other hyperparameters than the parent',
    tuning('a', one, {
      TrainingJobDefinition: definition({ StaticHyperParameters: { more: '1' } }),
      ...warm('parent'),
    }),
    /together must be the same/,
  ],
  [
    'another kind of hyperparameter than the parent',
    tuning('a', { ...one, ...range('Integer', '1', '9') }, warm('parent')),
    /type of hyperparameter \[x\] must be the same/,
  ],
  [
    'other data than the parent',
    tuning('a', one, {
      TrainingJobDefinition: definition({
        InputDataConfig: [
          {
            ChannelName: 'train',
            DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://jobs/nothing' } },
          },
        ],
      }),
      ...warm('parent'),
    }),
    /input data must be the same/,
  ],
  ['a name that is taken', tuning('parent', one), /already exists/, 'ResourceInUse'],
]

describe('a request for a hyperparameter tuning job', () => {
  let lab: JobLab
  before(async () => {
    lab = await openJobLab(['tunes'])
    await create(tuning('parent', one))
    await tuned(lab, 'parent')
  })
  after(() => lab.close())

  const create = (input: Input) => lab.call('sagemaker', 'CreateHyperParameterTuningJob', input)

  for (const [what, input, message, code = 'ValidationException'] of refused)
    test(`is refused: ${what}`, () => assert.rejects(create(input), { code, message }))

  test('nothing of what was refused is left', async () => {
    const { HyperParameterTuningJobSummaries: all } = await lab.call('sagemaker', 'ListHyperParameterTuningJobs')
    assert.deepEqual(
      all.map((one: any) => one.HyperParameterTuningJobName),
      ['parent'],
    )
  })

  test('Autotune makes ranges of examples, and asks for no limits', async () => {
    await create(
      tuning(
        'auto',
        {
          ParameterRanges: {
            AutoParameters: [
              { Name: 'x', ValueHint: '3.5' },
              { Name: 'kind', ValueHint: 'right' },
            ],
          },
          ResourceLimits: limits(2, 2),
        },
        { Autotune: { Mode: 'Enabled' } },
      ),
    )
    const { HyperParameterTuningJobStatus: status, Autotune } = await tuned(lab, 'auto')
    assert.deepEqual([status, Autotune], ['Completed', { Mode: 'Enabled' }])
    for (const { TunedHyperParameters: point, TrainingJobName } of await launched(lab, 'auto')) {
      assert.ok(Number(point.x) >= 0.35 && Number(point.x) <= 35)
      const { HyperParameters } = await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
      assert.equal(HyperParameters.kind, 'right')
    }
  })

  test('of several instance types the first is taken', async () => {
    const InstanceConfigs = ['ml.c5.large', 'ml.m5.large'].map((InstanceType) => ({
      InstanceType,
      InstanceCount: 1,
      VolumeSizeInGB: 1,
    }))
    const { ResourceConfig: _, ...rest } = definition()
    const flexible = {
      ...rest,
      HyperParameterTuningResourceConfig: {
        AllocationStrategy: 'Prioritized',
        InstanceConfigs: InstanceConfigs.map((each) => ({
          ...each,
          InstanceType: each.InstanceType.replace('c5.large', 'c5.xlarge'),
        })),
      },
    }
    await create(tuning('types', one, { TrainingJobDefinition: flexible }))
    await tuned(lab, 'types')
    const [{ TrainingJobName }] = (await launched(lab, 'types')) as [any]
    const { ResourceConfig } = await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName })
    assert.deepEqual(ResourceConfig, { InstanceType: 'ml.c5.xlarge', InstanceCount: 1, VolumeSizeInGB: 1 })
  })
})

describe('who may tune', () => {
  let lab: JobLab
  let user: { accessKeyId: string; secretAccessKey: string }
  const role = 'arn:aws:iam::123456789012:role/tuner'
  const mine = (name: string, config: Input = {}, more: Input = {}) =>
    tuning(name, { ...one, ...config }, { TrainingJobDefinition: definition({ RoleArn: role }), ...more })
  const asUser = (operation: string, input: Input) => call(lab.server.url, user, 'sagemaker', operation, input)

  before(async () => {
    lab = await openJobLab(['tunes'])
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sagemaker.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sagemaker:us-east-1:123456789012:training-job/*' } },
        },
      ],
    }
    await lab.call('iam', 'CreateRole', { RoleName: 'tuner', AssumeRolePolicyDocument: JSON.stringify(trust) })
    await lab.call('iam', 'PutRolePolicy', { RoleName: 'tuner', PolicyName: 'tuning', PolicyDocument: tuningPolicy })
    await lab.call('iam', 'CreateUser', { UserName: 'ann' })
    const { AccessKey } = await lab.call('iam', 'CreateAccessKey', { UserName: 'ann' })
    user = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  })
  after(() => lab.close())

  const allow = (...Statement: Input[]) =>
    lab.call('iam', 'PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: Statement.map((each) => ({ Effect: 'Allow', ...each })),
      }),
    })
  const tunes = {
    Action: 'sagemaker:CreateHyperParameterTuningJob',
    Resource: 'arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/mine*',
  }
  const passes = {
    Action: 'iam:PassRole',
    Resource: role,
    Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  }

  test('the caller needs the operation, the right to pass the role, and AddTags for tags', async () => {
    const tags = { Tags: [{ Key: 'team', Value: 'blue' }] }
    const denied = async (name: string, action: string, more: Input = {}) =>
      assert.rejects(asUser('CreateHyperParameterTuningJob', mine(name, {}, more)), {
        code: 'AccessDeniedException',
        message: new RegExp(`is not authorized to perform: ${action} on resource`),
      })
    await denied('mine', 'sagemaker:CreateHyperParameterTuningJob')
    await allow(tunes)
    await denied('mine', 'iam:PassRole')
    await allow(tunes, passes)
    await denied('other', 'sagemaker:CreateHyperParameterTuningJob')
    await denied('mine', 'sagemaker:AddTags', tags)
    await asUser('CreateHyperParameterTuningJob', mine('mine-1'))
  })

  test("the page's policy suffices for the role, which a training job takes; it creates none itself", async () => {
    const { HyperParameterTuningJobStatus: status, FailureReason: reason } = await tuned(lab, 'mine-1')
    assert.equal(status, 'Completed', reason)
    const [{ TrainingJobName }] = (await launched(lab, 'mine-1')) as [any]
    const { steps } = await lab.ended(TrainingJobName)
    assert.deepEqual(
      steps.filter((step) => step.status !== 'done'),
      [],
    )
  })

  test('condition keys: of several definitions each counts', async () => {
    const only = (Condition: Input) => allow({ ...tunes, Condition }, passes)
    const isolated = (DefinitionName: string, EnableNetworkIsolation: boolean, InstanceType = 'ml.m5.large') =>
      named(DefinitionName, {
        RoleArn: role,
        EnableNetworkIsolation,
        ResourceConfig: { InstanceType, InstanceCount: 1, VolumeSizeInGB: 1 },
      })
    const pair = (name: string, ...definitions: Input[]) => ({
      ...several(...definitions),
      HyperParameterTuningJobName: name,
    })
    const denied = { code: 'AccessDeniedException' }

    await only({ Bool: { 'sagemaker:NetworkIsolation': 'true' } })
    await assert.rejects(
      asUser('CreateHyperParameterTuningJob', pair('mine-2', isolated('a', true), isolated('b', false))),
      denied,
    )
    await asUser('CreateHyperParameterTuningJob', pair('mine-2', isolated('a', true), isolated('b', true)))

    await only({ 'ForAllValues:StringLike': { 'sagemaker:InstanceTypes': 'ml.m5.*' } })
    await assert.rejects(
      asUser(
        'CreateHyperParameterTuningJob',
        pair('mine-3', isolated('a', false), isolated('b', false, 'ml.p3.2xlarge')),
      ),
      denied,
    )

    await only({ NumericLessThan: { 'sagemaker:MaxRuntimeInSeconds': '100' } })
    await assert.rejects(asUser('CreateHyperParameterTuningJob', mine('mine-4')), denied)
    await tuned(lab, 'mine-2')
  })
})

/** The role page's "CreateHyperParameterTuningJob API: execution role permissions", as its policy stands there. */
const tuningPolicy = readFileSync(new URL('../../corpus/policy/documents/tuning.json', import.meta.url), 'utf8')
