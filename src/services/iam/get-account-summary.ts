import type { GetAccountSummaryCommandInput, GetAccountSummaryCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { ACCESS_KEYS, type AccessKey, INSTANCE_PROFILES, kindOf, POLICIES, type Policy } from './entities.ts'
import { OPEN_ID_CONNECT_PROVIDERS, SAML_PROVIDERS } from './identity-providers.ts'
import { findLoginProfile } from './login-profiles.ts'
import { accountDevices } from './mfa-devices.ts'
import { ROOT } from './owner.ts'
import { quotas } from './quotas.ts'
import { globalEndpointTokenVersion } from './security-token-preferences.ts'
import { SERVER_CERTIFICATES } from './server-certificate.ts'
import { signingCertificatesOf } from './signing-certificates.ts'

/** Counts what is there beside the quotas that hold here; `Account…` is about the root user. */
export const getAccountSummary = operation<GetAccountSummaryCommandInput, GetAccountSummaryCommandOutput>(
  'iam',
  'GetAccountSummary',
  {
    needs: () => [need('iam:GetAccountSummary', '*')],
    perform: (_input, { call: { account }, world: { store } }) => {
      const prefix = `${account}/`
      const root = { account, id: ROOT }
      const policies = store.list<Policy>(POLICIES, { prefix })
      const devices = accountDevices(store, account)
      const rootKeys = store
        .list<AccessKey>(ACCESS_KEYS)
        .filter(({ value: key }) => key.account === account && key.userName === undefined)
      return {
        SummaryMap: {
          Users: store.count(kindOf('user'), prefix),
          UsersQuota: quotas.UsersPerAccount,
          Groups: store.count(kindOf('group'), prefix),
          GroupsQuota: quotas.GroupsPerAccount,
          Roles: store.count(kindOf('role'), prefix),
          RolesQuota: quotas.RolesPerAccount,
          InstanceProfiles: store.count(INSTANCE_PROFILES, prefix),
          InstanceProfilesQuota: quotas.InstanceProfilesPerAccount,
          Policies: policies.length,
          PoliciesQuota: quotas.PoliciesPerAccount,
          PolicyVersionsInUse: policies.reduce((sum, { value }) => sum + value.versions.length, 0),
          PolicyVersionsInUseQuota: 10_000,
          ServerCertificates: store.count(SERVER_CERTIFICATES, prefix),
          ServerCertificatesQuota: quotas.ServerCertificatesPerAccount,
          Providers: store.count(OPEN_ID_CONNECT_PROVIDERS, prefix) + store.count(SAML_PROVIDERS, prefix),
          MFADevices: devices.length,
          MFADevicesInUse: devices.filter(({ userId }) => userId !== undefined).length,
          AccountMFAEnabled: devices.some(({ userId }) => userId === ROOT) ? 1 : 0,
          AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
          AccountPasswordPresent: findLoginProfile(store, root) ? 1 : 0,
          AccountSigningCertificatesPresent: signingCertificatesOf(store, root).length > 0 ? 1 : 0,
          GlobalEndpointTokenVersion: globalEndpointTokenVersion(store, account),
          AccessKeysPerUserQuota: quotas.AccessKeysPerUser,
          SigningCertificatesPerUserQuota: quotas.CertificatesPerUser,
          GroupsPerUserQuota: quotas.GroupsPerUser,
          AttachedPoliciesPerUserQuota: quotas.PoliciesPerUser,
          AttachedPoliciesPerGroupQuota: quotas.PoliciesPerGroup,
          AttachedPoliciesPerRoleQuota: quotas.PoliciesPerRole,
          UserPolicySizeQuota: 2048,
          GroupPolicySizeQuota: 5120,
          RolePolicySizeQuota: 10_240,
          PolicySizeQuota: quotas.PolicySize,
          VersionsPerPolicyQuota: 5,
          AssumeRolePolicySizeQuota: quotas.ACLSizePerRole,
        },
      }
    },
  },
)
