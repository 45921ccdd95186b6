import type { VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { formatCidr6, ipv6Blocks, parseIpv6 } from '../ipv6.ts'
import { openAclsToIpv6 } from '../network-acl/make-network-acl.ts'
import { vpcs } from '../nouns.ts'
import { openDefaultGroupToIpv6 } from '../security-group/make-security-group.ts'

/** Amazon's pool here: one of AWS's own ranges. A Region's blocks on AWS lie in a range of its own; not so here. */
const POOL = parseIpv6('2600:1f18::')!

/** A /56 that no other VPC of this server has, in any account or Region. */
export function amazonIpv6Block(estate: Estate): Shape<VpcIpv6CidrBlockAssociation> {
  const { world } = estate.call
  const taken = new Set(world.store.list<VpcDocument>(vpcs.kind).flatMap((row) => ipv6Blocks(row.value)))
  for (;;) {
    const base = POOL | (BigInt(`0x${world.hex(6)}`) << 72n)
    const Ipv6CidrBlock = formatCidr6({ base, length: 56 })
    if (taken.has(Ipv6CidrBlock)) continue
    return {
      AssociationId: estate.mint('vpc-cidr-assoc-'),
      Ipv6CidrBlock,
      Ipv6CidrBlockState: { State: 'associated' },
      NetworkBorderGroup: estate.region,
      Ipv6Pool: 'Amazon',
      Ipv6AddressAttribute: 'public',
      IpSource: 'amazon',
    }
  }
}

/**
 * With its first IPv6 block a VPC's default ACL and default group open to IPv6 as they did to IPv4, unless they were
 * changed before (VPC User Guide, "Default network ACL", "Default security groups").
 */
export function openToIpv6(estate: Estate, vpc: VpcDocument): void {
  if (ipv6Blocks(vpc).length !== 1) return
  openAclsToIpv6(estate, vpc.VpcId)
  openDefaultGroupToIpv6(estate, vpc.VpcId)
}
