import type { GetAccountSummaryCommandInput, GetAccountSummaryCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { ACCESS_KEYS, type AccessKey, INSTANCE_PROFILES, POLICIES, type Policy } from './entities.ts'

/** Counts what is there beside the quotas that hold here; what is not built (MFA, certificates, providers) is left out. */
export const getAccountSummary = operation<GetAccountSummaryCommandInput, GetAccountSummaryCommandOutput>(
  'iam',
  'GetAccountSummary',
  {
    needs: () => [need('iam:GetAccountSummary', '*')],
    perform: (_input, { call: { account }, world: { store } }) => {
      const prefix = `${account}/`
      const policies = store.list<Policy>(POLICIES, { prefix })
      const rootKeys = store
        .list<AccessKey>(ACCESS_KEYS)
        .filter(({ value: key }) => key.account === account && key.userName === undefined)
      return {
        SummaryMap: {
          Users: store.count('iam/user', prefix),
          Groups: store.count('iam/group', prefix),
          Roles: store.count('iam/role', prefix),
          InstanceProfiles: store.count(INSTANCE_PROFILES, prefix),
          Policies: policies.length,
          PolicyVersionsInUse: policies.reduce((sum, { value }) => sum + value.versions.length, 0),
          AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
          AccessKeysPerUserQuota: 2,
          GroupsPerUserQuota: 10,
          AttachedPoliciesPerUserQuota: 10,
          AttachedPoliciesPerGroupQuota: 10,
          AttachedPoliciesPerRoleQuota: 10,
          UserPolicySizeQuota: 2048,
          GroupPolicySizeQuota: 5120,
          RolePolicySizeQuota: 10_240,
          PolicySizeQuota: 6144,
          VersionsPerPolicyQuota: 5,
          AssumeRolePolicySizeQuota: 2048,
        },
      }
    },
  },
)
