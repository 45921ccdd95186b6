import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-organizations'
import type { Tag } from '../iam/entities.ts'
import type { Store } from '../../store/store.ts'
import { requestTagKeys } from '../iam/tags.ts'
import {
  findMember,
  findUnit,
  type Organization,
  POLICIES,
  type Policy,
  saveAccount,
  saveOrganization,
  saveUnit,
} from './documents.ts'
import { constraint, invalidInput, targetNotFound } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { onResource } from './resources.ts'

/** AWS Organizations User Guide, "Tagging AWS Organizations resources". */
const TAGS_MAX = 50

/** Adds tags; keys keep their case, and count with it. */
export function withTags(before: readonly Tag[], added: readonly { Key?: string; Value?: string }[] = []): Tag[] {
  const tags = added.map(({ Key = '', Value = '' }) => ({ Key, Value }))
  const keys = new Set(tags.map(({ Key }) => Key))
  // inferred: the sentences.
  if (keys.size < tags.length) {
    throw invalidInput('DUPLICATE_TAG_KEY', 'You specified tag keys that are not unique. Tag keys are case-sensitive.')
  }
  if (tags.some(({ Key }) => /^aws:/i.test(Key))) {
    throw invalidInput(
      'INVALID_SYSTEM_TAGS_PARAMETER',
      "You specified a tag key that is a system tag. You can't add, edit, or delete system tag keys.",
    )
  }
  const merged = [...before.filter(({ Key }) => !keys.has(Key)), ...tags]
  if (merged.length > TAGS_MAX) {
    throw constraint('MAX_TAG_LIMIT_EXCEEDED', 'You have exceeded the number of tags allowed on this resource.')
  }
  return merged
}

interface Tagged {
  readonly tags: readonly Tag[]
  save(tags: readonly Tag[]): void
}

/** Anything that bears tags, by its id: account, root, unit, policy, or the resource policy. */
function requireTagged(store: Store, organization: Organization, id: string): Tagged {
  const { root, resourcePolicy } = organization
  if (id === root.id) {
    return { tags: root.tags, save: (tags) => saveOrganization(store, { ...organization, root: { ...root, tags } }) }
  }
  if (id === resourcePolicy?.id) {
    const save = (tags: readonly Tag[]) =>
      saveOrganization(store, { ...organization, resourcePolicy: { ...resourcePolicy, tags } })
    return { tags: resourcePolicy.tags, save }
  }
  const account = findMember(store, organization, id)
  if (account) {
    const { member } = account
    return { tags: member.tags, save: (tags) => saveAccount(store, { ...account, member: { ...member, tags } }) }
  }
  const unit = findUnit(store, organization, id)
  if (unit) return { tags: unit.tags, save: (tags) => saveUnit(store, { ...unit, tags }) }
  const key = `${organization.id}/${id}`
  const policy = store.get<Policy>(POLICIES, key)
  if (policy) return { tags: policy.tags, save: (tags) => store.put<Policy>(POLICIES, key, { ...policy, tags }) }
  throw targetNotFound()
}

export const tagResource = organizationOperation<TagResourceCommandInput, TagResourceCommandOutput>('TagResource', {
  audience: 'delegates',
  resources: ({ ResourceId }, scene) => [onResource(scene, ResourceId)],
  keys: ({ Tags }) => requestTagKeys(Tags),
  perform: ({ ResourceId, Tags }, { store, organization }) => {
    const found = requireTagged(store, organization, ResourceId)
    found.save(withTags(found.tags, Tags))
    return {}
  },
})

export const untagResource = organizationOperation<UntagResourceCommandInput, UntagResourceCommandOutput>(
  'UntagResource',
  {
    audience: 'delegates',
    resources: ({ ResourceId }, scene) => [onResource(scene, ResourceId)],
    keys: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
    perform: ({ ResourceId, TagKeys }, { store, organization }) => {
      const found = requireTagged(store, organization, ResourceId)
      found.save(found.tags.filter(({ Key }) => !TagKeys.includes(Key)))
      return {}
    },
  },
)

export const listTagsForResource = organizationOperation<
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput
>('ListTagsForResource', {
  audience: 'delegates',
  resources: ({ ResourceId }, scene) => [onResource(scene, ResourceId)],
  perform: ({ ResourceId, NextToken }, { store, organization }) => {
    const { tags } = requireTagged(store, organization, ResourceId)
    const { items, ...rest } = page(tags.toSorted(byKey), ({ Key }) => Key, { NextToken, MaxResults: TAGS_MAX })
    return { Tags: items, ...rest }
  },
})

const byKey = (a: Tag, b: Tag): number => (a.Key < b.Key ? -1 : 1)
