import type {
  CreateDefaultSubnetRequest,
  CreateDefaultSubnetResult,
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
  Subnet,
} from '@aws-sdk/client-ec2'
import { need, type Need } from '../../../door/call.ts'
import { formatCidr, type Cidr } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { overlaps, storedCidr } from '../cidr.ts'
import type { VpcDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValueOf, missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { internetGateways, routeTables, subnets } from '../nouns.ts'
import { isMain } from '../route-table/make-route-table.ts'
import { subnetView } from '../subnet/describe-subnets.ts'
import { addressesInUse } from '../subnet/free-addresses.ts'
import { makeSubnet } from '../subnet/make-subnet.ts'
import { zonesOf, type Zone } from '../zones.ts'
import { defaultVpc } from './default-vpc.ts'
import { vpcView } from './describe-vpcs.ts'
import { givenVpcBlock, makeVpc } from './make-vpc.ts'

/** Neither knows a resource: policies name `*` (Service Authorization Reference). */
const unbound = (operation: string, estate: Estate): Need[] => [
  need(`ec2:${operation}`, '*', { context: { 'ec2:Region': estate.region } }),
]

/**
 * 172.31.0.0/16 with a public /20 in every zone, an internet gateway and a route to it
 * (VPC User Guide, "Default VPC components").
 */
export const createDefaultVpc = ec2Operation<CreateDefaultVpcRequest, CreateDefaultVpcResult>('CreateDefaultVpc', {
  needs: (_, estate) => unbound('CreateDefaultVpc', estate),
  perform(_, estate) {
    if (defaultVpc(estate)) {
      throw new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.')
    }
    const vpc = makeVpc(estate, givenVpcBlock('172.31.0.0/16'), { IsDefault: true, EnableDnsHostnames: true })
    const gateway = estate.save(internetGateways, {
      InternetGatewayId: estate.mint(internetGateways.prefix),
      OwnerId: estate.account,
      Attachments: [{ State: 'available' as never, VpcId: vpc.VpcId }],
      Tags: [],
    })
    const main = estate.list(routeTables).find((table) => table.VpcId === vpc.VpcId && isMain(table))!
    const everywhere = {
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: gateway.InternetGatewayId,
      Origin: 'CreateRoute' as const,
      State: 'active' as const,
    }
    estate.save(routeTables, { ...main, Routes: [...main.Routes, everywhere] })
    for (const zone of zonesOf(estate.region)) makeDefaultSubnet(estate, vpc, zone)
    return { Vpc: vpcView(vpc) }
  },
})

export const createDefaultSubnet = ec2Operation<CreateDefaultSubnetRequest, CreateDefaultSubnetResult>(
  'CreateDefaultSubnet',
  {
    needs: (_, estate) => unbound('CreateDefaultSubnet', estate),
    perform(input, estate) {
      refuseUnbuilt(input.Ipv6Native ? input : {}, 'Ipv6Native')
      if (!input.AvailabilityZone && !input.AvailabilityZoneId) throw missingParameter('availabilityZone')
      const vpc = defaultVpc(estate)
      if (!vpc) throw new AwsError('DefaultVpcDoesNotExist', 'There is no default VPC for this account in this region.')
      const zone = zonesOf(estate.region).find(
        (one) => one.name === input.AvailabilityZone || one.id === input.AvailabilityZoneId,
      )
      if (!zone) {
        throw invalidValueOf(input.AvailabilityZone ?? input.AvailabilityZoneId, 'availabilityZone', 'Unknown zone.')
      }
      if (estate.list(subnets).some((one) => one.DefaultForAz && one.AvailabilityZone === zone.name)) {
        throw new AwsError(
          'DefaultSubnetAlreadyExistsInAvailabilityZone',
          `A default subnet already exists in the specified availability zone: ${zone.name}`,
        )
      }
      return { Subnet: makeDefaultSubnet(estate, vpc, zone) }
    },
  },
)

/** A public /20: the first that nothing else of the VPC has. */
function makeDefaultSubnet(estate: Estate, vpc: VpcDocument, zone: Zone): Shape<Subnet> {
  const taken = estate.list(subnets).filter((one) => one.VpcId === vpc.VpcId)
  const whole = storedCidr(vpc.CidrBlock)
  for (let at = 0; at < 16; at++) {
    const block: Cidr = { base: whole.base + at * 4096, length: 20 }
    if (taken.some((one) => overlaps(storedCidr(one.CidrBlock), block))) continue
    const subnet = makeSubnet(estate, vpc, zone, {
      CidrBlock: formatCidr(block),
      DefaultForAz: true,
      MapPublicIpOnLaunch: true,
    })
    return subnetView(subnet, addressesInUse([]))
  }
  // inferred: AWS's sentence when no /20 is left.
  throw new AwsError('InsufficientCidrBlocks', 'The specified CIDR block is not available')
}
