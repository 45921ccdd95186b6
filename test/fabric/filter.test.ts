import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Attachment } from '../../src/fabric/fabric.ts'
import { converse, openLab, run, type Lab } from './lab.ts'

/** Longer than it takes an edit to be enforced (bench/fabric.ts measures that), by far. */
const ENFORCED_MS = 400

const port = (number: number, cidr: string) => ({
  IpProtocol: 'tcp',
  FromPort: number,
  ToPort: number,
  IpRanges: [{ CidrIp: cidr }],
})
const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]

/** What a program in a VPC observes (facts: network.md "What the program observes"), by the kernel alone. */
describe('connections inside a VPC', () => {
  let lab: Lab
  let open: Attachment
  let peer: Attachment
  const address = { open: '', peer: '', endpoint: '' }
  const groups = { open: '', closed: '', peer: '' }

  before(async () => {
    lab = await openLab()
    const { ec2, vpc, otherSubnet } = lab.estate
    const group = async (name: string): Promise<string> =>
      (await ec2('CreateSecurityGroup', { VpcId: vpc, GroupName: name, Description: name })).GroupId
    groups.open = await group('open')
    groups.closed = await group('closed')
    groups.peer = await group('peer')
    await ec2('RevokeSecurityGroupEgress', { GroupId: groups.closed, IpPermissions: everything })
    await ec2('AuthorizeSecurityGroupIngress', {
      GroupId: groups.peer,
      IpPermissions: [port(7000, '10.0.0.0/16'), port(7002, '10.0.0.0/16')],
    })
    const endpoint = await group('endpoint')
    await ec2('AuthorizeSecurityGroupIngress', {
      GroupId: endpoint,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
    })
    address.endpoint = (await lab.estate.endpoint('sts', { SecurityGroupIds: [endpoint] })).address
    const first = await lab.estate.networkInterface([groups.open])
    const second = await lab.estate.networkInterface([groups.peer], otherSubnet)
    Object.assign(address, { open: first.address, peer: second.address })
    open = await lab.attach(first.id)
    peer = await lab.attach(second.id)
  })
  after(() => lab.close())

  it('arrive at an endpoint, and are refused at a port that it does not have', async () => {
    assert.equal(await lab.dial(open, address.endpoint, 443), 'connected')
    assert.equal(await lab.dial(open, address.endpoint, 80), 'refused')
    assert.equal(await lab.dial(open, address.endpoint, 9999), 'refused')
  })

  it('are silence where nobody is', async () => {
    assert.equal(await lab.dial(open, '10.0.1.200', 443), 'timeout')
    assert.equal(await lab.dial(open, '10.9.9.9', 443), 'timeout')
  })

  it('are silence to the internet where no route leads there', async () => {
    assert.equal(await lab.dial(open, '54.239.0.3', 443), 'timeout')
    assert.equal(await lab.dial(open, '8.8.8.8', 443), 'timeout')
  })

  it('are silence by a group that lets nothing out', async () => {
    const { id } = await lab.estate.networkInterface([groups.closed])
    const closed = await lab.attach(id)
    assert.equal(await lab.dial(closed, address.endpoint, 443), 'timeout')
    await closed.detach()
  })

  it('reach another interface with both true addresses, where its group lets them in', async () => {
    const server = await converse(peer, 'echo.ts', '7000')
    const client = await converse(open, 'hold.ts', address.peer, '7000')
    assert.equal(await client.ask('who'), `${address.open} ${address.peer}`)
    await client.end()
    assert.equal(await lab.dial(open, address.peer, 7002), 'refused')
    assert.equal(await lab.dial(open, address.peer, 7001), 'timeout')
    await server.end()
  })

  it('go on after an edit of a group, and no new ones begin', async () => {
    const { ec2 } = lab.estate
    const server = await converse(peer, 'echo.ts', '7000')
    const client = await converse(open, 'hold.ts', address.peer, '7000')
    await ec2('RevokeSecurityGroupIngress', { GroupId: groups.peer, IpPermissions: [port(7000, '10.0.0.0/16')] })
    await delay(ENFORCED_MS)
    assert.equal(await client.ask('still there?'), `${address.open} ${address.peer}`)
    assert.equal(await lab.dial(open, address.peer, 7000), 'timeout')
    await ec2('AuthorizeSecurityGroupIngress', { GroupId: groups.peer, IpPermissions: [port(7000, '10.0.0.0/16')] })
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(open, address.peer, 7000), 'connected')
    await client.end()
    await server.end()
  })

  it('are cut at once by an edit of a network ACL', async () => {
    const { ec2, acl } = lab.estate
    const server = await converse(peer, 'echo.ts', '7000')
    const client = await converse(open, 'hold.ts', address.peer, '7000')
    assert.equal(await client.ask('one'), `${address.open} ${address.peer}`)
    const deny = { NetworkAclId: acl, RuleNumber: 50, Egress: true }
    await ec2('CreateNetworkAclEntry', { ...deny, Protocol: '-1', RuleAction: 'deny', CidrBlock: '10.0.2.0/24' })
    await delay(ENFORCED_MS)
    assert.equal(await client.ask('two'), 'lost')
    assert.equal(await lab.dial(open, address.peer, 7000), 'timeout')
    assert.equal(await lab.dial(open, address.endpoint, 443), 'connected', 'an ACL is not asked inside a subnet')
    await ec2('DeleteNetworkAclEntry', deny)
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(open, address.peer, 7000), 'connected')
    await client.end()
    await server.end()
  })

  it('need the replies to pass the network ACL as well', async () => {
    const { ec2, acl } = lab.estate
    const server = await converse(peer, 'echo.ts', '7000')
    const deny = { NetworkAclId: acl, RuleNumber: 60, Egress: false }
    const PortRange = { From: 32768, To: 60999 }
    await ec2('CreateNetworkAclEntry', {
      ...deny,
      Protocol: '6',
      RuleAction: 'deny',
      CidrBlock: '10.0.2.0/24',
      PortRange,
    })
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(open, address.peer, 7000), 'timeout')
    await ec2('DeleteNetworkAclEntry', deny)
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(open, address.peer, 7000), 'connected')
    await server.end()
  })

  it('stop with the interface', async () => {
    const { ec2 } = lab.estate
    const { id } = await lab.estate.networkInterface([groups.open])
    const gone = await lab.attach(id)
    assert.equal(await lab.dial(gone, address.endpoint, 443), 'connected')
    await ec2('DeleteNetworkInterface', { NetworkInterfaceId: id })
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(gone, address.endpoint, 443), 'timeout')
    await gone.detach()
  })

  it('find names by the VPC alone', async () => {
    const lookup = `require('node:dns').setServers(['10.0.0.2']);require('node:dns').resolve4(process.argv[1],(e,a)=>console.log(e?e.code:a.join()))`
    const ask = async (name: string) => (await run(open.enter, [process.execPath, '-e', lookup, name])).stdout.trim()
    assert.equal(await ask('sts.us-east-1.amazonaws.com'), address.endpoint)
    assert.equal(await ask('nonsense.example.com'), 'ENOTFOUND')
  })
})
