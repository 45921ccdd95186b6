import type { Estate } from '../estate.ts'
import { prefixLists } from '../gateway-nouns.ts'
import { weightOf } from '../prefix-list/prefix-lists.ts'
import { rulesOf } from './make-security-group.ts'
import type { RuleBody } from './rules.ts'

/**
 * What rules of one direction count for: IPv4 and IPv6 apart. A rule that names a group counts for both; one that names a
 * prefix list counts as many as the list may hold, for its family (VPC User Guide, "Amazon VPC quotas").
 */
export function weigh(estate: Estate, rules: readonly RuleBody[]): number[] {
  const sum = (family: 'IPv4' | 'IPv6') =>
    rules.reduce((total, rule) => {
      if (rule.PrefixListId) {
        const own = estate.find(prefixLists, rule.PrefixListId)?.AddressFamily
        return total + (own === undefined || own === family ? weightOf(estate, rule.PrefixListId) : 0)
      }
      return total + (family === 'IPv4' ? Number(!rule.CidrIpv6) : Number(!rule.CidrIpv4))
    }, 0)
  return [sum('IPv4'), sum('IPv6')]
}

/** The four counts of a group: each direction, each family. */
export function ruleCounts(estate: Estate, groupId: string): number[] {
  const rules = rulesOf(estate, groupId)
  return [true, false].flatMap((egress) =>
    weigh(
      estate,
      rules.filter((rule) => rule.IsEgress === egress),
    ),
  )
}
