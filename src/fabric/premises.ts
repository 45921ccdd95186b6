/**
 * Networks on premises, as far as the fabric has them: a host behind a VPN connection or a virtual private gateway (which
 * stands for AWS Direct Connect as well) is a namespace at the router of the VPC that the gateway leads to. What reaches
 * that VPC, and what comes back, is told by the predicates of `connect()`, as for any interface.
 */
import { modelOf } from '../network/model.ts'
import { hostOnPremises, vpcsBehind } from '../network/on-premises.ts'
import type { Network } from '../network/types.ts'

/**
 * Where the corporate DNS server answers. It knows what everyone on the internet can look up, and nothing of a VPC's private
 * names. Stand-ins: link-local addresses, so that no packet filter but the host's own lets anyone ask there.
 */
export const CORPORATE_DNS = { 4: '169.254.0.53', 6: 'fd00:ec2:0:35::53' } as const

/** Next hop of hosts on premises. */
export const EDGE_ROUTER = '169.254.0.1'

/** What a host on premises reads as its /etc/resolv.conf; undefined: the id is no such host's. */
export function corporateResolvConf(id: string): string | undefined {
  const host = hostOnPremises(id)
  return host && `nameserver ${CORPORATE_DNS[host.ip.includes(':') ? 6 : 4]}\n`
}

/** The VPC at whose router a host on premises stands: the first that its gateway leads to. */
export function routerOfHost(network: Network, id: string): string | undefined {
  const host = hostOnPremises(id)
  return host && vpcsBehind(modelOf(network), host.gatewayId)[0]
}
