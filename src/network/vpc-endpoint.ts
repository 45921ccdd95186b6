/**
 * VPC endpoints as the last step of a path. An interface endpoint is an interface with groups that listens on its
 * service's ports; a gateway endpoint is the target of a route, without groups, for TCP to its own Region's service.
 */
import { formatIp } from './addresses.ts'
import { isAvailable } from './dns.ts'
import { inside } from './model.ts'
import type { Model, Subnet, VpcEndpointDocument } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Flow, Path } from './path.ts'
import { union } from './port-set.ts'
import { ECHO, ICMP, ICMPV6, protocolName, TCP } from './protocol.ts'
import { serviceByName } from './services.ts'

const DEFAULT_PORTS = [443]
/** A gateway endpoint carries TCP, and of ICMP echo requests (Reachability Analyzer, VPCE_GATEWAY_PROTOCOL_RESTRICTION). */
const GATEWAY_PROTOCOLS = union([
  { protocol: TCP, from: 0, to: 65535 },
  { protocol: ICMP, from: ECHO, to: ECHO },
])

function passState(path: Path, endpoint: VpcEndpointDocument): void {
  const component = endpoint.VpcEndpointId ?? ''
  if (isAvailable(endpoint)) return pass(path, 'vpc-endpoint', component, 'in', `endpoint of ${endpoint.ServiceName}`)
  const text = `${component} is ${endpoint.State}, not available`
  block(path, 'vpc-endpoint', 'in', { layer: 'route', code: 'BAD_STATE', component, text })
}

/**
 * Services listen on TCP. A port on which nothing listens is refused.
 * inferred: a real endpoint interface may drop instead (no capture found); whether one answers an echo is not known.
 */
export function passListener(
  path: Path,
  component: string,
  ports: readonly number[],
  { port, protocol }: Pick<Flow, 'port' | 'protocol'>,
): void {
  if (path.gates) return
  const list = ports.join(' and ')
  if (protocol === ICMP || protocol === ICMPV6)
    return pass(path, 'service', component, 'in', 'whether it answers an echo is beyond this model')
  if (protocol === TCP && ports.includes(port)) return pass(path, 'service', component, 'in', `listens on ${list}`)
  const asked = protocol === TCP ? `${port}` : `${protocolName(protocol)} ${port}`
  const text = `${component} listens on ${list}, not on ${asked}`
  block(path, 'service', 'in', { layer: 'route', code: 'SP_NO_LISTENER', component, text })
  path.outcome ??= 'refused'
}

/** The flow has reached an interface of this endpoint. */
export function enterInterfaceEndpoint(path: Path, model: Model, flow: Flow, endpoint: VpcEndpointDocument): Arrival {
  passState(path, endpoint)
  const service = serviceByName(model.region, endpoint.ServiceName ?? '')
  passListener(path, endpoint.ServiceName ?? 'the endpoint service', service?.ports ?? DEFAULT_PORTS, flow)
  return arrival('interface-endpoint', endpoint, flow)
}

/** The route of a subnet leads to this gateway endpoint. */
export function enterGatewayEndpoint(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  endpointId: string,
): Arrival | undefined {
  const endpoint = model.endpoint(endpointId)
  if (!endpoint) {
    const text = `${endpointId} does not exist, so the route to it drops everything`
    block(path, 'vpc-endpoint', 'in', { layer: 'route', code: 'BAD_STATE_ROUTE', component: endpointId, text })
    return undefined
  }
  if (endpoint.VpcEndpointType !== 'Gateway') {
    const text = `a route to ${endpointId}, an endpoint of type ${endpoint.VpcEndpointType}, is not built yet`
    block(path, 'vpc-endpoint', 'in', { layer: 'route', code: 'CANNOT_ROUTE', component: endpointId, text })
    return undefined
  }
  passState(path, endpoint)
  if (!inside(at.vpc, flow.source)) {
    const text = `${formatIp(flow.source)} is not an address of ${at.vpc.id}; ${endpointId} serves that VPC alone`
    const code = 'VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION'
    block(path, 'vpc-endpoint', 'in', { layer: 'route', code, component: endpointId, text })
  }
  path.gates?.push({ kind: 'protocols', set: GATEWAY_PROTOCOLS })
  if (flow.protocol !== TCP && flow.protocol !== ICMP) {
    const text = `gateway endpoints carry TCP and ICMP echo only`
    block(path, 'vpc-endpoint', 'in', {
      layer: 'route',
      code: 'VPCE_GATEWAY_PROTOCOL_RESTRICTION',
      component: endpointId,
      text,
    })
  }
  const service = serviceByName(model.region, endpoint.ServiceName ?? '')
  if (!service || !model.ranges(model.region, service.id).length) {
    const text = `${endpoint.ServiceName} is not a gateway service of ${model.region}`
    block(path, 'vpc-endpoint', 'in', { layer: 'route', code: 'UNKNOWN_RESOURCE', component: endpointId, text })
    return undefined
  }
  passListener(path, service.id, service.ports, flow)
  return arrival('gateway-endpoint', endpoint, flow)
}

function arrival(via: Arrival['via'], endpoint: VpcEndpointDocument, flow: Flow): Arrival {
  return {
    via,
    vpcEndpointId: endpoint.VpcEndpointId ?? '',
    vpcId: endpoint.VpcId ?? '',
    sourceIp: formatIp(flow.source),
  }
}
