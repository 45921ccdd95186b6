import type { Route } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { RouteTableDocument, VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { ipv6Blocks } from '../ipv6.ts'
import { routeTables } from '../nouns.ts'
import type { Tags } from '../tags.ts'

/** The routes that nobody makes or deletes: each block of the VPC to itself. */
export function localRoutes(vpc: VpcDocument): Shape<Route>[] {
  const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' } as const
  return [
    ...vpc.CidrBlockAssociationSet.map((one) => ({ DestinationCidrBlock: one.CidrBlock!, ...local })),
    ...ipv6Blocks(vpc).map((block) => ({ DestinationIpv6CidrBlock: block, ...local })),
  ]
}

export function makeRouteTable(
  estate: Estate,
  vpc: VpcDocument,
  { main = false, tags = [] }: { main?: boolean; tags?: Tags },
): RouteTableDocument {
  const RouteTableId = estate.mint(routeTables.prefix)
  return estate.save(routeTables, {
    RouteTableId,
    VpcId: vpc.VpcId,
    OwnerId: estate.account,
    Associations: main
      ? [
          {
            Main: true,
            RouteTableAssociationId: estate.mint('rtbassoc-'),
            RouteTableId,
            AssociationState: { State: 'associated' },
          },
        ]
      : [],
    PropagatingVgws: [],
    Routes: localRoutes(vpc),
    Tags: tags,
  })
}

export const isMain = (table: RouteTableDocument): boolean => table.Associations.some((one) => one.Main)

/** Members of a route that name its target. */
export const targetMembers = [
  'EgressOnlyInternetGatewayId',
  'GatewayId',
  'InstanceId',
  'NatGatewayId',
  'NetworkInterfaceId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
] as const

export type TargetMember = (typeof targetMembers)[number]

/** Routes to a target that has gone drop their packets; they come back to life with it. */
export function setRouteState(
  estate: Estate,
  target: TargetMember,
  id: string,
  vpcId: string,
  state: 'active' | 'blackhole',
) {
  for (const table of estate.list(routeTables)) {
    const affected = (route: Shape<Route>) => route[target] === id && route.State !== state
    if (table.VpcId !== vpcId || !table.Routes.some(affected)) continue
    const Routes = table.Routes.map((route) => (affected(route) ? { ...route, State: state } : route))
    estate.save(routeTables, { ...table, Routes })
  }
}
