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
import {
  associationNotFound,
  belongToDifferentNetworks,
  invalidCombination,
  invalidParameter,
  invalidValue,
  missingParameter,
  refuseUnbuilt,
} from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { routeTables, subnets } from '../nouns.ts'
import { attachedVpcs, fitForGateway, onAssociated } from './edge.ts'

type Association = RouteTableDocument['Associations'][number]

/** With a subnet, or with an internet or virtual private gateway for what comes in by it (edge association). */
export const associateRouteTable = ec2Operation<AssociateRouteTableRequest, AssociateRouteTableResult>(
  'AssociateRouteTable',
  {
    needs: (input, estate) => [
      on(estate, 'AssociateRouteTable', routeTables, input.RouteTableId),
      ...onAssociated(estate, 'AssociateRouteTable', input),
    ],
    perform(input, estate) {
      refuseUnbuilt(input, 'PublicIpv4Pool')
      const table = estate.get(routeTables, input.RouteTableId)
      const { SubnetId, GatewayId } = input
      if (SubnetId && GatewayId) throw invalidCombination('Only one of subnetId and gatewayId may be specified')
      if (GatewayId) {
        if (!attachedVpcs(estate, GatewayId).includes(table.VpcId)) {
          throw belongToDifferentNetworks(`route table ${table.RouteTableId}`, `network gateway ${GatewayId}`)
        }
        fitForGateway(table)
        unlessTaken(estate, table, (one) => one.GatewayId === GatewayId)
        return associate(estate, table, { GatewayId, Main: false })
      }
      if (!SubnetId) throw missingParameter('subnetId')
      const subnet = estate.get(subnets, SubnetId)
      sameNetwork(table, subnet.VpcId, `subnet ${SubnetId}`)
      unlessTaken(estate, table, (one) => one.SubnetId === SubnetId)
      return associate(estate, table, { SubnetId, Main: false })
    },
  },
)

function unlessTaken(estate: Estate, table: RouteTableDocument, isTaken: (one: Association) => boolean): void {
  if (!estate.list(routeTables).some((other) => other.Associations.some(isTaken))) return
  throw new AwsError(
    'Resource.AlreadyAssociated',
    `the specified association for route table ${table.RouteTableId} conflicts with an existing association`,
  )
}

export const disassociateRouteTable = ec2Operation<DisassociateRouteTableRequest, object>('DisassociateRouteTable', {
  needs: (input, estate) => {
    const found = holderOf(estate, input.AssociationId)
    return [
      on(estate, 'DisassociateRouteTable', routeTables, found?.table.RouteTableId),
      ...onAssociated(estate, 'DisassociateRouteTable', found?.association ?? {}),
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
    const whom = holderOf(estate, input.AssociationId)?.association ?? {}
    return [
      on(estate, 'ReplaceRouteTableAssociation', routeTables, input.RouteTableId),
      ...onAssociated(estate, 'ReplaceRouteTableAssociation', whom),
    ]
  },
  perform(input, estate) {
    const { table: old, association } = heldAssociation(estate, input.AssociationId)
    const next = estate.get(routeTables, input.RouteTableId)
    sameNetwork(next, old.VpcId, `network ${old.VpcId}`)
    if (association.GatewayId) fitForGateway(next)
    release(estate, old, association)
    const { AssociationId, AssociationState } = associate(estate, estate.get(routeTables, input.RouteTableId), {
      Main: association.Main ?? false,
      ...(association.SubnetId ? { SubnetId: association.SubnetId } : {}),
      ...(association.GatewayId ? { GatewayId: association.GatewayId } : {}),
    })
    return { NewAssociationId: AssociationId, AssociationState }
  },
})

function associate(
  estate: Estate,
  table: RouteTableDocument,
  whom: Pick<Association, 'SubnetId' | 'GatewayId' | 'Main'>,
) {
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
