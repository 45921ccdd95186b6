import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openCompilationLab, type CompilationLab } from './lab.ts'

/** Ends that a job has before its compiler is needed, in AWS's words where they are known. */
describe('compilation jobs that cannot be compiled', () => {
  let lab: CompilationLab

  before(async () => {
    lab = await openCompilationLab()
    await lab.model('model.tar.gz', { 'x.model': 'x' })
    await lab.call('iam', 'CreateRole', {
      RoleName: 'unread',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
        { Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' },
      ],
    })
    await lab.call('iam', 'PutRolePolicy', { RoleName: 'unread', PolicyName: 'some', PolicyDocument })
  })
  after(() => lab.close())

  const input = (changes: object) => ({ InputConfig: changes })
  const device = (TargetDevice: string, more: object = {}) => ({
    OutputConfig: { S3OutputLocation: 's3://compiled', TargetDevice, ...more },
  })
  const cases: Record<string, [Record<string, unknown>, string]> = {
    'no such model': [
      input({ S3Uri: 's3://models/none.tar.gz' }),
      'ClientError: InputConfiguration: S3 object does not exist. Bucket: models, Key: none.tar.gz',
    ],
    'no such bucket': [
      input({ S3Uri: 's3://nowhere-at-all/a/b.tar.gz' }),
      'ClientError: InputConfiguration: S3 object does not exist. Bucket: nowhere-at-all, Key: a/b.tar.gz',
    ],
    'a role that may not read it': [
      { RoleArn: 'arn:aws:iam::123456789012:role/unread' },
      'ClientError: InputConfiguration: Unable to download object s3://models/model.tar.gz (AccessDenied: Access Denied)',
    ],
    'another framework': [
      input({ Framework: 'KERAS', DataInputConfig: '{"input_1":[1,3,224,224]}' }),
      'ClientError: InputConfiguration: TVM cannot convert Keras model. Please make sure the framework you selected is correct. The compiler of this server takes ONNX and XGBOOST.',
    ],
    'an accelerator': [
      device('ml_inf1'),
      'ClientError: OutputConfiguration: The target ml_inf1 is not supported. The compiler of this server compiles for CPUs, not for Inferentia.',
    ],
    'options of a GPU': [
      device('ml_c5', { CompilerOptions: '{"gpu-code": "sm_72"}' }),
      'ClientError: OutputConfiguration: Invalid CompilerOptions {"gpu-code": "sm_72"}. The compiler of this server takes mcpu and mattr.',
    ],
    'shapes that are none': [
      input({ Framework: 'ONNX', DataInputConfig: '{"a": [1, null]}' }),
      'ClientError: InputConfiguration: Unable to parse DataInputConfig {"a": [1, null]}. Specify the name and shape of each input, such as {"data": [1, 3, 224, 224]}.',
    ],
  }
  for (const [index, [what, [changes, reason]]] of Object.entries(cases).entries())
    test(what, async () => {
      await lab.start(`case-${index}`, changes)
      const { description } = await lab.ended(`case-${index}`)
      assert.deepEqual([description.CompilationJobStatus, description.FailureReason], ['FAILED', reason])
    })

  test('a bucket of another Region', async () => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' }
    await lab.call('s3', 'CreateBucket', { Bucket: 'far-away', CreateBucketConfiguration }).catch(() => {})
    await lab.start('far', input({ S3Uri: 's3://far-away/m.tar.gz' }))
    const { description } = await lab.ended('far')
    assert.equal(
      description.FailureReason,
      'ClientError: InputConfiguration: Bucket far-away is in region eu-west-1 which is different from AWS Sagemaker service region us-east-1',
    )
  })
})
