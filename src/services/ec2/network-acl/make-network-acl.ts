import type { NetworkAclEntry } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { NetworkAclDocument, VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { networkAcls } from '../nouns.ts'
import type { Tags } from '../tags.ts'
import { without } from '../without.ts'

/** The `*` line that ends every ACL. */
export const LAST_RULE = 32767

const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny'): Shape<NetworkAclEntry> => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol: '-1',
  RuleAction,
  RuleNumber,
})

/** The same for IPv6, after it. */
const LAST_RULE_IPV6 = LAST_RULE + 1

const entry6 = (egress: boolean, rule: number, action: 'allow' | 'deny'): Shape<NetworkAclEntry> => ({
  ...without(entry(egress, rule, action), 'CidrBlock'),
  Ipv6CidrBlock: '::/0',
})

const DIRECTIONS = [true, false]

/** A default ACL allows everything by rule 100; any other denies until it is told. */
export function makeNetworkAcl(
  estate: Estate,
  vpc: VpcDocument,
  { isDefault = false, tags = [] }: { isDefault?: boolean; tags?: Tags },
): NetworkAclDocument {
  const ipv6 = (vpc.Ipv6CidrBlockAssociationSet ?? []).length > 0
  const Entries = DIRECTIONS.flatMap((egress) => [
    ...(isDefault ? [entry(egress, 100, 'allow')] : []),
    ...(isDefault && ipv6 ? [entry6(egress, 101, 'allow')] : []),
    entry(egress, LAST_RULE, 'deny'),
    ...(ipv6 ? [entry6(egress, LAST_RULE_IPV6, 'deny')] : []),
  ])
  return estate.save(networkAcls, {
    NetworkAclId: estate.mint(networkAcls.prefix),
    VpcId: vpc.VpcId,
    OwnerId: estate.account,
    IsDefault: isDefault,
    Associations: [],
    Entries,
    Tags: tags,
  })
}

/** Every ACL of a VPC that becomes dual-stack ends with a second `*` line; a default one still as it was made allows IPv6. */
export function openAclsToIpv6(estate: Estate, vpcId: string): void {
  for (const acl of estate.list(networkAcls).filter((one) => one.VpcId === vpcId)) {
    const added = DIRECTIONS.flatMap((egress) => [
      ...(acl.IsDefault && asMade(acl, egress) ? [entry6(egress, 101, 'allow')] : []),
      entry6(egress, LAST_RULE_IPV6, 'deny'),
    ])
    estate.save(networkAcls, { ...acl, Entries: inOrder([...acl.Entries.filter((one) => !isLast6(one)), ...added]) })
  }
}

const isLast6 = (one: Shape<NetworkAclEntry>): boolean => one.RuleNumber === LAST_RULE_IPV6

function asMade(acl: NetworkAclDocument, egress: boolean): boolean {
  const own = acl.Entries.filter((one) => one.Egress === egress && one.RuleNumber! < LAST_RULE)
  return own.length === 1 && own[0]!.RuleNumber === 100 && own[0]!.CidrBlock === '0.0.0.0/0'
}

/** In the order in which they are evaluated. */
export function inOrder(entries: readonly Shape<NetworkAclEntry>[]): Shape<NetworkAclEntry>[] {
  return entries.toSorted((a, b) => Number(b.Egress) - Number(a.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0))
}
