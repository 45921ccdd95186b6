import type { Instance, InstanceNetworkInterface } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { InstanceDocument, NetworkInterfaceDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { privateDnsName } from '../network-interface/make-interface.ts'
import { without } from '../without.ts'

export type InstanceView = Shape<Instance> & Pick<InstanceDocument, 'InstanceId' | 'ReservationId' | 'OwnerId'>

/** What DescribeInstances prints: the document, and what its interfaces tell. Of a terminated one nothing of the network is left. */
export function instanceView(
  estate: Estate,
  instance: InstanceDocument,
  interfaces: readonly NetworkInterfaceDocument[],
): InstanceView {
  const [primary] = interfaces
  if (!primary) {
    const rest = without(instance, 'SubnetId', 'VpcId', 'PrivateIpAddress')
    return { ...rest, NetworkInterfaces: [], SecurityGroups: [], PrivateDnsName: '', PublicDnsName: '' }
  }
  const { Association } = primary
  return {
    ...instance,
    NetworkInterfaces: interfaces.map((eni) => interfaceView(estate, eni)),
    PrivateDnsName: privateDnsName(primary.PrivateIpAddress, estate.region),
    PrivateIpAddress: primary.PrivateIpAddress,
    // Public names are given where the VPC has DNS host names, which its interfaces' private names tell.
    PublicDnsName: (primary.PrivateDnsName && Association?.PublicDnsName) || '',
    ...(Association?.PublicIp ? { PublicIpAddress: Association.PublicIp } : {}),
    ...(primary.Ipv6Addresses?.[0]?.Ipv6Address ? { Ipv6Address: primary.Ipv6Addresses[0].Ipv6Address } : {}),
    SecurityGroups: primary.Groups,
    SourceDestCheck: primary.SourceDestCheck ?? true,
    SubnetId: primary.SubnetId,
    VpcId: primary.VpcId,
  }
}

function interfaceView(estate: Estate, eni: NetworkInterfaceDocument): Shape<InstanceNetworkInterface> {
  const { AttachTime, AttachmentId, DeleteOnTermination, DeviceIndex, NetworkCardIndex, Status } = eni.Attachment!
  return {
    ...(eni.Association ? { Association: eni.Association } : {}),
    Attachment: {
      AttachTime: AttachTime!,
      AttachmentId: AttachmentId!,
      DeleteOnTermination: DeleteOnTermination!,
      DeviceIndex: DeviceIndex!,
      NetworkCardIndex: NetworkCardIndex ?? 0,
      Status: Status!,
    },
    Description: eni.Description ?? '',
    Groups: eni.Groups,
    InterfaceType: eni.InterfaceType ?? 'interface',
    Ipv6Addresses: eni.Ipv6Addresses ?? [],
    MacAddress: eni.MacAddress!,
    NetworkInterfaceId: eni.NetworkInterfaceId,
    OwnerId: estate.account,
    ...(eni.PrivateDnsName ? { PrivateDnsName: eni.PrivateDnsName } : {}),
    PrivateIpAddress: eni.PrivateIpAddress,
    PrivateIpAddresses: eni.PrivateIpAddresses,
    SourceDestCheck: eni.SourceDestCheck ?? true,
    Status: eni.Status,
    SubnetId: eni.SubnetId,
    VpcId: eni.VpcId,
  }
}
