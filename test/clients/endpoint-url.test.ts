import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli, type AwsCli } from './aws-cli.ts'
import { refused, type ApiClient } from './client.ts'
import { environmentOf, sallyport, type Environment } from './command.ts'
import { onlyMyEndpoint } from './documents.ts'
import { jsSdk } from './js-sdk.ts'
import { account, follow, type Place } from './place.ts'

const user = `arn:aws:iam::${account}:user/admin`
const denied = (action: string, resource: string, why: string) => ({
  code: 'AccessDeniedException',
  // List calls have no resource, and AWS names none.
  message: `User: ${user} is not authorized to perform: ${action}${resource && ` on resource: ${resource}`} because no ${why} allows the ${action} action`,
})
const notFound = (endpoint: string) => ({
  code: 'ValidationError',
  message: `Endpoint ${endpoint} of account ${account} not found.`,
})

/** "Connect to SageMaker within your VPC": the page's three commands over the endpoints' own addresses. */
describe('the AWS CLI over interface endpoints', () => {
  let server: TestServer
  let env: Environment
  let admin: ApiClient
  let cli: AwsCli
  let folder: string
  const place = { region: 'us-east-1' } as Place
  const url = { api: '', runtime: '' }

  const listNotebooks = (...by: string[]) => aws('sagemaker', 'list-notebook-instances', ...by)
  const listJobs = (...by: string[]) => aws('sagemaker', 'list-training-jobs', ...by)
  const invoke = (endpoint: string, ...by: string[]) =>
    aws(
      'sagemaker-runtime',
      'invoke-endpoint',
      '--endpoint-name',
      endpoint,
      '--body',
      `fileb://${folder}/body.json`,
      `${folder}/out`,
      ...by,
    )
  const over = (address: string) => ['--endpoint-url', address]

  before(async () => {
    server = await startTestServer()
    env = await environmentOf(server.dataDir)
    admin = jsSdk(env)
    cli = awsCli(env)
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    writeFileSync(join(folder, 'body.json'), '{"instances": [[5.1, 3.5, 1.4, 0.2]]}')
    const endpoint = (service: string) => ({
      service: 'ec2',
      operation: 'CreateVpcEndpoint',
      input: {
        VpcId: '<vpc>',
        VpcEndpointType: 'Interface',
        ServiceName: `com.amazonaws.<region>.sagemaker.${service}`,
        SubnetIds: ['<subnet>'],
      },
      keep: { [service]: 'VpcEndpoint.VpcEndpointId' },
    })
    await follow(admin, place, [
      {
        service: 'ec2',
        operation: 'CreateVpc',
        input: { CidrBlock: '10.0.0.0/16' },
        keep: { vpc: 'Vpc.VpcId' },
      },
      {
        service: 'ec2',
        operation: 'CreateSubnet',
        input: { VpcId: '<vpc>', CidrBlock: '10.0.1.0/24' },
        keep: { subnet: 'Subnet.SubnetId' },
      },
      {
        service: 'ec2',
        operation: 'ModifyVpcAttribute',
        input: { VpcId: '<vpc>', EnableDnsHostnames: { Value: true } },
      },
      endpoint('api'),
      endpoint('runtime'),
    ])
    url.api = (await sallyport(['endpoint-url', place['api']!], env)).trim()
    url.runtime = (await sallyport(['endpoint-url', place['runtime']!], env)).trim()
  })

  after(async () => {
    await Promise.all([admin.close(), cli.close()])
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function aws(...args: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await cli.aws(...args, '--output', 'json')
    if (code === 0) return JSON.parse(stdout)
    const said = /An error occurred \((\w+)\) when calling the \w+ operation: (.*)/s.exec(stderr)
    assert.ok(said, stderr)
    return { code: said[1], message: said[2]!.trim() }
  }

  async function withPolicy(endpoint: 'api' | 'runtime', policy: string | undefined): Promise<void> {
    const change = policy === undefined ? { ResetPolicy: true } : { PolicyDocument: policy }
    await admin.call('ec2', 'ModifyVpcEndpoint', { VpcEndpointId: place[endpoint], ...change })
  }

  test('each endpoint has a loopback address of its own', () => {
    assert.match(url.api, /^http:\/\/127\.\d+\.\d+\.\d+:\d+$/)
    assert.match(url.runtime, /^http:\/\/127\.\d+\.\d+\.\d+:\d+$/)
    assert.equal(new Set([url.api, url.runtime, server.url]).size, 3)
  })

  test("without a policy of the endpoint's own, all three pass", async () => {
    assert.deepEqual(await listNotebooks(...over(url.api)), { NotebookInstances: [] })
    assert.deepEqual(await listJobs(...over(url.api)), { TrainingJobSummaries: [] })
    assert.deepEqual(await invoke('myEndpoint', ...over(url.runtime)), notFound('myEndpoint'))
  })

  test("the page's policy lets only InvokeEndpoint of myEndpoint through, and binds nobody outside", async () => {
    const policy = onlyMyEndpoint('us-east-1', account)
    await Promise.all([withPolicy('api', policy), withPolicy('runtime', policy)])
    const why = 'VPC endpoint policy'
    const other = `arn:aws:sagemaker:us-east-1:${account}:endpoint/other`
    assert.deepEqual(await listNotebooks(...over(url.api)), denied('sagemaker:ListNotebookInstances', '', why))
    assert.deepEqual(await listJobs(...over(url.api)), denied('sagemaker:ListTrainingJobs', '', why))
    assert.deepEqual(await invoke('myEndpoint', ...over(url.runtime)), notFound('myEndpoint'))
    assert.deepEqual(await invoke('other', ...over(url.runtime)), denied('sagemaker:InvokeEndpoint', other, why))
    assert.deepEqual(await listJobs(), { TrainingJobSummaries: [] })
    assert.deepEqual(await invoke('other'), notFound('other'))
    await Promise.all([withPolicy('api', undefined), withPolicy('runtime', undefined)])
    assert.deepEqual(await listNotebooks(...over(url.api)), { NotebookInstances: [] })
  })

  test('the refusal is explained by the endpoint and its policy', async () => {
    await withPolicy('runtime', onlyMyEndpoint('us-east-1', account))
    const through = jsSdk({ ...env, AWS_ENDPOINT_URL: url.runtime })
    const error = await through
      .call('sagemaker-runtime', 'InvokeEndpoint', { EndpointName: 'other', Body: '{}' })
      .then(assert.fail, (reason: { requestId: string }) => reason)
    const explanation = JSON.parse(await sallyport(['explain', error.requestId, '--format', 'json'], env, [2]))
    assert.equal(explanation.blockers[0].layer, 'vpce-policy')
    assert.equal(explanation.blockers[0].component, place['runtime'])
    assert.equal(explanation.way.vpcEndpointId, place['runtime'])
    for (const { call } of explanation.fixes) await admin.call(call.service, call.operation, call.input)
    assert.deepEqual(
      await refused(through.call('sagemaker-runtime', 'InvokeEndpoint', { EndpointName: 'other', Body: '{}' })),
      notFound('other'),
    )
    await through.close()
    await withPolicy('runtime', undefined)
  })

  for (const [key, value] of [
    ['aws:SourceVpce', () => place['api']!],
    ['aws:SourceVpc', () => place['vpc']!],
  ] as const) {
    test(`an identity policy with ${key} confines a user to the endpoint`, async () => {
      const UserName = key.slice('aws:'.length)
      await admin.call('iam', 'CreateUser', { UserName })
      await admin.call('iam', 'PutUserPolicy', {
        UserName,
        PolicyName: 'confined',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sagemaker:ListTrainingJobs',
              Resource: '*',
              Condition: { StringEquals: { [key]: value() } },
            },
          ],
        }),
      })
      const { AccessKey } = await admin.call('iam', 'CreateAccessKey', { UserName })
      const keys = { AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey }
      const inside = jsSdk({ ...env, ...keys, AWS_ENDPOINT_URL: url.api })
      const outside = jsSdk({ ...env, ...keys })
      assert.deepEqual(await inside.call('sagemaker', 'ListTrainingJobs'), { TrainingJobSummaries: [] })
      const { code, message } = await refused(outside.call('sagemaker', 'ListTrainingJobs'))
      assert.equal(code, 'AccessDeniedException')
      assert.match(message, /because no identity-based policy allows the sagemaker:ListTrainingJobs action$/)
      await Promise.all([inside.close(), outside.close()])
    })
  }

  test('an endpoint answers for its own service only', async () => {
    const wrong = jsSdk({ ...env, AWS_ENDPOINT_URL: url.api })
    const { code } = await refused(wrong.call('sagemaker-runtime', 'InvokeEndpoint', { EndpointName: 'e', Body: '{}' }))
    assert.equal(code, 'UnknownOperationException')
    await wrong.close()
  })
})
