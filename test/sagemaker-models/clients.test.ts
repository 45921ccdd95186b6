import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { awsCli } from '../clients/aws-cli.ts'
import { boto3 } from '../clients/boto3.ts'
import { refusal, type ApiClient } from '../clients/client.ts'
import { openServingLab, settled } from './lab.ts'
import type { Ask, Lab } from './lab.ts'

let lab: Lab
let python: ApiClient
let cli: ApiClient
before(async () => {
  lab = await openServingLab()
  const { url, region, admin } = lab.server
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
  }
  python = boto3(env)
  cli = awsCli(env)
})
after(async () => {
  await python.close()
  await cli.close()
  await lab.close()
})

const modelRequest = (ModelName: string) => ({
  ModelName,
  ExecutionRoleArn: lab.roleArn,
  PrimaryContainer: { Image: lab.image, ModelDataUrl: 's3://artifacts/m/model.tar.gz' },
  Tags: [{ Key: 'team', Value: 'a' }],
})
const notebookRequest = (NotebookInstanceName: string) => ({
  NotebookInstanceName,
  InstanceType: 'ml.t3.medium',
  RoleArn: lab.roleArn,
})

describe('real clients', () => {
  it('boto3 makes a model, an endpoint configuration and a notebook instance, and takes them away', async () => {
    const ask: Ask = (service, operation, input) => python.call(service, operation, input)
    const [ModelName, EndpointConfigName, NotebookInstanceName] = ['model', 'config', 'notebook']
    const { ModelArn } = await ask('sagemaker', 'CreateModel', modelRequest(ModelName))
    const { EndpointConfigArn } = await ask('sagemaker', 'CreateEndpointConfig', {
      EndpointConfigName,
      ProductionVariants: [
        { VariantName: 'AllTraffic', ModelName, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
      ],
    })
    assert.match(EndpointConfigArn, /:endpoint-config\/config$/)
    const { ProductionVariants } = await ask('sagemaker', 'DescribeEndpointConfig', { EndpointConfigName })
    assert.equal(ProductionVariants[0].InitialVariantWeight, 1)
    const { Models } = await ask('sagemaker', 'ListModels', { NameContains: ModelName })
    assert.equal(Models[0].ModelArn, ModelArn)
    await ask('sagemaker', 'DeleteEndpointConfig', { EndpointConfigName })
    await ask('sagemaker', 'DeleteModel', { ModelName })
    const { message } = await refusal(ask('sagemaker', 'DescribeModel', { ModelName }))
    assert.equal(message, `Could not find model "${ModelArn}".`)

    await ask('sagemaker', 'CreateNotebookInstance', notebookRequest(NotebookInstanceName))
    const { CreationTime } = await settled(ask, NotebookInstanceName, 'InService')
    assert.ok(CreationTime)
    await ask('sagemaker', 'StopNotebookInstance', { NotebookInstanceName })
    await settled(ask, NotebookInstanceName, 'Stopped')
    await ask('sagemaker', 'DeleteNotebookInstance', { NotebookInstanceName })
  })

  it('the AWS CLI makes a model and a notebook instance', async () => {
    const { ModelArn } = await cli.call('sagemaker', 'CreateModel', modelRequest('by-cli'))
    const { code, message } = await refusal(cli.call('sagemaker', 'CreateModel', modelRequest('by-cli')))
    assert.deepEqual(
      [code, message],
      ['ValidationException', `Cannot create already existing model "${ModelArn as string}".`],
    )
    await cli.call('sagemaker', 'CreateNotebookInstance', notebookRequest('by-cli'))
    await settled(lab.ask, 'by-cli', 'InService')
  })
})
