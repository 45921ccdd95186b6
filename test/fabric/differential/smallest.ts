/** What of a network is needed for a disagreement: one piece after the other is taken away while it still shows. */
import type { NetworkDocuments } from '../../../src/network/types.ts'
import type { World } from '../../../src/world.ts'
import { play, type Disagreement } from './play.ts'
import type { Probe } from './probes.ts'

/** Members whose elements can be done without, beside the documents themselves. */
const PARTS = [
  'Routes',
  'Entries',
  'IpPermissions',
  'IpPermissionsEgress',
  'Groups',
  'PrivateIpAddresses',
  'IpRanges',
  'Associations',
  'Propagations',
  'SubnetIds',
]

type Doc = Record<string, unknown>
type Lists = Record<string, readonly Doc[]>

/** Another reason is another finding. */
const codesOf = ({ connection }: Disagreement) =>
  [...new Set(connection.blockers.map(({ code }) => code))].sort().join()

/** The smaller network and what is still seen in it. */
export async function smallest(
  world: World,
  documents: NetworkDocuments,
  found: Disagreement,
  records: string,
): Promise<{ documents: NetworkDocuments; disagreement: Disagreement }> {
  const probe: Probe = { from: found.from, address: found.address, port: found.port, protocol: found.protocol }
  let best: Lists = { ...documents }
  let disagreement = found
  const keep = async (lists: Lists): Promise<boolean> => {
    // A network may lack so much that nothing can be made of it.
    const candidate = lists as unknown as NetworkDocuments
    const { disagreements } = await play(world, candidate, records, [probe]).catch(() => ({ disagreements: [] }))
    const [still] = disagreements
    if (still?.expected !== found.expected || still.observed !== found.observed) return false
    if (codesOf(still) !== codesOf(found)) return false
    best = lists
    disagreement = still
    return true
  }
  for (const list of Object.keys(best)) {
    if (best[list]!.length === 0 || (await keep({ ...best, [list]: [] }))) continue
    for (let at = best[list]!.length - 1; at >= 0; at--) {
      const all = best[list]!
      if (await keep({ ...best, [list]: all.toSpliced(at, 1) })) continue
      for (const part of PARTS.filter((name) => Array.isArray(all[at]![name]))) {
        for (let index = (all[at]![part] as unknown[]).length - 1; index >= 0; index--) {
          const one = best[list]![at]!
          const less = { ...one, [part]: (one[part] as unknown[]).toSpliced(index, 1) }
          await keep({ ...best, [list]: best[list]!.with(at, less) })
        }
      }
    }
  }
  return { documents: best as unknown as NetworkDocuments, disagreement }
}
