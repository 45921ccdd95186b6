/** What would make a name resolve, and to the right address: DNS attributes, private DNS, endpoints. */
import { inVpc } from './exposure.ts'
import { fix } from './fix-call.ts'
import type { Suggestion } from './fix-call.ts'
import { resolverOf } from './dns.ts'
import type { Interface, Model, Vpc } from './model.ts'
import type { Cause } from './path.ts'
import { admits } from './security-group.ts'
import type { Service } from './services.ts'
import type { NetworkFix } from './types.ts'

/** Private DNS needs both attributes (VPC user guide); they open nothing by themselves. EC2 takes one per call. */
export function dnsSwitches(vpc: Vpc): NetworkFix[] {
  const on = { Value: true }
  const change = (input: { EnableDnsSupport?: typeof on; EnableDnsHostnames?: typeof on }, name: string): NetworkFix =>
    fix('ModifyVpcAttribute', { VpcId: vpc.id, ...input }, 0, `Switch on ${name} of ${vpc.id}.`)
  return [
    ...(vpc.dnsSupport ? [] : [change({ EnableDnsSupport: on }, 'enableDnsSupport')]),
    ...(vpc.dnsHostnames ? [] : [change({ EnableDnsHostnames: on }, 'enableDnsHostnames')]),
  ]
}

export function privateDns({ vpc, endpoint }: Cause & { kind: 'private-dns' }): Suggestion[] {
  const id = endpoint.VpcEndpointId ?? ''
  const input = { VpcEndpointId: id, PrivateDnsEnabled: true }
  const on = fix('ModifyVpcEndpoint', input, 0, `Switch on private DNS of ${id}.`)
  return [[...dnsSwitches(vpc), ...(endpoint.PrivateDnsEnabled ? [] : [on])]]
}

/** Back to the Amazon resolver, if the VPC has another one. */
export function amazonResolver(model: Model, vpc: Vpc): NetworkFix[] {
  if (resolverOf(model, vpc).kind === 'amazon') return []
  const amazon = model.documents.DhcpOptions.find((options) =>
    options.DhcpConfigurations?.some(
      (entry) => entry.Key === 'domain-name-servers' && entry.Values?.[0]?.Value === 'AmazonProvidedDNS',
    ),
  )
  const id = amazon?.DhcpOptionsId ?? 'default'
  const text = `Give ${vpc.id} DHCP options with the Amazon resolver.`
  return [fix('AssociateDhcpOptions', { VpcId: vpc.id, DhcpOptionsId: id }, 0, text)]
}

export function enableZone({ endpoint, subnet }: Cause & { kind: 'zone' }): Suggestion[] {
  const id = endpoint.VpcEndpointId ?? ''
  const text = `Enable ${id} in ${subnet.zone}, the client's Availability Zone.`
  return [[fix('ModifyVpcEndpoint', { VpcEndpointId: id, AddSubnetIds: [subnet.id] }, 1, text)]]
}

/** An interface endpoint in the client's own subnet, with everything that its private name needs. */
export function interfaceEndpoint(model: Model, from: Interface, service: Service, port: number): Suggestion {
  const { subnet } = from
  const { vpc } = subnet
  // A group that lets the client in already, else the client's own: a rule for it follows if it is needed.
  const peer = { address: from.address ?? 0, groupIds: from.groupIds }
  const group =
    model.documents.SecurityGroups.find(
      (one) => one.VpcId === vpc.id && admits([one], 'ingress', 6, port, peer, model.prefixList),
    ) ?? from.groups[0]
  const text = `Create an interface endpoint for ${service.serviceName} in ${subnet.id}, with private DNS.`
  const input = {
    VpcId: vpc.id,
    ServiceName: service.serviceName!,
    VpcEndpointType: 'Interface' as const,
    SubnetIds: [subnet.id],
    ...(group?.GroupId && { SecurityGroupIds: [group.GroupId] }),
    PrivateDnsEnabled: true,
  }
  // One address with the service's ports, to all who have a way to it: the VPC's interfaces.
  const exposure = inVpc(model, vpc.id) * service.ports.length
  return [...amazonResolver(model, vpc), ...dnsSwitches(vpc), fix('CreateVpcEndpoint', input, exposure, text)]
}
