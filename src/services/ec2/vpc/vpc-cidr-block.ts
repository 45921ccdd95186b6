import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
} from '@aws-sdk/client-ec2'
import { formatCidr } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { encloses, givenCidr, overlaps, storedCidr } from '../cidr.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { routeTables, subnets, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { localRoutes } from '../route-table/make-route-table.ts'

export const associateVpcCidrBlock = ec2Operation<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult>(
  'AssociateVpcCidrBlock',
  {
    needs: (input, estate) => [on(estate, 'AssociateVpcCidrBlock', vpcs, input.VpcId)],
    perform(input, estate) {
      const vpc = estate.get(vpcs, input.VpcId)
      if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
      const block = givenCidr(input.CidrBlock, 'cidrBlock')
      if (block.length < 16 || block.length > 28) {
        throw new AwsError('InvalidVpc.Range', `The CIDR '${input.CidrBlock}' is invalid.`)
      }
      if (vpc.CidrBlockAssociationSet.some((one) => overlaps(storedCidr(one.CidrBlock!), block))) {
        // inferred: the sentence; the code is EC2's for a CIDR that a VPC cannot take.
        throw new AwsError(
          'InvalidVpc.Range',
          `The CIDR '${input.CidrBlock}' conflicts with a CIDR block of ${vpc.VpcId}.`,
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

export const disassociateVpcCidrBlock = ec2Operation<DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult>(
  'DisassociateVpcCidrBlock',
  {
    needs: (input, estate) => [
      on(estate, 'DisassociateVpcCidrBlock', vpcs, ownerOf(estate, input.AssociationId)?.VpcId),
    ],
    perform(input, estate) {
      const vpc = ownerOf(estate, input.AssociationId)
      const gone = vpc?.CidrBlockAssociationSet.find((one) => one.AssociationId === input.AssociationId)
      if (!vpc || !gone) {
        throw new AwsError(
          'InvalidVpcCidrBlockAssociationID.NotFound',
          `The vpc CIDR block association ID '${input.AssociationId}' does not exist`,
        )
      }
      const block = storedCidr(gone.CidrBlock!)
      const used = estate
        .list(subnets)
        .some((subnet) => subnet.VpcId === vpc.VpcId && encloses(block, storedCidr(subnet.CidrBlock)))
      if (gone.CidrBlock === vpc.CidrBlock || used) {
        throw new AwsError(
          'OperationNotPermitted',
          `The vpc CIDR block with association ID ${gone.AssociationId} may not be disassociated.`,
        )
      }
      saveBlocks(estate, {
        ...vpc,
        CidrBlockAssociationSet: vpc.CidrBlockAssociationSet.filter((one) => one !== gone),
      })
      return {
        VpcId: vpc.VpcId,
        CidrBlockAssociation: { ...gone, CidrBlockState: { State: 'disassociating' as const } },
      }
    },
  },
)

const ownerOf = (estate: Estate, associationId: string | undefined) =>
  estate.list(vpcs).find((vpc) => vpc.CidrBlockAssociationSet.some((one) => one.AssociationId === associationId))

/** Every route table of the VPC has a local route for each of its blocks. */
function saveBlocks(estate: Estate, vpc: Parameters<typeof localRoutes>[0]): void {
  estate.save(vpcs, vpc)
  for (const table of estate.list(routeTables).filter((one) => one.VpcId === vpc.VpcId)) {
    const others = table.Routes.filter((route) => route.GatewayId !== 'local')
    estate.save(routeTables, { ...table, Routes: [...localRoutes(vpc), ...others] })
  }
}
