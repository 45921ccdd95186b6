import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { noDocuments } from '../network/network.ts'
import { formatIp, parseIp } from '../network/addresses.ts'
import type { InternetView, NetworkDocuments } from '../network/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { connect } from './client.ts'
import type { Client } from './client.ts'
import { UsageError } from './failure.ts'
import { documentsOf } from './network-files.ts'
import type { AnswerFile } from './network-json.ts'
import { gather } from './network-server.ts'
import { parseTarget } from './trace-question.ts'

/** A network to ask about: what `trace` and `graph` work on. */
export interface NetworkInput {
  readonly documents: NetworkDocuments
  readonly region: string
  /** What could not be read or was assumed: sentences for stderr. */
  readonly notes: readonly string[]
  /** What the server makes of the real internet; absent offline, where it is beyond the model. */
  readonly internet?: InternetView
}

/**
 * Reads the network: from files if there are any (`-` is stdin, a folder stands for its *.json), else by describe calls
 * of the server that the environment names.
 * `to`: what will be asked about, as `trace` is told; a server is asked whether it leads there.
 * @throws {UsageError} for files that cannot be read, and for a Region that cannot be told.
 */
export async function readNetwork(files: readonly string[], region?: string, to?: string): Promise<NetworkInput> {
  if (files.length > 0) return offline(files.flatMap(readFiles), region)
  const client = connect()
  const { documents, notes } = await gather((operation, input) => client.call('ec2', operation, input))
  const target = to === undefined ? undefined : parseTarget(to)
  const internet = target && (await internetOf(client, target, notes))
  return {
    documents: { ...noDocuments, ...documents },
    region: region ?? client.region,
    notes,
    ...(internet && { internet }),
  }
}

/** Undefined, and a note, where the server does not tell: then the internet is beyond the model, as offline. */
async function internetOf(
  client: Client,
  { host, port }: { host: string; port: number },
  notes: string[],
): Promise<InternetView | undefined> {
  try {
    const { Addresses = [], Admitted = [] }: { Addresses?: string[]; Admitted?: string[] } = await client.call(
      'sallyport',
      'LookUpHost',
      { Host: host, Port: port },
    )
    const same = (one: string, other: string) => formatIp(parseIp(one) ?? 0) === other
    return {
      names: { [host.toLowerCase().replace(/\.$/, '')]: Addresses },
      admits: (address, at) => at === port && Admitted.some((one) => same(one, address)),
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    notes.push(
      `not readable: the server's egress list (${error.code}); what lies on the internet is told as beyond the model`,
    )
    return undefined
  }
}

/** The same out of texts. */
export function offline(files: readonly AnswerFile[], region?: string): NetworkInput {
  const { documents, notes } = documentsOf(files)
  const all = { ...noDocuments, ...documents }
  return { documents: all, region: region ?? regionOf(all), notes }
}

function readFiles(name: string): AnswerFile[] {
  if (name === '-') return [{ name: 'stdin', text: readFileSync(0, 'utf8') }]
  if (!existsSync(name)) throw new UsageError(`${name} does not exist`)
  if (!statSync(name).isDirectory()) return [{ name, text: readFileSync(name, 'utf8') }]
  const found = globSync('*.{json,jsonl}', { cwd: name }).sort()
  if (found.length === 0) throw new UsageError(`${name} has no *.json`)
  return found.map((file) => ({ name: join(basename(name), file), text: readFileSync(join(name, file), 'utf8') }))
}

/** The Region that Availability Zones and ARNs name. Two are a question to the user, and so is none. */
function regionOf({ Subnets, Vpcs, SecurityGroups, ManagedPrefixLists }: NetworkDocuments): string {
  const inZone = (zone: string | undefined): string | undefined =>
    /^[a-z]{2,3}(?:-[a-z]+)+-\d+(?=[a-z]|-)/.exec(zone ?? '')?.[0]
  const inArn = (arn: string | undefined): string | undefined => arn?.split(':')[3]
  const told = [
    ...Subnets.flatMap(({ AvailabilityZone, SubnetArn }) => inArn(SubnetArn) ?? inZone(AvailabilityZone)),
    ...SecurityGroups.map(({ SecurityGroupArn }) => inArn(SecurityGroupArn)),
    ...ManagedPrefixLists.map(({ PrefixListArn }) => inArn(PrefixListArn)),
  ].filter((region): region is string => Boolean(region))
  const regions = [...new Set(told)].sort()
  if (regions.length === 1) return regions[0]!
  if (regions.length === 0) {
    const vpc = Vpcs[0]?.VpcId ?? 'the VPCs'
    throw new UsageError(`no ARN and no Availability Zone tells the Region of ${vpc}: say it by --region`)
  }
  throw new UsageError(
    `the files are of several Regions (${regions.join(', ')}): say by --region which one is asked about`,
  )
}
