import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { recordUse } from '../../src/services/iam/last-used.ts'
import type { Caller } from '../../src/door/call.ts'
import { findMfaDevice, saveMfaDevice } from '../../src/services/iam/mfa-devices.ts'
import { account, allowAll, newAccount, policy, refused, trust } from './account.ts'
import { leaf, sshKey } from './certificates.ts'

const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const ec2 = { Service: 'ec2.amazonaws.com' }
const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`

describe('users', () => {
  it('are made, read, listed, renamed and deleted', () => {
    const { act } = newAccount()
    const { User: made } = act('admin', 'CreateUser', {
      UserName: 'Ann',
      Path: '/team/',
      Tags: [{ Key: 'Color', Value: 'red' }],
    })
    assert.match(made.UserId, /^AIDA[A-Z2-7]{17}$/)
    assert.equal(made.Arn, arn('user/team/Ann'))
    assert.deepEqual(act('admin', 'GetUser', { UserName: 'ann' }).User, made)
    assert.deepEqual(
      act('admin', 'ListUsers', { PathPrefix: '/team/' }).Users.map((user: any) => [user.UserName, user.Tags]),
      [['Ann', undefined]],
    )
    act('admin', 'UpdateUser', { UserName: 'Ann', NewUserName: 'Bea', NewPath: '/' })
    assert.equal(act('admin', 'GetUser', { UserName: 'Bea' }).User.Arn, arn('user/Bea'))
    assert.equal(act('admin', 'GetUser', { UserName: 'Bea' }).User.UserId, made.UserId)
    act('admin', 'DeleteUser', { UserName: 'Bea' })
    refused(
      () => act('admin', 'GetUser', { UserName: 'Bea' }),
      'NoSuchEntity',
      'The user with name Bea cannot be found.',
      404,
    )
  })

  it('have names that are unique without regard to case', () => {
    const { act } = newAccount()
    act('admin', 'CreateUser', { UserName: 'ann' })
    refused(
      () => act('admin', 'CreateUser', { UserName: 'ANN', Path: '/x/' }),
      'EntityAlreadyExists',
      'User with name ANN already exists.',
      409,
    )
    act('admin', 'CreateUser', { UserName: 'bea' })
    refused(
      () => act('admin', 'UpdateUser', { UserName: 'bea', NewUserName: 'Ann' }),
      'EntityAlreadyExists',
      'User with name Ann already exists.',
      409,
    )
  })

  it('go only when nothing hangs on them', async () => {
    const { act, user, world } = newAccount()
    const key = user('ann', read)
    const ann = { UserName: 'ann' }
    const attached = { ...ann, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }
    act('admin', 'AttachUserPolicy', attached)
    act('admin', 'CreateGroup', { GroupName: 'g' })
    act('admin', 'AddUserToGroup', { ...ann, GroupName: 'g' })
    await act('admin', 'CreateLoginProfile', { ...ann, Password: 'Correct-horse-1' })
    const { CertificateId } = act('admin', 'UploadSigningCertificate', { ...ann, CertificateBody: leaf }).Certificate
    const { SSHPublicKeyId } = act('admin', 'UploadSSHPublicKey', { ...ann, SSHPublicKeyBody: sshKey }).SSHPublicKey
    const { ServiceSpecificCredentialId } = act('admin', 'CreateServiceSpecificCredential', {
      ...ann,
      ServiceName: 'codecommit.amazonaws.com',
    }).ServiceSpecificCredential
    const { SerialNumber } = (await act('admin', 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' }))
      .VirtualMFADevice
    const { UserId } = act('admin', 'GetUser', ann).User
    saveMfaDevice(world.store, { ...findMfaDevice(world.store, SerialNumber)!, userId: UserId })
    const blocked = (what: string) =>
      refused(
        () => act('admin', 'DeleteUser', { UserName: 'ann' }),
        'DeleteConflict',
        `Cannot delete entity, must ${what} first.`,
        409,
      )
    blocked('remove users from group')
    act('admin', 'RemoveUserFromGroup', { ...ann, GroupName: 'g' })
    blocked('detach all policies')
    act('admin', 'DetachUserPolicy', attached)
    blocked('delete policies')
    act('admin', 'DeleteUserPolicy', { ...ann, PolicyName: 'inline' })
    blocked('delete login profile')
    act('admin', 'DeleteLoginProfile', ann)
    blocked('delete access keys')
    act('admin', 'DeleteAccessKey', { ...ann, AccessKeyId: key })
    blocked('delete certificates')
    act('admin', 'DeleteSigningCertificate', { ...ann, CertificateId })
    blocked('delete MFA device')
    act('admin', 'DeactivateMFADevice', { ...ann, SerialNumber })
    blocked('remove referenced objects')
    act('admin', 'DeleteSSHPublicKey', { ...ann, SSHPublicKeyId })
    blocked('remove referenced objects')
    act('admin', 'DeleteServiceSpecificCredential', { ...ann, ServiceSpecificCredentialId })
    act('admin', 'DeleteUser', ann)
  })

  it('are the caller where no name is given; sessions must give one', () => {
    const { act, user, role } = newAccount()
    const key = user('ann', allowAll)
    assert.equal(act(key, 'GetUser').User.UserName, 'ann')
    assert.equal(act('root', 'GetUser').User.Arn, arn('root'))
    const { Credentials } = act(key, 'AssumeRole', {
      RoleArn: role('r', { AWS: arn('user/ann') }),
      RoleSessionName: 'one',
    })
    refused(
      () => act(Credentials.AccessKeyId, 'GetUser'),
      'ValidationError',
      'Must specify userName when calling with non-User credentials',
      400,
    )
  })
})

describe('access keys', () => {
  it('are two at most, can be switched off, and die with their user', () => {
    const { act, user, store, clock } = newAccount()
    const key = user('ann')
    const { AccessKey } = act('admin', 'CreateAccessKey', { UserName: 'ann' })
    assert.match(AccessKey.AccessKeyId, /^AKIA[A-Z2-7]{16}$/)
    assert.equal(AccessKey.SecretAccessKey.length, 40)
    refused(
      () => act('admin', 'CreateAccessKey', { UserName: 'ann' }),
      'LimitExceeded',
      'Cannot exceed quota for AccessKeysPerUser: 2',
      409,
    )
    act('admin', 'UpdateAccessKey', { UserName: 'ann', AccessKeyId: key, Status: 'Inactive' })
    assert.equal(findCredential(store, key, clock.now)?.active, false)
    assert.equal(findCredential(store, AccessKey.AccessKeyId, clock.now)?.secretAccessKey, AccessKey.SecretAccessKey)
    const listed = act('admin', 'ListAccessKeys', { UserName: 'ann' }).AccessKeyMetadata
    assert.deepEqual(listed.map(({ Status }: any) => Status).toSorted(), ['Active', 'Inactive'])
    assert.ok(listed.every((entry: object) => !('SecretAccessKey' in entry)))

    act('admin', 'UpdateUser', { UserName: 'ann', NewUserName: 'bea' })
    assert.equal(findCredential(store, AccessKey.AccessKeyId, clock.now)?.caller.arn, arn('user/bea'))
    for (const id of [key, AccessKey.AccessKeyId]) act('admin', 'DeleteAccessKey', { UserName: 'bea', AccessKeyId: id })
    refused(
      () => act('admin', 'DeleteAccessKey', { UserName: 'bea', AccessKeyId: key }),
      'NoSuchEntity',
      `The Access Key with id ${key} cannot be found.`,
      404,
    )
    assert.equal(findCredential(store, key, clock.now), undefined)
  })

  it("cannot be touched under another user's name", () => {
    const { act, user } = newAccount()
    const key = user('ann')
    user('bea')
    refused(
      () => act('admin', 'DeleteAccessKey', { UserName: 'bea', AccessKeyId: key }),
      'NoSuchEntity',
      /cannot be found/,
      404,
    )
  })

  it('do not pass to somebody else who gets the name of their user', () => {
    const { user, store, clock } = newAccount()
    const key = user('ann')
    const kept = store.get<object>('iam/user', `${account}/ann`)
    store.put('iam/user', `${account}/ann`, { ...kept, id: 'AIDAANOTHERANOTHER234' })
    assert.equal(findCredential(store, key, clock.now), undefined)
  })

  it('know when they were last used, to the minute', () => {
    const { act, user, store, clock } = newAccount()
    const key = user('ann')
    const lastUse = () => act('admin', 'GetAccessKeyLastUsed', { AccessKeyId: key })
    assert.deepEqual(lastUse(), { UserName: 'ann', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } })
    const { caller } = findCredential(store, key, clock.now)!
    recordUse(store, caller, 's3', 'eu-west-1', clock.now)
    const before = store.revision
    recordUse(store, caller, 's3', 'eu-west-1', clock.now + 1000)
    assert.equal(store.revision, before, 'a second use in the same minute is not written')
    assert.deepEqual(lastUse().AccessKeyLastUsed, {
      LastUsedDate: clock.now / 1000,
      ServiceName: 's3',
      Region: 'eu-west-1',
    })
  })
})

describe('roles', () => {
  it('answer with their trust policy URL-encoded, and otherwise as it was written', () => {
    const { act } = newAccount()
    const text = ` ${trust(ec2).replace('{', '{\n  ')}`
    const { Role: made } = act('admin', 'CreateRole', {
      RoleName: 'r',
      Path: '/service-role/',
      AssumeRolePolicyDocument: text,
    })
    assert.match(made.RoleId, /^AROA[A-Z2-7]{17}$/)
    assert.equal(made.Arn, arn('role/service-role/r'))
    const { Role: got } = act('admin', 'GetRole', { RoleName: 'r' })
    assert.ok(!/[{" ]/.test(got.AssumeRolePolicyDocument))
    assert.equal(decodeURIComponent(got.AssumeRolePolicyDocument), text)
    assert.equal(got.MaxSessionDuration, 3600)
    act('admin', 'UpdateRole', { RoleName: 'r', MaxSessionDuration: 7200, Description: 'new' })
    const { Role: changed } = act('admin', 'GetRole', { RoleName: 'r' })
    assert.deepEqual([changed.MaxSessionDuration, changed.Description], [7200, 'new'])
    act('admin', 'UpdateAssumeRolePolicy', {
      RoleName: 'r',
      PolicyDocument: trust({ Service: 'sagemaker.amazonaws.com' }),
    })
    assert.match(
      decodeURIComponent(act('admin', 'GetRole', { RoleName: 'r' }).Role.AssumeRolePolicyDocument),
      /sagemaker/,
    )
  })

  it('trust the very one of another account, not whoever has its name later', () => {
    const { act, role } = newAccount()
    const elsewhere = '210987654321'
    const root: Caller = {
      kind: 'root',
      account: elsewhere,
      arn: `arn:aws:iam::${elsewhere}:root`,
      principalArn: `arn:aws:iam::${elsewhere}:root`,
      userId: elsewhere,
      tags: {},
    }
    const bea = `arn:aws:iam::${elsewhere}:user/bea`
    refused(
      () => role('r', { AWS: bea }),
      'MalformedPolicyDocument',
      `Invalid principal in policy: "AWS":"${bea}"`,
      400,
    )
    const { UserId } = act(root, 'CreateUser', { UserName: 'bea' }).User
    role('r', { AWS: bea })
    const trusted = () => {
      const text = decodeURIComponent(act('admin', 'GetRole', { RoleName: 'r' }).Role.AssumeRolePolicyDocument)
      return JSON.parse(text).Statement.Principal.AWS
    }
    assert.equal(trusted(), bea)
    act(root, 'DeleteUser', { UserName: 'bea' })
    assert.equal(trusted(), UserId)
    act(root, 'CreateUser', { UserName: 'bea' })
    assert.equal(trusted(), UserId)
  })

  it('refuse a trust policy that is malformed, too long, or names nobody', () => {
    const { act } = newAccount()
    const create = (AssumeRolePolicyDocument: string) => () =>
      act('admin', 'CreateRole', { RoleName: 'r', AssumeRolePolicyDocument })
    refused(create('{'), 'MalformedPolicyDocument', 'This policy contains invalid Json', 400)
    refused(
      create(policy({ ...allowAll, Principal: ec2, Action: 'sts:AssumeRole' })),
      'MalformedPolicyDocument',
      /Has prohibited field Resource/,
      400,
    )
    const gone = arn('user/nobody')
    refused(
      create(trust({ AWS: gone })),
      'MalformedPolicyDocument',
      `Invalid principal in policy: "AWS":"${gone}"`,
      400,
    )
    const long = trust({ Service: 's'.repeat(2048) })
    refused(create(long), 'LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048', 409)
    refused(
      () => act('admin', 'GetRole', { RoleName: 'r' }),
      'NoSuchEntity',
      'The role with name r cannot be found.',
      404,
    )
  })

  it('go only when nothing hangs on them', () => {
    const { act, role } = newAccount()
    role('r', ec2)
    act('admin', 'CreateInstanceProfile', { InstanceProfileName: 'p' })
    act('admin', 'AddRoleToInstanceProfile', { InstanceProfileName: 'p', RoleName: 'r' })
    const attached = { RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' }
    act('admin', 'AttachRolePolicy', attached)
    act('admin', 'PutRolePolicy', { RoleName: 'r', PolicyName: 'inline', PolicyDocument: policy(read) })
    const blocked = (what: string) =>
      refused(
        () => act('admin', 'DeleteRole', { RoleName: 'r' }),
        'DeleteConflict',
        `Cannot delete entity, must ${what} first.`,
        409,
      )
    blocked('remove roles from instance profile')
    refused(
      () => act('admin', 'DeleteInstanceProfile', { InstanceProfileName: 'p' }),
      'DeleteConflict',
      /must remove roles/,
      409,
    )
    act('admin', 'RemoveRoleFromInstanceProfile', { InstanceProfileName: 'p', RoleName: 'r' })
    blocked('detach all policies')
    act('admin', 'DetachRolePolicy', attached)
    blocked('delete policies')
    act('admin', 'DeleteRolePolicy', { RoleName: 'r', PolicyName: 'inline' })
    assert.deepEqual(act('admin', 'ListInstanceProfilesForRole', { RoleName: 'r' }), {
      InstanceProfiles: [],
      IsTruncated: false,
    })
    act('admin', 'DeleteRole', { RoleName: 'r' })
  })

  it('of AWS services can be changed by AWS only', () => {
    const { act } = newAccount()
    const { Role } = act('admin', 'CreateServiceLinkedRole', { AWSServiceName: 'sagemaker.amazonaws.com' })
    assert.equal(Role.Path, '/aws-service-role/sagemaker.amazonaws.com/')
    refused(
      () => act('admin', 'PutRolePolicy', { RoleName: Role.RoleName, PolicyName: 'x', PolicyDocument: policy(read) }),
      'UnmodifiableEntity',
      /is only modifiable by AWS/,
      400,
    )
    const { RoleName } = Role
    act('admin', 'UpdateRole', { RoleName, Description: 'ours' })
    act('admin', 'TagRole', { RoleName, Tags: [{ Key: 'Color', Value: 'red' }] })
    const { Description, Tags } = act('admin', 'GetRole', { RoleName }).Role
    assert.deepEqual([Description, Tags], ['ours', [{ Key: 'Color', Value: 'red' }]])
    refused(
      () => act('admin', 'UpdateRole', { RoleName, MaxSessionDuration: 7200 }),
      'UnmodifiableEntity',
      /is only modifiable by AWS/,
      400,
    )
    refused(
      () => act('admin', 'CreateServiceLinkedRole', { AWSServiceName: 'sagemaker.amazonaws.com' }),
      'InvalidInput',
      /has been taken in this account/,
      400,
    )
  })
})

describe('lists', () => {
  it('come in pages that lose and repeat nothing', () => {
    const { act, role } = newAccount()
    const names = ['Alpha', 'beta', 'Gamma', 'delta', 'Epsilon']
    for (const name of names) role(name, ec2)
    const found: string[] = []
    let Marker: string | undefined
    do {
      const page = act('admin', 'ListRoles', { MaxItems: 2, ...(Marker && { Marker }) })
      found.push(...page.Roles.map(({ RoleName }: any) => RoleName))
      assert.equal(page.IsTruncated, page.Marker !== undefined)
      Marker = page.Marker
      if (found.length === 2) act('admin', 'DeleteRole', { RoleName: found[1] })
    } while (Marker)
    assert.deepEqual(
      found,
      names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
    )
    refused(() => act('admin', 'ListRoles', { Marker: 'no marker' }), 'ValidationError', /Marker/, 400)
  })
})

describe('tags', () => {
  it('tell keys apart without case, and are read in pages', () => {
    const { act, role } = newAccount()
    role('r', ec2, { Tags: [{ Key: 'Color', Value: 'red' }] })
    act('admin', 'TagRole', {
      RoleName: 'r',
      Tags: [
        { Key: 'color', Value: 'blue' },
        { Key: 'size', Value: 'l' },
      ],
    })
    const first = act('admin', 'ListRoleTags', { RoleName: 'r', MaxItems: 1 })
    assert.deepEqual(first.Tags, [{ Key: 'color', Value: 'blue' }])
    assert.equal(first.IsTruncated, true)
    act('admin', 'UntagRole', { RoleName: 'r', TagKeys: ['SIZE'] })
    assert.deepEqual(act('admin', 'ListRoleTags', { RoleName: 'r' }).Tags, [{ Key: 'color', Value: 'blue' }])
    refused(
      () =>
        act('admin', 'TagRole', {
          RoleName: 'r',
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        }),
      'InvalidInput',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      400,
    )
  })

  it('of all but users and roles tell keys apart by case, and are fifty at most', () => {
    const { act } = newAccount()
    const Tags = [
      { Key: 'a', Value: 'lower' },
      { Key: 'A', Value: 'upper' },
    ]
    act('admin', 'CreateInstanceProfile', { InstanceProfileName: 'p', Tags })
    const profile = { InstanceProfileName: 'p' }
    act('admin', 'UntagInstanceProfile', { ...profile, TagKeys: ['a'] })
    assert.deepEqual(act('admin', 'ListInstanceProfileTags', profile).Tags, [{ Key: 'A', Value: 'upper' }])
    refused(
      () => act('admin', 'TagInstanceProfile', { ...profile, Tags: [Tags[0], Tags[0]] }),
      'InvalidInput',
      'Duplicate tag keys found.',
      400,
    )
    const many = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: '' }))
    refused(
      () => act('admin', 'TagInstanceProfile', { ...profile, Tags: many }),
      'LimitExceeded',
      'The number of tags has reached the maximum limit.',
      409,
    )
  })
})

describe('groups', () => {
  it('keep members, policies and identity when they are renamed', () => {
    const { act, user } = newAccount()
    const key = user('ann')
    act('admin', 'CreateGroup', { GroupName: 'Old', Path: '/a/' })
    act('admin', 'CreateGroup', { GroupName: 'taken' })
    act('admin', 'AddUserToGroup', { GroupName: 'Old', UserName: 'ann' })
    act('admin', 'PutGroupPolicy', { GroupName: 'Old', PolicyName: 'p', PolicyDocument: policy(allowAll) })
    const { GroupId } = act('admin', 'GetGroup', { GroupName: 'Old' }).Group
    refused(
      () => act('admin', 'UpdateGroup', { GroupName: 'Old', NewGroupName: 'TAKEN' }),
      'EntityAlreadyExists',
      'Group with name TAKEN already exists.',
      409,
    )
    act('admin', 'UpdateGroup', { GroupName: 'old', NewGroupName: 'New', NewPath: '/b/' })
    const { Group, Users } = act(key, 'GetGroup', { GroupName: 'New' })
    assert.deepEqual([Group.Arn, Group.GroupId], [arn('group/b/New'), GroupId])
    assert.deepEqual(
      Users.map((one: any) => one.UserName),
      ['ann'],
    )
    assert.equal(act(key, 'ListGroupsForUser', { UserName: 'ann' }).Groups[0].GroupName, 'New')
    refused(
      () => act('admin', 'GetGroup', { GroupName: 'Old' }),
      'NoSuchEntity',
      'The group with name Old cannot be found.',
      404,
    )
    act('admin', 'UpdateGroup', { GroupName: 'New', NewGroupName: 'NEW' })
    assert.equal(act(key, 'GetGroup', { GroupName: 'new' }).Users.length, 1)
  })

  it('ask for the user first, then for themselves', () => {
    const { act } = newAccount()
    for (const operation of ['AddUserToGroup', 'RemoveUserFromGroup']) {
      refused(
        () => act('admin', operation, { GroupName: 'none', UserName: 'nobody' }),
        'NoSuchEntity',
        'The user with name nobody cannot be found.',
        404,
      )
    }
  })

  it('are ten for a user at most', () => {
    const { act, user } = newAccount()
    user('ann')
    const join = (n: number) => {
      act('admin', 'CreateGroup', { GroupName: `g${n}` })
      act('admin', 'AddUserToGroup', { GroupName: `g${n}`, UserName: 'ann' })
    }
    for (let n = 0; n < 10; n++) join(n)
    act('admin', 'AddUserToGroup', { GroupName: 'g0', UserName: 'ann' })
    refused(() => join(10), 'LimitExceeded', 'Cannot exceed quota for GroupsPerUser: 10', 409)
  })
})

describe('instance profiles', () => {
  it('hold one role, and say when it is another', () => {
    const { act, role } = newAccount()
    role('r', ec2)
    role('s', ec2)
    const { InstanceProfile } = act('admin', 'CreateInstanceProfile', { InstanceProfileName: 'p' })
    assert.ok(!('Tags' in InstanceProfile))
    const profile = { InstanceProfileName: 'p' }
    act('admin', 'AddRoleToInstanceProfile', { ...profile, RoleName: 'r' })
    refused(
      () => act('admin', 'AddRoleToInstanceProfile', { ...profile, RoleName: 's' }),
      'LimitExceeded',
      'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      409,
    )
    refused(
      () => act('admin', 'RemoveRoleFromInstanceProfile', { ...profile, RoleName: 's' }),
      'NoSuchEntity',
      'Role s in Instance Profile p cannot be found.',
      404,
    )
    const { Roles, Tags } = act('admin', 'GetInstanceProfile', profile).InstanceProfile
    assert.deepEqual(Tags, [])
    assert.deepEqual(Object.keys(Roles[0]).sort(), [
      'Arn',
      'AssumeRolePolicyDocument',
      'CreateDate',
      'Path',
      'RoleId',
      'RoleName',
    ])
  })
})
