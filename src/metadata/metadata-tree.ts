import { dnsSuffix } from '../network/services.ts'
import type { NetworkInterfaceDocument } from '../services/ec2/documents.ts'
import { instanceTypes } from '../services/ec2/instance/instance-types.ts'
import { privateDnsName } from '../services/ec2/network-interface/make-interface.ts'
import { partition } from '../services/partition.ts'
import type { World } from '../world.ts'
import { document, instanceRole, profileInfo, roleCredentials, stamp, type Delivery } from './instance-credentials.ts'
import { keyPairOf, subnetOf, vpcOf, type Place } from './place.ts'

/** A folder, or a document: as it stands, or made when someone asks. What is undefined is not there. */
export type Node = string | Uint8Array | (() => Promise<string>) | Folder
export interface Folder {
  readonly [name: string]: Node | undefined
}

export const isFolder = (node: Node | undefined): node is Folder =>
  typeof node === 'object' && !(node instanceof Uint8Array)

/** What a version's folder holds (EC2 User Guide, "Instance metadata categories"), as far as it means something here. */
export function metadataTree(world: World, place: Place, delivery: Delivery): Folder {
  return {
    dynamic: { 'instance-identity': { document: identityDocument(place) } },
    'meta-data': metaData(world, place, delivery),
    'user-data':
      place.instance.UserData === undefined
        ? undefined
        : new Uint8Array(Buffer.from(place.instance.UserData, 'base64')),
  }
}

function metaData(world: World, place: Place, delivery: Delivery): Folder {
  const { instance, interfaces, region } = place
  const primary = interfaces[0]!
  const hostname = privateDnsName(primary.PrivateIpAddress, region)
  const root = instance.RootDeviceName ?? ''
  return {
    'ami-id': instance.ImageId,
    'ami-launch-index': String(instance.AmiLaunchIndex ?? 0),
    'ami-manifest-path': '(unknown)',
    'block-device-mapping': { ami: root, root },
    hostname,
    iam: iam(world, place, delivery),
    'instance-action': 'none',
    'instance-id': instance.InstanceId,
    'instance-life-cycle': 'on-demand',
    'instance-type': instance.InstanceType,
    ...(primary.Ipv6Addresses?.[0] ? { ipv6: primary.Ipv6Addresses[0].Ipv6Address! } : {}),
    'local-hostname': hostname,
    'local-ipv4': primary.PrivateIpAddress,
    mac: primary.MacAddress!,
    network: {
      interfaces: {
        macs: Object.fromEntries(interfaces.map((eni) => [eni.MacAddress!, ofInterface(world, place, eni)])),
      },
    },
    placement: {
      'availability-zone': instance.Placement.AvailabilityZone!,
      'availability-zone-id': instance.Placement.AvailabilityZoneId!,
      region,
    },
    profile: 'default-hvm',
    ...publicNames(primary),
    'public-keys': publicKeys(world, place),
    'reservation-id': instance.ReservationId,
    'security-groups': primary.Groups.map((group) => group.GroupName).join('\n'),
    services: { domain: dnsSuffix(region), partition: partition(region) },
    system: instanceTypes.get(instance.InstanceType)?.nitro ? 'nitro' : 'xen',
    tags: tags(place),
  }
}

/** The public name is empty, but there, where the VPC has no host names. */
function publicNames({ Association, PrivateDnsName }: NetworkInterfaceDocument): Folder {
  if (!Association?.PublicIp) return {}
  return {
    'public-hostname': (PrivateDnsName && Association.PublicDnsName) || '',
    'public-ipv4': Association.PublicIp,
  }
}

function ofInterface(world: World, place: Place, eni: NetworkInterfaceDocument): Folder {
  const lines = (values: readonly (string | undefined)[]) => values.join('\n')
  const associated = eni.PrivateIpAddresses.filter((one) => one.Association?.PublicIp)
  const vpc = vpcOf(world, place, eni)
  const ipv6 = (eni.Ipv6Addresses ?? []).map((one) => one.Ipv6Address)
  return {
    'device-number': String(eni.Attachment?.DeviceIndex ?? 0),
    'interface-id': eni.NetworkInterfaceId,
    ...(associated.length > 0
      ? {
          'ipv4-associations': Object.fromEntries(
            associated.map((one) => [one.Association!.PublicIp!, one.PrivateIpAddress!]),
          ),
        }
      : {}),
    ...(ipv6.length > 0 ? { ipv6s: lines(ipv6) } : {}),
    'local-hostname': privateDnsName(eni.PrivateIpAddress, place.region),
    'local-ipv4s': lines(eni.PrivateIpAddresses.map((one) => one.PrivateIpAddress)),
    mac: eni.MacAddress!,
    'network-card': '0',
    'owner-id': place.account,
    ...(associated.length > 0
      ? {
          'public-hostname': publicNames(eni)['public-hostname'],
          'public-ipv4s': lines(associated.map((one) => one.Association!.PublicIp)),
        }
      : {}),
    'security-group-ids': lines(eni.Groups.map((group) => group.GroupId)),
    'security-groups': lines(eni.Groups.map((group) => group.GroupName)),
    'subnet-id': eni.SubnetId,
    'subnet-ipv4-cidr-block': subnetOf(world, place, eni)?.CidrBlock,
    'vpc-id': eni.VpcId,
    'vpc-ipv4-cidr-block': vpc?.CidrBlock,
    'vpc-ipv4-cidr-blocks': lines((vpc?.CidrBlockAssociationSet ?? []).map((one) => one.CidrBlock)),
  }
}

function iam(world: World, place: Place, delivery: Delivery): Folder | undefined {
  const info = profileInfo(world, place)
  if (info === undefined) return undefined
  const role = instanceRole(world, place)
  return {
    info,
    'security-credentials': role && { [role.name]: () => roleCredentials(world, place, role, delivery) },
  }
}

function publicKeys(world: World, place: Place): Folder | undefined {
  const pair = keyPairOf(world, place)
  return pair && { [`0=${pair.KeyName}`]: { 'openssh-key': pair.PublicKey } }
}

/** Only where the instance's options say so (EC2 User Guide, "View tags for your EC2 instances using instance metadata"). */
function tags({ instance }: Place): Folder | undefined {
  if (instance.MetadataOptions.InstanceMetadataTags !== 'enabled') return undefined
  return { instance: Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key!, Value ?? ''])) }
}

/** EC2 User Guide, "Instance identity documents". Its signatures are not built. */
function identityDocument({ account, region, instance, interfaces }: Place): string {
  return document({
    accountId: account,
    architecture: instance.Architecture,
    availabilityZone: instance.Placement.AvailabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId: instance.ImageId,
    instanceId: instance.InstanceId,
    instanceType: instance.InstanceType,
    kernelId: null,
    pendingTime: stamp(instance.LaunchTime * 1000),
    privateIp: interfaces[0]!.PrivateIpAddress,
    ramdiskId: null,
    region,
    version: '2017-09-30',
  })
}
