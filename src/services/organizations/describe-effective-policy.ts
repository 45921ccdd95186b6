import type {
  DescribeEffectivePolicyCommandInput,
  DescribeEffectivePolicyCommandOutput,
  PolicyType,
} from '@aws-sdk/client-organizations'
import { AwsError } from '../../wire/aws-error.ts'
import { attachmentsOf, type Delegate, DELEGATES, findMember, POLICIES, type Policy } from './documents.ts'
import { effectivePolicy } from './effective-policy.ts'
import { effectivePolicyNotFound, notForThisAccount, targetNotFound } from './errors.ts'
import { membership } from './membership.ts'
import { organizationOperation } from './organization-operation.ts'
import { onTarget, policyTypeKey } from './resources.ts'

/** Types whose inheritance the User Guide describes by operators alone. */
const merged: ReadonlySet<PolicyType> = new Set<PolicyType>([
  'TAG_POLICY',
  'BACKUP_POLICY',
  'AISERVICES_OPT_OUT_POLICY',
  'CHATBOT_POLICY',
])

/** Any account may ask for its own; the management account and delegated administrators, for any. */
export const describeEffectivePolicy = organizationOperation<
  DescribeEffectivePolicyCommandInput,
  DescribeEffectivePolicyCommandOutput
>('DescribeEffectivePolicy', {
  audience: 'members',
  resources: ({ TargetId }, scene) => [onTarget(scene, TargetId ?? scene.call.account)],
  keys: ({ PolicyType: type }) => policyTypeKey(type),
  perform: ({ PolicyType: type, TargetId }, { store, organization, call }) => {
    const target = TargetId ?? call.account
    const overseer =
      call.account === organization.managementAccount ||
      store.get<Delegate>(DELEGATES, `${organization.id}/${call.account}`) !== undefined
    if (target !== call.account && !overseer) throw notForThisAccount()
    if (!findMember(store, organization, target)) throw targetNotFound()
    if (!merged.has(type)) {
      throw new AwsError('NotImplemented', `DescribeEffectivePolicy with PolicyType ${type} is not built.`, 501)
    }
    if (!organization.root.policyTypes.includes(type)) throw effectivePolicyNotFound()
    const levels = membership(store, target)!.targets.map((level) =>
      attachmentsOf(store, organization.id, level).flatMap((one) =>
        one.type === type ? [store.get<Policy>(POLICIES, `${organization.id}/${one.id}`)!] : [],
      ),
    )
    const content = effectivePolicy(levels.map((policies) => policies.map((policy) => policy.content)))
    if (content === undefined) throw effectivePolicyNotFound()
    return {
      EffectivePolicy: {
        PolicyContent: JSON.stringify(content),
        LastUpdatedTimestamp: Math.max(...levels.flat().map(({ updatedAt }) => updatedAt)),
        TargetId: target,
        PolicyType: type,
      },
    }
  },
})
