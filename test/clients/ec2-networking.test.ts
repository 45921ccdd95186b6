/** EC2's networking beyond one VPC, by the wire: peering, prefix lists, a transit gateway, a VPN, IPv6. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import { refusal, type ApiClient } from './client.ts'
import { environmentOf, type Environment } from './command.ts'
import { account } from './place.ts'

/** The CLI is a process for each call: one flow stands for all. */
for (const { title, connect, flows } of [
  { title: 'boto3', connect: boto3, flows: 'all' },
  { title: 'the AWS CLI', connect: awsCli, flows: 'peering' },
] as const) {
  describe(`networks by ${title}`, () => {
    let server: TestServer
    let env: Environment
    let client: ApiClient

    before(async () => {
      server = await startTestServer()
      env = await environmentOf(server.dataDir)
      client = connect(env)
    })
    after(async () => {
      await client.close()
      await server.close()
    })

    const ec2 = (operation: string, input: object = {}) => client.call('ec2', operation, input)
    const makeVpc = async (CidrBlock: string, more: object = {}): Promise<string> =>
      (await ec2('CreateVpc', { CidrBlock, ...more })).Vpc.VpcId

    test('two VPCs are peered, and a route leads across', async () => {
      const [VpcId, PeerVpcId] = [await makeVpc('10.1.0.0/16'), await makeVpc('10.2.0.0/16')]
      const made = (await ec2('CreateVpcPeeringConnection', { VpcId, PeerVpcId })).VpcPeeringConnection
      assert.equal(made.Status.Code, 'initiating-request')
      const { VpcPeeringConnectionId } = made
      await ec2('AcceptVpcPeeringConnection', { VpcPeeringConnectionId })
      const { RouteTableId } = (await ec2('CreateRouteTable', { VpcId })).RouteTable
      await ec2('CreateRoute', { RouteTableId, DestinationCidrBlock: '10.2.0.0/16', VpcPeeringConnectionId })
      const Filters = [{ Name: 'status-code', Values: ['active'] }]
      const [active] = (await ec2('DescribeVpcPeeringConnections', { Filters })).VpcPeeringConnections
      assert.deepEqual(active.AccepterVpcInfo.CidrBlockSet, [{ CidrBlock: '10.2.0.0/16' }])
      await ec2('DeleteVpcPeeringConnection', { VpcPeeringConnectionId })
      const [table] = (await ec2('DescribeRouteTables', { RouteTableIds: [RouteTableId] })).RouteTables
      const route = table.Routes.find((one: { VpcPeeringConnectionId?: string }) => one.VpcPeeringConnectionId)
      assert.equal(route.State, 'blackhole')
    })

    if (flows === 'peering') return

    test('a policy that names the accepter’s VPC lets one request pass and no other', async () => {
      const [VpcId, good, bad] = [
        await makeVpc('10.11.0.0/16'),
        await makeVpc('10.12.0.0/16'),
        await makeVpc('10.13.0.0/16'),
      ]
      const arn = (id: string) => `arn:aws:ec2:us-east-1:${account}:vpc/${id}`
      const pcx = `arn:aws:ec2:us-east-1:${account}:vpc-peering-connection/*`
      const Action = 'ec2:CreateVpcPeeringConnection'
      const Condition = { ArnEquals: { 'ec2:AccepterVpc': arn(good) } }
      const policy = {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action, Resource: arn(VpcId) },
          { Effect: 'Allow', Action, Resource: pcx, Condition },
        ],
      }
      await client.call('iam', 'CreateUser', { UserName: 'peerer' })
      await client.call('iam', 'PutUserPolicy', {
        UserName: 'peerer',
        PolicyName: 'peer',
        PolicyDocument: JSON.stringify(policy),
      })
      const { AccessKey } = await client.call('iam', 'CreateAccessKey', { UserName: 'peerer' })
      const peerer = connect({
        ...env,
        AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey,
      })
      try {
        const { code, message } = await refusal(
          peerer.call('ec2', 'CreateVpcPeeringConnection', { VpcId, PeerVpcId: bad }),
        )
        assert.equal(code, 'UnauthorizedOperation')
        assert.match(message, /ec2:CreateVpcPeeringConnection on resource: \S*vpc-peering-connection\/\*/)
        const made = await peerer.call('ec2', 'CreateVpcPeeringConnection', { VpcId, PeerVpcId: good })
        assert.match(made.VpcPeeringConnection.VpcPeeringConnectionId, /^pcx-/)
      } finally {
        await peerer.close()
      }
    })

    test('a prefix list has entries and versions', async () => {
      const { PrefixListId } = (
        await ec2('CreateManagedPrefixList', {
          PrefixListName: 'offices',
          AddressFamily: 'IPv4',
          MaxEntries: 5,
          Entries: [{ Cidr: '192.0.2.0/24', Description: 'one' }],
        })
      ).PrefixList
      const change = { PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: '198.51.100.0/24' }] }
      assert.equal((await ec2('ModifyManagedPrefixList', change)).PrefixList.Version, 2)
      assert.equal((await refusal(ec2('ModifyManagedPrefixList', change))).code, 'PrefixListVersionMismatch')
      assert.deepEqual((await ec2('GetManagedPrefixListEntries', { PrefixListId })).Entries, [
        { Cidr: '192.0.2.0/24', Description: 'one' },
        { Cidr: '198.51.100.0/24' },
      ])
    })

    test('a transit gateway learns of its VPCs', async () => {
      const VpcId = await makeVpc('10.21.0.0/16')
      const { SubnetId } = (await ec2('CreateSubnet', { VpcId, CidrBlock: '10.21.0.0/24' })).Subnet
      const { TransitGatewayId, Options } = (await ec2('CreateTransitGateway', { Description: 'hub' })).TransitGateway
      const attach = { TransitGatewayId, VpcId, SubnetIds: [SubnetId] }
      const attachment = (await ec2('CreateTransitGatewayVpcAttachment', attach)).TransitGatewayVpcAttachment
      assert.equal(attachment.State, 'available')
      const search = {
        TransitGatewayRouteTableId: Options.AssociationDefaultRouteTableId,
        Filters: [{ Name: 'route-search.longest-prefix-match', Values: ['10.21.0.9/32'] }],
      }
      const { Routes } = await ec2('SearchTransitGatewayRoutes', search)
      assert.equal(Routes[0].TransitGatewayAttachments[0].ResourceId, VpcId)
      assert.equal((await refusal(ec2('DeleteTransitGateway', { TransitGatewayId }))).code, 'IncorrectState')
    })

    test('a VPN connection tells its tunnels', async () => {
      const { CustomerGatewayId } = (await ec2('CreateCustomerGateway', { Type: 'ipsec.1', IpAddress: '203.0.113.7' }))
        .CustomerGateway
      const { VpnGatewayId } = (await ec2('CreateVpnGateway', { Type: 'ipsec.1' })).VpnGateway
      const request = { CustomerGatewayId, VpnGatewayId, Type: 'ipsec.1', Options: { StaticRoutesOnly: true } }
      const { VpnConnectionId } = (await ec2('CreateVpnConnection', request)).VpnConnection
      await ec2('CreateVpnConnectionRoute', { VpnConnectionId, DestinationCidrBlock: '192.168.0.0/16' })
      const [vpn] = (await ec2('DescribeVpnConnections', { VpnConnectionIds: [VpnConnectionId] })).VpnConnections
      assert.deepEqual(vpn.Routes[0].DestinationCidrBlock, '192.168.0.0/16')
      assert.equal(vpn.VgwTelemetry[0].Status, 'UP')
      assert.match(vpn.CustomerGatewayConfiguration, /<pre_shared_key>[\w.]{8,}<\/pre_shared_key>/)
    })

    test('IPv6 leaves by an egress-only gateway', async () => {
      const VpcId = await makeVpc('10.31.0.0/16', { AmazonProvidedIpv6CidrBlock: true })
      const [vpc] = (await ec2('DescribeVpcs', { VpcIds: [VpcId] })).Vpcs
      const Ipv6CidrBlock = vpc.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock.replace('/56', '/64')
      const { Subnet } = await ec2('CreateSubnet', { VpcId, CidrBlock: '10.31.0.0/24', Ipv6CidrBlock })
      assert.equal(Subnet.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock, Ipv6CidrBlock)
      const { EgressOnlyInternetGatewayId } = (await ec2('CreateEgressOnlyInternetGateway', { VpcId }))
        .EgressOnlyInternetGateway
      const { RouteTableId } = (await ec2('CreateRouteTable', { VpcId })).RouteTable
      await ec2('CreateRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId })
      const [table] = (await ec2('DescribeRouteTables', { RouteTableIds: [RouteTableId] })).RouteTables
      assert.ok(
        table.Routes.some((one: { DestinationIpv6CidrBlock?: string }) => one.DestinationIpv6CidrBlock === '::/0'),
      )
    })
  })
}
