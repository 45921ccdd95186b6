import type { Gathered } from './network-server.ts'
import { UsageError } from './failure.ts'
import { answers } from './network-json.ts'
import type { AnswerFile, Members } from './network-json.ts'
import { cliName, NETWORK_LISTS } from './network-lists.ts'
import type { ListName } from './network-lists.ts'

/** Members of answers that carry no documents. */
const ENVELOPE = new Set(['NextToken', 'ResponseMetadata', 'AdditionalRoutesAvailable'])

/** Answers that are about one document, which they do not name: its id is beside them or in the file's name. */
const PARTS: Readonly<Record<string, { list: ListName; id: string; pattern: RegExp; as: string; call: string }>> = {
  Entries: {
    list: 'ManagedPrefixLists',
    id: 'PrefixListId',
    pattern: /\bpl-[0-9a-z]+/,
    as: 'Cidrs',
    call: 'get-managed-prefix-list-entries',
  },
  Routes: transitPart('Routes', 'search-transit-gateway-routes'),
  Associations: transitPart('Associations', 'get-transit-gateway-route-table-associations'),
  TransitGatewayRouteTablePropagations: transitPart('Propagations', 'get-transit-gateway-route-table-propagations'),
}

function transitPart(as: string, call: string): (typeof PARTS)[string] {
  const id = 'TransitGatewayRouteTableId'
  return { list: 'TransitGatewayRouteTables', id, pattern: /\btgw-rtb-[0-9a-z]+/, as, call }
}

interface Sink {
  /** The list, empty if it is new. */
  open: (list: ListName) => Map<string, Members>
  add: (list: ListName, id: string, members: Members) => void
  /** Answers about one document of a list, joined with it once all documents are there. */
  parts: { list: ListName; id: string; members: Members }[]
}

/**
 * Documents out of what `aws ec2 describe-…` printed: one answer a file, several in one (one after the other, a line
 * each, or in an array), or pages. Documents of one id are one, later members win.
 * @throws {UsageError} for what is no such answer, for a list that ends before its last page, and for missing lists.
 */
export function documentsOf(files: readonly AnswerFile[]): Gathered {
  const lists = new Map<ListName, Map<string, Members>>()
  const parts: Sink['parts'] = []
  /** Lists whose last page is still to come, by the file that says so. */
  const unfinished = new Map<string, string>()
  const open = (list: ListName): Map<string, Members> => {
    const documents = lists.get(list) ?? new Map<string, Members>()
    lists.set(list, documents)
    return documents
  }
  const add = (list: ListName, id: string, members: Members): void => {
    const documents = open(list)
    documents.set(id, { ...documents.get(id), ...members })
  }

  for (const file of files) {
    const { name } = file
    for (const answer of answers(file)) {
      if ('VpcId' in answer) {
        parts.push({ list: 'Vpcs', id: String(answer['VpcId']), members: dnsAttributes(name, answer) })
        continue
      }
      const members = Object.keys(answer).filter((member) => !ENVELOPE.has(member))
      const known = members.filter((member) => readMember(name, answer, member, { open, add, parts }))
      if (known.length === 0) {
        throw new UsageError(
          `${name} is no answer of an EC2 call about networks: it has ${members.slice(0, 5).join(', ') || 'no members'}`,
        )
      }
      for (const member of known) {
        if (answer['NextToken']) unfinished.set(member, name)
        else unfinished.delete(member)
      }
    }
  }
  for (const [member, name] of unfinished) {
    throw new UsageError(
      `${name} ends before the last page of ${member} (it has a NextToken): add the pages that follow`,
    )
  }
  addInstances(lists)
  demand(lists)
  for (const { list, id, members } of parts) {
    const documents = lists.get(list)
    const document = documents?.get(id)
    if (document) documents!.set(id, joined(document, members))
    // A prefix list that only its entries tell of is one all the same.
    else if (list === 'ManagedPrefixLists') add(list, id, { PrefixListId: id, ...members })
  }
  const documents = Object.fromEntries([...lists].map(([list, found]) => [list, [...found.values()]]))
  return { documents, notes: notesOn(lists) }
}

/** Pages of one part follow each other. */
function joined(document: Members, members: Members): Members {
  const values = Object.entries(members).map(([name, value]) => {
    const before = document[name]
    return [name, Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value]
  })
  return { ...document, ...Object.fromEntries(values) }
}

function readMember(file: string, answer: Members, member: string, { open, add, parts }: Sink): boolean {
  const value = answer[member]
  const row = NETWORK_LISTS.find((one) => one.member === member || one.list === member)
  const part = Object.hasOwn(PARTS, member) ? PARTS[member] : undefined
  if (!row && !part && member !== 'Reservations') return false
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'object' && one !== null)) {
    throw new UsageError(`${file}: ${member} is not a list of documents`)
  }
  const documents = value as Members[]
  if (part) {
    const id = (answer[part.id] as string | undefined) ?? part.pattern.exec(file)?.[0]
    if (id === undefined) {
      throw new UsageError(
        `${file} does not say whose ${member} these are: name it after the id that ${part.call} was asked for`,
      )
    }
    const items = part.as === 'Cidrs' ? documents.flatMap((entry) => entry['Cidr'] ?? []) : documents
    parts.push({ list: part.list, id, members: { [part.as]: items } })
    return true
  }
  // An empty answer is an answer.
  if (row) open(row.list)
  for (const [at, document] of documents.entries()) {
    if (member === 'Reservations') {
      for (const instance of listed(document['Instances'])) keepInstance(instance, add)
      continue
    }
    const id = document[row!.id] ?? document['PublicIp']
    if (typeof id !== 'string') throw new UsageError(`${file}: ${member}[${at}] has no ${row!.id}`)
    add(row!.list, id, document)
  }
  return true
}

/** Interfaces as DescribeInstances tells them, under a name of their own until it is known whether they are told better. */
const ofInstances = 'NetworkInterfacesOfInstances' as ListName

function keepInstance(instance: Members, add: Sink['add']): void {
  for (const one of listed(instance['NetworkInterfaces'])) {
    const Attachment = { ...(one['Attachment'] as Members | undefined), InstanceId: instance['InstanceId'] }
    add(ofInstances, String(one['NetworkInterfaceId']), { ...one, Attachment })
  }
}

const listed = (value: unknown): Members[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []

function addInstances(lists: Map<ListName, Map<string, Members>>): void {
  const told = lists.get(ofInstances)
  lists.delete(ofInstances)
  const known = lists.get('NetworkInterfaces')
  // Instances alone do not tell the interfaces of endpoints and NAT gateways, so the list is still missing then.
  if (told && known) for (const [id, one] of told) known.set(id, { ...one, ...known.get(id) })
}

function dnsAttributes(file: string, answer: Members): Members {
  const values = ['EnableDnsSupport', 'EnableDnsHostnames'].flatMap((name) => {
    const value = (answer[name] as { Value?: unknown } | undefined)?.Value
    return typeof value === 'boolean' ? [[name, value] as const] : []
  })
  if (values.length === 0 && !('EnableNetworkAddressUsageMetrics' in answer))
    throw new UsageError(`${file} is no answer of aws ec2 describe-vpc-attribute: it has no EnableDns… with a Value`)
  return Object.fromEntries(values)
}

function demand(lists: ReadonlyMap<ListName, unknown>): void {
  const missing = NETWORK_LISTS.filter(({ need, list }) => need === 'required' && !lists.has(list))
  if (missing.length === 0) return
  const calls = missing.map(({ operation }) => cliName(operation)).join(', ')
  throw new UsageError(`the files lack what nothing can be told without: ${calls}`)
}

/** Lists that somebody who does not use them need not collect: missed only where an id of that kind is routed to. */
const MISSED: Readonly<Record<string, readonly ListName[]>> = {
  pcx: ['VpcPeeringConnections'],
  eigw: ['EgressOnlyInternetGateways'],
  tgw: ['TransitGateways', 'TransitGatewayAttachments', 'TransitGatewayVpcAttachments', 'TransitGatewayRouteTables'],
  vgw: ['VpnGateways', 'VpnConnections', 'CustomerGateways'],
}

/** What was assumed because no file tells it. */
function notesOn(lists: ReadonlyMap<ListName, ReadonlyMap<string, Members>>): string[] {
  const targets = JSON.stringify([...(lists.get('RouteTables')?.values() ?? [])].map(({ Routes }) => Routes))
  const missed = Object.entries(MISSED).flatMap(([prefix, names]) => (targets.includes(`"${prefix}-`) ? names : []))
  const missing = NETWORK_LISTS.filter(({ need, list }) => need === 'expected' && !lists.has(list))
  const unknown = NETWORK_LISTS.filter(({ list }) => missed.includes(list) && !lists.has(list))
  const silent = [...(lists.get('Vpcs')?.values() ?? [])].filter(
    (vpc) => vpc['EnableDnsSupport'] === undefined || vpc['EnableDnsHostnames'] === undefined,
  )
  const calls = (rows: typeof NETWORK_LISTS): string => rows.map(({ operation }) => cliName(operation)).join(', ')
  const attributes = 'aws ec2 describe-vpc-attribute, for enableDnsSupport and enableDnsHostnames'
  const vpcs = silent.map(({ VpcId }) => String(VpcId)).join(', ')
  return [
    ...(missing.length > 0 ? [`not in the files: ${calls(missing)}; taken as empty`] : []),
    ...(unknown.length > 0 ? [`not in the files: ${calls(unknown)}; paths through them are told as unknown`] : []),
    ...(silent.length > 0 ? [`not in the files: ${attributes}, of ${vpcs}; taken as EC2's defaults`] : []),
  ]
}
