/** A network of a server, read over the wire, and read again from files of the very answers: one and the same. */
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { connect } from '../../src/cli/client.ts'
import type { Client } from '../../src/cli/client.ts'
import { graphVpc } from '../../src/cli/graph.ts'
import { offline } from '../../src/cli/network-input.ts'
import type { AnswerFile } from '../../src/cli/network-json.ts'
import { gather } from '../../src/cli/network-server.ts'
import { trace } from '../../src/cli/trace.ts'
import { noDocuments } from '../../src/network/network.ts'
import { startTestServer } from '../support/server.ts'
import type { TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
const made = { vpc: '', subnet: '', group: '' }

before(async () => {
  server = await startTestServer()
  const { accessKeyId, secretAccessKey } = server.admin
  client = connect({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: server.region,
  })
  const ec2 = async (
    operation: string,
    input: Record<string, unknown>,
  ): Promise<Record<string, Record<string, string>>> =>
    (await client.call('ec2', operation, input)) as Record<string, Record<string, string>>
  const TagSpecifications = [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'b&w <vpc>' }] }]
  const VpcId = (await ec2('CreateVpc', { CidrBlock: '10.5.0.0/16', TagSpecifications }))['Vpc']!['VpcId']!
  const zone = { VpcId, AvailabilityZone: 'us-east-1a' }
  const SubnetId = (await ec2('CreateSubnet', { ...zone, CidrBlock: '10.5.1.0/24' }))['Subnet']!['SubnetId']!
  const group = await ec2('CreateSecurityGroup', { VpcId, GroupName: 'jobs', Description: 'jobs' })
  const RouteTableId = (await ec2('CreateRouteTable', { VpcId }))['RouteTable']!['RouteTableId']!
  await ec2('AssociateRouteTable', { RouteTableId, SubnetId })
  const ServiceName = 'com.amazonaws.us-east-1.s3'
  await ec2('CreateVpcEndpoint', { VpcId, ServiceName, VpcEndpointType: 'Gateway', RouteTableIds: [RouteTableId] })
  Object.assign(made, { vpc: VpcId, subnet: SubnetId, group: group['GroupId'] })
})

after(() => server.close())

it('answers and pictures are the same, byte for byte', async () => {
  const files: AnswerFile[] = []
  const { documents, notes } = await gather(async (operation, input) => {
    const answer: Record<string, unknown> = await client.call('ec2', operation, input)
    const id = (input['PrefixListId'] ?? input['TransitGatewayRouteTableId'] ?? '') as string
    files.push({ name: `${operation}.${id}.json`, text: JSON.stringify(answer) })
    return answer
  })
  // A list that this server does not answer is told apart; what it answers is the same from files.
  for (const note of notes) assert.match(note, /^not readable: .*paths through (?:it|them) are told as unknown$/)
  const served = { documents: { ...noDocuments, ...documents }, region: client.region, notes: [] }
  const fromFiles = { ...offline(files), notes: [] }
  assert.equal(fromFiles.region, client.region)

  for (const to of ['data.s3.us-east-1.amazonaws.com', 'api.sagemaker.us-east-1.amazonaws.com']) {
    const options = { from: made.subnet, to, securityGroups: [made.group], protocol: 'tcp', format: 'json' } as const
    const answer = trace(served, options)
    assert.deepEqual(trace(fromFiles, options), answer)
    assert.equal(answer.code, to.includes('s3') ? 0 : 2)
  }
  const picture = graphVpc(served, made.vpc, 'svg').text
  assert.equal(graphVpc(fromFiles, made.vpc, 'svg').text, picture)
  assert.match(picture, />b&amp;w &lt;vpc&gt;</)
})
