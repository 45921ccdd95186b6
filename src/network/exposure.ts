/**
 * How much a fix opens: an upper bound of the newly reachable (interface, address, port) triples, so that fixes can be
 * ranked, narrowest first. What other rules go on to close is not taken off. What opens nothing by itself, such as a DNS
 * attribute, counts nothing.
 */
import { perObject } from './memo.ts'
import type { Model, Subnet } from './model.ts'
import type { NetworkAclDocument } from './network-acl.ts'

export const ALL_PORTS = 65536

const carriers = perObject((model: Model) => {
  const counts = new Map<string, number>()
  for (const { Groups = [] } of model.documents.NetworkInterfaces) {
    for (const { GroupId } of Groups) if (GroupId) counts.set(GroupId, (counts.get(GroupId) ?? 0) + 1)
  }
  return counts
})

const residents = perObject((model: Model) => {
  const counts = new Map<string, number>()
  for (const { SubnetId } of model.documents.NetworkInterfaces)
    if (SubnetId) counts.set(SubnetId, (counts.get(SubnetId) ?? 0) + 1)
  return counts
})

/** Interfaces that carry a group; the supposed interface itself counts as one. */
export function members(model: Model, groupId: string): number {
  return Math.max(carriers(model).get(groupId) ?? 0, 1)
}

/** Interfaces in the subnets that `which` picks, one at least. */
function inSubnets(model: Model, which: (subnet: Subnet) => boolean): number {
  const all = model.documents.Subnets.flatMap(({ SubnetId }) => model.subnet(SubnetId) ?? [])
  const counts = all.filter(which).map(({ id }) => residents(model).get(id) ?? 0)
  return Math.max(
    counts.reduce((sum, count) => sum + count, 0),
    1,
  )
}

/** Interfaces whose packets a route table sends on their way. */
export function onTable(model: Model, tableId: string): number {
  return inSubnets(model, ({ routes }) => routes.id === tableId)
}

/** Interfaces behind an ACL. */
export function behindAcl(model: Model, acl: NetworkAclDocument): number {
  return inSubnets(model, (subnet) => subnet.acl === acl)
}

export function inVpc(model: Model, vpcId: string): number {
  return inSubnets(model, ({ vpc }) => vpc.id === vpcId)
}
