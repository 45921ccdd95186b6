import type { Subnet } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { SubnetDocument, VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { networkAcls, subnets } from '../nouns.ts'
import { within } from '../quotas.ts'
import type { Zone } from '../zones.ts'

/** A subnet whose blocks were checked; it joins the VPC's default network ACL. */
export function makeSubnet(
  estate: Estate,
  vpc: VpcDocument,
  zone: Zone,
  more: Partial<Shape<Subnet>> & { CidrBlock: string },
): SubnetDocument {
  within('subnetsPerVpc', estate.list(subnets).filter((one) => one.VpcId === vpc.VpcId).length + 1)
  const SubnetId = estate.mint(subnets.prefix)
  const subnet = estate.save(subnets, {
    SubnetId,
    SubnetArn: estate.arn('subnet', SubnetId),
    VpcId: vpc.VpcId,
    AvailabilityZone: zone.name,
    AvailabilityZoneId: zone.id,
    AssignIpv6AddressOnCreation: false,
    DefaultForAz: false,
    EnableDns64: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    MapCustomerOwnedIpOnLaunch: false,
    MapPublicIpOnLaunch: false,
    OwnerId: estate.account,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    State: 'available',
    Tags: [],
    ...more,
  })
  joinDefaultAcl(estate, vpc.VpcId, SubnetId)
  return subnet
}

function joinDefaultAcl(estate: Estate, vpcId: string, SubnetId: string): void {
  const acl = estate.list(networkAcls).find((one) => one.VpcId === vpcId && one.IsDefault)!
  const added = { NetworkAclAssociationId: estate.mint('aclassoc-'), NetworkAclId: acl.NetworkAclId, SubnetId }
  estate.save(networkAcls, { ...acl, Associations: [...acl.Associations, added] })
}
