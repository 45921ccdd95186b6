/** What the packet filter is told is what `connect()` says, cell by cell, on random VPCs (fixed seed). */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { contains, formatIp, parseBlock, parseIp } from '../../src/network/addresses.ts'
import type { Block, Ip } from '../../src/network/addresses.ts'
import { aclRules, buildNetwork, reachableFrom, servedAddresses } from '../../src/network/network.ts'
import type { NetworkDocuments, Opening } from '../../src/network/network.ts'
import { cidr, ports, REGION, vpc as plain, wide, wideCidr } from './random.ts'

const vpc = fc.oneof(plain, wide)

const RUNS = { seed: 20261123, numRuns: 120 }
const PROBES = 60

/** ACLs are the filter's own business: every subnet gets one that lets all pass. */
function withOpenAcls(documents: NetworkDocuments): NetworkDocuments {
  const Entries = [true, false].flatMap((Egress) =>
    [{ CidrBlock: '0.0.0.0/0' }, { Ipv6CidrBlock: '::/0' }].map((block, n) => ({
      RuleNumber: 100 + n,
      Protocol: '-1',
      RuleAction: 'allow' as const,
      Egress,
      ...block,
    })),
  )
  return { ...documents, NetworkAcls: documents.NetworkAcls.map((acl) => ({ ...acl, Entries })) }
}

const admits = (all: readonly Opening[], address: string, protocol: string, at: number): Opening[] =>
  all.filter(
    (one) =>
      (one.protocol === protocol || one.protocol === 'any') &&
      at >= one.fromPort &&
      at <= one.toPort &&
      contains(parseBlock(one.cidr)!, parseIp(address)!),
  )

/** Addresses and ports at both sides of where rules and routes change. */
const edge = fc
  .tuple(fc.oneof(cidr, wideCidr), fc.constantFrom(-1, 0, 1, 256, 65536))
  .map(([block, by]) => Math.min(Math.max(Number(parseBlock(block)!.base) + by, 0), 2 ** 32 - 1))
  .map((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.'))
const address = fc.oneof(
  edge,
  fc.ipV4(),
  fc.constantFrom(
    '10.0.2.50',
    '10.0.2.53',
    '10.0.2.20',
    '198.51.100.10',
    '198.51.100.7',
    '10.0.0.2',
    '169.254.169.254',
  ),
)
const port = fc.oneof(
  fc.constantFrom(22, 53, 80, 443, 8443),
  fc.tuple(ports, fc.constantFrom(-1, 0, 1)).map(([[from], by]) => Math.min(Math.max(from + by, 0), 65535)),
)
const probe = fc.tuple(address, fc.constantFrom('tcp' as const, 'udp' as const), port)

function lastOf({ base, length }: Block): Ip {
  return typeof base === 'number' ? base + 2 ** (32 - length) - 1 : base + (1n << BigInt(128 - length)) - 1n
}

it('reaches exactly the cells at which connect() arrives', () => {
  let inside = 0
  let outside = 0
  fc.assert(
    fc.property(vpc, fc.array(probe, { minLength: PROBES, maxLength: PROBES }), (documents, probes) => {
      const network = buildNetwork(withOpenAcls(documents), REGION)
      const all = reachableFrom(network, 'eni-job')
      // Random probes mostly miss what is open, so each cell is tried at its own corners too.
      const corners = all.flatMap((one): typeof probes => {
        const block = parseBlock(one.cidr)!
        const last = formatIp(lastOf(block))
        const protocol = one.protocol === 'udp' ? 'udp' : 'tcp'
        if (one.protocol === 'icmp') return []
        return [
          [one.cidr.split('/')[0]!, protocol, one.fromPort],
          [last, protocol, one.toPort],
          [last, protocol, Math.min(one.toPort + 1, 65535)],
        ]
      })
      for (const [to, protocol, at] of [...probes, ...corners]) {
        const { verdict } = network.connect({ kind: 'interface', networkInterfaceId: 'eni-job' }, to, at, protocol)
        const cells = admits(all, to, protocol, at)
        const arrives = verdict === 'allowed' || verdict === 'refused'
        assert.equal(cells.length, arrives ? 1 : 0, `${protocol} ${to}:${at} is ${verdict}; ${JSON.stringify(cells)}`)
        if (arrives) inside++
        else outside++
      }
    }),
    RUNS,
  )
  // Both answers were tried often enough to mean something.
  assert.ok(inside > 1000 && outside > 1000, `${inside} inside, ${outside} outside`)
})

it('says the same whatever the ACLs are', () => {
  fc.assert(
    fc.property(vpc, (documents) => {
      assert.deepEqual(
        reachableFrom(buildNetwork(documents, REGION), 'eni-job'),
        reachableFrom(buildNetwork(withOpenAcls(documents), REGION), 'eni-job'),
      )
    }),
    RUNS,
  )
})

it('reaches nothing from what does not exist, and from an endpoint', () => {
  const [documents] = fc.sample(vpc, { seed: 1, numRuns: 1 })
  const network = buildNetwork(documents!, REGION)
  assert.deepEqual(reachableFrom(network, 'eni-nobody'), [])
  assert.deepEqual(reachableFrom(network, 'eni-endpoint'), [])
})

it('lists the entries of an ACL in the order in which they are tried', () => {
  const entry = (RuleNumber: number, more: object) => ({ RuleNumber, Egress: false, Protocol: '6', ...more })
  const documents = {
    Vpcs: [{ VpcId: 'vpc-0', CidrBlock: '10.0.0.0/16' }],
    Subnets: [
      { SubnetId: 'subnet-0', VpcId: 'vpc-0', CidrBlock: '10.0.1.0/24' },
      { SubnetId: 'subnet-1', VpcId: 'vpc-gone', CidrBlock: '10.1.1.0/24' },
    ],
    NetworkAcls: [
      {
        NetworkAclId: 'acl-0',
        VpcId: 'vpc-0',
        IsDefault: true,
        Entries: [
          entry(200, { RuleAction: 'deny', CidrBlock: '10.0.0.0/8', PortRange: { From: 22, To: 22 } }),
          entry(100, { RuleAction: 'allow', CidrBlock: '0.0.0.0/0', PortRange: { From: 443, To: 443 } }),
          entry(110, {
            RuleAction: 'allow',
            Ipv6CidrBlock: '::/0',
            Protocol: '58',
            IcmpTypeCode: { Type: 128, Code: -1 },
          }),
        ],
      },
    ],
  } as unknown as NetworkDocuments
  const network = buildNetwork(documents, REGION)
  assert.deepEqual(aclRules(network, 'subnet-0'), {
    egress: [],
    ingress: [
      { number: 100, action: 'allow', protocol: 6, cidr: '0.0.0.0/0', fromPort: 443, toPort: 443 },
      { number: 110, action: 'allow', protocol: 58, cidr: '::/0', fromPort: 128, toPort: 128 },
      { number: 200, action: 'deny', protocol: 6, cidr: '10.0.0.0/8', fromPort: 22, toPort: 22 },
    ],
  })
  assert.deepEqual(aclRules(network, 'subnet-1'), { ingress: [], egress: [] })
})

it('knows at which addresses endpoints answer, while they are available', () => {
  const endpoint = (id: string, service: string, State: string, eni: string) => ({
    VpcEndpointId: id,
    VpcEndpointType: 'Interface',
    VpcId: 'vpc-0',
    ServiceName: `com.amazonaws.${REGION}.${service}`,
    State,
    NetworkInterfaceIds: [eni],
  })
  const documents = {
    Vpcs: [{ VpcId: 'vpc-0', CidrBlock: '10.0.0.0/16' }],
    Subnets: [{ SubnetId: 'subnet-0', VpcId: 'vpc-0', CidrBlock: '10.0.1.0/24' }],
    NetworkInterfaces: ['eni-0', 'eni-1', 'eni-2'].map((NetworkInterfaceId, n) => ({
      NetworkInterfaceId,
      VpcId: 'vpc-0',
      SubnetId: 'subnet-0',
      PrivateIpAddress: `10.0.1.${10 + n}`,
    })),
    VpcEndpoints: [
      endpoint('vpce-0', 'sagemaker.api', 'available', 'eni-0'),
      endpoint('vpce-1', 's3', 'Available', 'eni-1'),
      endpoint('vpce-2', 'sts', 'pending', 'eni-2'),
    ],
  } as unknown as NetworkDocuments
  const served = servedAddresses(buildNetwork(documents, REGION), 'vpc-0')
  assert.deepEqual(
    served.map(({ address, ports: at, vpcEndpointId }) => [address, at, vpcEndpointId]),
    [
      ['10.0.1.10', [443], 'vpce-0'],
      ['10.0.1.11', [80, 443], 'vpce-1'],
    ],
  )
  assert.deepEqual(servedAddresses(buildNetwork(documents, REGION), 'vpc-9'), [])
})
