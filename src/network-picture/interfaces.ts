import type { NetworkDocuments } from '../network/types.ts'
import { named, readable, sorted } from './names.ts'
import type { Names } from './names.ts'
import type { GraphNode } from './types.ts'

type Interface = NetworkDocuments['NetworkInterfaces'][number]
type Endpoint = NetworkDocuments['VpcEndpoints'][number]

/** `com.amazonaws.us-east-1.sagemaker.api` → `sagemaker.api`; anyone's own service keeps its name. */
export function shortService(name: string | undefined): string {
  return readable(name ?? 'unknown service').replace(/^(?:cn\.)?(?:com\.amazonaws|aws\.sagemaker)\.[a-z0-9-]+\./, '')
}

/** What lies in a subnet: NAT gateways, interface endpoints, then every other interface; each by address. */
export function interfacesOf(documents: NetworkDocuments, subnetId: string, names: Names): GraphNode[] {
  const here = documents.NetworkInterfaces.filter((one) => one.SubnetId === subnetId)
  const byId = new Map(here.map((one) => [one.NetworkInterfaceId, one]))
  const taken = new Set<string | undefined>()

  const gateways = documents.NatGateways.filter(
    ({ SubnetId, State }) => SubnetId === subnetId && State !== 'deleted',
  ).map((gateway): GraphNode => {
    const id = gateway.NatGatewayId ?? ''
    const addresses = gateway.NatGatewayAddresses ?? []
    for (const { NetworkInterfaceId } of addresses) taken.add(NetworkInterfaceId)
    const pending = gateway.State && gateway.State !== 'available' ? gateway.State : undefined
    const ips = addresses.map(({ PrivateIp, PublicIp }) => both(PrivateIp, PublicIp))
    const kind = gateway.ConnectivityType === 'private' ? 'private NAT gateway' : 'NAT gateway'
    const name = names.get(id)
    return {
      id,
      kind: 'nat-gateway',
      label: name ?? kind,
      lines: [id, ...ips, pending].filter((line): line is string => Boolean(line)),
      parent: subnetId,
    }
  })

  const endpoints = documents.VpcEndpoints.filter((one) => one.VpcEndpointType !== 'Gateway').flatMap((endpoint) => {
    const own = (endpoint.NetworkInterfaceIds ?? []).flatMap((id) => byId.get(id) ?? [])
    for (const { NetworkInterfaceId } of own) taken.add(NetworkInterfaceId)
    if (own.length > 0) return own.map((one) => endpointNode(endpoint, subnetId, names, one))
    // Its interfaces were not told of, but that it is in this subnet was.
    return endpoint.SubnetIds?.includes(subnetId) ? [endpointNode(endpoint, subnetId, names)] : []
  })

  const others = here
    .filter(({ NetworkInterfaceId }) => !taken.has(NetworkInterfaceId))
    .map((one): GraphNode => {
      const id = one.NetworkInterfaceId ?? ''
      const text = named(id, names, one.Attachment?.InstanceId, both(one.PrivateIpAddress, one.Association?.PublicIp))
      return { id, kind: 'interface', ...text, parent: subnetId, badges: groupsOf(one.Groups, names) }
    })
  const address = (node: GraphNode): string => node.lines.at(-1) ?? ''
  return [...sorted(gateways, address), ...sorted(endpoints, (node) => node.label), ...sorted(others, address)]
}

function endpointNode(endpoint: Endpoint, subnetId: string, names: Names, one?: Interface): GraphNode {
  const id = endpoint.VpcEndpointId ?? ''
  const pending = endpoint.State && !/^available$/i.test(endpoint.State) ? endpoint.State : undefined
  const noName = endpoint.PrivateDnsEnabled === false ? 'private DNS off' : undefined
  return {
    id: one?.NetworkInterfaceId ?? `${id}/${subnetId}`,
    kind: 'endpoint',
    label: shortService(endpoint.ServiceName),
    lines: [id, [one?.PrivateIpAddress, noName ?? pending].filter(Boolean).join(' · ')].filter(Boolean),
    parent: subnetId,
    badges: groupsOf(one?.Groups ?? endpoint.Groups, names),
  }
}

const both = (own: string | undefined, pub: string | undefined): string => [own, pub].filter(Boolean).join(' · ')

function groupsOf(groups: readonly { GroupId?: string; GroupName?: string }[] | undefined, names: Names): string[] {
  return (groups ?? []).map(
    ({ GroupId, GroupName }) => names.get(GroupId ?? '') ?? readable(GroupName ?? GroupId ?? ''),
  )
}
