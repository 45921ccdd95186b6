import { call } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'

type Input = Record<string, unknown>

/** A VPC with two subnets, of which `closed` has a group that lets nothing out; endpoints are added by those who need them. */
export interface Estate {
  vpc: string
  subnet: string
  otherSubnet: string
  group: string
  routeTable: string
  acl: string
  ec2: (operation: string, input: Input) => Promise<any>
  /** An interface endpoint with private DNS in the first subnet; its address. */
  endpoint(service: string, more?: Input): Promise<{ id: string; address: string }>
  networkInterface(groups?: string[], subnet?: string): Promise<{ id: string; address: string }>
}

export async function buildEstate(server: TestServer): Promise<Estate> {
  const ec2 = (operation: string, input: Input) => call(server.url, server.admin, 'ec2', operation, input)
  const { VpcId: vpc } = (await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' })).Vpc
  await ec2('ModifyVpcAttribute', { VpcId: vpc, EnableDnsHostnames: { Value: true } })
  const subnetOf = async (CidrBlock: string, AvailabilityZone: string): Promise<string> =>
    (await ec2('CreateSubnet', { VpcId: vpc, CidrBlock, AvailabilityZone })).Subnet.SubnetId
  const subnet = await subnetOf('10.0.1.0/24', 'us-east-1a')
  const otherSubnet = await subnetOf('10.0.2.0/24', 'us-east-1b')
  const { SecurityGroups } = await ec2('DescribeSecurityGroups', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] })
  const { RouteTables } = await ec2('DescribeRouteTables', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] })
  const { NetworkAcls } = await ec2('DescribeNetworkAcls', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] })
  return {
    vpc,
    subnet,
    otherSubnet,
    group: SecurityGroups[0].GroupId,
    routeTable: RouteTables[0].RouteTableId,
    acl: NetworkAcls[0].NetworkAclId,
    ec2,
    async endpoint(service, more = {}) {
      const { VpcEndpoint } = await ec2('CreateVpcEndpoint', {
        VpcId: vpc,
        ServiceName: `com.amazonaws.us-east-1.${service}`,
        VpcEndpointType: 'Interface',
        SubnetIds: [subnet],
        PrivateDnsEnabled: true,
        ...more,
      })
      const { NetworkInterfaces } = await ec2('DescribeNetworkInterfaces', {
        NetworkInterfaceIds: VpcEndpoint.NetworkInterfaceIds,
      })
      return { id: VpcEndpoint.VpcEndpointId, address: NetworkInterfaces[0].PrivateIpAddress }
    },
    async networkInterface(groups, SubnetId = subnet) {
      const { NetworkInterface } = await ec2('CreateNetworkInterface', { SubnetId, ...(groups && { Groups: groups }) })
      return { id: NetworkInterface.NetworkInterfaceId, address: NetworkInterface.PrivateIpAddress }
    },
  }
}
