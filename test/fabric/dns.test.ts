/** The resolver's answers packet by packet: each observed symptom of DNS, and packets that nobody should send. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decode, encode } from 'dns-packet'
import type { DecodedPacket, Packet, RecordType } from 'dns-packet'
import * as fc from 'fast-check'
import { packetLimit } from '../../src/fabric/dns-limit.ts'
import { answerDns, resolvConf } from '../../src/fabric/dns-server.ts'
import { publicAddressOf } from '../../src/network/network.ts'
import type { Network } from '../../src/network/types.ts'
import { JOB, JOB_IN_B, REGION, smallNetwork, vpcWith } from './network.ts'

const network = smallNetwork()
const unlimited = () => true
const API = 'api.sagemaker.us-east-1.amazonaws.com'
const RUNTIME = 'runtime.sagemaker.us-east-1.amazonaws.com'

function query(name: string, type: RecordType = 'A', more: Partial<Packet> = {}): Buffer {
  return encode({ type: 'query', id: 77, flags: 0x0100, questions: [{ name, type }], ...more })
}

const edns = (udpPayloadSize: number, ednsVersion = 0): Partial<Packet> => ({
  additionals: [
    {
      name: '.',
      type: 'OPT',
      udpPayloadSize,
      extendedRcode: 0,
      ednsVersion,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ],
})

function send(packet: Buffer, in_: Network = network, from = JOB, transport: 'udp' | 'tcp' = 'udp'): DecodedPacket {
  const bytes = answerDns(in_, from, packet, transport, unlimited)
  assert.ok(bytes, 'no answer')
  return decode(bytes)
}

const ask = (name: string, type?: RecordType, in_?: Network, from?: string) => send(query(name, type), in_, from)

/** The answer in a line: `NOERROR A 10.0.1.10 A 10.0.2.10`, `NXDOMAIN SOA ec2.internal`. */
function told({ rcode, answers = [], authorities = [] }: DecodedPacket & { rcode?: string }): string {
  const said = answers.map((record) => `${record.type} ${String((record as { data?: unknown }).data)}`)
  return [rcode, ...said, ...authorities.map((record) => `${record.type} ${record.name}`)].join(' ')
}

const off = smallNetwork(vpcWith({ EnableDnsSupport: false }))
const withoutPrivateNames = smallNetwork((documents) =>
  documents.VpcEndpoints!.forEach((endpoint) => Object.assign(endpoint, { PrivateDnsEnabled: false })),
)
const withoutHostNames = smallNetwork(vpcWith({ EnableDnsHostnames: false }))
const dualStack = smallNetwork((documents) => {
  Object.assign(documents.VpcEndpoints![0]!, { IpAddressType: 'dualstack' })
  const six = { Ipv6Addresses: [{ Ipv6Address: '2001:db8:0:1::10' }] }
  Object.assign(
    documents.NetworkInterfaces!.find((one) => one.NetworkInterfaceId === 'eni-api-a')!,
    six,
  )
})
const publicApi = publicAddressOf(REGION, 'sagemaker.api')!

/** facts: network.md, "What the program observes", the rows that DNS decides. */
const rows: { what: string; network?: Network; from?: string; name: string; type?: RecordType; told: string }[] = [
  { what: 'private DNS: the endpoint, own zone first', name: API, told: 'NOERROR A 10.0.1.10 A 10.0.2.10' },
  {
    what: 'the same from the other zone',
    name: API,
    from: JOB_IN_B,
    told: 'NOERROR A 10.0.2.10 A 10.0.1.10',
  },
  {
    what: 'names have no case',
    name: 'API.SageMaker.US-East-1.amazonaws.com',
    told: 'NOERROR A 10.0.1.10 A 10.0.2.10',
  },
  { what: 'no IPv6 address: NODATA, not NXDOMAIN', name: API, type: 'AAAA', told: `NOERROR SOA ${API}` },
  {
    what: 'a dual-stack endpoint has both',
    network: dualStack,
    name: API,
    type: 'AAAA',
    told: 'NOERROR AAAA 2001:db8:0:1::10',
  },
  { what: 'and the other kind too', network: dualStack, name: API, told: 'NOERROR A 10.0.1.10 A 10.0.2.10' },
  {
    what: 'private DNS off: the public address',
    network: withoutPrivateNames,
    name: API,
    told: `NOERROR A ${publicApi}`,
  },
  {
    what: 'enableDnsHostnames off takes private DNS away',
    network: withoutHostNames,
    name: API,
    told: `NOERROR A ${publicApi}`,
  },
  { what: 'endpoint not in the client’s zone', name: RUNTIME, told: 'NXDOMAIN SOA amazonaws.com' },
  { what: 'endpoint in the client’s zone', name: RUNTIME, from: JOB_IN_B, told: 'NOERROR A 10.0.2.11' },
  {
    what: 'an endpoint’s regional name',
    name: 'vpce-api-abcd1234.api.sagemaker.us-east-1.vpce.amazonaws.com',
    told: 'NOERROR A 10.0.1.10 A 10.0.2.10',
  },
  {
    what: 'its zonal name',
    name: 'vpce-api-abcd1234-us-east-1b.api.sagemaker.us-east-1.vpce.amazonaws.com',
    told: 'NOERROR A 10.0.2.10',
  },
  {
    what: 'its name as the SageMaker page prints it',
    name: 'vpce-api.api.sagemaker.us-east-1.vpce.amazonaws.com',
    told: 'NOERROR A 10.0.1.10 A 10.0.2.10',
  },
  {
    what: 'an endpoint that is not there',
    name: 'vpce-none.api.sagemaker.us-east-1.vpce.amazonaws.com',
    told: 'NXDOMAIN SOA us-east-1.vpce.amazonaws.com',
  },
  {
    what: 'a service without an endpoint: public',
    name: 'sts.us-east-1.amazonaws.com',
    told: `NOERROR A ${publicAddressOf(REGION, 'sts')}`,
  },
  { what: 'no such service', name: 'nothing.us-east-1.amazonaws.com', told: 'NXDOMAIN SOA amazonaws.com' },
  { what: 'no such zone', name: 'example.invalid', told: 'NXDOMAIN SOA .' },
  { what: 'above names that exist', name: 'us-east-1.amazonaws.com', told: 'NOERROR SOA amazonaws.com' },
  { what: 'the private zone’s start', name: API, type: 'SOA', told: 'NOERROR SOA [object Object]' },
  { what: 'an internal name', name: 'ip-10-0-1-23.ec2.internal', told: 'NOERROR A 10.0.1.23' },
  { what: 'an internal name of another network', name: 'ip-10-9-1-23.ec2.internal', told: 'NXDOMAIN SOA ec2.internal' },
  {
    what: 'internal names have no IPv6',
    name: 'ip-10-0-1-23.ec2.internal',
    type: 'AAAA',
    told: 'NOERROR SOA ec2.internal',
  },
  { what: 'metadata by name', name: 'instance-data.ec2.internal', told: 'NOERROR A 169.254.169.254' },
  {
    what: 'a public name inside its own VPC',
    name: 'ec2-3-210-4-5.compute-1.amazonaws.com',
    told: 'NOERROR A 10.0.1.23',
  },
  {
    what: 'the same without enableDnsHostnames',
    network: withoutHostNames,
    name: 'ec2-3-210-4-5.compute-1.amazonaws.com',
    told: 'NOERROR A 3.210.4.5',
  },
  { what: 'backwards', name: '23.1.0.10.in-addr.arpa', type: 'PTR', told: 'NOERROR PTR ip-10-0-1-23.ec2.internal' },
  {
    what: 'backwards, public',
    name: '5.4.210.3.in-addr.arpa',
    type: 'PTR',
    told: 'NOERROR PTR ec2-3-210-4-5.compute-1.amazonaws.com',
  },
  { what: 'backwards, elsewhere', name: '23.1.9.10.in-addr.arpa', type: 'PTR', told: 'NXDOMAIN SOA 10.in-addr.arpa' },
  { what: 'backwards, half an address', name: '1.0.10.in-addr.arpa', type: 'PTR', told: 'NOERROR SOA 10.in-addr.arpa' },
  { what: 'backwards, nonsense', name: 'x.0.10.in-addr.arpa', type: 'PTR', told: 'NXDOMAIN SOA in-addr.arpa' },
  {
    what: 'backwards without enableDnsHostnames',
    network: withoutHostNames,
    name: '23.1.0.10.in-addr.arpa',
    type: 'PTR',
    told: 'NXDOMAIN SOA 10.in-addr.arpa',
  },
]

describe('what a program is told', () => {
  for (const row of rows)
    it(`${row.what}: ${row.name} ${row.type ?? 'A'}`, () => {
      assert.equal(told(ask(row.name, row.type, row.network, row.from)), row.told)
    })

  it('enableDnsSupport off is silence, to everyone', () => {
    for (const transport of ['udp', 'tcp'] as const)
      assert.equal(answerDns(off, JOB, query(API), transport, unlimited), undefined)
    assert.equal(answerDns(network, 'eni-stranger', query(API), 'udp', unlimited), undefined)
  })

  it('what it says is where connect() goes', () => {
    const names = [API, 'bucket.s3.us-east-1.amazonaws.com', 'bucket.s3.amazonaws.com', 'sts.amazonaws.com', 'no.such']
    for (const name of names)
      for (const in_ of [network, withoutPrivateNames, withoutHostNames]) {
        const { dns } = in_.connect({ kind: 'interface', networkInterfaceId: JOB }, name, 443)
        const addresses = (ask(name, 'A', in_).answers ?? []).flatMap((one) =>
          one.type === 'A' || one.type === 'AAAA' ? one.data : [],
        )
        assert.deepEqual(addresses, dns.answers, name)
      }
  })

  it('a bucket stands for its Region’s fleet, and the fleet’s name resolves', () => {
    const { answers = [] } = ask('bucket.s3.us-east-1.amazonaws.com')
    assert.deepEqual(
      answers.map(({ type, name }) => `${type} ${name}`),
      ['CNAME bucket.s3.us-east-1.amazonaws.com', 'A s3-r-w.us-east-1.amazonaws.com'],
    )
    assert.match(told(ask('s3-r-w.us-east-1.amazonaws.com')), /^NOERROR A /)
    assert.match(told(ask('s3-1-w.amazonaws.com')), /^NOERROR A /)
    // The alias is told whatever is asked, and that there is nothing of that type behind it.
    assert.match(told(ask('bucket.s3.us-east-1.amazonaws.com', 'AAAA')), /^NOERROR CNAME \S+ SOA /)
  })

  it('endpoint names live a minute', () => {
    assert.deepEqual(
      ask(API).answers!.map((record) => (record as { ttl?: number }).ttl),
      [60, 60],
    )
  })
})

describe('packets', () => {
  it('the question comes back letter by letter, with id and flags', () => {
    const packet = query('aPi.SaGeMaKeR.us-east-1.amazonAWS.com')
    const bytes = answerDns(network, JOB, packet, 'udp', unlimited)!
    assert.deepEqual(bytes.subarray(12, packet.length), packet.subarray(12))
    const answer = decode(bytes)
    assert.deepEqual(
      { id: answer.id, qr: answer.flag_qr, rd: answer.flag_rd, ra: answer.flag_ra, aa: answer.flag_aa },
      { id: 77, qr: true, rd: true, ra: true, aa: false },
    )
  })

  it('names are compressed', () => {
    const [plain, packed] = [ask(API), answerDns(network, JOB, query(API), 'udp', unlimited)!]
    // Header, question, and two records of a pointer and 14 bytes.
    assert.equal(packed.length, 12 + API.length + 2 + 4 + plain.answers!.length * 16)
  })

  const withOpcode = (opcode: number) => {
    const packet = query(API)
    packet[2]! |= opcode << 3
    return packet
  }
  const counted = (at: number, count: number) => {
    const packet = query(API)
    packet.writeUInt16BE(count, at)
    return packet
  }
  const ofClass = (code: number) => {
    const packet = query(API)
    packet.writeUInt16BE(code, packet.length - 2)
    return packet
  }
  const pointer = Buffer.concat([query(API).subarray(0, 12), Buffer.from([0xc0, 0x0c, 0, 1, 0, 1])])
  const odd: { what: string; packet: Buffer; rcode: string }[] = [
    { what: 'another opcode', packet: withOpcode(2), rcode: 'NOTIMP' },
    { what: 'a dynamic update', packet: withOpcode(5), rcode: 'NOTIMP' },
    { what: 'no question', packet: counted(4, 0), rcode: 'FORMERR' },
    { what: 'two questions', packet: counted(4, 2), rcode: 'FORMERR' },
    { what: 'an answer in a question', packet: counted(6, 1), rcode: 'FORMERR' },
    { what: 'a record that is not there', packet: counted(10, 1), rcode: 'FORMERR' },
    { what: 'a name that ends nowhere', packet: query(API).subarray(0, 30), rcode: 'FORMERR' },
    { what: 'a name that points to itself', packet: pointer, rcode: 'FORMERR' },
    { what: 'class CHAOS', packet: ofClass(3), rcode: 'REFUSED' },
    { what: 'a whole zone', packet: query('amazonaws.com', 'AXFR'), rcode: 'REFUSED' },
    { what: 'class ANY', packet: ofClass(255), rcode: 'NOERROR' },
  ]
  for (const { what, packet, rcode } of odd)
    it(`${what} is ${rcode}`, () => {
      const answer = send(packet) as DecodedPacket & { rcode: string }
      assert.deepEqual({ id: answer.id, rcode: answer.rcode }, { id: 77, rcode })
    })

  it('what is no question is not answered', () => {
    const response = query(API)
    response[2]! |= 0x80
    for (const packet of [response, query(API).subarray(0, 11), Buffer.alloc(0)])
      assert.equal(answerDns(network, JOB, packet, 'udp', unlimited), undefined)
  })

  it('a dot inside a label is not a dot', () => {
    const packet = query(API)
    packet[16] = 0x2e
    packet[12] = 3 + 1 + 9
    assert.match(told(send(packet)), /^NXDOMAIN SOA amazonaws.com$/)
  })

  it('EDNS is answered with EDNS, an unknown version with BADVERS', () => {
    const [option] = send(query(API, 'A', edns(1232))).additionals ?? []
    assert.ok(option?.type === 'OPT')
    assert.deepEqual([option.udpPayloadSize, option.ednsVersion, option.extendedRcode], [4096, 0, 0])
    const [refusal] = send(query(API, 'A', edns(1232, 1))).additionals ?? []
    assert.ok(refusal?.type === 'OPT')
    assert.equal(refusal.extendedRcode, 1) // the upper bits of 16
    assert.deepEqual(ask(API).additionals, [])
  })

  it('what does not fit is cut off over UDP and whole over TCP and EDNS', () => {
    const many = smallNetwork((documents) => {
      const ids = Array.from({ length: 60 }, (_, index) => `eni-many-${index}`)
      const made = ids.map((id, index) => ({
        NetworkInterfaceId: id,
        SubnetId: 'subnet-a',
        VpcId: 'vpc-0',
        PrivateIpAddress: `10.0.1.${100 + index}`,
      }))
      Object.assign(documents.VpcEndpoints![0]!, { NetworkInterfaceIds: ids })
      Object.assign(documents, { NetworkInterfaces: [...documents.NetworkInterfaces!, ...made] })
    })
    const cut = send(query(API), many)
    assert.deepEqual([cut.flag_tc, cut.answers!.length], [true, 0])
    const whole = send(query(API), many, JOB, 'tcp')
    assert.deepEqual([whole.flag_tc, whole.answers!.length], [false, 60])
    assert.equal(send(query(API, 'A', edns(4096)), many).answers!.length, 60)
  })

  it('never throws, never exceeds what the client takes', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    const asked = fc
      .tuple(fc.domain(), fc.constantFrom<RecordType>('A', 'AAAA', 'NS', 'SOA', 'PTR', 'TXT', 'CNAME', 'DS'))
      .map(([name, type]) => query(name, type))
    const shaped = fc
      .tuple(asked, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 }))
      .map(([packet, edits]) => {
        for (const [at, value] of edits) if (at < packet.length) packet[at] = value
        return packet
      })
    const headed = bytes.map((rest) => Buffer.concat([Buffer.from([0, 77, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), rest]))
    fc.assert(
      fc.property(
        fc.oneof(
          bytes.map((one) => Buffer.from(one)),
          shaped,
          headed,
        ),
        (packet) => {
          const answer = answerDns(network, JOB, Buffer.from(packet), 'udp', unlimited)
          if (answer === undefined) return
          assert.ok(answer.length <= 512 || packet.readUInt16BE(10) > 0)
          assert.deepEqual(answer.subarray(0, 2), packet.subarray(0, 2))
          decode(answer)
        },
      ),
      { seed: 20261123, numRuns: 5000 },
    )
  })
})

it('each interface may send 1,024 packets a second', () => {
  let now = 5000
  const limit = packetLimit(() => now)
  const answered = (from: string) => answerDns(network, from, query(API), 'udp', limit) !== undefined
  for (let sent = 0; sent < 1024; sent++) assert.ok(answered(JOB))
  assert.equal(answered(JOB), false)
  assert.ok(answered(JOB_IN_B), 'another interface')
  now += 999
  assert.equal(answered(JOB), false)
  now += 1
  assert.ok(answered(JOB), 'the next second')
})

describe('resolv.conf', () => {
  const configured = (...options: [string, ...string[]][]) =>
    smallNetwork((documents) =>
      Object.assign(documents.DhcpOptions![0]!, {
        DhcpConfigurations: options.map(([Key, ...values]) => ({ Key, Values: values.map((Value) => ({ Value })) })),
      }),
    )
  const cases: { what: string; network: Network; lines: string[] }[] = [
    { what: 'Amazon’s own', network, lines: ['search ec2.internal', 'nameserver 10.0.0.2'] },
    {
      what: 'servers of one’s own',
      network: configured(['domain-name', 'corp.example'], ['domain-name-servers', '10.0.1.5', '10.0.2.5']),
      lines: ['search corp.example', 'nameserver 10.0.1.5', 'nameserver 10.0.2.5'],
    },
    {
      what: 'none named',
      network: configured(['ntp-servers', '169.254.169.123']),
      lines: ['nameserver 10.0.0.2'],
    },
    {
      what: 'no line of one’s own',
      network: configured(['domain-name', 'a.example\nnameserver 8.8.8.8;']),
      lines: ['search a.example nameserver', 'nameserver 10.0.0.2'],
    },
    {
      what: 'the default set',
      network: smallNetwork(vpcWith({ DhcpOptionsId: 'default' })),
      lines: ['nameserver 10.0.0.2'],
    },
  ]
  for (const { what, network, lines } of cases)
    it(what, () => assert.equal(resolvConf(network, JOB), ['options timeout:2 attempts:5', ...lines, ''].join('\n')))
})
