import type {
  CreatePolicyVersionCommandInput,
  CreatePolicyVersionCommandOutput,
  DeletePolicyVersionCommandInput,
  DeletePolicyVersionCommandOutput,
  GetPolicyVersionCommandInput,
  GetPolicyVersionCommandOutput,
  ListPolicyVersionsCommandInput,
  ListPolicyVersionsCommandOutput,
  SetDefaultPolicyVersionCommandInput,
  SetDefaultPolicyVersionCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { deleteConflict, limitExceeded, noSuchEntity, type Policy } from './entities.ts'
import { onPolicy } from './needs.ts'
import { pageOf } from './page.ts'
import { checkManagedPolicy, findPolicyView, requireOwnPolicy, requirePolicyView, savePolicy } from './policies.ts'
import { encodePolicy } from './policy-text.ts'

/** Versions of managed policies: five at most, one of them the default, which is the one in force. */
const VERSIONS_PER_POLICY = 5

export const createPolicyVersion = operation<CreatePolicyVersionCommandInput, CreatePolicyVersionCommandOutput>(
  'iam',
  'CreatePolicyVersion',
  {
    needs: ({ PolicyArn }, call) => [onPolicy(call, 'CreatePolicyVersion', PolicyArn)],
    perform: ({ PolicyArn, PolicyDocument: text, SetAsDefault = false }, { call, world: { store } }) => {
      const policy = requireOwnPolicy(store, call.account, PolicyArn)
      checkManagedPolicy(text)
      if (policy.versions.length >= VERSIONS_PER_POLICY) {
        throw limitExceeded(
          `A managed policy can have up to ${VERSIONS_PER_POLICY} versions. ` +
            'Before you create a new version, you must delete an existing version.',
        )
      }
      const lastVersion = policy.lastVersion + 1
      const now = Math.floor(call.time / 1000)
      const version = { id: `v${lastVersion}`, text, createDate: now }
      savePolicy(store, {
        ...policy,
        versions: [...policy.versions, version],
        lastVersion,
        updateDate: now,
        ...(SetAsDefault && { defaultVersionId: version.id }),
      })
      return { PolicyVersion: { VersionId: version.id, IsDefaultVersion: SetAsDefault, CreateDate: now } }
    },
  },
)

export const getPolicyVersion = operation<GetPolicyVersionCommandInput, GetPolicyVersionCommandOutput>(
  'iam',
  'GetPolicyVersion',
  {
    needs: ({ PolicyArn }, call) => [onPolicy(call, 'GetPolicyVersion', PolicyArn)],
    perform: ({ PolicyArn, VersionId }, { world: { store } }) => {
      const policy = findPolicyView(store, PolicyArn)
      const version = policy?.versions.find(({ id }) => id === VersionId)
      if (!policy || !version) throw noSuchVersion(PolicyArn, VersionId)
      return {
        PolicyVersion: {
          Document: encodePolicy(version.text()),
          VersionId: version.id,
          IsDefaultVersion: version.id === policy.defaultVersionId,
          CreateDate: version.createDate,
        },
      }
    },
  },
)

/** Newest first. */
export const listPolicyVersions = operation<ListPolicyVersionsCommandInput, ListPolicyVersionsCommandOutput>(
  'iam',
  'ListPolicyVersions',
  {
    needs: ({ PolicyArn }, call) => [onPolicy(call, 'ListPolicyVersions', PolicyArn)],
    perform: ({ PolicyArn, ...paging }, { world: { store } }) => {
      const { versions, defaultVersionId } = requirePolicyView(store, PolicyArn)
      const { items, ...rest } = pageOf(versions.toReversed(), paging)
      return {
        Versions: items.map(({ id, createDate }) => ({
          VersionId: id,
          IsDefaultVersion: id === defaultVersionId,
          CreateDate: createDate,
        })),
        ...rest,
      }
    },
  },
)

export const deletePolicyVersion = operation<DeletePolicyVersionCommandInput, DeletePolicyVersionCommandOutput>(
  'iam',
  'DeletePolicyVersion',
  {
    needs: ({ PolicyArn }, call) => [onPolicy(call, 'DeletePolicyVersion', PolicyArn)],
    perform: ({ PolicyArn, VersionId }, { call, world: { store } }) => {
      const policy = requireVersion(store, call.account, PolicyArn, VersionId)
      if (VersionId === policy.defaultVersionId) {
        throw deleteConflict('Cannot delete the default version of a policy.')
      }
      savePolicy(store, { ...policy, versions: policy.versions.filter(({ id }) => id !== VersionId) })
      return {}
    },
  },
)

export const setDefaultPolicyVersion = operation<
  SetDefaultPolicyVersionCommandInput,
  SetDefaultPolicyVersionCommandOutput
>('iam', 'SetDefaultPolicyVersion', {
  needs: ({ PolicyArn }, call) => [onPolicy(call, 'SetDefaultPolicyVersion', PolicyArn)],
  perform: ({ PolicyArn, VersionId }, { call, world: { store } }) => {
    const policy = requireVersion(store, call.account, PolicyArn, VersionId)
    savePolicy(store, { ...policy, defaultVersionId: VersionId, updateDate: Math.floor(call.time / 1000) })
    return {}
  },
})

function requireVersion(store: Store, account: string, arn: string, versionId: string): Policy {
  const there = findPolicyView(store, arn)?.versions.some(({ id }) => id === versionId)
  const policy = there ? requireOwnPolicy(store, account, arn) : undefined
  if (!policy) throw noSuchVersion(arn, versionId)
  return policy
}

function noSuchVersion(arn: string, versionId: string) {
  return noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`)
}
