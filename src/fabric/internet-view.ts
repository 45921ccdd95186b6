import { parseIp } from '../network/addresses.ts'
import type { Network } from '../network/types.ts'
import { isGuarded, opensAddress, portsOfName } from './egress-list.ts'
import type { EgressEntry } from './egress-list.ts'
import type { Outside } from './outside.ts'
import { isOfFabric, planOf } from './plan.ts'

/** What the allow-list makes of one host and port. */
export interface HostOnInternet {
  /** Of a name that the list has; none: it does not exist in a VPC. An address stands for itself. */
  addresses: string[]
  /** Those to which the server connects at this port. */
  admitted: string[]
}

/**
 * Asks the list about a host as a program's own question and connection would: names are looked up on this machine, and none
 * leads to a private address. What names have led a VPC to is open there for a while, which is not asked here.
 */
export async function lookUpInternet(
  entries: readonly EgressEntry[],
  outside: Outside,
  network: Network,
  { host, port }: { host: string; port: number },
): Promise<HostOnInternet> {
  const own = outside.own()
  const name = host.toLowerCase().replace(/\.$/, '')
  const plan = planOf(network, network.documents.Vpcs[0]?.VpcId ?? '', [], { named: [], guarded: [], blocks: [] })
  if (parseIp(name) !== undefined) {
    const open = !isOfFabric(plan, name) && opensAddress(entries, own, name, port)
    return { addresses: [name], admitted: open ? [name] : [] }
  }
  const ports = portsOfName(entries, name)
  if (ports.length === 0) return { addresses: [], admitted: [] }
  const found = await Promise.all(
    ([4, 6] as const).map(async (family) => {
      const records = await outside.resolve(name, family).catch(() => [])
      const bad = records.some(({ address }) => {
        const number = parseIp(address)
        return number === undefined || isGuarded(entries, own, number) || isOfFabric(plan, address)
      })
      return bad ? [] : records.map(({ address }) => address)
    }),
  )
  const addresses = found.flat()
  const admitted = addresses.filter((one) => ports.includes(port) || opensAddress(entries, own, one, port))
  return { addresses, admitted }
}
