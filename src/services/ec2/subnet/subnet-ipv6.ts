import type {
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult,
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult,
  SubnetIpv6CidrBlockAssociation,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { SubnetDocument, VpcDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { encloses6, formatCidr6, givenCidr6, ipv6Blocks, overlaps6, parseIpv6, storedCidr6 } from '../ipv6.ts'
import { on } from '../needs.ts'
import { networkInterfaces, subnets, vpcs } from '../nouns.ts'

export const associateSubnetCidrBlock = ec2Operation<AssociateSubnetCidrBlockRequest, AssociateSubnetCidrBlockResult>(
  'AssociateSubnetCidrBlock',
  {
    needs: (input, estate) => [on(estate, 'AssociateSubnetCidrBlock', subnets, input.SubnetId)],
    perform(input, estate) {
      refuseUnbuilt(input, 'Ipv6IpamPoolId', 'Ipv6NetmaskLength')
      const subnet = estate.get(subnets, input.SubnetId)
      if (input.Ipv6CidrBlock === undefined) throw missingParameter('ipv6CidrBlock')
      const old = ipv6Blocks(subnet)
      if (old.length > 0) {
        // inferred: the sentence; a subnet has one IPv6 block at most (VPC User Guide, "Subnet CIDR blocks").
        throw new AwsError('SubnetIpv6CidrBlockLimitExceeded', `The subnet ${subnet.SubnetId} already has ${old[0]}.`)
      }
      const added = newIpv6Association(estate, estate.get(vpcs, subnet.VpcId), input.Ipv6CidrBlock)
      estate.save(subnets, { ...subnet, Ipv6CidrBlockAssociationSet: [added] })
      return { SubnetId: subnet.SubnetId, Ipv6CidrBlockAssociation: added }
    },
  },
)

/** A block of the VPC's own, /64 (what Amazon's /56 is divided into), that no other subnet has. */
export function newIpv6Association(
  estate: Estate,
  vpc: VpcDocument,
  text: string,
): Shape<SubnetIpv6CidrBlockAssociation> {
  const block = givenCidr6(text, 'ipv6CidrBlock')
  if (block.length !== 64 || !ipv6Blocks(vpc).some((one) => encloses6(storedCidr6(one), block))) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  }
  const neighbours = estate.list(subnets).filter((one) => one.VpcId === vpc.VpcId)
  if (neighbours.flatMap(ipv6Blocks).some((one) => overlaps6(storedCidr6(one), block))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`)
  }
  return {
    AssociationId: estate.mint('subnet-cidr-assoc-'),
    Ipv6CidrBlock: formatCidr6(block),
    Ipv6CidrBlockState: { State: 'associated' },
    Ipv6AddressAttribute: 'public',
    IpSource: 'amazon',
  }
}

export const disassociateSubnetCidrBlock = ec2Operation<
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult
>('DisassociateSubnetCidrBlock', {
  needs: (input, estate) => [
    on(estate, 'DisassociateSubnetCidrBlock', subnets, ownerOf(estate, input.AssociationId)?.SubnetId),
  ],
  perform(input, estate) {
    const subnet = ownerOf(estate, input.AssociationId)
    const gone = subnet?.Ipv6CidrBlockAssociationSet?.find((one) => one.AssociationId === input.AssociationId)
    if (!subnet || !gone) {
      throw new AwsError(
        'InvalidSubnetCidrBlockAssociationID.NotFound',
        `The subnet CIDR block association ID '${input.AssociationId}' does not exist`,
      )
    }
    if (isUsed(estate, subnet, gone.Ipv6CidrBlock!)) {
      // inferred: code and sentence; AWS documents that the addresses must be unassigned first.
      throw new AwsError(
        'OperationNotPermitted',
        `The subnet CIDR block with association ID ${gone.AssociationId} may not be disassociated.`,
      )
    }
    const Ipv6CidrBlockAssociationSet = subnet.Ipv6CidrBlockAssociationSet!.filter((one) => one !== gone)
    estate.save(subnets, { ...subnet, Ipv6CidrBlockAssociationSet, AssignIpv6AddressOnCreation: false })
    return {
      SubnetId: subnet.SubnetId,
      Ipv6CidrBlockAssociation: { ...gone, Ipv6CidrBlockState: { State: 'disassociating' } },
    }
  },
})

function isUsed(estate: Estate, subnet: SubnetDocument, text: string): boolean {
  const block = storedCidr6(text)
  return estate.list(networkInterfaces).some(
    (eni) =>
      eni.SubnetId === subnet.SubnetId &&
      (eni.Ipv6Addresses ?? []).some((one) => {
        const address = parseIpv6(one.Ipv6Address ?? '')
        return address !== undefined && encloses6(block, { base: address, length: 128 })
      }),
  )
}

const ownerOf = (estate: Estate, associationId: string | undefined) =>
  estate
    .list(subnets)
    .find((subnet) => subnet.Ipv6CidrBlockAssociationSet?.some((one) => one.AssociationId === associationId))
