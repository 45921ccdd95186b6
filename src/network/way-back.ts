/** Replies: routes know nothing of connections, so the other VPC needs a route of its own back to where a request came from. */
import { formatIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import type { Subnet } from './model.ts'
import { block, pass } from './path.ts'
import type { Path, TargetMember } from './path.ts'
import { lookup, routeText } from './route-table.ts'

/** Whether replies to `source` leave a subnet by the gateway that the request came in by. */
export function passWayBack(path: Path, from: Subnet, source: Ip, target: TargetMember): boolean {
  const [id] = Object.values(target) as [string]
  const route = lookup(from.routes, source)
  const component = from.routes.id
  const leadsBack = route && !route.blackhole && route.target.kind !== 'local' && route.target.id === id
  if (leadsBack) {
    pass(path, 'route-table', component, 'out', `replies: ${routeText(route)}`)
    return true
  }
  const found = route ? routeText(route) : 'no route'
  const text = `replies from ${from.id} to ${formatIp(source)} do not go back by ${id}: ${found}`
  const code = route?.blackhole ? 'BAD_STATE_ROUTE' : 'NO_ROUTE_TO_DESTINATION'
  const cause = { kind: 'way-back', subnet: from, destination: source, target } as const
  block(path, 'route-table', 'out', { layer: 'route', code, component, text }, cause)
  return false
}
