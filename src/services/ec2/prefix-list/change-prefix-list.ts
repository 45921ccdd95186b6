import type {
  AddPrefixListEntry,
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { canonicalCidr } from '../cidr.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies, invalidCombination, invalidValue, notYours, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { PrefixEntry, PrefixListDocument } from '../gateway-documents.ts'
import { prefixLists, prefixListVersions } from '../gateway-nouns.ts'
import { formatCidr6, givenCidr6 } from '../ipv6.ts'
import { attributes, making, on } from '../needs.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { overfilled } from './overfilled.ts'
import { prefixListView } from './prefix-list.ts'
import { awsPrefixList, usersOf } from './prefix-lists.ts'

export const createManagedPrefixList = ec2Operation<CreateManagedPrefixListRequest, CreateManagedPrefixListResult>(
  'CreateManagedPrefixList',
  {
    needs: (input, estate) => making(estate, 'CreateManagedPrefixList', prefixLists, input.TagSpecifications),
    perform(input, estate) {
      const again = estate.repeated(prefixLists, 'CreateManagedPrefixList', input.ClientToken)
      if (again) return { PrefixList: prefixListView(again) }
      const { AddressFamily, MaxEntries, PrefixListName } = input
      if (AddressFamily !== 'IPv4' && AddressFamily !== 'IPv6') {
        throw invalidValue(`Value (${AddressFamily}) for parameter addressFamily is invalid. Valid values: IPv4, IPv6`)
      }
      namedProperly(PrefixListName)
      roomFor(MaxEntries)
      within('prefixLists', estate.list(prefixLists).length + 1)
      const Entries = added([], input.Entries ?? [], AddressFamily)
      fits(Entries, MaxEntries)
      const PrefixListId = estate.mint(prefixLists.prefix)
      const list = estate.save(prefixLists, {
        PrefixListId,
        PrefixListArn: estate.arn('prefix-list', PrefixListId),
        PrefixListName,
        AddressFamily,
        MaxEntries,
        State: 'create-complete',
        Version: 1,
        OwnerId: estate.account,
        Tags: givenTags(prefixLists, input.TagSpecifications),
        Entries,
        Cidrs: Entries.map((entry) => entry.Cidr),
      })
      estate.remember('CreateManagedPrefixList', input.ClientToken, PrefixListId)
      return { PrefixList: prefixListView(list) }
    },
  },
)

/** New entries make a new version; a new name or size does not. Size and entries are not changed together (API reference). */
export const modifyManagedPrefixList = ec2Operation<ModifyManagedPrefixListRequest, ModifyManagedPrefixListResult>(
  'ModifyManagedPrefixList',
  {
    needs: ({ PrefixListId, PrefixListName, MaxEntries, AddEntries, RemoveEntries }, estate) => [
      on(estate, 'ModifyManagedPrefixList', prefixLists, PrefixListId, {
        ...attributes({
          PrefixListName,
          MaxEntries,
          AddEntry: AddEntries?.map((one) => one.Cidr),
          RemoveEntry: RemoveEntries?.map((one) => one.Cidr),
        }),
      }),
    ],
    perform(input, estate) {
      refuseUnbuilt(input, 'IpamPrefixListResolverSyncEnabled')
      const list = own(estate, input.PrefixListId)
      const { AddEntries = [], RemoveEntries = [], MaxEntries, PrefixListName = list.PrefixListName } = input
      const changesEntries = AddEntries.length > 0 || RemoveEntries.length > 0
      namedProperly(PrefixListName)
      if (changesEntries && MaxEntries !== undefined) {
        throw invalidCombination('You cannot modify the entries and the size of a prefix list at the same time.')
      }
      if (changesEntries || input.CurrentVersion !== undefined) atVersion(list, input.CurrentVersion)
      if (MaxEntries !== undefined)
        return { PrefixList: prefixListView(resized(estate, list, MaxEntries, PrefixListName)) }
      if (!changesEntries) {
        const renamed = estate.save(prefixLists, { ...list, PrefixListName, State: 'modify-complete' })
        return { PrefixList: prefixListView(renamed) }
      }
      const kept = removed(
        list,
        RemoveEntries.map((one) => one.Cidr),
      )
      return {
        PrefixList: prefixListView(
          nextVersion(estate, { ...list, PrefixListName }, added(kept, AddEntries, list.AddressFamily)),
        ),
      }
    },
  },
)

export const restoreManagedPrefixListVersion = ec2Operation<
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult
>('RestoreManagedPrefixListVersion', {
  needs: (input, estate) => [on(estate, 'RestoreManagedPrefixListVersion', prefixLists, input.PrefixListId)],
  perform(input, estate) {
    const list = own(estate, input.PrefixListId)
    atVersion(list, input.CurrentVersion)
    const old = estate.get(prefixListVersions, `${list.PrefixListId}.${input.PreviousVersion}`)
    const restored = nextVersion(estate, list, old.Entries)
    return { PrefixList: prefixListView(estate.save(prefixLists, { ...restored, State: 'restore-complete' })) }
  },
})

/** What names the list holds it. */
export const deleteManagedPrefixList = ec2Operation<DeleteManagedPrefixListRequest, DeleteManagedPrefixListResult>(
  'DeleteManagedPrefixList',
  {
    needs: (input, estate) => [on(estate, 'DeleteManagedPrefixList', prefixLists, input.PrefixListId)],
    perform(input, estate) {
      const list = own(estate, input.PrefixListId)
      const id = list.PrefixListId
      if (usersOf(estate, id).length > 0) throw hasDependencies('prefixList', id)
      for (let version = 1; version < list.Version; version++) estate.remove(prefixListVersions, `${id}.${version}`)
      estate.remove(prefixLists, id)
      return { PrefixList: prefixListView({ ...list, State: 'delete-complete' }) }
    },
  },
)

function own(estate: Estate, id: string): PrefixListDocument {
  if (awsPrefixList(estate, id)) throw notYours()
  return estate.get(prefixLists, id)
}

function atVersion(list: PrefixListDocument, version: number | undefined): void {
  if (version !== list.Version) {
    throw new AwsError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number')
  }
}

/** AWS's documented rules: up to 255 characters, and not `com.amazonaws…`. */
function namedProperly(name: string): void {
  if (name.length === 0 || name.length > 255 || name.startsWith('com.amazonaws')) {
    throw invalidValue(`Value (${name}) for parameter prefixListName is invalid.`)
  }
}

function roomFor(maxEntries: number): void {
  if (maxEntries < 1 || maxEntries > 1000) {
    throw invalidValue(`Value (${maxEntries}) for parameter maxEntries is invalid. Must be between 1 and 1000.`)
  }
}

function fits(entries: readonly PrefixEntry[], maxEntries: number): void {
  if (entries.length > maxEntries) {
    // inferred: code and sentence.
    throw new AwsError('PrefixListMaxEntriesExceeded', `You've reached the maximum number of entries: ${maxEntries}`)
  }
}

function added(
  entries: readonly PrefixEntry[],
  more: readonly Shape<AddPrefixListEntry>[],
  family: string,
): PrefixEntry[] {
  const result = new Map(entries.map((entry) => [entry.Cidr, entry]))
  const seen = new Set<string>()
  for (const { Cidr: text = '', Description } of more) {
    const Cidr = family === 'IPv4' ? canonicalCidr(text, 'cidr') : formatCidr6(givenCidr6(text, 'cidr'))
    if (seen.has(Cidr)) throw invalidValue(`The CIDR ${Cidr} is given twice`)
    if (Description !== undefined && Description.length > 255) {
      throw invalidValue(`The description of ${Cidr} exceeds the maximum length of 255 characters`)
    }
    seen.add(Cidr)
    result.set(Cidr, { Cidr, ...(Description === undefined ? {} : { Description }) })
  }
  return [...result.values()]
}

function removed(list: PrefixListDocument, cidrs: readonly string[]): PrefixEntry[] {
  for (const cidr of cidrs) {
    if (!list.Cidrs.includes(cidr)) {
      // inferred: the sentence.
      throw invalidValue(`The CIDR ${cidr} is not an entry of the prefix list ${list.PrefixListId}`)
    }
  }
  return list.Entries.filter((entry) => !cidrs.includes(entry.Cidr))
}

/** The entries as they were are kept under their version's number. */
function nextVersion(estate: Estate, list: PrefixListDocument, Entries: PrefixEntry[]): PrefixListDocument {
  fits(Entries, list.MaxEntries)
  estate.save(prefixListVersions, { VersionId: `${list.PrefixListId}.${list.Version}`, Entries: list.Entries })
  return estate.save(prefixLists, {
    ...list,
    Version: list.Version + 1,
    State: 'modify-complete',
    Entries,
    Cidrs: Entries.map((entry) => entry.Cidr),
  })
}

/** When a table or group that names the list would be too full by it, the list stays as it is and says so (VPC User Guide). */
function resized(estate: Estate, list: PrefixListDocument, MaxEntries: number, PrefixListName: string) {
  roomFor(MaxEntries)
  fits(list.Entries, MaxEntries)
  const changed = estate.save(prefixLists, { ...list, PrefixListName, MaxEntries, State: 'modify-complete' })
  const full = overfilled(estate, list.PrefixListId)
  if (full.length === 0) return changed
  return estate.save(prefixLists, {
    ...list,
    State: 'modify-failed',
    // inferred: the sentence. AWS names the first ten.
    StateMessage: `The following resources have reached their quota: ${full.slice(0, 10).join(', ')}`,
  })
}
