import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { noDocuments } from '../network/network.ts'
import type { NetworkDocuments } from '../network/types.ts'
import { connect } from './client.ts'
import { UsageError } from './failure.ts'
import { documentsOf } from './network-files.ts'
import type { AnswerFile } from './network-json.ts'
import { gather } from './network-server.ts'

/** A network to ask about: what `trace` and `graph` work on. */
export interface NetworkInput {
  readonly documents: NetworkDocuments
  readonly region: string
  /** What could not be read or was assumed: sentences for stderr. */
  readonly notes: readonly string[]
}

/**
 * Reads the network: from files if there are any (`-` is stdin, a folder stands for its *.json), else by describe calls
 * of the server that the environment names.
 * @throws {UsageError} for files that cannot be read, and for a Region that cannot be told.
 */
export async function readNetwork(files: readonly string[], region?: string): Promise<NetworkInput> {
  if (files.length > 0) return offline(files.flatMap(readFiles), region)
  const client = connect()
  const { documents, notes } = await gather((operation, input) => client.call('ec2', operation, input))
  return { documents: { ...noDocuments, ...documents }, region: region ?? client.region, notes }
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
