import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { allow, openServingLab, outcome } from './lab.ts'
import type { Input, Lab } from './lab.ts'

let lab: Lab
let made = 0
before(async () => {
  lab = await openServingLab()
  for (const ModelName of ['one', 'two']) {
    const PrimaryContainer = { Image: lab.image }
    await lab.ask('sagemaker', 'CreateModel', { ModelName, ExecutionRoleArn: lab.roleArn, PrimaryContainer })
  }
})
after(() => lab.close())

const arnOf = (name: string) => `arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/${name}`
const variant = (changes: Input = {}) => ({
  VariantName: 'AllTraffic',
  ModelName: 'one',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 1,
  ...changes,
})
const serverless = (config: Input = {}, changes: Input = {}) =>
  variant({
    InstanceType: undefined,
    InitialInstanceCount: undefined,
    ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5, ...config },
    ...changes,
  })
const shadow = { VariantName: 'shadow', ModelName: 'two' }
const capture = {
  InitialSamplingPercentage: 50,
  DestinationS3Uri: 's3://b',
  CaptureOptions: [{ CaptureMode: 'Input' }],
}
const async_ = { OutputConfig: { S3OutputPath: 's3://b' } }

function create(changes: Input = {}, ask = lab.ask): Promise<{ EndpointConfigArn: string }> {
  const EndpointConfigName = `c-${++made}`
  return ask('sagemaker', 'CreateEndpointConfig', { EndpointConfigName, ProductionVariants: [variant()], ...changes })
}

describe('an endpoint configuration', () => {
  it('is described as it was asked for, listed, tagged and deleted; and then unknown', async () => {
    const EndpointConfigName = 'whole'
    const request = {
      EndpointConfigName,
      ProductionVariants: [variant({ AcceleratorType: 'ml.eia2.medium', InitialVariantWeight: 0.5 })],
      ShadowProductionVariants: [variant(shadow)],
      DataCaptureConfig: { EnableCapture: true, ...capture },
      KmsKeyId: 'alias/volume',
    }
    const { EndpointConfigArn } = await create({ ...request, Tags: [{ Key: 'a', Value: 'b' }] })
    assert.equal(EndpointConfigArn, arnOf('whole'))
    const { CreationTime, ...told } = await lab.ask('sagemaker', 'DescribeEndpointConfig', { EndpointConfigName })
    assert.ok(CreationTime > 0)
    assert.deepEqual(told, {
      ...request,
      EndpointConfigArn,
      ShadowProductionVariants: [variant({ ...shadow, InitialVariantWeight: 1 })],
      EnableNetworkIsolation: false,
    })
    const { EndpointConfigs } = await lab.ask('sagemaker', 'ListEndpointConfigs', { NameContains: 'whole' })
    assert.deepEqual(EndpointConfigs, [{ EndpointConfigName, EndpointConfigArn, CreationTime }])
    const { Tags } = await lab.ask('sagemaker', 'ListTags', { ResourceArn: EndpointConfigArn })
    assert.deepEqual(Tags, [{ Key: 'a', Value: 'b' }])
    const sentence = `Cannot create already existing endpoint configuration "${EndpointConfigArn}".`
    assert.equal(await outcome(create(request)), `ValidationException: ${sentence}`)
    await lab.ask('sagemaker', 'DeleteEndpointConfig', { EndpointConfigName })
    for (const operation of ['DescribeEndpointConfig', 'DeleteEndpointConfig']) {
      const told = await outcome(lab.ask('sagemaker', operation, { EndpointConfigName }))
      assert.equal(told, `ValidationException: Could not find endpoint configuration "${EndpointConfigArn}".`)
    }
  })

  const cases: { what: string; request: Input; refused?: RegExp }[] = [
    { what: 'a serverless variant', request: { ProductionVariants: [serverless()] } },
    { what: 'two variants', request: { ProductionVariants: [variant(), variant(shadow)] } },
    { what: 'asynchronous inference', request: { AsyncInferenceConfig: async_ } },
    {
      what: 'instance pools',
      request: {
        ProductionVariants: [
          variant({ InstanceType: undefined, InstancePools: [{ InstanceType: 'ml.m5.large', Priority: 1 }] }),
        ],
      },
    },
    {
      what: 'a model that is not there',
      request: { ProductionVariants: [variant({ ModelName: 'none' })] },
      refused: /^ValidationException: Could not find model "arn:aws:sagemaker:us-east-1:123456789012:model\/none"\.$/,
    },
    {
      what: 'a shadow model that is not there',
      request: { ShadowProductionVariants: [variant({ ...shadow, ModelName: 'none' })] },
      refused: /Could not find model/,
    },
    {
      what: 'a variant twice',
      request: { ProductionVariants: [variant(), variant()] },
      refused: /Variant names must be unique/,
    },
    {
      what: 'nothing to run on',
      request: { ProductionVariants: [variant({ InstanceType: undefined })] },
      refused: /exactly one of InstanceType, InstancePools and ServerlessConfig/,
    },
    {
      what: 'no count',
      request: { ProductionVariants: [variant({ InitialInstanceCount: undefined })] },
      refused: /InitialInstanceCount is required/,
    },
    {
      what: 'a negative weight',
      request: { ProductionVariants: [variant({ InitialVariantWeight: -1 })] },
      refused: /must not be negative/,
    },
    {
      what: 'two variants and a shadow',
      request: {
        ProductionVariants: [variant(), variant({ VariantName: 'b' })],
        ShadowProductionVariants: [variant(shadow)],
      },
      refused: /one production variant and one shadow variant/,
    },
    {
      what: 'odd memory',
      request: { ProductionVariants: [serverless({ MemorySizeInMB: 1500 })] },
      refused: /MemorySizeInMB must be/,
    },
    {
      what: 'more provisioned than may run',
      request: { ProductionVariants: [serverless({ ProvisionedConcurrency: 6 })] },
      refused: /ProvisionedConcurrency must not be greater/,
    },
    {
      what: 'an accelerator without an instance',
      request: { ProductionVariants: [serverless({}, { AcceleratorType: 'ml.eia2.medium' })] },
      refused: /AcceleratorType is not supported for a serverless endpoint/,
    },
    {
      what: 'serverless data capture',
      request: { ProductionVariants: [serverless()], DataCaptureConfig: capture },
      refused: /DataCaptureConfig is not supported/,
    },
    {
      what: 'asynchronous inference of two variants',
      request: { AsyncInferenceConfig: async_, ProductionVariants: [variant(), variant(shadow)] },
      refused: /AsyncInferenceConfig/,
    },
    {
      what: 'a key for local storage',
      request: { KmsKeyId: 'alias/k', ProductionVariants: [variant({ InstanceType: 'ml.g4dn.xlarge' })] },
      refused: /KmsKeyId is not supported for instance type ml\.g4dn\.xlarge/,
    },
    {
      what: 'neither model nor role',
      request: { ProductionVariants: [variant({ ModelName: undefined })] },
      refused: /ExecutionRoleArn is required/,
    },
    {
      what: 'isolation of a named model',
      request: { EnableNetworkIsolation: true },
      refused: /EnableNetworkIsolation is only supported/,
    },
    {
      what: 'a role of another account',
      request: { ExecutionRoleArn: 'arn:aws:iam::999999999999:role/theirs' },
      refused: /Cross-account pass role is not allowed/,
    },
  ]
  for (const { what, request, refused } of cases) {
    it(`${refused ? 'is refused' : 'is taken'} with ${what}`, async () => {
      assert.match(await outcome(create(request)), refused ?? /^done$/)
    })
  }

  it('is for inference components where it has a role and no model', async () => {
    await create({
      ProductionVariants: [variant({ ModelName: undefined })],
      ExecutionRoleArn: lab.roleArn,
      EnableNetworkIsolation: true,
      VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    })
  })

  it('is held to condition keys, each by one user', async () => {
    const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/k'
    const conditions: { condition: object; good: Input; bad: Input }[] = [
      {
        condition: { 'ForAllValues:StringLike': { 'sagemaker:InstanceTypes': ['ml.m5.*'] } },
        good: {},
        bad: { ProductionVariants: [variant(), variant({ ...shadow, InstanceType: 'ml.p3.2xlarge' })] },
      },
      {
        condition: { ArnLike: { 'sagemaker:ModelArn': 'arn:aws:sagemaker:*:*:model/one' } },
        good: {},
        bad: { ProductionVariants: [variant({ ModelName: 'two' })] },
      },
      {
        condition: { ArnEquals: { 'sagemaker:VolumeKmsKeyArn': keyArn } },
        good: { KmsKeyId: keyArn },
        bad: { KmsKeyId: `${keyArn}2` },
      },
      {
        condition: { 'ForAnyValue:StringEquals': { 'sagemaker:AcceleratorTypes': 'ml.eia2.medium' } },
        good: { ProductionVariants: [variant({ AcceleratorType: 'ml.eia2.medium' })] },
        bad: {},
      },
      {
        condition: {
          NumericLessThanEquals: {
            'sagemaker:ServerlessMaxConcurrency': '5',
            'sagemaker:ServerlessMemorySize': '2048',
          },
        },
        good: { ProductionVariants: [serverless()] },
        bad: { ProductionVariants: [serverless({ MaxConcurrency: 6 })] },
      },
    ]
    for (const [at, { condition, good, bad }] of conditions.entries()) {
      const may = allow('sagemaker:CreateEndpointConfig', '*', { Condition: condition })
      const { ask } = await lab.user(`u${at}`, may)
      assert.equal(await outcome(create(good, ask)), 'done', JSON.stringify(condition))
      assert.match(await outcome(create(bad, ask)), /not authorized to perform: sagemaker:CreateEndpointConfig/)
    }
  })

  it('hands a role on only by iam:PassRole', async () => {
    const { ask } = await lab.user('no-pass', allow('sagemaker:*'))
    const told = await outcome(create({ ExecutionRoleArn: lab.roleArn }, ask))
    assert.match(told, /not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/trusted/)
  })
})
