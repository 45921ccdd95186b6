import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointPolicy } from '../../src/services/ec2/endpoint-policy.ts'
import { ACCOUNT, enableHostnames, newEstate, REGION, withSubnet, type TestEstate } from './estate.ts'

const S3 = 'com.amazonaws.us-east-1.s3'
const RUNTIME = 'com.amazonaws.us-east-1.sagemaker.runtime'

const byText = (a: string | undefined, b: string | undefined) => (a! < b! ? -1 : 1)

const routesOf = (estate: TestEstate, RouteTableId: string) =>
  estate.ask('DescribeRouteTables', { RouteTableIds: [RouteTableId] }).RouteTables![0]!.Routes!

function withTable() {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  const RouteTableId = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  return { estate, VpcId, SubnetId, RouteTableId }
}

test('a gateway endpoint puts its route into its tables, and takes it out again', () => {
  const { estate, VpcId, RouteTableId } = withTable()
  const endpoint = estate.ask('CreateVpcEndpoint', {
    VpcId,
    ServiceName: S3,
    RouteTableIds: [RouteTableId],
  }).VpcEndpoint!
  const VpcEndpointId = endpoint.VpcEndpointId!
  assert.equal(endpoint.VpcEndpointType, 'Gateway')
  assert.equal(endpoint.State, 'available')
  assert.deepEqual(JSON.parse(endpoint.PolicyDocument!).Statement, [
    { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
  ])
  assert.deepEqual(routesOf(estate, RouteTableId)[1], {
    DestinationPrefixListId: 'pl-63a5400a',
    GatewayId: VpcEndpointId,
    Origin: 'CreateRoute',
    State: 'active',
  })
  estate.refuses(
    'CreateVpcEndpoint',
    { VpcId, ServiceName: S3, RouteTableIds: [RouteTableId] },
    'RouteAlreadyExists',
    `route table ${RouteTableId} already has a route with destination-prefix-list-id pl-63a5400a`,
  )
  assert.equal(estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints!.length, 1, 'the refused one is not there')
  const other = estate.ask('CreateRouteTable', { VpcId }).RouteTable!.RouteTableId!
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, AddRouteTableIds: [other], RemoveRouteTableIds: [RouteTableId] })
  assert.equal(routesOf(estate, RouteTableId).length, 1)
  assert.equal(routesOf(estate, other)[1]!.GatewayId, VpcEndpointId)
  assert.deepEqual(estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints![0]!.RouteTableIds, [other])
  assert.deepEqual(estate.ask('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }), { Unsuccessful: [] })
  assert.equal(routesOf(estate, other).length, 1)
})

test("an endpoint's route is out of reach of the route operations", () => {
  const { estate, VpcId, RouteTableId } = withTable()
  const list = { RouteTableId, DestinationPrefixListId: 'pl-63a5400a' }
  const VpcEndpointId = estate.ask('CreateVpcEndpoint', { VpcId, ServiceName: S3, RouteTableIds: [RouteTableId] })
    .VpcEndpoint!.VpcEndpointId!
  estate.refuses('DeleteRoute', list, 'InvalidParameter')
  estate.refuses('ReplaceRoute', { ...list, GatewayId: 'local' }, 'InvalidParameter')
  estate.refuses('CreateRoute', { ...list, GatewayId: VpcEndpointId }, 'InvalidParameterValue')
  estate.ask('DeleteRouteTable', { RouteTableId })
  assert.deepEqual(estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints![0]!.RouteTableIds, [], 'but the table may go')
  estate.ask('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] })
})

test('services and types that are not there are refused', () => {
  const { estate, VpcId } = withTable()
  const refuses = (ServiceName: string, code: string, message: string) =>
    estate.refuses('CreateVpcEndpoint', { VpcId, ServiceName }, code, message)
  const unknown = 'com.amazonaws.eu-north-1.elasticloadbalancing'
  refuses(unknown, 'InvalidServiceName', `The Vpc Endpoint Service '${unknown}' does not exist`)
  refuses(RUNTIME, 'InvalidParameter', 'Endpoint type (Gateway) does not match available service types ([Interface]).')
})

function withRuntime(more: object = {}) {
  const estate = newEstate()
  const { VpcId, SubnetId } = withSubnet(estate)
  enableHostnames(estate, VpcId)
  const endpoint = estate.ask('CreateVpcEndpoint', {
    VpcId,
    ServiceName: RUNTIME,
    VpcEndpointType: 'Interface',
    SubnetIds: [SubnetId],
    ...more,
  }).VpcEndpoint!
  const described = () => estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints![0]!
  return { estate, VpcId, SubnetId, endpoint, VpcEndpointId: endpoint.VpcEndpointId!, described }
}

test('an interface endpoint is an interface in each subnet, and names in order', () => {
  const { estate, endpoint, VpcEndpointId, SubnetId } = withRuntime()
  assert.equal(endpoint.PrivateDnsEnabled, true)
  assert.equal(endpoint.Groups![0]!.GroupName, 'default')
  const names = endpoint.DnsEntries!.map((entry) => entry.DnsName!)
  assert.match(
    names[0]!,
    new RegExp(`^${VpcEndpointId}-[0-9a-z]{8}\\.runtime\\.sagemaker\\.us-east-1\\.vpce\\.amazonaws\\.com$`),
  )
  assert.equal(names[1], names[0]!.replace('.', '-us-east-1a.'))
  assert.deepEqual(names.slice(2), ['runtime.sagemaker.us-east-1.amazonaws.com'])
  assert.equal(endpoint.DnsEntries![0]!.HostedZoneId, 'Z7HUB22UULQXV')

  const [eni] = estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  assert.deepEqual(endpoint.NetworkInterfaceIds, [eni!.NetworkInterfaceId])
  assert.equal(eni!.InterfaceType, 'vpc_endpoint')
  assert.equal(eni!.Description, `VPC Endpoint Interface ${VpcEndpointId}`)
  assert.equal(eni!.RequesterManaged, true)
  assert.equal(eni!.Attachment!.InstanceOwnerId, 'amazon-aws')
  assert.match(eni!.Attachment!.AttachmentId!, /^ela-attach-/)
  const NetworkInterfaceId = eni!.NetworkInterfaceId!
  estate.refuses('DeleteNetworkInterface', { NetworkInterfaceId }, 'InvalidParameterValue')
  estate.refuses(
    'ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId, Description: { Value: 'mine' } },
    'AuthFailure',
  )
  estate.refuses('DeleteSubnet', { SubnetId }, 'DependencyViolation')
  estate.ask('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] })
  assert.deepEqual(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces, [])
  estate.ask('DeleteSubnet', { SubnetId })
})

test('one subnet for each Availability Zone', () => {
  const { estate, VpcId, VpcEndpointId, described } = withRuntime()
  const make = (CidrBlock: string, AvailabilityZone: string) =>
    estate.ask('CreateSubnet', { VpcId, CidrBlock, AvailabilityZone }).Subnet!.SubnetId!
  const twin = make('10.0.1.0/24', 'us-east-1a')
  const other = make('10.0.2.0/24', 'us-east-1b')
  estate.refuses(
    'ModifyVpcEndpoint',
    { VpcEndpointId, AddSubnetIds: [twin] },
    'DuplicateSubnetsInSameZone',
    `Found another VPC endpoint subnet in the availability zone of ${twin}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
  )
  const before = described()
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, AddSubnetIds: [other] })
  const names = described().DnsEntries!.map((entry) => entry.DnsName!)
  assert.equal(names.length, 4)
  assert.equal(names[0], before.DnsEntries![0]!.DnsName, 'the name stays')
  assert.match(names[2]!, /-us-east-1b\.runtime/)
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, RemoveSubnetIds: before.SubnetIds! })
  assert.deepEqual(described().SubnetIds, [other])
  assert.equal(estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!.length, 1)
  estate.refuses(
    'ModifyVpcEndpoint',
    { VpcEndpointId, AddSubnetIds: ['us-east-1a'] },
    'InvalidSubnetId.Malformed',
    "Invalid Subnet Id: 'us-east-1a' (expecting 'subnet-...; the Id may only contain lowercase alphanumeric characters and a single dash')",
  )
})

test('private DNS needs both attributes of the VPC, and a name that is not taken', () => {
  const { estate, VpcId, VpcEndpointId, described } = withRuntime()
  const again = { VpcId, ServiceName: RUNTIME, VpcEndpointType: 'Interface' as const }
  estate.refuses(
    'CreateVpcEndpoint',
    again,
    'InvalidParameter',
    `private-dns-enabled cannot be set because there is already a conflicting DNS domain for runtime.sagemaker.us-east-1.amazonaws.com in the VPC ${VpcId}`,
  )
  const second = estate.ask('CreateVpcEndpoint', { ...again, PrivateDnsEnabled: false }).VpcEndpoint!
  estate.refuses(
    'ModifyVpcEndpoint',
    { VpcEndpointId: second.VpcEndpointId!, PrivateDnsEnabled: true },
    'InvalidParameter',
  )
  estate.refuses('ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: false } }, 'InvalidParameter')
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, PrivateDnsEnabled: false })
  const off = estate.ask('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }).VpcEndpoints![0]!
  assert.ok(!off.DnsEntries!.some((entry) => entry.DnsName === 'runtime.sagemaker.us-east-1.amazonaws.com'))
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId: second.VpcEndpointId!, PrivateDnsEnabled: true })
  assert.ok(described())

  const plain = newEstate()
  const bare = withSubnet(plain)
  plain.refuses(
    'CreateVpcEndpoint',
    { VpcId: bare.VpcId, ServiceName: RUNTIME, VpcEndpointType: 'Interface' },
    'InvalidParameter',
    `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${bare.VpcId}`,
  )
})

test('the inbound-resolver switch of S3 needs a gateway endpoint beside it', () => {
  const { estate, VpcId, RouteTableId } = withTable()
  enableHostnames(estate, VpcId)
  const input = {
    VpcId,
    ServiceName: S3,
    VpcEndpointType: 'Interface' as const,
    DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: true },
  }
  estate.refuses(
    'CreateVpcEndpoint',
    input,
    'InvalidParameter',
    `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${VpcId} must have a Gateway endpoint for the service.`,
  )
  estate.ask('CreateVpcEndpoint', { VpcId, ServiceName: S3, RouteTableIds: [RouteTableId] })
  const { DnsEntries } = estate.ask('CreateVpcEndpoint', input).VpcEndpoint!
  assert.match(DnsEntries![0]!.DnsName!, /^\*\.vpce-[0-9a-f]{17}-[0-9a-f]{8}\.s3\.us-east-1\.vpce\.amazonaws\.com$/)
})

test('groups of an endpoint change on all of its interfaces', () => {
  const { estate, VpcId, VpcEndpointId, endpoint } = withRuntime()
  const web = estate.ask('CreateSecurityGroup', { VpcId, GroupName: 'web', Description: 'web' }).GroupId!
  const byDefault = endpoint.Groups![0]!.GroupId!
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, AddSecurityGroupIds: [web], RemoveSecurityGroupIds: [byDefault] })
  const [eni] = estate.ask('DescribeNetworkInterfaces', {}).NetworkInterfaces!
  assert.deepEqual(eni!.Groups, [{ GroupId: web, GroupName: 'web' }])
  estate.refuses('DeleteSecurityGroup', { GroupId: web }, 'DependencyViolation')
  estate.refuses('ModifyVpcEndpoint', { VpcEndpointId, RemoveSecurityGroupIds: [web] }, 'InvalidParameter')
})

const invokeOnly = JSON.stringify({
  Statement: [
    {
      Action: 'sagemaker:InvokeEndpoint',
      Effect: 'Allow',
      Resource: 'arn:aws:sagemaker:us-east-1:123456789012:endpoint/myEndpoint',
      Principal: '*',
    },
  ],
})

test('endpoint policies are held against their grammar, compiled for the door, and reset', () => {
  const { estate, VpcEndpointId, endpoint } = withRuntime({ PolicyDocument: invokeOnly })
  assert.equal(endpoint.PolicyDocument, invokeOnly)
  const compiled = () => endpointPolicy(estate.store, ACCOUNT, REGION, VpcEndpointId)!
  assert.equal(compiled().text, invokeOnly)
  assert.equal(compiled(), compiled(), 'compiled once')
  const change = (PolicyDocument: string) => ({ VpcEndpointId, PolicyDocument })
  estate.refuses('ModifyVpcEndpoint', change('{'), 'InvalidPolicyDocument')
  estate.refuses(
    'ModifyVpcEndpoint',
    change('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'),
    'InvalidPolicyDocument',
  )
  estate.refuses('ModifyVpcEndpoint', change(invokeOnly + ' '.repeat(20_480)), 'InvalidPolicyDocument')
  estate.ask('ModifyVpcEndpoint', { VpcEndpointId, ResetPolicy: true })
  assert.equal(compiled().statements[0]!.effect, 'Allow')
  assert.notEqual(compiled().text, invokeOnly)
  estate.ask('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] })
  assert.equal(compiled().statements[0]!.effect, 'Deny', 'nothing passes through an endpoint that has gone')
})

test('the FIPS runtime takes no endpoint policy', () => {
  const { estate, VpcId, SubnetId } = withRuntime()
  const fips = {
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.sagemaker.runtime-fips',
    VpcEndpointType: 'Interface' as const,
    SubnetIds: [SubnetId],
  }
  estate.refuses(
    'CreateVpcEndpoint',
    { ...fips, PolicyDocument: invokeOnly },
    'InvalidParameter',
    /^Service com.amazonaws.us-east-1.sagemaker.runtime-fips only supports the full-access endpoint policy\.$/,
  )
  const { VpcEndpointId } = estate.ask('CreateVpcEndpoint', fips).VpcEndpoint!
  estate.refuses('ModifyVpcEndpoint', { VpcEndpointId: VpcEndpointId!, PolicyDocument: invokeOnly }, 'InvalidParameter')
  assert.equal(endpointPolicy(estate.store, ACCOUNT, REGION, VpcEndpointId!), undefined)
})

test('deleting lists what could not be deleted', () => {
  const { estate, VpcEndpointId } = withRuntime()
  const { Unsuccessful } = estate.ask('DeleteVpcEndpoints', { VpcEndpointIds: ['vpce-0', VpcEndpointId] })
  assert.deepEqual(Unsuccessful, [
    {
      ResourceId: 'vpce-0',
      Error: { Code: 'InvalidVpcEndpointId.NotFound', Message: "The Vpc Endpoint Id 'vpce-0' does not exist" },
    },
  ])
  assert.deepEqual(estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints, [])
})

test('a repeated call with the same token makes one endpoint', () => {
  const { estate, VpcId } = withTable()
  const input = { VpcId, ServiceName: S3, ClientToken: 'token' }
  const first = estate.ask('CreateVpcEndpoint', input)
  assert.deepEqual(estate.ask('CreateVpcEndpoint', input), first)
  assert.equal(estate.ask('DescribeVpcEndpoints', {}).VpcEndpoints!.length, 1)
})

test('services and prefix lists are described', () => {
  const estate = newEstate()
  const { ServiceDetails, ServiceNames } = estate.ask('DescribeVpcEndpointServices', { ServiceNames: [S3] })
  assert.deepEqual(ServiceNames, [S3, S3])
  assert.deepEqual(ServiceDetails!.map((one) => one.ServiceType![0]!.ServiceType).toSorted(byText), [
    'Gateway',
    'Interface',
  ])
  const [runtime] = estate.ask('DescribeVpcEndpointServices', {
    Filters: [{ Name: 'service-name', Values: [RUNTIME] }],
  }).ServiceDetails!
  assert.equal(runtime!.PrivateDnsName, 'runtime.sagemaker.us-east-1.amazonaws.com')
  assert.equal(runtime!.VpcEndpointPolicySupported, true)
  estate.refuses('DescribeVpcEndpointServices', { ServiceNames: ['nope'] }, 'InvalidServiceName')

  const byName = [{ Name: 'prefix-list-name', Values: [S3] }]
  const [list] = estate.ask('DescribePrefixLists', { Filters: byName }).PrefixLists!
  assert.equal(list!.PrefixListId, 'pl-63a5400a')
  const [managed] = estate.ask('DescribeManagedPrefixLists', { Filters: byName }).PrefixLists!
  assert.ok(!('Cidrs' in managed!))
  const entries = estate.ask('GetManagedPrefixListEntries', { PrefixListId: 'pl-63a5400a' }).Entries!
  assert.deepEqual(entries.map((entry) => entry.Cidr).toSorted(byText), list!.Cidrs!.toSorted(byText))
})
