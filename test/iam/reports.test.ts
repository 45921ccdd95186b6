import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { recordUse } from '../../src/services/iam/last-used.ts'
import { account, allowAll, newAccount, policy, refused, trust } from './account.ts'

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe('AWS managed policies', () => {
  const { act } = newAccount()
  const versionsOf = (PolicyArn: string) => {
    const found: any[] = []
    for (let Marker: string | undefined; ;) {
      const answer = act('admin', 'ListPolicyVersions', { PolicyArn, ...(Marker && { Marker }) })
      found.push(...answer.Versions)
      if (!answer.IsTruncated) return found
      Marker = answer.Marker
    }
  }
  const textOf = (PolicyArn: string, VersionId: string) =>
    JSON.parse(decodeURIComponent(act('admin', 'GetPolicyVersion', { PolicyArn, VersionId }).PolicyVersion.Document))

  test('have all their versions, newest first, each with its text and date', () => {
    const versions = versionsOf(readOnly)
    assert.ok(versions.length > 100)
    const numbers = versions.map(({ VersionId }) => Number(VersionId.slice(1)))
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => b - a),
    )
    const { Policy } = act('admin', 'GetPolicy', { PolicyArn: readOnly })
    assert.deepEqual(
      versions.filter(({ IsDefaultVersion }) => IsDefaultVersion).map(({ VersionId }) => VersionId),
      [Policy.DefaultVersionId],
    )
    assert.equal(versions.at(-1).CreateDate, Policy.CreateDate)
    assert.equal(versions[0].CreateDate, Policy.UpdateDate)
    const first = textOf(readOnly, 'v1')
    assert.ok(JSON.stringify(first).includes('autoscaling:Describe*'))
    assert.notDeepEqual(first, textOf(readOnly, Policy.DefaultVersionId))
  })

  test('that never changed have one, and none has a version that was never made', () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    assert.deepEqual(
      versionsOf(PolicyArn).map(({ VersionId }) => VersionId),
      ['v1'],
    )
    refused(() => textOf(PolicyArn, 'v2'), 'NoSuchEntity', /v2/, 404)
  })
})

describe('GetAccountAuthorizationDetails', () => {
  const { act } = newAccount()
  const Document = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })
  const own = act('admin', 'CreatePolicy', { PolicyName: 'own', PolicyDocument: Document }).Policy.Arn
  act('admin', 'CreatePolicyVersion', { PolicyArn: own, PolicyDocument: policy(allowAll) })
  act('admin', 'CreateGroup', { GroupName: 'Team' })
  act('admin', 'CreateUser', { UserName: 'ann', Tags: [{ Key: 'Team', Value: 'red' }], PermissionsBoundary: readOnly })
  act('admin', 'AddUserToGroup', { UserName: 'ann', GroupName: 'team' })
  act('admin', 'PutGroupPolicy', { GroupName: 'Team', PolicyName: 'inline', PolicyDocument: Document })
  act('admin', 'CreateRole', {
    RoleName: 'job',
    AssumeRolePolicyDocument: trust({ Service: 'sagemaker.amazonaws.com' }),
  })
  act('admin', 'AttachRolePolicy', { RoleName: 'job', PolicyArn: own })
  act('admin', 'CreateInstanceProfile', { InstanceProfileName: 'job', Tags: [{ Key: 'a', Value: 'b' }] })
  act('admin', 'AddRoleToInstanceProfile', { InstanceProfileName: 'job', RoleName: 'job' })

  const details = (input: object = {}) => act('admin', 'GetAccountAuthorizationDetails', input)
  const names = (answer: any) => [
    ...answer.UserDetailList.map((one: any) => `user ${one.UserName}`),
    ...answer.RoleDetailList.map((one: any) => `role ${one.RoleName}`),
    ...answer.GroupDetailList.map((one: any) => `group ${one.GroupName}`),
    ...answer.Policies.map((one: any) => `policy ${one.PolicyName}`),
  ]
  const all = [
    'user admin',
    'user ann',
    'role job',
    'group Team',
    'policy own',
    'policy AdministratorAccess',
    'policy ReadOnlyAccess',
  ]

  test('tells all there is, and of AWS’s policies those in use', () => {
    const answer = details()
    assert.deepEqual(names(answer), all)
    assert.equal(answer.IsTruncated, false)
    const ann = answer.UserDetailList[1]
    assert.deepEqual(ann.GroupList, ['Team'])
    assert.deepEqual(ann.Tags, [{ Key: 'Team', Value: 'red' }])
    assert.equal(ann.PermissionsBoundary.PermissionsBoundaryArn, readOnly)
    assert.equal('UserPolicyList' in ann, false, 'AWS leaves a user’s empty list out')
    assert.equal(decodeURIComponent(answer.GroupDetailList[0].GroupPolicyList[0].PolicyDocument), Document)
    const [job] = answer.RoleDetailList
    assert.deepEqual(job.AttachedManagedPolicies, [{ PolicyName: 'own', PolicyArn: own }])
    assert.deepEqual([job.RolePolicyList, job.Tags, job.RoleLastUsed], [[], [], {}])
    assert.equal(job.InstanceProfileList[0].Roles[0].RoleName, 'job')
    assert.equal('Tags' in job.InstanceProfileList[0], false)
    const [mine] = answer.Policies
    assert.deepEqual(
      mine.PolicyVersionList.map((one: any) => [one.VersionId, one.IsDefaultVersion]),
      [
        ['v2', false],
        ['v1', true],
      ],
    )
    assert.equal(mine.AttachmentCount, 1)
    assert.ok(mine.PolicyVersionList[1].Document.startsWith('%7B%22Version%22'))
  })

  test('filters by kind', () => {
    assert.deepEqual(names(details({ Filter: ['Group', 'User'] })), ['user admin', 'user ann', 'group Team'])
    assert.deepEqual(names(details({ Filter: ['LocalManagedPolicy'] })), ['policy own'])
    assert.deepEqual(names(details({ Filter: ['AWSManagedPolicy'] })), all.slice(5))
  })

  test('goes on where a page ended, over all kinds', () => {
    const seen: string[] = []
    let Marker: string | undefined
    do {
      const answer = details({ MaxItems: 2, ...(Marker && { Marker }) })
      assert.ok(names(answer).length <= 2)
      seen.push(...names(answer))
      Marker = answer.Marker
    } while (Marker)
    assert.deepEqual(seen, all)
  })
})

describe('the credential report', () => {
  const { act, store, clock, user } = newAccount()
  const second = 1000
  const hour = 3600 * second

  const rows = () => {
    const { Content, ReportFormat, GeneratedTime } = act('admin', 'GetCredentialReport')
    assert.equal(ReportFormat, 'text/csv')
    assert.equal(typeof GeneratedTime, 'number')
    const [header, ...lines] = Buffer.from(Content).toString().split('\n')
    const columns = header!.split(',')
    return lines.map((line) => {
      const cells = line.split(',')
      assert.equal(cells.length, columns.length)
      return Object.fromEntries(columns.map((column, at) => [column, cells[at]]))
    })
  }
  const get = () => act('admin', 'GetCredentialReport')

  test('is there a moment after it was asked for, and for four hours', async () => {
    refused(get, 'ReportNotPresent', 'Unknown', 410)
    const key = user('Zoe')
    user('bob')
    recordUse(store, { kind: 'user', accessKeyId: key } as never, 's3', 'eu-west-1', clock.now)
    await act('admin', 'CreateLoginProfile', { UserName: 'bob', Password: 'Correct-Horse-9' })
    act('admin', 'UpdateAccountPasswordPolicy', { MaxPasswordAge: 90 })

    assert.deepEqual(act('admin', 'GenerateCredentialReport'), {
      State: 'STARTED',
      Description: 'No report exists. Starting a new report generation task',
    })
    assert.deepEqual(act('admin', 'GenerateCredentialReport'), { State: 'INPROGRESS' })
    refused(get, 'ReportInProgress', 'Unknown', 404)
    clock.now += 2 * second
    assert.deepEqual(act('admin', 'GenerateCredentialReport'), { State: 'COMPLETE' })

    const [root, admin, bob, zoe] = rows()
    assert.deepEqual([root!.user, root!.arn], ['<root_account>', `arn:aws:iam::${account}:root`])
    assert.deepEqual([root!.password_next_rotation, root!.access_key_1_active], ['not_supported', 'true'])
    assert.equal(admin!.user, 'admin')
    assert.equal(bob!.user_creation_time, '2026-09-01T00:00:00Z')
    assert.deepEqual(
      [bob!.password_enabled, bob!.password_last_used, bob!.password_last_changed, bob!.password_next_rotation],
      ['true', 'no_information', '2026-09-01T00:00:00Z', '2026-11-30T00:00:00Z'],
    )
    assert.deepEqual(zoe, {
      user: 'Zoe',
      arn: `arn:aws:iam::${account}:user/Zoe`,
      user_creation_time: '2026-09-01T00:00:00Z',
      password_enabled: 'false',
      password_last_used: 'N/A',
      password_last_changed: 'N/A',
      password_next_rotation: 'N/A',
      mfa_active: 'false',
      access_key_1_active: 'true',
      access_key_1_last_rotated: '2026-09-01T00:00:00Z',
      access_key_1_last_used_date: '2026-09-01T00:00:00Z',
      access_key_1_last_used_region: 'eu-west-1',
      access_key_1_last_used_service: 's3',
      access_key_2_active: 'false',
      access_key_2_last_rotated: 'N/A',
      access_key_2_last_used_date: 'N/A',
      access_key_2_last_used_region: 'N/A',
      access_key_2_last_used_service: 'N/A',
      cert_1_active: 'false',
      cert_1_last_rotated: 'N/A',
      cert_2_active: 'false',
      cert_2_last_rotated: 'N/A',
    })
  })

  test('does not change while it is good, and is made anew after that', () => {
    act('admin', 'CreateUser', { UserName: 'late' })
    act('admin', 'GenerateCredentialReport')
    assert.equal(rows().length, 4)
    clock.now += 4 * hour
    refused(get, 'ReportExpired', 'Unknown', 410)
    assert.equal(act('admin', 'GenerateCredentialReport').State, 'STARTED')
    clock.now += 2 * second
    assert.equal(rows().length, 5)
  })
})
