import type { Estate } from '../estate.ts'
import { routeTables } from '../nouns.ts'
import { quotas } from '../quotas.ts'
import { routeCount } from '../route-table/route-destination.ts'
import { ruleCounts } from '../security-group/rule-count.ts'
import { usersOf } from './prefix-lists.ts'

/** Groups and route tables with this list among their entries that are beyond their quota. */
export function overfilled(estate: Estate, prefixListId: string): string[] {
  return usersOf(estate, prefixListId).filter((id) => {
    const table = estate.find(routeTables, id)
    if (table) return routeCount(estate, table.Routes) > quotas.routesPerTable.most
    return ruleCounts(estate, id).some((count) => count > quotas.rulesPerSecurityGroup.most)
  })
}
