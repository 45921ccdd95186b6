import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
} from '@aws-sdk/client-ec2'
import { formatCidr, parseCidr } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { encloses, overlaps, storedCidr } from '../cidr.ts'
import type { VpcDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { encloses6, ipv6Blocks, storedCidr6 } from '../ipv6.ts'
import { on } from '../needs.ts'
import { routeTables, subnets, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { localRoutes } from '../route-table/make-route-table.ts'
import { propagateVpc } from '../transit-gateway/propagate.ts'
import { peerBlocks, tellPeers } from '../vpc-peering/peering.ts'
import { givenVpcBlock } from './make-vpc.ts'
import { amazonIpv6Block, openToIpv6 } from './vpc-ipv6.ts'

export const associateVpcCidrBlock = ec2Operation<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult>(
  'AssociateVpcCidrBlock',
  {
    needs: (input, estate) => [on(estate, 'AssociateVpcCidrBlock', vpcs, input.VpcId)],
    perform(input, estate) {
      refuseUnbuilt(
        input,
        'Ipv6Pool',
        'Ipv6CidrBlock',
        'Ipv4IpamPoolId',
        'Ipv4NetmaskLength',
        'Ipv6IpamPoolId',
        'Ipv6NetmaskLength',
      )
      const vpc = estate.get(vpcs, input.VpcId)
      if (input.AmazonProvidedIpv6CidrBlock) {
        if (input.CidrBlock)
          throw invalidCombination('Only one of cidrBlock and amazonProvidedIpv6CidrBlock may be given')
        return { VpcId: vpc.VpcId, Ipv6CidrBlockAssociation: associateIpv6(estate, vpc) }
      }
      if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
      const block = givenVpcBlock(input.CidrBlock)
      const taken = [...vpc.CidrBlockAssociationSet.map((one) => one.CidrBlock!), ...peerBlocks(estate, vpc.VpcId)]
      if (taken.some((one) => overlaps(storedCidr(one), block))) {
        // inferred: the sentence; the code is EC2's for a CIDR that a VPC cannot take.
        throw new AwsError(
          'InvalidVpc.Range',
          `The CIDR '${input.CidrBlock}' conflicts with a CIDR block of ${vpc.VpcId} or of a VPC that it is peered with.`,
        )
      }
      within('cidrBlocks', vpc.CidrBlockAssociationSet.length + 1)
      const added = {
        AssociationId: estate.mint('vpc-cidr-assoc-'),
        CidrBlock: formatCidr(block),
        CidrBlockState: { State: 'associated' as const },
      }
      saveBlocks(estate, { ...vpc, CidrBlockAssociationSet: [...vpc.CidrBlockAssociationSet, added] })
      return { VpcId: vpc.VpcId, CidrBlockAssociation: added }
    },
  },
)

function associateIpv6(estate: Estate, vpc: VpcDocument) {
  const old = vpc.Ipv6CidrBlockAssociationSet ?? []
  within('ipv6CidrBlocks', old.length + 1)
  const added = amazonIpv6Block(estate)
  const changed = { ...vpc, Ipv6CidrBlockAssociationSet: [...old, added] }
  saveBlocks(estate, changed)
  openToIpv6(estate, changed)
  return added
}

export const disassociateVpcCidrBlock = ec2Operation<DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult>(
  'DisassociateVpcCidrBlock',
  {
    needs: (input, estate) => [
      on(estate, 'DisassociateVpcCidrBlock', vpcs, ownerOf(estate, input.AssociationId)?.VpcId),
    ],
    perform(input, estate) {
      const vpc = ownerOf(estate, input.AssociationId)
      if (!vpc) {
        throw new AwsError(
          'InvalidVpcCidrBlockAssociationID.NotFound',
          `The vpc CIDR block association ID '${input.AssociationId}' does not exist`,
        )
      }
      const isAsked = (one: { AssociationId?: string }) => one.AssociationId === input.AssociationId
      const ipv4 = vpc.CidrBlockAssociationSet.find(isAsked)
      const ipv6 = vpc.Ipv6CidrBlockAssociationSet?.find(isAsked)
      if (
        ipv4?.CidrBlock === vpc.CidrBlock ||
        isUsed(estate, vpc.VpcId, ipv4?.CidrBlock ?? ipv6?.Ipv6CidrBlock ?? '')
      ) {
        throw new AwsError(
          'OperationNotPermitted',
          `The vpc CIDR block with association ID ${input.AssociationId} may not be disassociated.`,
        )
      }
      saveBlocks(estate, {
        ...vpc,
        CidrBlockAssociationSet: vpc.CidrBlockAssociationSet.filter((one) => !isAsked(one)),
        Ipv6CidrBlockAssociationSet: (vpc.Ipv6CidrBlockAssociationSet ?? []).filter((one) => !isAsked(one)),
      })
      const gone = { State: 'disassociating' as const }
      return {
        VpcId: vpc.VpcId,
        ...(ipv4 ? { CidrBlockAssociation: { ...ipv4, CidrBlockState: gone } } : {}),
        ...(ipv6 ? { Ipv6CidrBlockAssociation: { ...ipv6, Ipv6CidrBlockState: gone } } : {}),
      }
    },
  },
)

/** By a subnet that has addresses of it. */
function isUsed(estate: Estate, vpcId: string, text: string): boolean {
  const inside = estate.list(subnets).filter((subnet) => subnet.VpcId === vpcId)
  const block = parseCidr(text)
  return block
    ? inside.some((subnet) => encloses(block, storedCidr(subnet.CidrBlock)))
    : inside.flatMap(ipv6Blocks).some((one) => encloses6(storedCidr6(text), storedCidr6(one)))
}

const ownerOf = (estate: Estate, associationId: string | undefined) =>
  estate
    .list(vpcs)
    .find((vpc) =>
      [...vpc.CidrBlockAssociationSet, ...(vpc.Ipv6CidrBlockAssociationSet ?? [])].some(
        (one) => one.AssociationId === associationId,
      ),
    )

/** Every route table of the VPC has a local route for each of its blocks; peers and transit gateways learn of them. */
function saveBlocks(estate: Estate, vpc: VpcDocument): void {
  estate.save(vpcs, vpc)
  for (const table of estate.list(routeTables).filter((one) => one.VpcId === vpc.VpcId)) {
    const others = table.Routes.filter((route) => route.GatewayId !== 'local')
    estate.save(routeTables, { ...table, Routes: [...localRoutes(vpc), ...others] })
  }
  tellPeers(estate, vpc)
  propagateVpc(estate, vpc.VpcId)
}
