import type { NetworkAclEntry } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { NetworkAclDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { networkAcls } from '../nouns.ts'
import type { Tags } from '../tags.ts'

/** The `*` line that ends every ACL. */
export const LAST_RULE = 32767

const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny'): Shape<NetworkAclEntry> => ({
  CidrBlock: '0.0.0.0/0',
  Egress,
  Protocol: '-1',
  RuleAction,
  RuleNumber,
})

/** A default ACL allows everything by rule 100; any other denies until it is told. */
export function makeNetworkAcl(
  estate: Estate,
  VpcId: string,
  { isDefault = false, tags = [] }: { isDefault?: boolean; tags?: Tags },
): NetworkAclDocument {
  const Entries = [true, false].flatMap((egress) => [
    ...(isDefault ? [entry(egress, 100, 'allow')] : []),
    entry(egress, LAST_RULE, 'deny'),
  ])
  return estate.save(networkAcls, {
    NetworkAclId: estate.mint(networkAcls.prefix),
    VpcId,
    OwnerId: estate.account,
    IsDefault: isDefault,
    Associations: [],
    Entries,
    Tags: tags,
  })
}
