/**
 * VPC endpoints as the last step of a path. An interface endpoint is an interface with groups that listens on its
 * service's ports; a gateway endpoint is the target of a route, without groups, for TCP to its own Region's service.
 */
import { formatIpv4 } from './addresses.ts'
import { isAvailable } from './dns.ts'
import type { Model, VpcEndpointDocument } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Flow, Path } from './path.ts'
import { TCP } from './protocol.ts'
import { serviceByName } from './services.ts'

const DEFAULT_PORTS = [443]

function passState(path: Path, endpoint: VpcEndpointDocument): void {
  const component = endpoint.VpcEndpointId ?? ''
  if (isAvailable(endpoint)) return pass(path, 'vpc-endpoint', component, 'in', `endpoint of ${endpoint.ServiceName}`)
  const text = `${component} is ${endpoint.State}, not available`
  block(path, 'vpc-endpoint', 'in', { layer: 'route', code: 'BAD_STATE', component, text })
}

/**
 * A port on which nothing listens is refused.
 * inferred: a real endpoint interface may drop instead (no capture found).
 */
export function passListener(path: Path, component: string, ports: readonly number[], port: number): void {
  const list = ports.join(' and ')
  if (ports.includes(port)) return pass(path, 'service', component, 'in', `listens on ${list}`)
  const text = `${component} listens on ${list}, not on ${port}`
  block(path, 'service', 'in', { layer: 'route', code: 'SP_NO_LISTENER', component, text })
  path.outcome ??= 'refused'
}

/** The flow has reached an interface of this endpoint. */
export function enterInterfaceEndpoint(path: Path, model: Model, flow: Flow, endpoint: VpcEndpointDocument): Arrival {
  passState(path, endpoint)
  const service = serviceByName(model.region, endpoint.ServiceName ?? '')
  passListener(path, endpoint.ServiceName ?? 'the endpoint service', service?.ports ?? DEFAULT_PORTS, flow.port)
  return arrival('interface-endpoint', endpoint, flow.from.address)
}

/** The flow's route leads to this gateway endpoint. `sourceAddress`: what the service sees. */
export function enterGatewayEndpoint(
  path: Path,
  model: Model,
  flow: Flow,
  endpointId: string,
  sourceAddress: number,
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
  if (flow.protocol !== TCP) {
    const text = `gateway endpoints carry TCP only`
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
  passListener(path, service.id, service.ports, flow.port)
  return arrival('gateway-endpoint', endpoint, sourceAddress)
}

function arrival(via: Arrival['via'], endpoint: VpcEndpointDocument, sourceAddress: number): Arrival {
  return {
    via,
    vpcEndpointId: endpoint.VpcEndpointId ?? '',
    vpcId: endpoint.VpcId ?? '',
    sourceIp: formatIpv4(sourceAddress),
  }
}
