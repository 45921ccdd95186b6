import type {
  CreateNetworkAclEntryRequest,
  DeleteNetworkAclEntryRequest,
  NetworkAclEntry,
  ReplaceNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { canonicalCidr } from '../cidr.ts'
import type { NetworkAclDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValueOf, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { formatCidr6, givenCidr6 } from '../ipv6.ts'
import { on } from '../needs.ts'
import { networkAcls } from '../nouns.ts'
import { protocolNumber } from '../protocols.ts'
import { within } from '../quotas.ts'
import { inOrder, LAST_RULE } from './make-network-acl.ts'

export const createNetworkAclEntry = ec2Operation<CreateNetworkAclEntryRequest, object>('CreateNetworkAclEntry', {
  needs: (input, estate) => [on(estate, 'CreateNetworkAclEntry', networkAcls, input.NetworkAclId)],
  perform(input, estate) {
    const acl = estate.get(networkAcls, input.NetworkAclId)
    const entry = entryOf(input)
    if (entryAt(acl, entry)) {
      throw new AwsError(
        'NetworkAclEntryAlreadyExists',
        `The network acl entry identified by ${entry.RuleNumber} already exists.`,
      )
    }
    // IPv4 and IPv6 are counted apart.
    const alike = (one: Shape<NetworkAclEntry>) => one.Egress === entry.Egress && !one.CidrBlock === !entry.CidrBlock
    within('entriesPerNetworkAcl', acl.Entries.filter(alike).length + 1)
    saveEntries(estate, acl, [...acl.Entries, entry])
    return {}
  },
})

export const replaceNetworkAclEntry = ec2Operation<ReplaceNetworkAclEntryRequest, object>('ReplaceNetworkAclEntry', {
  needs: (input, estate) => [on(estate, 'ReplaceNetworkAclEntry', networkAcls, input.NetworkAclId)],
  perform(input, estate) {
    const acl = estate.get(networkAcls, input.NetworkAclId)
    const entry = entryOf(input)
    const old = entryAt(acl, entry) ?? noSuchEntry(entry.RuleNumber)
    saveEntries(estate, acl, [...acl.Entries.filter((one) => one !== old), entry])
    return {}
  },
})

export const deleteNetworkAclEntry = ec2Operation<DeleteNetworkAclEntryRequest, object>('DeleteNetworkAclEntry', {
  needs: (input, estate) => [on(estate, 'DeleteNetworkAclEntry', networkAcls, input.NetworkAclId)],
  perform(input, estate) {
    const acl = estate.get(networkAcls, input.NetworkAclId)
    const old = (input.RuleNumber >= LAST_RULE ? undefined : entryAt(acl, input)) ?? noSuchEntry(input.RuleNumber)
    saveEntries(
      estate,
      acl,
      acl.Entries.filter((one) => one !== old),
    )
    return {}
  },
})

function noSuchEntry(ruleNumber: number | undefined): never {
  throw new AwsError(
    'InvalidNetworkAclEntry.NotFound',
    `The network acl entry identified by ${ruleNumber} does not exist.`,
  )
}

const entryAt = (acl: NetworkAclDocument, at: { Egress?: boolean; RuleNumber?: number }) =>
  acl.Entries.find((one) => one.Egress === at.Egress && one.RuleNumber === at.RuleNumber)

function saveEntries(estate: Estate, acl: NetworkAclDocument, entries: readonly Shape<NetworkAclEntry>[]): void {
  estate.save(networkAcls, { ...acl, Entries: inOrder(entries) })
}

function entryOf(input: Shape<CreateNetworkAclEntryRequest>): Shape<NetworkAclEntry> {
  const { RuleNumber, Egress, RuleAction, PortRange, IcmpTypeCode } = input
  if (input.CidrBlock === undefined && input.Ipv6CidrBlock === undefined) throw missingParameter('cidrBlock')
  if (input.CidrBlock !== undefined && input.Ipv6CidrBlock !== undefined) {
    throw invalidCombination('The parameter ipv6CidrBlock cannot be used with the parameter cidrBlock')
  }
  if (!Number.isInteger(RuleNumber) || RuleNumber < 1 || RuleNumber >= LAST_RULE) {
    throw invalidValueOf(RuleNumber, 'ruleNumber', 'Must be a value between 1 and 32766.')
  }
  const protocol = protocolNumber(input.Protocol ?? '')
  if (protocol === undefined) throw invalidValueOf(input.Protocol, 'protocol', 'Unknown protocol.')
  const ported = protocol === '6' || protocol === '17'
  if (ported && (PortRange?.From === undefined || PortRange.To === undefined)) throw missingParameter('portRange')
  if (PortRange && (PortRange.From! > PortRange.To! || PortRange.From! < 0 || PortRange.To! > 65535)) {
    throw invalidValueOf(`${PortRange.From}-${PortRange.To}`, 'portRange', 'Not a range of ports.')
  }
  const icmp = protocol === '1' || protocol === '58'
  if (icmp && !IcmpTypeCode) throw missingParameter('icmpTypeCode')
  return {
    ...(input.CidrBlock === undefined
      ? { Ipv6CidrBlock: formatCidr6(givenCidr6(input.Ipv6CidrBlock!, 'ipv6CidrBlock')) }
      : { CidrBlock: canonicalCidr(input.CidrBlock, 'cidrBlock') }),
    Egress: Egress,
    Protocol: protocol,
    RuleAction: RuleAction,
    RuleNumber: RuleNumber,
    ...(ported ? { PortRange: PortRange! } : {}),
    ...(icmp ? { IcmpTypeCode: IcmpTypeCode! } : {}),
  }
}
