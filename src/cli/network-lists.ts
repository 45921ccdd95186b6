import type { NetworkDocuments } from '../network/types.ts'

export type ListName = keyof NetworkDocuments

/** One list of the model's input and the EC2 call that answers it. */
export interface NetworkList {
  readonly list: ListName
  readonly operation: string
  /** Member of the answer. */
  readonly member: string
  readonly id: string
  /**
   * `required`: without it nothing can be told. `expected`: missing means none, said aloud offline. `optional`: a server
   * may not answer it, a caller may not read it; paths through it are then told as unknown.
   */
  readonly need: 'required' | 'expected' | 'optional'
}

const row = (
  need: NetworkList['need'],
  list: ListName,
  id: string,
  operation = `Describe${list}`,
  member: string = list,
): NetworkList => ({ list, operation, member, id, need })

/** Everything that the model reads, in the order in which it is read. */
export const NETWORK_LISTS: readonly NetworkList[] = [
  row('required', 'Vpcs', 'VpcId'),
  row('required', 'Subnets', 'SubnetId'),
  row('required', 'RouteTables', 'RouteTableId'),
  row('required', 'NetworkAcls', 'NetworkAclId'),
  row('required', 'SecurityGroups', 'GroupId'),
  row('required', 'NetworkInterfaces', 'NetworkInterfaceId'),
  row('expected', 'InternetGateways', 'InternetGatewayId'),
  row('expected', 'NatGateways', 'NatGatewayId'),
  row('expected', 'VpcEndpoints', 'VpcEndpointId'),
  row('expected', 'ManagedPrefixLists', 'PrefixListId', 'DescribeManagedPrefixLists', 'PrefixLists'),
  row('expected', 'DhcpOptions', 'DhcpOptionsId'),
  row('expected', 'Addresses', 'AllocationId'),
  row('optional', 'VpcPeeringConnections', 'VpcPeeringConnectionId'),
  row('optional', 'EgressOnlyInternetGateways', 'EgressOnlyInternetGatewayId'),
  row('optional', 'TransitGateways', 'TransitGatewayId'),
  row('optional', 'TransitGatewayAttachments', 'TransitGatewayAttachmentId'),
  row('optional', 'TransitGatewayVpcAttachments', 'TransitGatewayAttachmentId'),
  row('optional', 'TransitGatewayRouteTables', 'TransitGatewayRouteTableId'),
  row('optional', 'VpnGateways', 'VpnGatewayId'),
  row('optional', 'VpnConnections', 'VpnConnectionId'),
  row('optional', 'CustomerGateways', 'CustomerGatewayId'),
]

/** `DescribeVpcs` → `aws ec2 describe-vpcs`. */
export function cliName(operation: string): string {
  return `aws ec2 ${operation.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()}`
}

/** What a user pastes to collect everything that `--file` can read, in a POSIX shell. */
export const COLLECT = `mkdir network && cd network
for op in ${NETWORK_LISTS.map(({ operation }) => cliName(operation).slice('aws ec2 '.length)).join(' ')}; do
  aws ec2 $op --output json > $op.json || rm $op.json
done
for vpc in $(aws ec2 describe-vpcs --query 'Vpcs[].VpcId' --output text); do
  for name in enableDnsSupport enableDnsHostnames; do
    aws ec2 describe-vpc-attribute --vpc-id $vpc --attribute $name --output json > $vpc.$name.json
  done
done
for list in $(aws ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId' --output text); do
  aws ec2 get-managed-prefix-list-entries --prefix-list-id $list --output json > $list.json
done
for table in $(aws ec2 describe-transit-gateway-route-tables --query 'TransitGatewayRouteTables[].TransitGatewayRouteTableId' --output text); do
  aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id $table --filters Name=state,Values=active,blackhole --output json > $table.routes.json
  aws ec2 get-transit-gateway-route-table-associations --transit-gateway-route-table-id $table --output json > $table.associations.json
  aws ec2 get-transit-gateway-route-table-propagations --transit-gateway-route-table-id $table --output json > $table.propagations.json
done`
