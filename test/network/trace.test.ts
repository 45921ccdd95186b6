/** `trace`: the same answer from a server's describe calls and from files, in words and as JSON. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { offline } from '../../src/cli/network-input.ts'
import { gather } from '../../src/cli/network-server.ts'
import { trace } from '../../src/cli/trace.ts'
import type { TraceAnswer, TraceOptions } from '../../src/cli/trace.ts'
import { noDocuments } from '../../src/network/network.ts'
import type { Connection, NetworkDocuments, NetworkOrigin } from '../../src/network/types.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import { TRACES } from './trace-goldens.ts'
import { answerFiles, complete, corpusDocuments, describer } from './trace-corpus.ts'

const REGION = 'us-east-1'

function ask(file: string, options: Partial<TraceOptions> & { from: string; to: string }) {
  const input = offline(answerFiles(corpusDocuments(file)), REGION)
  return trace(input, { securityGroups: ['sg-0job'], protocol: 'tcp', format: 'json', ...options })
}

const parsed = (text: string): Connection & Record<string, unknown> =>
  JSON.parse(text) as Connection & Record<string, unknown>

describe('exit codes', () => {
  it('0 when it arrives, and tells by which way', () => {
    const { code, text } = ask('interface-endpoint-with-private-dns', {
      from: 'eni-0job',
      to: 'https://api.sagemaker.us-east-1.amazonaws.com',
    })
    assert.equal(code, 0)
    assert.equal(parsed(text).way?.via, 'interface-endpoint')
  })

  it('2 when it is blocked', () => {
    const { code, text } = ask('internet-client', { from: 'internet', to: 'api.sagemaker.us-east-1.amazonaws.com:22' })
    assert.equal(code, 2)
    assert.equal(parsed(text).verdict, 'refused')
  })

  it('64 on what cannot be meant, and says what', () => {
    const cases: [from: string, to: string, message: RegExp][] = [
      ['vpc-0', 'x', /--from vpc-0 is none of subnet-…/],
      ['internet', 'x:99999', /--to x:99999 is no HOST/],
      ['internet', 'x:0', /no HOST/],
      ['internet', 'a b', /no HOST/],
      ['internet', '[10.0.0.1]:443', /no HOST/],
      ['internet:nowhere', 'x', /nowhere is no IP address/],
      ['eni-0nobody', 'x', /eni-0nobody is not among what aws ec2 describe-network-interfaces told/],
      ['subnet-0nobody', 'x', /aws ec2 describe-subnets/],
      ['i-0nobody', 'x', /no network interface is attached to i-0nobody/],
      ['vgw-0nobody', 'x', /vgw-0nobody:IP/],
      ['vgw-0nobody:10.0.0.1', 'x', /aws ec2 describe-vpn-gateways/],
      ['vpn-0nobody:10.0.0.1', 'x', /aws ec2 describe-vpn-connections/],
    ]
    for (const [from, to, message] of cases)
      assert.throws(() => ask('internet-client', { from, to }), { name: 'Error', message }, from)
  })
})

describe('where it starts and ends', () => {
  const origin = (from: string, change?: (documents: NetworkDocuments) => NetworkDocuments): NetworkOrigin => {
    const { documents, region } = offline(answerFiles(corpusDocuments('nat-gateway')), REGION)
    const input = { documents: change?.(documents) ?? documents, region, notes: [] }
    const { text } = trace(input, { from, to: '10.0.1.10', securityGroups: [], protocol: 'tcp', format: 'json' })
    return parsed(text)['origin'] as NetworkOrigin
  }

  it('is the primary interface of an instance', () => {
    const attached = (documents: NetworkDocuments): NetworkDocuments => ({
      ...documents,
      NetworkInterfaces: documents.NetworkInterfaces.map((one, at) => ({
        ...one,
        Attachment: { InstanceId: 'i-0', DeviceIndex: 1 - at },
      })),
    })
    assert.deepEqual(origin('i-0', attached), { kind: 'interface', networkInterfaceId: 'eni-0nat' })
  })

  it('is a client of the internet with an address, or a host behind a VPN connection', () => {
    assert.deepEqual(origin('internet:203.0.113.9'), { kind: 'internet', ip: '203.0.113.9' })
    assert.deepEqual(origin('internet:[2001:db8::1]'), { kind: 'internet', ip: '2001:db8::1' })
    const vpn = (documents: NetworkDocuments): NetworkDocuments => ({
      ...documents,
      VpnConnections: [{ VpnConnectionId: 'vpn-0' }],
    })
    assert.deepEqual(origin('vpn-0:192.168.1.7', vpn), {
      kind: 'on-premises',
      gatewayId: 'vpn-0',
      ip: '192.168.1.7',
    })
  })

  it('is an address of one choice in a subnet', () => {
    assert.deepEqual(origin('subnet-0a:10.0.1.77'), {
      kind: 'subnet',
      subnetId: 'subnet-0a',
      securityGroupIds: [],
      ip: '10.0.1.77',
    })
  })

  it('ends at the port that the target names', () => {
    const to = (target: string): unknown => parsed(ask('nat-gateway', { from: 'eni-0job', to: target }).text)['to']
    assert.deepEqual(to('http://10.0.1.10'), { host: '10.0.1.10', port: 80, protocol: 'tcp' })
    assert.deepEqual(to('https://10.0.1.10:8443/x'), { host: '10.0.1.10', port: 8443, protocol: 'tcp' })
    assert.deepEqual(to('10.0.1.10'), { host: '10.0.1.10', port: 443, protocol: 'tcp' })
    assert.deepEqual(to('[2001:db8::1]:22'), { host: '2001:db8::1', port: 22, protocol: 'tcp' })
    assert.deepEqual(to('2001:db8::1'), { host: '2001:db8::1', port: 443, protocol: 'tcp' })
  })
})

describe('as JSON', () => {
  it('has members that are there whatever the answer, and some where they mean something', () => {
    const always = [
      'from',
      'to',
      'region',
      'origin',
      'verdict',
      'dns',
      'hops',
      'blockers',
      'context',
      'client',
      'fixes',
      'notes',
    ]
    const keys = (from: string, to: string): string[] => Object.keys(parsed(ask('nat-gateway', { from, to }).text))
    assert.deepEqual(keys('eni-0job', '192.0.2.1').sort(), [...always, 'address', 'way'].sort())
    assert.deepEqual(keys('internet', 'nowhere.example').sort(), always.sort())
  })

  it('tells what the client sees, and calls that may be pasted', () => {
    const { text } = ask('both-groups-closed', { from: 'eni-0job', to: 'api.sagemaker.us-east-1.amazonaws.com' })
    const { client, fixes } = JSON.parse(text) as TraceAnswer
    assert.match(client.programs['boto3']!, /ConnectTimeoutError/)
    assert.ok(fixes.length > 0)
    for (const { command, exposure } of fixes) {
      assert.match(command, /^aws ec2 [a-z-]+ --/)
      assert.equal(typeof exposure, 'number')
    }
    assert.deepEqual(
      fixes.map(({ exposure }) => exposure),
      fixes.map(({ exposure }) => exposure).sort((one, other) => one - other),
    )
  })
})

describe('in words', () => {
  for (const { name, file, from, to } of TRACES) {
    it(name, () => {
      const golden = readFileSync(new URL(`trace-goldens/${name}.txt`, import.meta.url), 'utf8')
      assert.equal(ask(file, { from, to, format: 'pretty' }).text, golden)
    })
  }

  it('prints names of anyone without what a terminal would obey', () => {
    const { documents, region } = offline(answerFiles(corpusDocuments('nat-gateway')), REGION)
    const Tags = [{ Key: 'Name', Value: 'a\u001b[31mb\r\n\u202ec' }]
    const input = { documents: { ...documents, RouteTables: documents.RouteTables.map((one) => ({ ...one, Tags })) } }
    const { text } = trace(
      { ...input, region, notes: [] },
      { from: 'eni-0job', to: '192.0.2.1', securityGroups: [], protocol: 'tcp', format: 'pretty' },
    )
    assert.match(text, /rtb-0private \(a \[31mb c\)/)
  })
})

describe('from a server and from files', () => {
  for (const name of readdirSync(new URL('../../corpus/network', import.meta.url))) {
    it(name, async () => {
      const documents = corpusDocuments(name.replace('.json', ''))
      const served = await gather(describer(documents))
      assert.deepEqual(served.notes, [])
      const files = offline(answerFiles(documents), REGION)
      assert.deepEqual(
        files.notes.filter((note) => !note.includes('describe-vpc-attribute')),
        [],
      )
      assert.deepEqual(files.documents, { ...noDocuments, ...served.documents })
      // Both are what the corpus says, list by list.
      for (const [list, expected] of Object.entries(documents)) {
        const whole = expected.map((one) => complete(list, one))
        assert.deepEqual(files.documents[list as keyof NetworkDocuments], whole, list)
      }
    })
  }

  it('goes on without a list that is optional and cannot be read, and says so', async () => {
    const documents = corpusDocuments('nat-gateway')
    const refusals: Record<string, AwsError> = {
      DescribeTransitGateways: new AwsError('NotImplemented', 'not built', 501),
      DescribeTransitGatewayAttachments: new AwsError('NotImplemented', 'not built', 501),
      DescribeVpnGateways: new AwsError('UnauthorizedOperation', 'You are not authorized', 403),
    }
    const { notes, documents: read } = await gather(describer(documents, (operation) => refusals[operation]))
    assert.deepEqual(notes, [
      'not readable: aws ec2 describe-transit-gateway-attachments, aws ec2 describe-transit-gateways (NotImplemented); paths through them are told as unknown',
      'not readable: aws ec2 describe-vpn-gateways (UnauthorizedOperation); paths through it are told as unknown',
    ])
    assert.equal(read.Subnets?.length, 3)
  })

  it('fails without a list that nothing can be told without, and when the server fails', async () => {
    const documents = corpusDocuments('nat-gateway')
    const refuse = (name: string, error: Error) =>
      gather(describer(documents, (operation) => (operation === name ? error : undefined)))
    await assert.rejects(refuse('DescribeSubnets', new AwsError('UnauthorizedOperation', 'no', 403)), /no/)
    await assert.rejects(refuse('DescribeVpnGateways', new AwsError('InternalError', 'down', 500)), /down/)
    await assert.rejects(refuse('DescribeVpnGateways', new Error('socket')), /socket/)
  })
})
