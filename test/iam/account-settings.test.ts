import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { newAccount, refused } from './account.ts'

describe('account aliases', () => {
  it('are one for an account, and no two accounts have the same', () => {
    const { act, store, clock } = newAccount()
    const aliases = () => act('admin', 'ListAccountAliases').AccountAliases
    assert.deepEqual(aliases(), [])
    act('admin', 'CreateAccountAlias', { AccountAlias: 'first' })
    act('admin', 'CreateAccountAlias', { AccountAlias: 'second' })
    assert.deepEqual(aliases(), ['second'])
    const adminKey = store.get<{ adminAccessKeyId: string }>('iam/bootstrap', '123456789012')!.adminAccessKeyId
    const { caller } = findCredential(store, adminKey, clock.now)!
    const elsewhere = {
      ...caller,
      kind: 'root' as const,
      account: '210987654321',
      arn: 'arn:aws:iam::210987654321:root',
    }
    const taken = 'The account alias second already exists.'
    for (const who of ['admin', elsewhere]) {
      refused(() => act(who, 'CreateAccountAlias', { AccountAlias: 'second' }), 'EntityAlreadyExists', taken, 409)
    }
    refused(
      () => act(elsewhere, 'DeleteAccountAlias', { AccountAlias: 'second' }),
      'NoSuchEntity',
      'The account alias second cannot be found.',
      404,
    )
    act(elsewhere, 'CreateAccountAlias', { AccountAlias: 'first' })
    act('admin', 'DeleteAccountAlias', { AccountAlias: 'second' })
    assert.deepEqual(aliases(), [])
    assert.deepEqual(act(elsewhere, 'ListAccountAliases').AccountAliases, ['first'])
  })
})

describe('the account summary', () => {
  it('has what AWS has in it', () => {
    const { act } = newAccount()
    const { SummaryMap } = act('admin', 'GetAccountSummary')
    assert.deepEqual(
      Object.keys(SummaryMap).sort(),
      // As AWS answered in February 2026.
      [
        'AccessKeysPerUserQuota',
        'AccountAccessKeysPresent',
        'AccountMFAEnabled',
        'AccountPasswordPresent',
        'AccountSigningCertificatesPresent',
        'AssumeRolePolicySizeQuota',
        'AttachedPoliciesPerGroupQuota',
        'AttachedPoliciesPerRoleQuota',
        'AttachedPoliciesPerUserQuota',
        'GlobalEndpointTokenVersion',
        'GroupPolicySizeQuota',
        'Groups',
        'GroupsPerUserQuota',
        'GroupsQuota',
        'InstanceProfiles',
        'InstanceProfilesQuota',
        'MFADevices',
        'MFADevicesInUse',
        'Policies',
        'PoliciesQuota',
        'PolicySizeQuota',
        'PolicyVersionsInUse',
        'PolicyVersionsInUseQuota',
        'Providers',
        'RolePolicySizeQuota',
        'Roles',
        'RolesQuota',
        'ServerCertificates',
        'ServerCertificatesQuota',
        'SigningCertificatesPerUserQuota',
        'UserPolicySizeQuota',
        'Users',
        'UsersQuota',
        'VersionsPerPolicyQuota',
      ],
    )
    assert.equal(SummaryMap.GlobalEndpointTokenVersion, 1)
    act('admin', 'SetSecurityTokenServicePreferences', { GlobalEndpointTokenVersion: 'v2Token' })
    assert.equal(act('admin', 'GetAccountSummary').SummaryMap.GlobalEndpointTokenVersion, 2)
  })
})
