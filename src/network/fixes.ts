/**
 * What would open a blocked connection. Each blocker suggests EC2 calls, the narrowest first; a suggestion counts only
 * if the connection, tried again on the changed documents, is rid of that blocker. What is found is a set: all of it
 * together makes the connection allowed, and nothing in it can be left out.
 */
import type { Blocker, NetworkFix, NetworkOrigin } from './types.ts'
import { formatCidr, formatIpv4, size } from './addresses.ts'
import { contains } from './addresses.ts'
import type { Cidr, Ipv4 } from './addresses.ts'
import { applyCall } from './apply.ts'
import type { CallInputs } from './apply.ts'
import { investigate } from './connect.ts'
import { isAvailable, resolverOf } from './dns.ts'
import { buildModel } from './model.ts'
import type { Interface, Model, Subnet, Vpc } from './model.ts'
import { aclEntries } from './network-acl.ts'
import type { Cause, Finding } from './path.ts'
import { portText, protocolName } from './protocol.ts'
import { lookup } from './route-table.ts'
import { admits } from './security-group.ts'
import { serviceAt } from './services.ts'
import type { Service } from './services.ts'

/** Calls that belong together. */
type Suggestion = readonly NetworkFix[]

/** Enough for every blocker that one path can have; a bound, not a goal. */
const MOST_FIXES = 16

/** What moves the path comes before what filters it: groups are opened for the way that is taken in the end. */
const ORDER: readonly Blocker['layer'][] = ['subnet', 'dns', 'route', 'vpce-policy', 'nacl', 'sg']

export function findFixes(model: Model, origin: NetworkOrigin, host: string, port: number): NetworkFix[] {
  const after = (fixes: readonly NetworkFix[]): Model =>
    buildModel(
      fixes.reduce((documents, fix) => applyCall(documents, model.region, fix.call), model.documents),
      model.region,
    )
  const opens = (fixes: readonly NetworkFix[]): boolean =>
    investigate(after(fixes), origin, host, port).connection.verdict === 'allowed'

  let chosen: readonly NetworkFix[] = []
  while (chosen.length < MOST_FIXES) {
    const current = after(chosen)
    const { connection, findings } = investigate(current, origin, host, port)
    if (connection.verdict === 'allowed') return inOrder(chosen, opens)
    const next = firstThatHelps(
      current,
      findings,
      (fixes) => investigate(after([...chosen, ...fixes]), origin, host, port).findings,
    )
    if (!next) return []
    chosen = [...chosen, ...next]
  }
  return []
}

/** The first suggestion, for the first blocker, after which that blocker is gone. */
function firstThatHelps(
  model: Model,
  findings: readonly Finding[],
  retry: (fixes: Suggestion) => readonly Finding[],
): Suggestion | undefined {
  const identity = ({ blocker }: Finding): string => `${blocker.code} ${blocker.component} ${blocker.text}`
  const ordered = [...findings].sort(
    (one, other) => ORDER.indexOf(one.blocker.layer) - ORDER.indexOf(other.blocker.layer),
  )
  for (const finding of ordered) {
    const suggestions = [...suggest(model, finding.cause)].sort((one, other) => exposureOf(one) - exposureOf(other))
    for (const suggestion of suggestions) {
      if (!retry(suggestion).some((left) => identity(left) === identity(finding))) return suggestion
    }
  }
  return undefined
}

const exposureOf = (fixes: Suggestion): number => fixes.reduce((sum, fix) => sum + fix.exposure, 0)

/** Without what turned out superfluous, least exposure first where the calls still work in that order. */
function inOrder(chosen: readonly NetworkFix[], opens: (fixes: readonly NetworkFix[]) => boolean): NetworkFix[] {
  let needed = [...chosen]
  for (const fix of chosen) {
    const rest = needed.filter((other) => other !== fix)
    if (opens(rest)) needed = rest
  }
  const sorted = [...needed].sort((one, other) => one.exposure - other.exposure)
  return opens(sorted) ? sorted : needed
}

function suggest(model: Model, cause: Cause | undefined): Suggestion[] {
  if (!cause) return []
  switch (cause.kind) {
    case 'group':
      return openGroup(model, cause)
    case 'acl':
      return openAcl(model, cause)
    case 'route':
      return findWay(model, cause)
    case 'uplink':
      return findUplink(model, cause.subnet)
    case 'dns-support':
      return [dnsSwitches(cause.vpc).slice(0, 1)]
    case 'private-dns': {
      const id = cause.endpoint.VpcEndpointId ?? ''
      const on = fix(
        'ModifyVpcEndpoint',
        { VpcEndpointId: id, PrivateDnsEnabled: true },
        1,
        `Switch on private DNS of ${id}.`,
      )
      return [[...dnsSwitches(cause.vpc), ...(cause.endpoint.PrivateDnsEnabled ? [] : [on])]]
    }
    case 'resolver':
      return [amazonResolver(model, cause.vpc)]
  }
  // What is left is an endpoint that is missing in the client's zone.
  return enableZone(cause)
}

function fix<O extends keyof CallInputs>(
  operation: O,
  input: CallInputs[O],
  exposure: number,
  text: string,
): NetworkFix {
  return {
    text,
    call: { service: 'ec2', operation, input: { ...input } },
    command: awsCommand(operation, { ...input }),
    exposure,
  }
}

// --- groups and ACLs

/** Interfaces that carry a group; the supposed interface itself counts as one. */
function members(model: Model, groupId: string): number {
  const carriers = model.documents.NetworkInterfaces.filter((one) =>
    one.Groups?.some((group) => group.GroupId === groupId),
  )
  return Math.max(carriers.length, 1)
}

/** The AWS-managed prefix list that an address lies in, and the block of it. */
function awsList(model: Model, address: Ipv4): { id: string; block: Cidr; addresses: number } | undefined {
  for (const service of ['s3', 'dynamodb']) {
    const blocks = model.ranges(model.region, service)
    const block = blocks.find((cidr) => contains(cidr, address))
    const id = model.awsPrefixListId(service)
    if (block && id !== undefined) return { id, block, addresses: blocks.reduce((sum, cidr) => sum + size(cidr), 0) }
  }
  return undefined
}

function openGroup(model: Model, cause: Cause & { kind: 'group' }): Suggestion[] {
  const { direction, protocol, port, peer } = cause
  const own = cause.end.groups[0]?.GroupId
  if (own === undefined) return []
  const [peerGroup] = [...cause.peerGroupIds].sort((one, other) => members(model, one) - members(model, other))
  const list = awsList(model, peer)
  const single = `${formatIpv4(peer)}/32`
  const [to, who, exposure] = peerGroup
    ? [{ UserIdGroupPairs: [{ GroupId: peerGroup }] }, peerGroup, members(model, peerGroup)]
    : list
      ? [{ PrefixListIds: [{ PrefixListId: list.id }] }, list.id, list.addresses]
      : [{ IpRanges: [{ CidrIp: single }] }, single, 1]
  const input = {
    GroupId: own,
    IpPermissions: [{ IpProtocol: protocolName(protocol), FromPort: port, ToPort: port, ...to }],
  }
  const what = `${protocolName(protocol)} ${port}`
  return direction === 'egress'
    ? [[fix('AuthorizeSecurityGroupEgress', input, exposure, `Let ${own} out to ${who} by ${what}.`)]]
    : [[fix('AuthorizeSecurityGroupIngress', input, exposure, `Let ${who} in to ${own} by ${what}.`)]]
}

const LAST_RULE_NUMBER = 32766

function openAcl(model: Model, cause: Cause & { kind: 'acl' }): Suggestion[] {
  const { acl, direction, protocol, peer, ports, entry } = cause
  const taken = new Set(aclEntries(acl)[direction].map(({ number }) => number))
  const highest = Math.max(0, ...[...taken].filter((number) => number <= LAST_RULE_NUMBER))
  // Right before the entry that denies, so that what stands before it keeps its say; else after all others.
  let number = entry && entry.number <= LAST_RULE_NUMBER ? entry.number - 1 : Math.min(highest + 10, LAST_RULE_NUMBER)
  while (number > 0 && taken.has(number)) number--
  if (number < 1) return []
  const block: Cidr = awsList(model, peer)?.block ?? { base: peer, length: 32 }
  const id = acl.NetworkAclId ?? ''
  const input: CallInputs['CreateNetworkAclEntry'] = {
    NetworkAclId: id,
    RuleNumber: number,
    Protocol: String(protocol),
    RuleAction: 'allow',
    Egress: direction === 'egress',
    CidrBlock: formatCidr(block),
    PortRange: { From: ports.from, To: ports.to },
  }
  const way = direction === 'egress' ? 'out to' : 'in from'
  const text = `Let ${protocolName(protocol)} ${portText(ports.from, ports.to)} ${way} ${formatCidr(block)} by rule ${number} of ${id}.`
  return [[fix('CreateNetworkAclEntry', input, size(block) * (ports.to - ports.from + 1), text)]]
}

// --- ways

function findWay(model: Model, cause: Cause & { kind: 'route' }): Suggestion[] {
  const { from, destination } = cause
  const service = cause.service ?? serviceAt(destination, model.region, model.ranges)
  const local = service?.region === model.region ? service : undefined
  const suggestions: Suggestion[] = []
  if (local?.types.includes('Gateway')) suggestions.push(...gatewayEndpoint(model, from.subnet, local))
  // An interface endpoint is found by its name; who dials the public number would pass it by.
  else if (local?.types.includes('Interface') && cause.service)
    suggestions.push(interfaceEndpoint(model, from, local, cause.port))

  const winner = lookup(from.subnet.routes, destination)
  const table = from.subnet.routes.id
  if (winner?.priority === 1) {
    const cidr = formatCidr(winner.destination)
    const text = `Remove the route to ${cidr} from ${table}: a better one takes over.`
    suggestions.push([
      fix('DeleteRoute', { RouteTableId: table, DestinationCidrBlock: cidr }, size(winner.destination), text),
    ])
  }
  // A name's public address may change, a literal one is all that was asked for.
  const block = cause.service ? { base: 0, length: 0 } : { base: destination, length: 32 }
  const nat = model.documents.NatGateways.find(
    (gateway) =>
      gateway.VpcId === from.subnet.vpc.id &&
      gateway.SubnetId !== from.subnet.id &&
      (gateway.State ?? 'available') === 'available' &&
      gateway.ConnectivityType !== 'private',
  )
  if (nat?.NatGatewayId) suggestions.push(...route(from.subnet, block, { NatGatewayId: nat.NatGatewayId }))
  const gatewayId = model.internetGatewayOf(from.subnet.vpc.id)?.InternetGatewayId
  if (gatewayId && from.publicAddress !== undefined)
    suggestions.push(...route(from.subnet, block, { GatewayId: gatewayId }))
  return suggestions
}

function findUplink(model: Model, subnet: Subnet): Suggestion[] {
  const gatewayId = model.internetGatewayOf(subnet.vpc.id)?.InternetGatewayId
  return gatewayId === undefined ? [] : route(subnet, { base: 0, length: 0 }, { GatewayId: gatewayId })
}

/** A route for the subnet: in place of the one to the same block, if there is one. */
function route(subnet: Subnet, block: Cidr, target: { GatewayId: string } | { NatGatewayId: string }): Suggestion[] {
  if (!subnet.routes.id.startsWith('rtb-')) return []
  const same = subnet.routes.routes.some(
    (one) => one.priority === 1 && one.destination.base === block.base && one.destination.length === block.length,
  )
  const input = { RouteTableId: subnet.routes.id, DestinationCidrBlock: formatCidr(block), ...target }
  const text = `Route ${formatCidr(block)} from ${subnet.routes.id} to ${Object.values(target)[0]}.`
  return [[fix(same ? 'ReplaceRoute' : 'CreateRoute', input, size(block), text)]]
}

function gatewayEndpoint(model: Model, subnet: Subnet, service: Service): Suggestion[] {
  const table = subnet.routes.id
  if (!table.startsWith('rtb-')) return []
  const exposure = model.ranges(model.region, service.id).reduce((sum, cidr) => sum + size(cidr), 0)
  const existing = model
    .endpointsOf(subnet.vpc.id)
    .find((one) => one.ServiceName === service.serviceName && one.VpcEndpointType === 'Gateway' && isAvailable(one))
  if (existing) {
    const id = existing.VpcEndpointId ?? ''
    const text = `Associate ${id}, the gateway endpoint for ${service.serviceName}, with ${table}, the route table of ${subnet.id}.`
    return [[fix('ModifyVpcEndpoint', { VpcEndpointId: id, AddRouteTableIds: [table] }, exposure, text)]]
  }
  const input = {
    VpcId: subnet.vpc.id,
    ServiceName: service.serviceName!,
    VpcEndpointType: 'Gateway',
    RouteTableIds: [table],
  } as const
  const text = `Create a gateway endpoint for ${service.serviceName} with ${table}, the route table of ${subnet.id}.`
  return [[fix('CreateVpcEndpoint', { ...input, RouteTableIds: [table] }, exposure, text)]]
}

function interfaceEndpoint(model: Model, from: Interface, service: Service, port: number): Suggestion {
  const { subnet } = from
  const { vpc } = subnet
  // A group that lets the client in already, else the client's own: a rule for it follows if it is needed.
  const peer = { address: from.address, groupIds: from.groupIds }
  const group =
    model.documents.SecurityGroups.find(
      (one) => one.VpcId === vpc.id && admits([one], 'ingress', 6, port, peer, model.prefixList),
    ) ?? from.groups[0]
  const text = `Create an interface endpoint for ${service.serviceName} in ${subnet.id}, with private DNS.`
  return [
    ...amazonResolver(model, vpc),
    ...dnsSwitches(vpc),
    fix(
      'CreateVpcEndpoint',
      {
        VpcId: vpc.id,
        ServiceName: service.serviceName!,
        VpcEndpointType: 'Interface',
        SubnetIds: [subnet.id],
        ...(group?.GroupId && { SecurityGroupIds: [group.GroupId] }),
        PrivateDnsEnabled: true,
      },
      1,
      text,
    ),
  ]
}

// --- names

/** Private DNS needs both attributes (VPC user guide); they open nothing by themselves. EC2 takes one per call. */
function dnsSwitches(vpc: Vpc): NetworkFix[] {
  const switches: NetworkFix[] = []
  if (!vpc.dnsSupport) {
    switches.push(
      fix(
        'ModifyVpcAttribute',
        { VpcId: vpc.id, EnableDnsSupport: { Value: true } },
        0,
        `Switch on enableDnsSupport of ${vpc.id}.`,
      ),
    )
  }
  if (!vpc.dnsHostnames) {
    switches.push(
      fix(
        'ModifyVpcAttribute',
        { VpcId: vpc.id, EnableDnsHostnames: { Value: true } },
        0,
        `Switch on enableDnsHostnames of ${vpc.id}.`,
      ),
    )
  }
  return switches
}

/** Back to the Amazon resolver, if the VPC has another one. */
function amazonResolver(model: Model, vpc: Vpc): NetworkFix[] {
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

function enableZone({ endpoint, subnet }: Cause & { kind: 'zone' }): Suggestion[] {
  const id = endpoint.VpcEndpointId ?? ''
  const text = `Enable ${id} in ${subnet.zone}, the client's Availability Zone.`
  return [[fix('ModifyVpcEndpoint', { VpcEndpointId: id, AddSubnetIds: [subnet.id] }, 1, text)]]
}

// --- words

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

/** The call as an AWS CLI command. */
export function awsCommand(operation: string, input: Record<string, unknown>): string {
  const words = ['aws', 'ec2', kebab(operation)]
  for (const [member, value] of Object.entries(input)) {
    const flag = `--${kebab(member)}`
    if (operation === 'CreateNetworkAclEntry' && member === 'Egress') words.push(value ? '--egress' : '--ingress')
    else if (typeof value === 'boolean') words.push(value ? flag : `--no-${flag.slice(2)}`)
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) words.push(flag, ...value)
    else if (typeof value === 'object') words.push(flag, `'${JSON.stringify(value)}'`)
    else words.push(flag, `${value as string | number}`)
  }
  return words.join(' ')
}
