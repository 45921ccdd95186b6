import type { Call, Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { Operation } from '../operation.ts'
import { requireEntity, saveEntity, type Tag } from './entities.ts'
import {
  findOpenIdConnectProvider,
  findSamlProvider,
  requireOpenIdConnectProvider,
  requireSamlProvider,
  saveOpenIdConnectProvider,
  saveSamlProvider,
} from './identity-providers.ts'
import { requireProfile, saveProfile } from './instance-profile.ts'
import { findMfaDevice, requireMfaDevice, saveMfaDevice } from './mfa-devices.ts'
import { onArn, onInstanceProfile, onPolicy, onRole, onServerCertificate, onUser } from './needs.ts'
import { page, type Paging } from './page.ts'
import { requireOwnPolicy, requirePolicyView, savePolicy } from './policies.ts'
import { requireRoleToLabel } from './protected-roles.ts'
import { requireServerCertificate, saveServerCertificate } from './server-certificate.ts'
import { requestTagKeys, type TagKeys, withoutTags, withTags } from './tags.ts'

/** Tags of everything in IAM that can bear them: the same three deeds on each. */

interface Tagged {
  readonly tags: readonly Tag[]
}

interface Taggable<Member extends string, Thing extends Tagged> {
  /** As in TagUser, UntagUser, ListUserTags. */
  readonly noun: string
  /** What names it in a request. */
  readonly member: Member
  readonly told: TagKeys
  need(call: Call, action: string, name: string, context?: ContextValues): Need
  /** To read its tags. Throws NoSuchEntity. */
  read(store: Store, account: string, name: string): Tagged
  /** To change them. Throws NoSuchEntity, and for what only AWS may change. */
  own(store: Store, account: string, name: string): Thing
  save(store: Store, thing: Thing): void
}

type Named<Member extends string> = Readonly<Record<Member, string>>

function tagging<Member extends string, Thing extends Tagged>(kind: Taggable<Member, Thing>) {
  const { noun, member, told } = kind
  const change = (name: string, { call, world: { store } }: Parameters<Operation['perform']>[1], tags: Change) => {
    const thing = kind.own(store, call.account, name)
    kind.save(store, { ...thing, tags: tags(thing.tags) })
    return {}
  }
  const tag: Operation<Named<Member> & { Tags: Tag[] }> = {
    service: 'iam',
    name: `Tag${noun}`,
    needs: (input, call) => [kind.need(call, `Tag${noun}`, input[member], requestTagKeys(input.Tags))],
    perform: (input, permit) => change(input[member], permit, (tags) => withTags(tags, input.Tags, told)),
  }
  const untag: Operation<Named<Member> & { TagKeys: string[] }> = {
    service: 'iam',
    name: `Untag${noun}`,
    needs: (input, call) => [kind.need(call, `Untag${noun}`, input[member], { 'aws:TagKeys': input.TagKeys })],
    perform: (input, permit) => change(input[member], permit, (tags) => withoutTags(tags, input.TagKeys, told)),
  }
  const list: Operation<Named<Member> & Paging> = {
    service: 'iam',
    name: `List${noun}Tags`,
    needs: (input, call) => [kind.need(call, `List${noun}Tags`, input[member])],
    perform: (input, { call, world }) => tagPage(kind.read(world.store, call.account, input[member]).tags, input),
  }
  return { tag, untag, list }
}

type Change = (tags: readonly Tag[]) => readonly Tag[]

function tagPage(tags: readonly Tag[], paging: Paging) {
  const sorted = tags.toSorted((a, b) => (a.Key < b.Key ? -1 : 1))
  const { items, ...rest } = page(sorted, ({ Key }) => Key, paging)
  return { Tags: items, ...rest }
}

const requireUser = (store: Store, account: string, name: string) => requireEntity(store, 'user', account, name)

export const userTags = tagging({
  noun: 'User',
  member: 'UserName',
  told: 'without case',
  need: onUser,
  read: requireUser,
  own: requireUser,
  save: saveEntity,
})

export const roleTags = tagging({
  noun: 'Role',
  member: 'RoleName',
  told: 'without case',
  need: onRole,
  read: (store, account, name) => requireEntity(store, 'role', account, name),
  own: requireRoleToLabel,
  save: saveEntity,
})

export const policyTags = tagging({
  noun: 'Policy',
  member: 'PolicyArn',
  told: 'by case',
  need: onPolicy,
  read: (store, _account, arn) => requirePolicyView(store, arn),
  own: requireOwnPolicy,
  save: savePolicy,
})

export const instanceProfileTags = tagging({
  noun: 'InstanceProfile',
  member: 'InstanceProfileName',
  told: 'by case',
  need: onInstanceProfile,
  read: requireProfile,
  own: requireProfile,
  save: saveProfile,
})

export const serverCertificateTags = tagging({
  noun: 'ServerCertificate',
  member: 'ServerCertificateName',
  told: 'by case',
  need: onServerCertificate,
  read: requireServerCertificate,
  own: requireServerCertificate,
  save: saveServerCertificate,
})

export const mfaDeviceTags = tagging({
  noun: 'MFADevice',
  member: 'SerialNumber',
  told: 'by case',
  need: (call, action, serial, context) => onArn(action, serial, findMfaDevice(call.world.store, serial), context),
  read: requireMfaDevice,
  own: requireMfaDevice,
  save: saveMfaDevice,
})

export const openIdConnectProviderTags = tagging({
  noun: 'OpenIDConnectProvider',
  member: 'OpenIDConnectProviderArn',
  told: 'by case',
  need: (call, action, arn, context) => onArn(action, arn, findOpenIdConnectProvider(call.world.store, arn), context),
  read: requireOpenIdConnectProvider,
  own: requireOpenIdConnectProvider,
  save: saveOpenIdConnectProvider,
})

export const samlProviderTags = tagging({
  noun: 'SAMLProvider',
  member: 'SAMLProviderArn',
  told: 'by case',
  need: (call, action, arn, context) => onArn(action, arn, findSamlProvider(call.world.store, arn), context),
  read: requireSamlProvider,
  own: requireSamlProvider,
  save: saveSamlProvider,
})
