import type { InstanceNetworkInterface } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { FilterTable } from '../describe.ts'
import type { InstanceDocument } from '../documents.ts'
import type { InstanceView } from './instance-view.ts'

type Interface = Shape<InstanceNetworkInterface>

/** Filters of DescribeInstances that look at one interface: `network-interface.` and this. */
const ofInterface: FilterTable<Interface> = {
  'addresses.association.public-ip': (eni) => eni.PrivateIpAddresses?.map((one) => one.Association?.PublicIp),
  'addresses.primary': (eni) => eni.PrivateIpAddresses?.map((one) => one.Primary),
  'addresses.private-ip-address': (eni) => eni.PrivateIpAddresses?.map((one) => one.PrivateIpAddress),
  'association.ip-owner-id': (eni) => eni.Association?.IpOwnerId,
  'association.public-ip': (eni) => eni.Association?.PublicIp,
  'attachment.attach-time': (eni) => iso(eni.Attachment?.AttachTime),
  'attachment.attachment-id': (eni) => eni.Attachment?.AttachmentId,
  'attachment.delete-on-termination': (eni) => eni.Attachment?.DeleteOnTermination,
  'attachment.device-index': (eni) => eni.Attachment?.DeviceIndex,
  'attachment.status': (eni) => eni.Attachment?.Status,
  description: (eni) => eni.Description,
  'group-id': (eni) => eni.Groups?.map((group) => group.GroupId),
  'group-name': (eni) => eni.Groups?.map((group) => group.GroupName),
  'ipv6-addresses.ipv6-address': (eni) => eni.Ipv6Addresses?.map((one) => one.Ipv6Address),
  'mac-address': (eni) => eni.MacAddress,
  'network-interface-id': (eni) => eni.NetworkInterfaceId,
  'owner-id': (eni) => eni.OwnerId,
  'private-dns-name': (eni) => eni.PrivateDnsName,
  'private-ip-address': (eni) => eni.PrivateIpAddress,
  'source-dest-check': (eni) => eni.SourceDestCheck,
  status: (eni) => eni.Status,
  'subnet-id': (eni) => eni.SubnetId,
  'vpc-id': (eni) => eni.VpcId,
}

/** Filters that look at the instance as DescribeInstances prints it. */
const ofView: FilterTable<InstanceView> = {
  architecture: (one) => one.Architecture,
  'availability-zone': (one) => one.Placement?.AvailabilityZone,
  'availability-zone-id': (one) => one.Placement?.AvailabilityZoneId,
  'client-token': (one) => one.ClientToken,
  'dns-name': (one) => one.PublicDnsName,
  'ebs-optimized': (one) => one.EbsOptimized,
  hypervisor: (one) => one.Hypervisor,
  'iam-instance-profile.arn': (one) => one.IamInstanceProfile?.Arn,
  'iam-instance-profile.id': (one) => one.IamInstanceProfile?.Id,
  'iam-instance-profile.name': (one) => one.IamInstanceProfile?.Arn?.split('/').at(-1),
  'image-id': (one) => one.ImageId,
  'instance-id': (one) => one.InstanceId,
  'instance-state-code': (one) => one.State?.Code,
  'instance-state-name': (one) => one.State?.Name,
  'instance-type': (one) => one.InstanceType,
  'instance.group-id': (one) => one.SecurityGroups?.map((group) => group.GroupId),
  'instance.group-name': (one) => one.SecurityGroups?.map((group) => group.GroupName),
  'ip-address': (one) => one.PublicIpAddress,
  'key-name': (one) => one.KeyName,
  'launch-index': (one) => one.AmiLaunchIndex,
  'launch-time': (one) => iso(one.LaunchTime),
  'metadata-options.http-endpoint': (one) => one.MetadataOptions?.HttpEndpoint,
  'metadata-options.http-put-response-hop-limit': (one) => one.MetadataOptions?.HttpPutResponseHopLimit,
  'metadata-options.http-tokens': (one) => one.MetadataOptions?.HttpTokens,
  'metadata-options.instance-metadata-tags': (one) => one.MetadataOptions?.InstanceMetadataTags,
  'monitoring-state': (one) => one.Monitoring?.State,
  'owner-id': (one) => one.OwnerId,
  'private-dns-name': (one) => one.PrivateDnsName,
  'private-ip-address': (one) => one.PrivateIpAddress,
  'reservation-id': (one) => one.ReservationId,
  'root-device-name': (one) => one.RootDeviceName,
  'root-device-type': (one) => one.RootDeviceType,
  'source-dest-check': (one) => one.SourceDestCheck,
  'state-reason-code': (one) => one.StateReason?.Code,
  'subnet-id': (one) => one.SubnetId,
  tenancy: (one) => one.Placement?.Tenancy,
  'virtualization-type': (one) => one.VirtualizationType,
  'vpc-id': (one) => one.VpcId,
}

const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time * 1000).toISOString()

/** Every filter of DescribeInstances, over instances as they are kept. */
export function instanceFilters(view: (instance: InstanceDocument) => InstanceView): FilterTable<InstanceDocument> {
  const own = Object.entries(ofView).map(([name, read]) => [name, (one: InstanceDocument) => read(view(one))] as const)
  const interfaces = Object.entries(ofInterface).map(
    ([name, read]) =>
      [
        `network-interface.${name}`,
        (one: InstanceDocument) => (view(one).NetworkInterfaces ?? []).flatMap((eni) => read(eni)),
      ] as const,
  )
  return Object.fromEntries([...own, ...interfaces])
}
