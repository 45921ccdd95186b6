import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Explanation } from '../../src/advise/explanation.ts'
import { connect, type Client } from '../../src/cli/client.ts'
import { Unreachable } from '../../src/door/locate.ts'
import { roleTrusting, userWith } from '../../src/verify/people.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { step, type Step } from './site.ts'
import { follow } from './site.ts'

/** What hits who asks, whatever is asked for: an SDK's own calls, and the way to SageMaker's API. */
describe('what callers stumble over', () => {
  let server: TestServer
  let admin: Client

  before(async () => {
    server = await startTestServer({ fabric: 'off' })
    admin = connect({
      AWS_ACCESS_KEY_ID: server.admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.admin.secretAccessKey,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: server.region,
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
    })
  })
  after(() => server.close())

  const explained = async (Id: string): Promise<Explanation> =>
    (await admin.call('sallyport', 'Explain', { Id })).Document as Explanation
  const mend = async ({ fixes }: Explanation) => {
    assert.notEqual(fixes.length, 0)
    for (const { call } of fixes) await admin.call(call.service, call.operation, call.input)
  }

  /** A call that a user is refused: AWS's words, and what explain makes of them. It passes once the fix is done. */
  async function refused(user: string, call: Parameters<Client['call']>, says: RegExp): Promise<Explanation> {
    const client = await userWith(admin, user, [{ Effect: 'Allow', Action: 'sagemaker:*' }])
    const error = await client.call(...call).then(
      () => assert.fail('it passed'),
      (reason: unknown) => reason as AwsError,
    )
    assert.ok(error instanceof AwsError, String(error))
    assert.match(`${error.code}: ${error.message}`, says)
    const explanation = await explained(error.fields['RequestId']!)
    assert.equal(explanation.blockers[0]?.layer, 'caller-policy')
    await mend(explanation)
    await client.call(...call)
    return explanation
  }

  test('5: get_execution_role() asks for a role that the caller may not look at', async () => {
    await roleTrusting(admin, 'execution', 'sagemaker.amazonaws.com')
    const { fixes } = await refused(
      'looks',
      ['iam', 'GetRole', { RoleName: 'execution' }],
      /^AccessDenied: User: arn:aws:iam::123456789012:user\/looks is not authorized to perform: iam:GetRole on resource: role execution because no identity-based policy allows the iam:GetRole action/,
    )
    assert.match(JSON.stringify(fixes[0]!.call.input), /iam:GetRole.*role\/execution/)
  })

  test("12: Session.default_bucket() makes a bucket, and explain tells that it is the SDK's call", async () => {
    const Bucket = `sagemaker-${server.region}-${server.account}`
    const { notes } = await refused(
      'default-bucket',
      ['s3', 'CreateBucket', { Bucket }],
      /^AccessDenied: .*s3:CreateBucket/,
    )
    assert.match(notes!.join(), /Session\.default_bucket\(\).*s3:ListBucket/)
    const other = await userWith(admin, 'other-bucket', [{ Effect: 'Allow', Action: 'sagemaker:*' }])
    await other.call('s3', 'CreateBucket', { Bucket: 'any' }).catch(() => {})
    assert.equal((await explained('last')).notes, undefined)
  })

  /** A subnet with a client's interface in it, and an endpoint for SageMaker's API as each case has it. */
  const PLACE: readonly Step[] = [
    step('ec2', 'CreateVpc', { CidrBlock: '10.1.0.0/16' }, { vpc: 'Vpc.VpcId' }),
    step('ec2', 'ModifyVpcAttribute', { VpcId: '{vpc}', EnableDnsHostnames: { Value: true } }),
    step('ec2', 'CreateSubnet', { VpcId: '{vpc}', CidrBlock: '10.1.1.0/24' }, { subnet: 'Subnet.SubnetId' }),
    step('ec2', 'CreateNetworkInterface', { SubnetId: '{subnet}' }, { client: 'NetworkInterface.NetworkInterfaceId' }),
    step(
      'ec2',
      'CreateSecurityGroup',
      { VpcId: '{vpc}', GroupName: 'endpoint', Description: 'endpoint' },
      { group: 'GroupId' },
    ),
  ]
  const openGroup = step('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId: '{group}',
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.1.0.0/16' }] }],
  })
  const endpoint = (PrivateDnsEnabled: boolean) =>
    step(
      'ec2',
      'CreateVpcEndpoint',
      {
        VpcId: '{vpc}',
        VpcEndpointType: 'Interface',
        ServiceName: 'com.amazonaws.us-east-1.sagemaker.api',
        SubnetIds: ['{subnet}'],
        SecurityGroupIds: ['{group}'],
        PrivateDnsEnabled,
      },
      { endpoint: 'VpcEndpoint.VpcEndpointId' },
    )
  const ways: readonly { name: string; steps: readonly Step[]; layer: string; fix: RegExp }[] = [
    { name: 'there is no endpoint', steps: [], layer: 'route', fix: /CreateVpcEndpoint .*sagemaker\.api/ },
    {
      name: 'its private DNS is off',
      steps: [openGroup, endpoint(false)],
      layer: 'dns',
      fix: /ModifyVpcEndpoint .*"PrivateDnsEnabled":true/,
    },
    {
      name: "its security group does not let the client's 443 in",
      steps: [endpoint(true)],
      layer: 'sg',
      fix: /AuthorizeSecurityGroupIngress .*443/,
    },
  ]
  for (const { name, steps, layer, fix } of ways) {
    test(`24: a call from a subnet does not reach SageMaker's API, as ${name}`, async () => {
      const site: Record<string, string> = {}
      await follow({ member: admin, management: admin }, site, [...PLACE, ...steps])
      const { accessKeyId, secretAccessKey } = server.admin
      const RoleArn = await roleTrusting(admin, `way-${layer}`, 'sagemaker.amazonaws.com')
      const ask = () =>
        server.world.door.call<{ NotebookInstanceArn: string }>({
          service: 'sagemaker',
          operation: 'CreateNotebookInstance',
          input: { NotebookInstanceName: `way-${layer}`, InstanceType: 'ml.t3.medium', RoleArn },
          as: { credentials: { accessKeyId, secretAccessKey } },
          origin: { kind: 'interface', networkInterfaceId: site['client']! },
          region: server.region,
        })
      const error = await ask().then(
        () => assert.fail('it arrived'),
        (reason: unknown) => reason as Unreachable,
      )
      // No HTTP answer: the client's own words come of that.
      assert.ok(error instanceof Unreachable, String(error))
      const explanation = await explained(error.requestId!)
      assert.equal(explanation.blockers[0]?.layer, layer, JSON.stringify(explanation.blockers))
      assert.match(
        explanation.fixes.map(({ call }) => `${call.operation} ${JSON.stringify(call.input)}`).join('\n'),
        fix,
      )
      await mend(explanation)
      assert.match((await ask()).NotebookInstanceArn, /notebook-instance/)
    })
  }
})
