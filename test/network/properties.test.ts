/** What holds in every VPC, tried on random ones (fixed seed). */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { applyCall, buildNetwork } from '../../src/network/network.ts'
import type { Connection, NetworkDocuments, NetworkOrigin } from '../../src/network/types.ts'
import {
  host as plainHost,
  origin as plainOrigin,
  port,
  REGION,
  vpc as plain,
  wide,
  wideHost,
  wideOrigin,
} from './random.ts'

/** Half of the networks are one VPC; half have all the others around it. */
const vpc = fc.oneof(plain, wide)
const origin = fc.oneof(plainOrigin, wideOrigin)
const host = fc.oneof(plainHost, wideHost)

const RUNS = { seed: 20261123, numRuns: 400 }

/** The rules that every answer keeps, whatever was asked. */
function assertTotal(connection: Connection): void {
  const { verdict, blockers, hops, way, context } = connection
  assert.ok(['allowed', 'timeout', 'refused', 'nxdomain', 'noanswer'].includes(verdict))
  assert.equal(verdict === 'allowed', blockers.length === 0)
  assert.equal(verdict === 'allowed', way !== undefined)
  if (verdict !== 'allowed') assert.deepEqual(context, {})
  // Each blocked hop is a blocker; the one blocker without a hop is a name that resolved, but to the wrong address.
  const blocked = hops.filter((hop) => hop.disposition === 'blocked').map((hop) => hop.text)
  const told = blockers
    .filter((blocker) => blocker.code !== 'SP_DNS_RESOLVED_PUBLIC_NO_PRIVATE_DNS')
    .map((blocker) => blocker.text)
  assert.deepEqual([...blocked].sort(), [...told].sort())
}

it('says exactly one thing about every connection', () => {
  fc.assert(
    fc.property(vpc, origin, host, port, (documents, from, to, at) =>
      assertTotal(buildNetwork(documents, REGION).connect(from, to, at)),
    ),
    RUNS,
  )
})

it('never throws, whatever the documents lack', () => {
  const text = fc.constantFrom(
    'vpc-0',
    'subnet-0',
    'eni-0',
    'rtb-0',
    'vpce-0',
    '10.0.1.10',
    '10.0.0.0/16',
    'x',
    '',
    '0.0.0.0/0',
    '999.1.1.1/40',
  )
  const members = [
    'VpcId',
    'SubnetId',
    'NetworkInterfaceId',
    'CidrBlock',
    'PrivateIpAddress',
    'RouteTableId',
    'GatewayId',
    'VpcEndpointId',
    'VpcEndpointType',
    'State',
    'GroupId',
  ]
  const document = fc.dictionary(fc.constantFrom(...members), text, { maxKeys: 8 })
  const list = fc.array(document, { maxLength: 3 })
  const names = [
    'Vpcs',
    'Subnets',
    'RouteTables',
    'NetworkAcls',
    'SecurityGroups',
    'NetworkInterfaces',
    'InternetGateways',
    'NatGateways',
    'VpcEndpoints',
    'ManagedPrefixLists',
    'DhcpOptions',
    'Addresses',
  ]
  const documents = fc.record(
    Object.fromEntries(names.map((name) => [name, list])),
  ) as unknown as fc.Arbitrary<NetworkDocuments>
  const anyOrigin = fc.oneof(
    text.map((id): NetworkOrigin => ({ kind: 'interface', networkInterfaceId: id })),
    text.map((id): NetworkOrigin => ({ kind: 'subnet', subnetId: id, securityGroupIds: [id] })),
    text.map((ip): NetworkOrigin => ({ kind: 'internet', ip })),
  )
  fc.assert(
    fc.property(
      documents,
      anyOrigin,
      fc.oneof(host, fc.string()),
      fc.integer({ min: 0, max: 65535 }),
      (all, from, to, at) => {
        const network = buildNetwork(all, REGION)
        assertTotal(network.connect(from, to, at))
        network.fixes(from, to, at)
      },
    ),
    RUNS,
  )
})

/** `take` away one thing of the documents: what was blocked stays blocked. */
function neverOpens(take: (documents: NetworkDocuments, pick: number) => NetworkDocuments): void {
  fc.assert(
    fc.property(vpc, origin, host, port, fc.nat(100), (documents, from, to, at, pick) => {
      const before = buildNetwork(documents, REGION)
      const after = before.with((all) => take(all, pick))
      if (before.connect(from, to, at).verdict !== 'allowed')
        assert.notEqual(after.connect(from, to, at).verdict, 'allowed')
    }),
    RUNS,
  )
}

const without = <T>(list: readonly T[] | undefined, pick: number): T[] =>
  (list ?? []).filter((_, at) => at !== pick % Math.max(list?.length ?? 0, 1))

it('never opens when a group loses a rule', () => {
  neverOpens((documents, pick) => ({
    ...documents,
    SecurityGroups: documents.SecurityGroups.map((group) => ({
      ...group,
      IpPermissions: without(group.IpPermissions, pick),
      IpPermissionsEgress: without(group.IpPermissionsEgress, pick),
    })),
  }))
})

// Only the default route: taking away a longer one may well open, if it was a blackhole over a good route.
it('never opens when a table loses its default route', () => {
  neverOpens((documents) => ({
    ...documents,
    RouteTables: documents.RouteTables.map((table) => ({
      ...table,
      Routes: (table.Routes ?? []).filter((one) => one.DestinationCidrBlock !== '0.0.0.0/0'),
    })),
  }))
})

it('never opens when an ACL loses an entry that allows', () => {
  neverOpens((documents, pick) => ({
    ...documents,
    NetworkAcls: documents.NetworkAcls.map((acl) => {
      const allows = (acl.Entries ?? []).filter((entry) => entry.RuleAction === 'allow')
      const lost = allows[pick % Math.max(allows.length, 1)]
      return { ...acl, Entries: (acl.Entries ?? []).filter((entry) => entry !== lost) }
    }),
  }))
})

it('gives fixes that open the connection together, and none that can be left out', () => {
  let fixed = 0
  fc.assert(
    fc.property(vpc, origin, host, port, (documents, from, to, at) => {
      const network = buildNetwork(documents, REGION)
      const fixes = network.fixes(from, to, at)
      if (fixes.length === 0) return
      fixed++
      const opens = (some: typeof fixes): boolean =>
        network.with((all) => some.reduce((now, fix) => applyCall(now, REGION, fix.call), all)).connect(from, to, at)
          .verdict === 'allowed'
      assert.equal(network.connect(from, to, at).verdict === 'allowed', false)
      assert.equal(opens(fixes), true)
      for (const fix of fixes)
        assert.equal(opens(fixes.filter((other) => other !== fix)), false, `${fix.text} is superfluous`)
      for (const fix of fixes) assert.ok(fix.command.startsWith('aws ec2 ') && fix.exposure >= 0)
    }),
    RUNS,
  )
  assert.ok(fixed > RUNS.numRuns / 5, `only ${fixed} random connections could be fixed`)
})
