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
import { invalidParameter, invalidValueOf, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { networkAcls } from '../nouns.ts'
import { protocolNumber } from '../protocols.ts'
import { within } from '../quotas.ts'
import { LAST_RULE } from './make-network-acl.ts'

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
    within('entriesPerNetworkAcl', acl.Entries.filter((one) => one.Egress === entry.Egress).length + 1)
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
    const old = (input.RuleNumber === LAST_RULE ? undefined : entryAt(acl, input)) ?? noSuchEntry(input.RuleNumber)
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

/** In the order in which they are evaluated. */
function saveEntries(estate: Estate, acl: NetworkAclDocument, entries: readonly Shape<NetworkAclEntry>[]): void {
  const Entries = entries.toSorted(
    (a, b) => Number(b.Egress) - Number(a.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0),
  )
  estate.save(networkAcls, { ...acl, Entries })
}

function entryOf(input: Shape<CreateNetworkAclEntryRequest>): Shape<NetworkAclEntry> {
  const { RuleNumber, Egress, RuleAction, PortRange, IcmpTypeCode } = input
  if (input.Ipv6CidrBlock) throw invalidParameter('IPv6 network ACL entries are not supported')
  if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
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
  if (protocol === '1' && !IcmpTypeCode) throw missingParameter('icmpTypeCode')
  return {
    CidrBlock: canonicalCidr(input.CidrBlock, 'cidrBlock'),
    Egress: Egress,
    Protocol: protocol,
    RuleAction: RuleAction,
    RuleNumber: RuleNumber,
    ...(ported ? { PortRange: PortRange! } : {}),
    ...(protocol === '1' ? { IcmpTypeCode: IcmpTypeCode! } : {}),
  }
}
