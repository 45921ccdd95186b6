import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildNetwork } from '../../src/network/network.ts'
import { networkDocuments } from '../../src/services/ec2/documents.ts'
import { ACCOUNT, enableHostnames, newEstate, REGION, withSubnet, type TestEstate } from './estate.ts'

/** What the network model says of what EC2's operations made. */
function connect(estate: TestEstate, networkInterfaceId: string, host: string) {
  const network = buildNetwork(networkDocuments(estate.store, ACCOUNT, REGION), REGION)
  return network.connect({ kind: 'interface', networkInterfaceId }, host, 443)
}

const makeInterface = (estate: TestEstate, SubnetId: string) =>
  estate.ask('CreateNetworkInterface', { SubnetId }).NetworkInterface!.NetworkInterfaceId!

test('a private subnet reaches S3 with a gateway endpoint, and not without', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const eni = makeInterface(estate, SubnetId)
  const s3 = () => connect(estate, eni, 's3.us-east-1.amazonaws.com')
  assert.equal(s3().verdict, 'timeout')
  const [main] = estate.ask('DescribeRouteTables', {}).RouteTables!
  const VpcEndpointId = estate.ask('CreateVpcEndpoint', {
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    RouteTableIds: [main!.RouteTableId!],
  }).VpcEndpoint!.VpcEndpointId!
  assert.equal(s3().verdict, 'allowed')
  assert.equal(s3().context['aws:sourcevpce'], VpcEndpointId)
  estate.ask('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] })
  assert.equal(s3().verdict, 'timeout')
})

test('private DNS leads to the interface endpoint; its group decides', () => {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  enableHostnames(estate, VpcId)
  const eni = makeInterface(estate, SubnetId)
  const group = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'endpoint', Description: 'endpoint' }).GroupId!
  const { DnsEntries, VpcEndpointId } = estate.ask('CreateVpcEndpoint', {
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.sagemaker.api',
    VpcEndpointType: 'Interface',
    SubnetIds: [SubnetId],
    SecurityGroupIds: [group],
  }).VpcEndpoint!
  const api = 'api.sagemaker.us-east-1.amazonaws.com'
  assert.equal(connect(estate, eni, api).verdict, 'timeout')
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }
  estate.ask('AuthorizeSecurityGroupIngress', { GroupId: group, IpPermissions: [https] })
  for (const host of [api, DnsEntries![0]!.DnsName!, DnsEntries![1]!.DnsName!]) {
    const { verdict, way } = connect(estate, eni, host)
    assert.equal(verdict, 'allowed', host)
    assert.equal(way!.vpcEndpointId, VpcEndpointId)
  }
})

test('a NAT gateway in a public subnet carries a private one out', () => {
  const estate = newEstate()
  const { VpcId, SubnetId: lone } = withSubnet(estate)
  const open = estate.ask('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' }).Subnet!.SubnetId!
  const InternetGatewayId = estate.ask('CreateInternetGateway', {}).InternetGateway!.InternetGatewayId!
  estate.ask('AttachInternetGateway', { InternetGatewayId, VpcId })
  const { AllocationId, PublicIp } = estate.ask('AllocateAddress', {})
  const NatGatewayId = estate.ask('CreateNatGateway', { SubnetId: open, AllocationId: AllocationId! }).NatGateway!
    .NatGatewayId!
  for (const [SubnetId, target] of [
    [open, { GatewayId: InternetGatewayId }],
    [lone, { NatGatewayId }],
  ] as const) {
    const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
    estate.ask('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', ...target })
    estate.ask('AssociateRouteTable', { RouteTableId, SubnetId })
  }
  const out = () => connect(estate, makeInterface(estate, lone), 'sts.us-east-1.amazonaws.com')
  assert.equal(out().verdict, 'allowed')
  assert.equal(out().way!.sourceIp, PublicIp)
  estate.ask('DeleteNatGateway', { NatGatewayId })
  assert.equal(out().verdict, 'timeout')
})
