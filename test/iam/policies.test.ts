import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { policiesOf } from '../../src/services/iam/policies-of.ts'
import { account, allowAll, newAccount, policy, refused } from './account.ts'

const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const ec2 = { Service: 'ec2.amazonaws.com' }
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe('managed policies', () => {
  it('have five versions at most, and the default one is in force', () => {
    const { act, user } = newAccount()
    const { Policy: made } = act('admin', 'CreatePolicy', { PolicyName: 'P', PolicyDocument: policy(read) })
    assert.equal(made.DefaultVersionId, 'v1')
    const PolicyArn = made.Arn
    const key = user('ann')
    act('admin', 'AttachUserPolicy', { UserName: 'ann', PolicyArn })
    const denied = () => act(key, 'ListUsers')
    refused(
      denied,
      'AccessDenied',
      /iam:ListUsers on resource: arn:aws:iam::123456789012:user\/ because no identity-based/,
      403,
    )

    const listUsers = policy({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' })
    act('admin', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: listUsers })
    refused(denied, 'AccessDenied', /ListUsers/, 403)
    act('admin', 'SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' })
    assert.equal(act(key, 'ListUsers').Users.length, 2)

    for (let version = 3; version <= 5; version++)
      act('admin', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(read) })
    refused(
      () => act('admin', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(read) }),
      'LimitExceeded',
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
      409,
    )
    refused(
      () => act('admin', 'DeletePolicyVersion', { PolicyArn, VersionId: 'v2' }),
      'DeleteConflict',
      'Cannot delete the default version of a policy.',
      409,
    )
    act('admin', 'DeletePolicyVersion', { PolicyArn, VersionId: 'v5' })
    const { PolicyVersion } = act('admin', 'CreatePolicyVersion', {
      PolicyArn,
      PolicyDocument: policy(allowAll),
      SetAsDefault: true,
    })
    assert.equal(PolicyVersion.VersionId, 'v6', 'numbers are not used again')
    const { Versions } = act('admin', 'ListPolicyVersions', { PolicyArn })
    assert.deepEqual(
      Versions.map((version: any) => version.VersionId),
      ['v6', 'v4', 'v3', 'v2', 'v1'],
    )
    const shown = act('admin', 'GetPolicyVersion', { PolicyArn, VersionId: 'v2' }).PolicyVersion
    assert.equal(decodeURIComponent(shown.Document), listUsers)
    assert.equal(shown.IsDefaultVersion, false)
    refused(
      () => act('admin', 'GetPolicyVersion', { PolicyArn, VersionId: 'v5' }),
      'NoSuchEntity',
      /version v5 does not exist/,
      404,
    )
    const none = `arn:aws:iam::${account}:policy/none`
    for (const operation of ['GetPolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion']) {
      refused(
        () => act('admin', operation, { PolicyArn: none, VersionId: 'v1' }),
        'NoSuchEntity',
        `Policy ${none} version v1 does not exist or is not attachable.`,
        404,
      )
    }
    refused(
      () => act('admin', 'ListEntitiesForPolicy', { PolicyArn: none }),
      'NoSuchEntity',
      `Policy ${none} does not exist or is not attachable.`,
      404,
    )
  })

  it('go only when nobody has them', () => {
    const { act, user } = newAccount()
    user('ann')
    const PolicyArn = act('admin', 'CreatePolicy', { PolicyName: 'P', PolicyDocument: policy(read) }).Policy.Arn
    refused(
      () => act('admin', 'CreatePolicy', { PolicyName: 'p', Path: '/x/', PolicyDocument: policy(read) }),
      'EntityAlreadyExists',
      'A policy called p already exists. Duplicate names are not allowed.',
      409,
    )
    const remove = () => act('admin', 'DeletePolicy', { PolicyArn })
    act('admin', 'PutUserPermissionsBoundary', { UserName: 'ann', PermissionsBoundary: PolicyArn })
    refused(remove, 'DeleteConflict', 'Cannot delete a policy attached to entities.', 409)
    act('admin', 'DeleteUserPermissionsBoundary', { UserName: 'ann' })
    const again = () => act('admin', 'DeleteUserPermissionsBoundary', { UserName: 'ann' })
    refused(again, 'NoSuchEntity', 'The user ann has no permissions boundary.', 404)
    act('admin', 'AttachUserPolicy', { UserName: 'ann', PolicyArn })
    assert.equal(act('admin', 'GetPolicy', { PolicyArn }).Policy.AttachmentCount, 1)
    assert.deepEqual(
      act('admin', 'ListEntitiesForPolicy', { PolicyArn }).PolicyUsers.map(({ UserName }: any) => UserName),
      ['ann'],
    )
    refused(remove, 'DeleteConflict', 'Cannot delete a policy attached to entities.', 409)
    act('admin', 'DetachUserPolicy', { UserName: 'ann', PolicyArn })
    refused(
      () => act('admin', 'DetachUserPolicy', { UserName: 'ann', PolicyArn }),
      'NoSuchEntity',
      `Policy ${PolicyArn} was not found.`,
      404,
    )
    act('admin', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(read) })
    refused(remove, 'DeleteConflict', /more than one version/, 409)
    act('admin', 'DeletePolicyVersion', { PolicyArn, VersionId: 'v2' })
    remove()
    refused(() => act('admin', 'GetPolicy', { PolicyArn }), 'NoSuchEntity', `Policy ${PolicyArn} was not found.`, 404)
  })

  it('of AWS are listed, read, and left alone', () => {
    const { act } = newAccount()
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess'
    const { Policy } = act('admin', 'GetPolicy', { PolicyArn })
    assert.match(Policy.PolicyId, /^ANPA[A-Z2-7]{17}$/)
    const version = act('admin', 'GetPolicyVersion', { PolicyArn, VersionId: Policy.DefaultVersionId }).PolicyVersion
    assert.ok(JSON.parse(decodeURIComponent(version.Document)).Statement.length > 10)

    const found = new Set<string>()
    let Marker: string | undefined
    do {
      const page = act('admin', 'ListPolicies', { Scope: 'AWS', MaxItems: 1000, ...(Marker && { Marker }) })
      for (const { Arn } of page.Policies) found.add(Arn)
      Marker = page.Marker
    } while (Marker)
    assert.ok(found.size > 1000 && found.has(PolicyArn))
    assert.deepEqual(act('admin', 'ListPolicies', { Scope: 'Local' }).Policies, [])
    assert.deepEqual(
      act('admin', 'ListPolicies', { OnlyAttached: true }).Policies.map((policyView: any) => policyView.PolicyName),
      ['AdministratorAccess'],
    )
    for (const name of ['DeletePolicy', 'TagPolicy', 'CreatePolicyVersion']) {
      const input = { PolicyArn, Tags: [{ Key: 'a', Value: 'b' }], PolicyDocument: policy(read) }
      refused(() => act('admin', name, input), 'AccessDenied', 'Policy is outside your own account.', 403)
    }
  })

  it('are listed by who uses them, and how', () => {
    const { act, user, role } = newAccount()
    user('ann')
    role('r', ec2, { Path: '/team/' })
    const create = (PolicyName: string, Path = '/') =>
      act('admin', 'CreatePolicy', { PolicyName, Path, PolicyDocument: policy(read) }).Policy.Arn
    const [attached, boundary, idle] = [create('attached'), create('boundary'), create('idle', '/team/')]
    act('admin', 'AttachRolePolicy', { RoleName: 'r', PolicyArn: attached })
    act('admin', 'PutUserPermissionsBoundary', { UserName: 'ann', PermissionsBoundary: boundary })
    const listed = (filter: object) =>
      act('admin', 'ListPolicies', { Scope: 'Local', ...filter }).Policies.map((one: any) => one.Arn)
    assert.deepEqual(listed({}), [attached, boundary, idle])
    assert.deepEqual(listed({ PathPrefix: '/te' }), [idle])
    assert.deepEqual(listed({ OnlyAttached: true }), [attached, boundary])
    assert.deepEqual(listed({ OnlyAttached: true, PolicyUsageFilter: 'PermissionsPolicy' }), [attached])
    assert.deepEqual(listed({ PolicyUsageFilter: 'PermissionsPolicy' }), [attached, boundary, idle])
    assert.deepEqual(listed({ OnlyAttached: true, PolicyUsageFilter: 'PermissionsBoundary' }), [boundary])
    assert.deepEqual(
      act('admin', 'ListPolicies', { Scope: 'AWS', OnlyAttached: true }).Policies.map((one: any) => one.PolicyName),
      ['AdministratorAccess'],
    )
    const entities = (filter: object) => {
      const { PolicyUsers, PolicyRoles } = act('admin', 'ListEntitiesForPolicy', filter)
      return [PolicyUsers.length, PolicyRoles.length]
    }
    assert.deepEqual(entities({ PolicyArn: attached }), [0, 1])
    assert.deepEqual(entities({ PolicyArn: attached, PathPrefix: '/team/' }), [0, 1])
    assert.deepEqual(entities({ PolicyArn: attached, PathPrefix: '/else/' }), [0, 0])
    assert.deepEqual(entities({ PolicyArn: attached, EntityFilter: 'User' }), [0, 0])
    assert.deepEqual(entities({ PolicyArn: attached, EntityFilter: 'LocalManagedPolicy' }), [0, 0])
    assert.deepEqual(entities({ PolicyArn: boundary }), [1, 0])
    assert.deepEqual(entities({ PolicyArn: boundary, PolicyUsageFilter: 'PermissionsPolicy' }), [0, 0])
  })

  it('cannot be attached when unknown, too many, or a service-linked role alone may have them', () => {
    const { act, role } = newAccount()
    role('r', ec2)
    const attach = (PolicyArn: string) => act('admin', 'AttachRolePolicy', { RoleName: 'r', PolicyArn })
    const unknown = `arn:aws:iam::${account}:policy/none`
    refused(() => attach(unknown), 'NoSuchEntity', `Policy ${unknown} does not exist or is not attachable.`, 404)
    refused(
      () => attach('not-an-arn-at-all-really'),
      'ValidationError',
      'ARN not-an-arn-at-all-really is not valid.',
      400,
    )
    refused(
      () => attach('arn:aws:iam::aws:policy/aws-service-role/AmazonSageMakerNotebooksServiceRolePolicy'),
      'PolicyNotAttachable',
      'Cannot attach a Service Role Policy to a Customer Role.',
      400,
    )
    for (let n = 0; n < 10; n++) {
      attach(act('admin', 'CreatePolicy', { PolicyName: `p${n}`, PolicyDocument: policy(read) }).Policy.Arn)
    }
    attach(`arn:aws:iam::${account}:policy/p0`)
    refused(() => attach(readOnly), 'LimitExceeded', 'Cannot exceed quota for PoliciesPerRole: 10', 409)
    const page = act('admin', 'ListAttachedRolePolicies', { RoleName: 'r', MaxItems: 4 })
    assert.equal(page.AttachedPolicies.length, 4)
    assert.equal(
      act('admin', 'ListAttachedRolePolicies', { RoleName: 'r', Marker: page.Marker }).AttachedPolicies.length,
      6,
    )
  })

  it('are held to the size limit, white space not counted', () => {
    const { act } = newAccount()
    const sized = (length: number) => policy({ Effect: 'Allow', Action: `s3:${'a'.repeat(length)}`, Resource: '*' })
    const create = (PolicyName: string, text: string) =>
      act('admin', 'CreatePolicy', { PolicyName, PolicyDocument: text })
    const room = 6144 - sized(0).length
    create('fits', JSON.stringify(JSON.parse(sized(room)), null, 8))
    refused(() => create('not', sized(room + 1)), 'LimitExceeded', 'Cannot exceed quota for PolicySize: 6144', 409)
  })
})

describe('inline policies', () => {
  it('keep their text, and share one quota', () => {
    const { act, user } = newAccount()
    user('ann')
    const text = `\n${policy(read)}\n`
    const put = (PolicyName: string, PolicyDocument: string) =>
      act('admin', 'PutUserPolicy', { UserName: 'ann', PolicyName, PolicyDocument })
    put('b', text)
    put('a', policy(read))
    assert.equal(
      decodeURIComponent(act('admin', 'GetUserPolicy', { UserName: 'ann', PolicyName: 'b' }).PolicyDocument),
      text,
    )
    assert.deepEqual(act('admin', 'ListUserPolicies', { UserName: 'ann' }).PolicyNames, ['a', 'b'])
    const long = policy({ ...read, Action: `s3:${'x'.repeat(2000)}` })
    refused(() => put('c', long), 'LimitExceeded', 'Maximum policy size of 2048 bytes exceeded for user ann', 409)
    refused(() => put('c', '{}'), 'MalformedPolicyDocument', 'Syntax errors in policy.', 400)
    refused(
      () => act('admin', 'GetUserPolicy', { UserName: 'ann', PolicyName: 'c' }),
      'NoSuchEntity',
      'The user policy with name c cannot be found.',
      404,
    )
  })
})

describe('inline policies, as AWS was seen to keep them', () => {
  it('go by their names in any case, and keep the first', () => {
    const { act, user } = newAccount()
    user('ann')
    const put = (PolicyName: string, action: string) =>
      act('admin', 'PutUserPolicy', {
        UserName: 'ann',
        PolicyName,
        PolicyDocument: policy({ ...read, Action: action }),
      })
    put('MixedName', 's3:GetObject')
    put('MIXEDNAME', 's3:PutObject')
    assert.deepEqual(act('admin', 'ListUserPolicies', { UserName: 'ann' }).PolicyNames, ['MixedName'])
    const found = act('admin', 'GetUserPolicy', { UserName: 'ann', PolicyName: 'mixedname' })
    assert.equal(found.PolicyName, 'mixedname')
    assert.match(decodeURIComponent(found.PolicyDocument), /s3:PutObject/)
    act('admin', 'DeleteUserPolicy', { UserName: 'ann', PolicyName: 'mixedNAME' })
    assert.deepEqual(act('admin', 'ListUserPolicies', { UserName: 'ann' }).PolicyNames, [])
  })

  it('hold no value that its operator cannot read', () => {
    const { act, user } = newAccount()
    user('ann')
    const put = (operator: string, value: string) => () =>
      act('admin', 'PutUserPolicy', {
        UserName: 'ann',
        PolicyName: 'p',
        PolicyDocument: policy({ ...read, Condition: { [operator]: { 'aws:RequestTag/value': value } } }),
      })
    for (const [operator, value] of [
      ['NumericEquals', 'NaN'],
      ['NumericEquals', 'no-number'],
      ['ArnLike', 'not-an-arn'],
      ['IpAddress', 'not-an-ip'],
      ['BinaryEquals', 'no-binary'],
    ] as const) {
      refused(put(operator, value), 'MalformedPolicyDocument', 'The policy failed legacy parsing', 400)
    }
    for (const [operator, value] of [
      ['NumericEquals', '01'],
      ['Bool', 'TRUE'],
      ['Bool', 'yes'],
      ['Null', 'yes'],
      ['Null', 'TRUE'],
    ] as const) {
      put(operator, value)()
    }
  })
})

describe('policiesOf', () => {
  const callerOf = ({ store, clock }: ReturnType<typeof newAccount>, key: string) =>
    findCredential(store, key, clock.now)!.caller

  it('is the same object until something that it came from changes', () => {
    const world = newAccount()
    const { act, user, store } = world
    const key = user('ann', read)
    const PolicyArn = act('admin', 'CreatePolicy', { PolicyName: 'P', PolicyDocument: policy(read) }).Policy.Arn
    act('admin', 'AttachUserPolicy', { UserName: 'ann', PolicyArn })
    const before = policiesOf(store, callerOf(world, key))
    assert.deepEqual(
      before.identity.map(({ id, managed }) => [id, managed]),
      [
        ['inline:inline', false],
        [PolicyArn, true],
      ],
    )
    assert.equal(policiesOf(store, callerOf(world, key)), before)

    act('admin', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(allowAll), SetAsDefault: true })
    const after = policiesOf(store, callerOf(world, key))
    assert.equal(after.identity[1]?.text, policy(allowAll))
    act('admin', 'DetachUserPolicy', { UserName: 'ann', PolicyArn })
    assert.equal(policiesOf(store, callerOf(world, key)).identity.length, 1)
  })

  it('keeps a store and its overlay apart', () => {
    const world = newAccount()
    const { act, user, store } = world
    const key = user('ann')
    const PolicyArn = act('admin', 'CreatePolicy', { PolicyName: 'P', PolicyDocument: policy(read) }).Policy.Arn
    act('admin', 'AttachUserPolicy', { UserName: 'ann', PolicyArn })
    const caller = callerOf(world, key)
    const overlay = store.overlay()
    const kept = store.get<any>('iam/policy', `${account}/p`)
    overlay.put('iam/policy', `${account}/p`, {
      ...kept,
      versions: [{ id: 'v1', text: policy(allowAll), createDate: 0 }],
    })
    assert.equal(policiesOf(overlay, caller).identity[0]?.text, policy(allowAll))
    assert.equal(policiesOf(store, caller).identity[0]?.text, policy(read))
    assert.equal(policiesOf(overlay, caller).identity[0]?.text, policy(allowAll))
  })

  it('has the policies of groups, and says so', () => {
    const world = newAccount()
    const { act, user, store } = world
    const key = user('ann')
    act('admin', 'CreateGroup', { GroupName: 'Readers' })
    act('admin', 'AddUserToGroup', { GroupName: 'readers', UserName: 'ann' })
    const before = policiesOf(store, callerOf(world, key))
    assert.deepEqual(before.identity, [])
    act('admin', 'AttachGroupPolicy', { GroupName: 'Readers', PolicyArn: readOnly })
    const { identity } = policiesOf(store, callerOf(world, key))
    assert.deepEqual(
      identity.map(({ id, attachedTo }) => [id, attachedTo]),
      [[readOnly, `arn:aws:iam::${account}:group/Readers`]],
    )
    assert.ok(act(key, 'ListUsers').Users)
    refused(
      () => act('admin', 'DeleteGroup', { GroupName: 'Readers' }),
      'DeleteConflict',
      /must remove users from group first/,
      409,
    )
    act('admin', 'RemoveUserFromGroup', { GroupName: 'Readers', UserName: 'ann' })
    refused(() => act(key, 'ListUsers'), 'AccessDenied', /ListUsers/, 403)
  })

  it('throws when a policy is not there: a deny in it must not be lost', () => {
    const world = newAccount()
    const { act, user, store } = world
    const key = user('ann')
    const PolicyArn = act('admin', 'CreatePolicy', { PolicyName: 'P', PolicyDocument: policy(read) }).Policy.Arn
    act('admin', 'AttachUserPolicy', { UserName: 'ann', PolicyArn })
    store.delete('iam/policy', `${account}/p`)
    assert.throws(() => policiesOf(store, callerOf(world, key)), /attached but not there/)
  })

  it('is empty for a user that was made anew under the same name', () => {
    const world = newAccount()
    const { act, user, store } = world
    const old = callerOf(world, user('ann'))
    const key = act('admin', 'ListAccessKeys', { UserName: 'ann' }).AccessKeyMetadata[0].AccessKeyId
    act('admin', 'DeleteAccessKey', { UserName: 'ann', AccessKeyId: key })
    act('admin', 'DeleteUser', { UserName: 'ann' })
    user('ann', allowAll)
    assert.deepEqual(policiesOf(store, old).identity, [])
  })
})

describe('permissions boundaries', () => {
  it('limit what the identity-based policies allow', () => {
    const { act, user } = newAccount()
    const key = user('ann', allowAll)
    act(key, 'ListRoles')
    act('admin', 'PutUserPermissionsBoundary', {
      UserName: 'ann',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
    })
    refused(
      () => act(key, 'ListRoles'),
      'AccessDenied',
      /because no permissions boundary allows the iam:ListRoles action$/,
      403,
    )
    act('admin', 'DeleteUserPermissionsBoundary', { UserName: 'ann' })
    act(key, 'ListRoles')
  })

  it('must be a managed policy, and can be demanded by a condition', () => {
    const { act, user } = newAccount()
    const boundary = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    const key = user('ann', {
      Effect: 'Allow',
      Action: ['iam:CreateUser', 'iam:AttachUserPolicy'],
      Resource: '*',
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    })
    refused(() => act(key, 'CreateUser', { UserName: 'bea' }), 'AccessDenied', /iam:CreateUser/, 403)
    assert.deepEqual(
      act(key, 'CreateUser', { UserName: 'bea', PermissionsBoundary: boundary }).User.PermissionsBoundary,
      {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: boundary,
      },
    )
    act(key, 'AttachUserPolicy', { UserName: 'bea', PolicyArn: readOnly })
    act('admin', 'DeleteUserPermissionsBoundary', { UserName: 'bea' })
    refused(
      () => act(key, 'AttachUserPolicy', { UserName: 'bea', PolicyArn: readOnly }),
      'AccessDenied',
      /AttachUserPolicy/,
      403,
    )
    const none = `arn:aws:iam::${account}:policy/none`
    refused(
      () => act('admin', 'PutUserPermissionsBoundary', { UserName: 'bea', PermissionsBoundary: none }),
      'NoSuchEntity',
      `Scope ARN: ${none} does not exist or is not attachable.`,
      404,
    )
  })
})

describe('needs', () => {
  it('name things as AWS prints them, and authorization comes before existence', () => {
    const { act, user, role } = newAccount()
    const key = user('ann')
    role('r', ec2, { Path: '/team/' })
    const prints = (name: string, input: object, resource: string) =>
      refused(
        () => act(key, name, input),
        'AccessDenied',
        `User: arn:aws:iam::${account}:user/ann is not authorized to perform: iam:${name} on resource: ${resource} because no identity-based policy allows the iam:${name} action`,
        403,
      )
    prints('GetRole', { RoleName: 'r' }, 'role r')
    prints('GetRole', { RoleName: 'missing' }, 'role missing')
    prints('DeleteRole', { RoleName: 'r' }, `arn:aws:iam::${account}:role/team/r`)
    prints('ListAttachedRolePolicies', { RoleName: 'r' }, 'role r')
    prints('ListAccessKeys', {}, 'user ann')
    prints('ListRoles', { PathPrefix: '/team/' }, `arn:aws:iam::${account}:role/team/`)
    prints('ListPolicies', {}, 'policy path /')
    prints('GetPolicy', { PolicyArn: readOnly }, `policy ${readOnly}`)
    prints('CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: '{' }, `arn:aws:iam::${account}:role/x`)
  })

  it('ask for the tag action when something is created with tags, and know tags of request and resource', () => {
    const { act, user } = newAccount()
    const key = user('ann', [
      { Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'iam:DeleteUser',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } },
      },
    ])
    const tagged = { UserName: 'bea', Tags: [{ Key: 'team', Value: 'a' }] }
    refused(
      () => act(key, 'CreateUser', tagged),
      'AccessDenied',
      /iam:TagUser on resource: arn:aws:iam::123456789012:user\/bea/,
      403,
    )
    act(key, 'CreateUser', { UserName: 'cleo' })
    refused(() => act(key, 'DeleteUser', { UserName: 'cleo' }), 'AccessDenied', /DeleteUser/, 403)
    act('admin', 'TagUser', { UserName: 'cleo', Tags: [{ Key: 'Team', Value: 'a' }] })
    act(key, 'DeleteUser', { UserName: 'cleo' })
  })

  it('demand both names of a user that is renamed', () => {
    const { act, user } = newAccount()
    const key = user('ann', { Effect: 'Allow', Action: 'iam:UpdateUser', Resource: `arn:aws:iam::${account}:user/a*` })
    act('admin', 'CreateUser', { UserName: 'abe' })
    refused(() => act(key, 'UpdateUser', { UserName: 'abe', NewUserName: 'zoe' }), 'AccessDenied', /user\/zoe/, 403)
    act(key, 'UpdateUser', { UserName: 'abe', NewUserName: 'amy' })
  })

  it('want iam:PassRole for an instance profile', () => {
    const { act, user, role } = newAccount()
    const passed = role('r', ec2)
    const key = user('ann', { Effect: 'Allow', NotAction: 'iam:PassRole', Resource: '*' })
    act(key, 'CreateInstanceProfile', { InstanceProfileName: 'p' })
    refused(
      () => act(key, 'AddRoleToInstanceProfile', { InstanceProfileName: 'p', RoleName: 'r' }),
      'AccessDenied',
      `User: arn:aws:iam::${account}:user/ann is not authorized to perform: iam:PassRole on resource: ${passed} because no identity-based policy allows the iam:PassRole action`,
      403,
    )
  })
})
