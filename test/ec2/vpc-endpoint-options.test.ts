import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enableHostnames, newEstate, withSubnet } from './estate.ts'

const API = 'com.amazonaws.us-east-1.sagemaker.api'
const STS = 'com.amazonaws.us-east-1.sts'
const S3 = 'com.amazonaws.us-east-1.s3'

/** A VPC with a subnet for IPv4 in zone a, and one for both in zone b. */
function withDualSubnet() {
  const estate = newEstate()
  const { VpcId, SubnetId: four } = withSubnet(estate)
  enableHostnames(estate, VpcId)
  estate.ask('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true })
  const [block] = estate.ask('DescribeVpcs', { VpcIds: [VpcId] }).Vpcs![0]!.Ipv6CidrBlockAssociationSet!
  const both = estate.ask('CreateSubnet', {
    VpcId,
    CidrBlock: '10.0.2.0/24',
    AvailabilityZone: 'us-east-1b',
    Ipv6CidrBlock: block!.Ipv6CidrBlock!.replace(/\/56$/, '/64'),
  }).Subnet!.SubnetId!
  const interfaces = () => estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  const api = { VpcId, ServiceName: API, VpcEndpointType: 'Interface' as const }
  return { estate, VpcId, four, both, interfaces, api }
}

test('a dual-stack endpoint has IPv6 addresses, where service and subnets have them', () => {
  const { estate, VpcId, four, both, interfaces, api } = withDualSubnet()
  const dual = { ...api, IpAddressType: 'dualstack' as const }
  estate.refuses(
    'CreateVpcEndpoint',
    { ...dual, SubnetIds: [four] },
    'InvalidParameter',
    /does not support the IP address type dualstack/,
  )
  estate.refuses(
    'CreateVpcEndpoint',
    { ...dual, ServiceName: STS, SubnetIds: [both] },
    'InvalidParameter',
    /does not support the IP address type dualstack/,
  )
  const endpoint = estate.ask('CreateVpcEndpoint', { ...dual, SubnetIds: [both] }).VpcEndpoint!
  assert.equal(endpoint.IpAddressType, 'dualstack')
  assert.equal(endpoint.DnsOptions!.DnsRecordIpType, 'dualstack')
  assert.equal(interfaces()[0]!.Ipv6Addresses!.length, 1)
  const VpcEndpointId = endpoint.VpcEndpointId!
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, IpAddressType: 'ipv4' })
  const described = () => estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints![0]!
  assert.equal(described().DnsOptions!.DnsRecordIpType, 'ipv4')
  assert.deepEqual(interfaces()[0]!.Ipv6Addresses, [])
  estate.ask('ModifyVpcEndpoint', {
    VpcEndpointId,
    IpAddressType: 'dualstack',
    DnsOptions: { DnsRecordIpType: 'service-defined' },
  })
  assert.equal(described().DnsOptions!.DnsRecordIpType, 'service-defined')
  assert.equal(interfaces()[0]!.Ipv6Addresses!.length, 1)
  estate.refuses('ModifyVpcEndpoint', { VpcEndpointId, AddSubnetIds: [four] }, 'InvalidParameter')
  const types = (ServiceName: string) =>
    estate.ask('DescribeVpcEndpointServices', { ServiceNames: [ServiceName] }).ServiceDetails![0]!
      .SupportedIpAddressTypes
  assert.deepEqual(types(API), ['ipv4', 'ipv6'])
  assert.deepEqual(types(STS), ['ipv4'])
  assert.ok(VpcId)
})

test('record types must go with the address type', () => {
  const { estate, four, api } = withDualSubnet()
  estate.refuses(
    'CreateVpcEndpoint',
    { ...api, SubnetIds: [four], DnsOptions: { DnsRecordIpType: 'ipv6' } },
    'InvalidParameter',
    'DNS record IP type ipv6 is not compatible with IP address type ipv4.',
  )
})

test('addresses of the interfaces can be chosen, for subnets of the same request', () => {
  const { estate, four, both, interfaces, api } = withDualSubnet()
  const chosen = { SubnetId: four, Ipv4: '10.0.0.77' }
  estate.refuses('CreateVpcEndpoint', { ...api, SubnetIds: [both], SubnetConfigurations: [chosen] }, 'InvalidParameter')
  estate.refuses(
    'CreateVpcEndpoint',
    { ...api, SubnetIds: [four], SubnetConfigurations: [{ ...chosen, Ipv6: '2001:db8::1' }] },
    'InvalidParameter',
  )
  const { VpcEndpointId } = estate.ask('CreateVpcEndpoint', {
    ...api,
    SubnetIds: [four],
    SubnetConfigurations: [chosen],
  }).VpcEndpoint!
  assert.equal(interfaces()[0]!.PrivateIpAddress, '10.0.0.77')
  const later = {
    VpcEndpointId: VpcEndpointId!,
    AddSubnetIds: [both],
    SubnetConfigurations: [{ SubnetId: both, Ipv4: '10.0.2.9' }],
  }
  estate.ask('ModifyVpcEndpoint', later)
  assert.ok(interfaces().some((eni) => eni.PrivateIpAddress === '10.0.2.9'))
  estate.refuses(
    'CreateVpcEndpoint',
    { ...api, ServiceName: STS, SubnetIds: [four], SubnetConfigurations: [chosen] },
    'InvalidIPAddress.InUse',
  )
})

test('the inbound-resolver switch is only for interface endpoints of services with gateways', () => {
  const { estate, VpcId, four, api } = withDualSubnet()
  const DnsOptions = { PrivateDnsOnlyForInboundResolverEndpoint: true }
  estate.refuses(
    'CreateVpcEndpoint',
    { VpcId, ServiceName: S3, DnsOptions },
    'InvalidParameter',
    'DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.',
  )
  estate.refuses('CreateVpcEndpoint', { ...api, SubnetIds: [four], DnsOptions }, 'InvalidParameter')
  estate.refuses('CreateVpcEndpoint', { VpcId, ServiceName: S3, IpAddressType: 'dualstack' }, 'InvalidParameter')
})

test('a service without endpoint policies takes the one that grants everything', () => {
  const { estate, four, api } = withDualSubnet()
  const fips = { ...api, ServiceName: 'com.amazonaws.us-east-1.sagemaker.runtime-fips', SubnetIds: [four] }
  const all = { Effect: 'Allow', Principal: '*', Action: ['*'], Resource: '*' }
  const policy = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement })
  for (const Statement of [
    { ...all, Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    [all, all],
    { ...all, Action: 's3:*' },
    [],
  ]) {
    estate.refuses(
      'CreateVpcEndpoint',
      { ...fips, PolicyDocument: policy(Statement) },
      'InvalidParameter',
      'Service com.amazonaws.us-east-1.sagemaker.runtime-fips only supports the full-access endpoint policy.',
    )
  }
  assert.ok(estate.ask('CreateVpcEndpoint', { ...fips, PolicyDocument: policy([all]) }).VpcEndpoint)
})

test('endpoints of kinds that are not built are refused by name', () => {
  const { estate, VpcId, api } = withDualSubnet()
  estate.refuses(
    'CreateVpcEndpoint',
    { VpcId, VpcEndpointType: 'ServiceNetwork', ServiceNetworkArn: 'arn:aws:x' },
    'NotImplemented',
  )
  estate.refuses('CreateVpcEndpoint', { ...api, DnsOptions: { PrivateDnsPreference: 'ALL_DOMAINS' } }, 'NotImplemented')
})
