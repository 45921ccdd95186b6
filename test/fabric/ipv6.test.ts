import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Attachment } from '../../src/fabric/fabric.ts'
import { converse, openLab, run, type Lab } from './lab.ts'

const ENFORCED_MS = 400

describe('IPv6 inside a VPC', () => {
  let lab: Lab
  let group: string
  let own: Attachment
  let peer: Attachment
  const address = { own: '', peer: '' }
  const everywhere = [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }]

  before(async () => {
    lab = await openLab()
    const { ec2 } = lab.estate
    const { VpcId } = (await ec2('CreateVpc', { CidrBlock: '10.6.0.0/16', AmazonProvidedIpv6CidrBlock: true })).Vpc
    const { Vpcs } = await ec2('DescribeVpcs', { VpcIds: [VpcId] })
    const block: string = Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock
    const subnetOf = async (CidrBlock: string, number: number): Promise<string> => {
      const Ipv6CidrBlock = block.replace(/0?0::\/56$/, `${number.toString(16).padStart(2, '0')}::/64`)
      return (await ec2('CreateSubnet', { VpcId, CidrBlock, Ipv6CidrBlock })).Subnet.SubnetId
    }
    group = (await ec2('CreateSecurityGroup', { VpcId, GroupName: 'six', Description: 'six' })).GroupId
    await ec2('AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: everywhere })
    const { SecurityGroups } = await ec2('DescribeSecurityGroups', { GroupIds: [group] })
    if (!JSON.stringify(SecurityGroups[0].IpPermissionsEgress).includes('::/0'))
      await ec2('AuthorizeSecurityGroupEgress', { GroupId: group, IpPermissions: everywhere })
    const plug = async (SubnetId: string): Promise<[Attachment, string]> => {
      const { NetworkInterface } = await ec2('CreateNetworkInterface', {
        SubnetId,
        Groups: [group],
        Ipv6AddressCount: 1,
      })
      return [await lab.attach(NetworkInterface.NetworkInterfaceId), NetworkInterface.Ipv6Addresses[0].Ipv6Address]
    }
    ;[own, address.own] = await plug(await subnetOf('10.6.1.0/24', 1))
    ;[peer, address.peer] = await plug(await subnetOf('10.6.2.0/24', 2))
  })
  after(() => lab.close())

  it('shows both true addresses, and is refused where nothing listens', async () => {
    const server = await converse(peer, 'echo.ts', '7000', '::')
    const client = await converse(own, 'hold.ts', address.peer, '7000')
    assert.equal(await client.ask('who'), `${address.own} ${address.peer}`)
    assert.equal(await lab.dial(own, address.peer, 7001), 'refused')
    await client.end()
    await server.end()
  })

  it('is silence by a group', async () => {
    const { ec2 } = lab.estate
    await ec2('RevokeSecurityGroupIngress', { GroupId: group, IpPermissions: everywhere })
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(own, address.peer, 7001), 'timeout')
    await ec2('AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: everywhere })
    await delay(ENFORCED_MS)
    assert.equal(await lab.dial(own, address.peer, 7001), 'refused')
  })

  it('leaves by no address but its own, even with the rights of root', async () => {
    const forged = address.own.replace(/[^:]*$/, 'bad')
    const { code, stderr } = await run(own.enter, ['ip', 'addr', 'add', `${forged}/128`, 'dev', 'eth0', 'nodad'])
    assert.equal(code, 0, stderr)
    const observed = await converse(peer, 'observe.ts', address.peer, '7002')
    const script = `const s=require('node:dgram').createSocket('udp6');s.bind(0,process.argv[1],()=>s.send('x',7002,process.argv[2],()=>s.close()))`
    for (const source of [forged, address.own]) {
      await run(own.enter, [process.execPath, '-e', script, source, address.peer])
      await delay(300)
      assert.equal(await observed.ask('?'), source === address.own ? address.own : '')
    }
    await observed.end()
  })

  it('does not reach the internet without a route', async () => {
    assert.equal(await lab.dial(own, '2001:db8::1', 443), 'timeout')
  })
})
