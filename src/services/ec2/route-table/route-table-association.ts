import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { RouteTableDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { associationNotFound, invalidParameter, invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { routeTables, subnets } from '../nouns.ts'

type Association = RouteTableDocument['Associations'][number]

/** Subnet associations; gateway associations (ingress routing) are refused. */
export const associateRouteTable = ec2Operation<AssociateRouteTableRequest, AssociateRouteTableResult>(
  'AssociateRouteTable',
  {
    needs: (input, estate) => [
      on(estate, 'AssociateRouteTable', routeTables, input.RouteTableId),
      on(estate, 'AssociateRouteTable', subnets, input.SubnetId),
    ],
    perform(input, estate) {
      if (input.GatewayId) throw invalidParameter('Edge associations of gateways are not supported')
      if (!input.SubnetId) throw missingParameter('subnetId')
      const table = estate.get(routeTables, input.RouteTableId)
      const subnet = estate.get(subnets, input.SubnetId)
      sameNetwork(table, subnet.VpcId, `subnet ${subnet.SubnetId}`)
      const taken = estate
        .list(routeTables)
        .some((other) => other.Associations.some((one) => one.SubnetId === subnet.SubnetId))
      if (taken) {
        throw new AwsError(
          'Resource.AlreadyAssociated',
          `the specified association for route table ${table.RouteTableId} conflicts with an existing association`,
        )
      }
      return associate(estate, table, { SubnetId: subnet.SubnetId, Main: false })
    },
  },
)

export const disassociateRouteTable = ec2Operation<DisassociateRouteTableRequest, object>('DisassociateRouteTable', {
  needs: (input, estate) => {
    const found = holderOf(estate, input.AssociationId)
    return [
      on(estate, 'DisassociateRouteTable', routeTables, found?.table.RouteTableId),
      ...(found?.association.SubnetId
        ? [on(estate, 'DisassociateRouteTable', subnets, found.association.SubnetId)]
        : []),
    ]
  },
  perform(input, estate) {
    const { table, association } = heldAssociation(estate, input.AssociationId)
    if (association.Main) {
      throw invalidValue(`cannot disassociate the main route table association ${input.AssociationId}`)
    }
    release(estate, table, association)
    return {}
  },
})

/** Also makes another table the main one: then the association is the VPC's, not a subnet's. */
export const replaceRouteTableAssociation = ec2Operation<
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult
>('ReplaceRouteTableAssociation', {
  needs: (input, estate) => {
    const subnetId = holderOf(estate, input.AssociationId)?.association.SubnetId
    return [
      on(estate, 'ReplaceRouteTableAssociation', routeTables, input.RouteTableId),
      ...(subnetId ? [on(estate, 'ReplaceRouteTableAssociation', subnets, subnetId)] : []),
    ]
  },
  perform(input, estate) {
    const { table: old, association } = heldAssociation(estate, input.AssociationId)
    sameNetwork(estate.get(routeTables, input.RouteTableId), old.VpcId, `network ${old.VpcId}`)
    release(estate, old, association)
    const { AssociationId, AssociationState } = associate(estate, estate.get(routeTables, input.RouteTableId), {
      Main: association.Main ?? false,
      ...(association.SubnetId ? { SubnetId: association.SubnetId } : {}),
    })
    return { NewAssociationId: AssociationId, AssociationState }
  },
})

function associate(estate: Estate, table: RouteTableDocument, whom: Pick<Association, 'SubnetId' | 'Main'>) {
  const AssociationState = { State: 'associated' as const }
  const AssociationId = estate.mint('rtbassoc-')
  const added = { ...whom, RouteTableAssociationId: AssociationId, RouteTableId: table.RouteTableId, AssociationState }
  estate.save(routeTables, { ...table, Associations: [...table.Associations, added] })
  return { AssociationId, AssociationState }
}

function release(estate: Estate, table: RouteTableDocument, association: Association): void {
  const Associations = table.Associations.filter((one) => one !== association)
  estate.save(routeTables, { ...table, Associations })
}

function holderOf(estate: Estate, associationId: string | undefined) {
  for (const table of estate.list(routeTables)) {
    const association = table.Associations.find((one) => one.RouteTableAssociationId === associationId)
    if (association) return { table, association }
  }
  return undefined
}

function heldAssociation(estate: Estate, associationId: string) {
  const found = holderOf(estate, associationId)
  if (!found) throw associationNotFound(associationId)
  return found
}

function sameNetwork(table: RouteTableDocument, vpcId: string, other: string): void {
  if (table.VpcId !== vpcId) {
    throw invalidParameter(`Route table ${table.RouteTableId} and ${other} belong to different networks.`)
  }
}
