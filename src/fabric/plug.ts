import { parseCidr, formatIpv4 } from '../network/addresses.ts'
import type { Network } from '../network/types.ts'
import { addressesOf } from './plan.ts'
import { EDGE_ROUTER } from './premises.ts'

/** The router's end of every link. No two links share a medium, so one address does for all. */
const ROUTER_MAC = '02:00:00:00:00:01'

/**
 * Makes an interface's namespace and its link to the router. Both ends know each other's hardware address by heart, so
 * nobody has to be asked for it.
 */
export function plugScript(network: Network, networkInterfaceId: string, device: string): string {
  const { NetworkInterfaces, Subnets } = network.documents
  const eni = NetworkInterfaces.find((one) => one.NetworkInterfaceId === networkInterfaceId)
  const subnet = Subnets.find((one) => one.SubnetId === eni?.SubnetId)
  const mac = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(eni?.MacAddress ?? '') ? eni!.MacAddress! : '0a:00:00:00:00:01'
  const addresses = addressesOf(network, networkInterfaceId)
  const [v4, v6] = [addresses.filter((one) => !one.includes(':')), addresses.filter((one) => one.includes(':'))]
  // The subnet's first address is the VPC's router (VPC user guide, "Subnet CIDR blocks").
  const gateway = subnet ? formatIpv4((parseCidr(subnet.CidrBlock ?? '')?.base ?? 0) + 1) : EDGE_ROUTER
  const name = networkInterfaceId
  return [
    `ip -batch - <<'END'`,
    `netns add ${name}`,
    `link add ${device} address ${ROUTER_MAC} type veth peer name eth0 address ${mac} netns ${name}`,
    `link set ${device} up`,
    ...addresses.flatMap((address) => [
      `neigh add ${address} lladdr ${mac} dev ${device} nud permanent`,
      `route add ${address} dev ${device}`,
    ]),
    'END',
    `ip -n ${name} -batch - <<'END'`,
    'link set lo up',
    'link set eth0 up',
    ...v4.map((address) => `addr add ${address}/32 dev eth0`),
    ...v6.map((address) => `addr add ${address}/128 dev eth0 nodad`),
    ...(v4.length > 0
      ? [
          `neigh add ${gateway} lladdr ${ROUTER_MAC} dev eth0 nud permanent`,
          `route add ${gateway} dev eth0 scope link`,
          `route add default via ${gateway}`,
        ]
      : []),
    ...(v6.length > 0
      ? [`neigh add fe80::1 lladdr ${ROUTER_MAC} dev eth0 nud permanent`, 'route add default via fe80::1 dev eth0']
      : []),
    'END',
    '',
  ].join('\n')
}

export function unplugScript(networkInterfaceId: string, device: string): string {
  return `ip -batch - <<'END'\nlink del ${device}\nnetns del ${networkInterfaceId}\nEND\n`
}
