/**
 * Appliances: a route to an interface hands packets to whatever runs there. Such an interface takes packets that are not
 * its own only with its source/destination check off (VPC user guide, "Middlebox routing").
 * inferred: an appliance passes everything on, unchanged, by the interface that it came in by; what a real one filters or
 * translates is not known here.
 */
import { passAcl, passGroups } from './filters.ts'
import type { Model, Subnet } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import { forward } from './walk.ts'

export function passThroughAppliance(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  id: string,
  cause: Cause,
): Arrival | undefined {
  const { source, destination, port, protocol } = flow
  const one = model.interface(id)
  const refuse = (code: string, text: string, why: Cause): undefined =>
    block(path, 'interface', 'in', { layer: 'route', code, component: id, text }, why) as undefined
  if (!one) return refuse('BAD_STATE_ROUTE', `${id} does not exist, so the route to it drops everything`, cause)
  if (one.document?.SourceDestCheck ?? true) {
    const text = `${id} checks source and destination, and drops what is not its own`
    refuse('ENI_SOURCE_DEST_CHECK_RESTRICTION', text, { kind: 'source-dest-check', one })
  }
  const crossesEdge = one.subnet.id !== at.id
  if (crossesEdge) passAcl(path, one.subnet, 'ingress', protocol, source, { from: port, to: port }, false, true)
  passGroups(path, model, one, 'ingress', flow, { address: source, peer: flow.peer, lost: flow.lost })
  pass(path, 'interface', id, 'in', `an appliance in ${one.subnet.id}`)
  const { peer, ...rest } = flow
  const lost = peer && {
    groupIds: peer.groupIds,
    code: 'SG_REFERENCES_NOT_PRESERVED' as const,
    why: `${id} passes it on`,
  }
  const onward: Flow = { ...rest, ...(lost && { lost }) }
  passGroups(path, model, one, 'egress', onward, { address: destination, peer: undefined })
  const arrival = forward(path, model, onward, one.subnet, { kind: 'uplink', subnet: one.subnet, destination })
  if (crossesEdge) passAcl(path, one.subnet, 'egress', protocol, source, flow.replyPorts, true, true)
  return arrival
}
