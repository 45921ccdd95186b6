import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2'
import { formatCidr } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { encloses, givenCidr, overlaps, storedCidr } from '../cidr.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValueOf, missingParameter, refuseUnbuilt } from '../errors.ts'
import { making, on } from '../needs.ts'
import { subnets, vpcs } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { zonesOf, type Zone } from '../zones.ts'
import { subnetView } from './describe-subnets.ts'
import { addressesInUse } from './free-addresses.ts'
import { makeSubnet } from './make-subnet.ts'
import { newIpv6Association } from './subnet-ipv6.ts'

export const createSubnet = ec2Operation<CreateSubnetRequest, CreateSubnetResult>('CreateSubnet', {
  needs: (input, estate) => [
    ...making(estate, 'CreateSubnet', subnets, input.TagSpecifications),
    on(estate, 'CreateSubnet', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    refuseUnbuilt(
      input,
      'OutpostArn',
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'Ipv6IpamPoolId',
      'Ipv6NetmaskLength',
      ...(input.Ipv6Native ? ['Ipv6Native'] : []),
    )
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
    const subnet = makeSubnet(estate, vpc, zoneFor(estate.region, input), {
      CidrBlock: formatCidr(block),
      Ipv6CidrBlockAssociationSet:
        input.Ipv6CidrBlock === undefined ? [] : [newIpv6Association(estate, vpc, input.Ipv6CidrBlock)],
      Tags: givenTags(subnets, input.TagSpecifications),
    })
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
