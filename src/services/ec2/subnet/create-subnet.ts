import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2'
import { formatCidr } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { encloses, givenCidr, overlaps, storedCidr } from '../cidr.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidParameter, invalidValueOf, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { making, on } from '../needs.ts'
import { networkAcls, subnets, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { zonesOf, type Zone } from '../zones.ts'
import { subnetView } from './describe-subnets.ts'
import { addressesInUse } from './free-addresses.ts'

export const createSubnet = ec2Operation<CreateSubnetRequest, CreateSubnetResult>('CreateSubnet', {
  needs: (input, estate) => [
    ...making(estate, 'CreateSubnet', subnets, input.TagSpecifications),
    on(estate, 'CreateSubnet', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    if (input.Ipv6CidrBlock || input.Ipv6Native) throw invalidParameter('IPv6 subnets are not supported')
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
    const block = givenCidr(input.CidrBlock, 'cidrBlock')
    const inVpc = vpc.CidrBlockAssociationSet.some((one) => encloses(storedCidr(one.CidrBlock!), block))
    if (!inVpc || block.length < 16 || block.length > 28) {
      throw new AwsError('InvalidSubnet.Range', `The CIDR '${input.CidrBlock}' is invalid.`)
    }
    const neighbours = estate.list(subnets).filter((one) => one.VpcId === vpc.VpcId)
    if (neighbours.some((one) => overlaps(storedCidr(one.CidrBlock), block))) {
      throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${input.CidrBlock}' conflicts with another subnet`)
    }
    within('subnetsPerVpc', neighbours.length + 1)
    const zone = zoneFor(estate.region, input)
    const SubnetId = estate.mint(subnets.prefix)
    const subnet = estate.save(subnets, {
      SubnetId,
      SubnetArn: estate.arn('subnet', SubnetId),
      VpcId: vpc.VpcId,
      CidrBlock: formatCidr(block),
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
      Tags: givenTags(subnets, input.TagSpecifications),
    })
    joinDefaultAcl(estate, vpc.VpcId, SubnetId)
    return { Subnet: subnetView(subnet, addressesInUse([])) }
  },
})

/** By name or id; without either EC2 chooses: here always the first zone. */
function zoneFor(region: string, input: { AvailabilityZone?: string; AvailabilityZoneId?: string }): Zone {
  const zones = zonesOf(region)
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input
  const zone = zones.find((one) => (name === undefined || one.name === name) && (id === undefined || one.id === id))
  if (zone) return zone
  const choices = (texts: string[]) =>
    `Subnets can currently only be created in the following availability zones: ${texts.join(', ')}.`
  throw name === undefined
    ? invalidValueOf(id, 'availabilityZoneId', choices(zones.map((one) => one.id)))
    : invalidValueOf(name, 'availabilityZone', choices(zones.map((one) => one.name)))
}

function joinDefaultAcl(estate: Estate, vpcId: string, SubnetId: string): void {
  const acl = estate.list(networkAcls).find((one) => one.VpcId === vpcId && one.IsDefault)!
  const added = { NetworkAclAssociationId: estate.mint('aclassoc-'), NetworkAclId: acl.NetworkAclId, SubnetId }
  estate.save(networkAcls, { ...acl, Associations: [...acl.Associations, added] })
}
