/** What of a network is needed for a disagreement: one piece after the other is taken away while it still shows. */
import type { NetworkDocuments } from '../../../src/network/types.ts'
import type { World } from '../../../src/world.ts'
import { play, type Disagreement } from './play.ts'
import type { Probe } from './probes.ts'

/** Members whose elements can be done without, beside the documents themselves. */
const PARTS = ['Routes', 'Entries', 'IpPermissions', 'IpPermissionsEgress', 'Groups', 'PrivateIpAddresses', 'IpRanges']

/** The smaller network and what is still seen in it. */
export async function smallest(
  world: World,
  documents: NetworkDocuments,
  found: Disagreement,
  records: string,
): Promise<{ documents: NetworkDocuments; disagreement: Disagreement }> {
  const probe: Probe = { from: found.from, address: found.address, port: found.port }
  let best = { documents, disagreement: found }
  for (let smaller = true; smaller;) {
    smaller = false
    for (const candidate of without(best.documents)) {
      const { disagreements } = await play(world, candidate, records, [probe]).catch(() => ({ disagreements: [] }))
      const [disagreement] = disagreements
      if (disagreement?.expected !== found.expected || disagreement.observed !== found.observed) continue
      best = { documents: candidate, disagreement }
      smaller = true
      break
    }
  }
  return best
}

type Doc = Record<string, unknown>

/** The documents less one piece, whichever. */
function* without(documents: NetworkDocuments): Generator<NetworkDocuments> {
  for (const [list, all] of Object.entries(documents) as [string, Doc[]][]) {
    for (const [at, one] of all.entries()) {
      yield { ...documents, [list]: all.filter((other) => other !== one) }
      for (const part of PARTS) {
        const elements = one[part]
        if (!Array.isArray(elements)) continue
        for (const element of elements) {
          const less = { ...one, [part]: elements.filter((other) => other !== element) }
          yield { ...documents, [list]: all.with(at, less) }
        }
      }
    }
  }
}
