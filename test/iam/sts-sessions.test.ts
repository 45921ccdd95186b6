import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { keepToSession } from '../../src/services/sts/session-limits.ts'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { MFA_DEVICES, mfaKey, type MfaDevice } from '../../src/services/iam/mfa-devices.ts'
import { account, allowAll, newAccount, policy, refused, trust } from './account.ts'

const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`
const root = { AWS: arn('root') }
const RoleSessionName = 'session'
const other = '210987654321'

/** An account with a user `ann` who may do all, and an MFA device for her and for root. */
function withMfa() {
  const all = newAccount()
  const ann = all.user('ann', allowAll)
  const { UserId } = all.act('admin', 'GetUser', { UserName: 'ann' }).User
  const seed = new Secret({ size: 20 }).base32
  const device = (name: string, userId?: string) => {
    const serialNumber = arn(`mfa/${name}`)
    const document = { account, serialNumber, seed, createDate: 0, tags: [], ...(userId && { userId }) }
    all.store.put<MfaDevice>(MFA_DEVICES, mfaKey(serialNumber), document)
    return serialNumber
  }
  const SerialNumber = device('ann', UserId)
  const rootDevice = device('root-account-mfa-device', 'root')
  /** What the device shows now. */
  const code = () => new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: all.clock.now })
  const callerOf = (key: string) => {
    const credential = findCredential(all.store, key, all.clock.now)
    assert.ok(credential)
    return credential.caller
  }
  return { ...all, ann, SerialNumber, rootDevice, code, callerOf }
}

const wrongCode = 'MultiFactorAuthentication failed with invalid MFA one time pass code. '
const unknownDevice =
  'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.'

describe('GetSessionToken', () => {
  it('is the user by another key: same rights, same name, a token', () => {
    const { act, ann, callerOf, clock } = withMfa()
    const { Credentials, SessionTokenSize } = act(ann, 'GetSessionToken')
    assert.match(Credentials.AccessKeyId, /^ASIA/)
    assert.equal(Credentials.SessionToken.length, SessionTokenSize)
    assert.equal(Credentials.Expiration, clock.now / 1000 + 43_200)
    const caller = callerOf(Credentials.AccessKeyId)
    const { kind, arn: itsArn, name, tokenIssuedAt, mfaAt } = caller
    assert.deepEqual(
      { kind, itsArn, name, tokenIssuedAt, mfaAt },
      { kind: 'user', itsArn: arn('user/ann'), name: 'ann', tokenIssuedAt: clock.now / 1000, mfaAt: undefined },
    )
    assert.deepEqual(act(Credentials.AccessKeyId, 'GetCallerIdentity'), act(ann, 'GetCallerIdentity'))
  })

  it("gives root an hour at most, and others what the model's limits allow", () => {
    const { act, clock } = withMfa()
    const seconds = (who: string, DurationSeconds: number) =>
      act(who, 'GetSessionToken', { DurationSeconds }).Credentials.Expiration - clock.now / 1000
    assert.equal(seconds('root', 129_600), 3600)
    assert.equal(seconds('root', 900), 900)
    assert.equal(seconds('admin', 129_600), 129_600)
  })

  it('is not for sessions, and sessions have their limits', () => {
    const { act, ann, role, code, callerOf, clock, SerialNumber } = withMfa()
    const session = act(ann, 'GetSessionToken').Credentials.AccessKeyId
    const ofRole = act(ann, 'AssumeRole', { RoleArn: role('r', root), RoleSessionName }).Credentials.AccessKeyId
    for (const key of [session, ofRole]) {
      for (const [operation, input] of [
        ['GetSessionToken', {}],
        ['GetFederationToken', { Name: 'bob' }],
      ] as const) {
        const sentence = `Cannot call ${operation} with session credentials`
        refused(() => act(key, operation, input), 'AccessDenied', sentence, 403)
        refused(() => keepToSession(callerOf(key), 'sts', operation), 'AccessDenied', sentence, 403)
      }
    }
    const invalid = 'The security token included in the request is invalid.'
    refused(() => keepToSession(callerOf(session), 'iam', 'ListUsers'), 'InvalidClientTokenId', invalid, 403)
    refused(() => keepToSession(callerOf(session), 'sts', 'GetAccessKeyInfo'), 'AccessDenied', /^Cannot call/, 403)
    keepToSession(callerOf(session), 'sts', 'AssumeRole')
    keepToSession(callerOf(session), 'sts', 'GetCallerIdentity')
    keepToSession(callerOf(session), 's3', 'ListBuckets')
    keepToSession(callerOf(ofRole), 'iam', 'ListUsers')
    keepToSession(callerOf(ann), 'iam', 'ListUsers')
    clock.now += 60_000
    const strong = act(ann, 'GetSessionToken', { SerialNumber, TokenCode: code() }).Credentials.AccessKeyId
    keepToSession(callerOf(strong), 'iam', 'ListUsers')
    // A role may be assumed with it, and root's session assumes none.
    act(session, 'AssumeRole', { RoleArn: arn('role/r'), RoleSessionName })
    const roots = act('root', 'GetSessionToken').Credentials.AccessKeyId
    refused(
      () => act(roots, 'AssumeRole', { RoleArn: arn('role/r'), RoleSessionName }),
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
      403,
    )
  })

  it('dies with its user, and outlives a new name', () => {
    const { act, ann, store, clock } = withMfa()
    const key = act(ann, 'GetSessionToken').Credentials.AccessKeyId
    act('admin', 'UpdateUser', { UserName: 'ann', NewUserName: 'anna' })
    assert.equal(act(key, 'GetCallerIdentity').Arn, arn('user/anna'))
    act('admin', 'UpdateUser', { UserName: 'anna', NewUserName: 'ann' })
    act('admin', 'DeleteAccessKey', { UserName: 'ann', AccessKeyId: ann })
    assert.equal(act(key, 'GetCallerIdentity').Arn, arn('user/ann'))
    act('admin', 'DeleteUserPolicy', { UserName: 'ann', PolicyName: 'inline' })
    store.list<MfaDevice>(MFA_DEVICES).forEach((row) => store.delete(MFA_DEVICES, row.key))
    act('admin', 'DeleteUser', { UserName: 'ann' })
    assert.equal(findCredential(store, key, clock.now), undefined)
    act('admin', 'CreateUser', { UserName: 'ann' })
    assert.equal(findCredential(store, key, clock.now), undefined)
  })
})

describe('MFA', () => {
  it('is told by the session: present, and how long ago', () => {
    const { act, ann, SerialNumber, code, clock } = withMfa()
    const key = act(ann, 'GetSessionToken', { SerialNumber, TokenCode: code() }).Credentials.AccessKeyId
    const weak = act(ann, 'GetSessionToken').Credentials.AccessKeyId
    const asks = (Condition: object) =>
      act('admin', 'PutUserPolicy', {
        UserName: 'ann',
        PolicyName: 'inline',
        PolicyDocument: policy({ ...allowAll, Condition }),
      })
    asks({ Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } })
    act(key, 'ListRoles')
    refused(() => act(weak, 'ListRoles'), 'AccessDenied', /no identity-based policy/, 403)
    refused(() => act(ann, 'ListRoles'), 'AccessDenied', /no identity-based policy/, 403)
    clock.now += 300_000
    refused(() => act(key, 'ListRoles'), 'AccessDenied', /no identity-based policy/, 403)
    // Long-term keys know nothing of it: the key is absent, not false.
    asks({ Null: { 'aws:MultiFactorAuthPresent': 'true' } })
    act(ann, 'ListRoles')
    refused(() => act(weak, 'ListRoles'), 'AccessDenied', /no identity-based policy/, 403)
  })

  it('is asked for by a trust policy, and does not go on into the role', () => {
    const { act, ann, SerialNumber, code, callerOf, role, clock } = withMfa()
    const RoleArn = role('strong', root)
    act('admin', 'UpdateAssumeRolePolicy', {
      RoleName: 'strong',
      PolicyDocument: trust(root, 'sts:AssumeRole', {
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': '60' },
      }),
    })
    const assume = (more: object) => act(ann, 'AssumeRole', { RoleArn, RoleSessionName, ...more })
    refused(() => assume({}), 'AccessDenied', /sts:AssumeRole on resource/, 403)
    const { AccessKeyId } = assume({ SerialNumber, TokenCode: code() }).Credentials
    assert.equal(callerOf(AccessKeyId).mfaAt, undefined)
    // By a session that has it already.
    clock.now += 30_000
    const session = act(ann, 'GetSessionToken', { SerialNumber, TokenCode: code() }).Credentials.AccessKeyId
    act(session, 'AssumeRole', { RoleArn, RoleSessionName })
    clock.now += 60_000
    refused(() => act(session, 'AssumeRole', { RoleArn, RoleSessionName }), 'AccessDenied', /AssumeRole/, 403)
  })

  it('takes the right code of the right device, once', () => {
    const { act, ann, SerialNumber, rootDevice, code, role } = withMfa()
    const RoleArn = role('r', root)
    for (const [operation, more] of [
      ['GetSessionToken', {}],
      ['AssumeRole', { RoleArn, RoleSessionName }],
    ] as const) {
      const withCode = (input: object) => () => act(ann, operation, { ...more, ...input })
      const both = 'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.'
      refused(withCode({ SerialNumber }), 'AccessDenied', both, 403)
      refused(withCode({ TokenCode: code() }), 'AccessDenied', both, 403)
      const wrong = code() === '000000' ? '000001' : '000000'
      refused(withCode({ SerialNumber, TokenCode: wrong }), 'AccessDenied', wrongCode, 403)
      refused(withCode({ SerialNumber: rootDevice, TokenCode: code() }), 'AccessDenied', wrongCode, 403)
      refused(withCode({ SerialNumber: arn('mfa/none'), TokenCode: code() }), 'AccessDenied', unknownDevice, 403)
    }
    act('root', 'GetSessionToken', { SerialNumber: rootDevice, TokenCode: code() })
    act(ann, 'GetSessionToken', { SerialNumber, TokenCode: code() })
    refused(() => act(ann, 'GetSessionToken', { SerialNumber, TokenCode: code() }), 'AccessDenied', wrongCode, 403)
  })

  it('a code is not used up by a call that is refused', () => {
    const { act, ann, SerialNumber, code, role } = withMfa()
    const RoleArn = role('closed', { Service: 'ec2.amazonaws.com' })
    const input = { RoleArn, RoleSessionName, SerialNumber, TokenCode: code() }
    refused(() => act(ann, 'AssumeRole', input), 'AccessDenied', /AssumeRole/, 403)
    act(ann, 'GetSessionToken', { SerialNumber, TokenCode: code() })
  })
})

describe('GetFederationToken', () => {
  const listUsers = policy({ Effect: 'Allow', Action: ['iam:ListUsers', 'iam:ListRoles'], Resource: '*' })

  it('may do what both the user and the session policies allow', () => {
    const { act, user, callerOf, clock } = withMfa()
    const maker = user('maker', { Effect: 'Allow', Action: ['sts:GetFederationToken', 'iam:ListUsers'], Resource: '*' })
    const { Credentials, FederatedUser, PackedPolicySize } = act(maker, 'GetFederationToken', {
      Name: 'bob',
      Policy: listUsers,
    })
    assert.ok(PackedPolicySize > 0)
    assert.equal(Credentials.Expiration, clock.now / 1000 + 43_200)
    assert.deepEqual(FederatedUser, {
      FederatedUserId: `${account}:bob`,
      Arn: `arn:aws:sts::${account}:federated-user/bob`,
    })
    const key = Credentials.AccessKeyId
    assert.deepEqual(act(key, 'GetCallerIdentity'), {
      UserId: `${account}:bob`,
      Account: account,
      Arn: `arn:aws:sts::${account}:federated-user/bob`,
    })
    assert.equal(callerOf(key).parentArn, arn('user/maker'))
    // The rights themselves; that federated users do not reach IAM's API at all is the door's business.
    act(key, 'ListUsers')
    refused(
      () => act(key, 'ListRoles'),
      'AccessDenied',
      /no identity-based policy allows the iam:ListRoles action$/,
      403,
    )
    const without = act(maker, 'GetFederationToken', { Name: 'bob' }).Credentials.AccessKeyId
    refused(() => act(without, 'ListUsers'), 'AccessDenied', /no session policy allows the iam:ListUsers action$/, 403)
  })

  it('of root has no other limits than its session policies', () => {
    const { act, clock, callerOf } = withMfa()
    const { Credentials } = act('root', 'GetFederationToken', { Name: 'bob', Policy: listUsers, DurationSeconds: 7200 })
    assert.equal(Credentials.Expiration, clock.now / 1000 + 3600)
    act(Credentials.AccessKeyId, 'ListUsers')
    refused(() => act(Credentials.AccessKeyId, 'ListGroups'), 'AccessDenied', /no session policy/, 403)
    assert.equal(callerOf(Credentials.AccessKeyId).parentArn, arn('root'))
  })

  it('needs permission on the federated user, and another for tags', () => {
    const { act, user, callerOf } = withMfa()
    const maker = user('maker', {
      Effect: 'Allow',
      Action: 'sts:GetFederationToken',
      Resource: `arn:aws:sts::${account}:federated-user/team-*`,
    })
    refused(
      () => act(maker, 'GetFederationToken', { Name: 'bob' }),
      'AccessDenied',
      `User: ${arn('user/maker')} is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::${account}:federated-user/bob because no identity-based policy allows the sts:GetFederationToken action`,
      403,
    )
    const Tags = [{ Key: 'Team', Value: 'a' }]
    const tagged = () => act(maker, 'GetFederationToken', { Name: 'team-a', Tags, Policy: listUsers })
    refused(tagged, 'AccessDenied', /sts:TagSession on resource: .*federated-user\/team-a/, 403)
    const PolicyDocument = policy({
      Effect: 'Allow',
      Action: ['sts:GetFederationToken', 'sts:TagSession'],
      Resource: '*',
    })
    act('admin', 'PutUserPolicy', { UserName: 'maker', PolicyName: 'inline', PolicyDocument })
    act('admin', 'TagUser', {
      UserName: 'maker',
      Tags: [
        { Key: 'team', Value: 'user' },
        { Key: 'cost', Value: '7' },
      ],
    })
    assert.deepEqual(callerOf(tagged().Credentials.AccessKeyId).tags, { Team: 'a', cost: '7' })
  })

  it('has the condition keys of a federated user', () => {
    const { act, user } = withMfa()
    const maker = user('maker', allowAll)
    const key = act(maker, 'GetFederationToken', { Name: 'bob', Policy: policy(allowAll) }).Credentials.AccessKeyId
    const when = (Condition: object) =>
      act('admin', 'PutUserPolicy', {
        UserName: 'maker',
        PolicyName: 'inline',
        PolicyDocument: policy({ ...allowAll, Condition }),
      })
    when({
      StringEquals: {
        'aws:PrincipalType': 'FederatedUser',
        'aws:userid': `${account}:bob`,
        'aws:PrincipalArn': `arn:aws:sts::${account}:federated-user/bob`,
        'aws:PrincipalAccount': account,
      },
      Null: { 'aws:username': 'true', 'aws:TokenIssueTime': 'false' },
    })
    act(key, 'ListUsers')
    when({ StringEquals: { 'aws:username': 'maker' } })
    refused(() => act(key, 'ListUsers'), 'AccessDenied', /no identity-based policy/, 403)
  })

  it('reaches neither IAM nor STS, and dies with the user', () => {
    const { act, user, callerOf, store, clock } = withMfa()
    const maker = user('maker', allowAll)
    const key = act(maker, 'GetFederationToken', { Name: 'bob', Policy: policy(allowAll) }).Credentials.AccessKeyId
    refused(() => keepToSession(callerOf(key), 'iam', 'GetUser'), 'InvalidClientTokenId', /invalid\.$/, 403)
    for (const operation of ['AssumeRole', 'GetSessionToken', 'GetFederationToken', 'DecodeAuthorizationMessage']) {
      const sentence = `Cannot call ${operation} with session credentials`
      refused(() => keepToSession(callerOf(key), 'sts', operation), 'AccessDenied', sentence, 403)
    }
    keepToSession(callerOf(key), 'sts', 'GetCallerIdentity')
    act('admin', 'DeleteAccessKey', { UserName: 'maker', AccessKeyId: maker })
    act('admin', 'DeleteUserPolicy', { UserName: 'maker', PolicyName: 'inline' })
    act('admin', 'DeleteUser', { UserName: 'maker' })
    assert.equal(findCredential(store, key, clock.now), undefined)
  })
})

describe('AssumeRole', () => {
  it('across accounts needs both sides', () => {
    const { act, user } = newAccount()
    const otherRoot = {
      kind: 'root' as const,
      account: other,
      arn: `arn:aws:iam::${other}:root`,
      principalArn: `arn:aws:iam::${other}:root`,
      userId: other,
      tags: {},
    }
    const RoleArn = `arn:aws:iam::${other}:role/shared`
    const trusting = (principal: object, Condition?: object) => ({
      RoleName: 'shared',
      PolicyDocument: trust(principal, 'sts:AssumeRole', Condition),
    })
    const { PolicyDocument } = trusting({ AWS: account })
    act(otherRoot, 'CreateRole', { RoleName: 'shared', AssumeRolePolicyDocument: PolicyDocument })
    const may = user('may', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn })
    const mayNot = user('may-not')
    const assume = (key: string, more: object = {}) => act(key, 'AssumeRole', { RoleArn, RoleSessionName, ...more })
    assert.equal(assume(may).AssumedRoleUser.Arn, `arn:aws:sts::${other}:assumed-role/shared/session`)
    const denied = (name: string) =>
      `User: ${arn(`user/${name}`)} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`
    refused(() => assume(mayNot), 'AccessDenied', denied('may-not'), 403)
    // Named itself by the other account, and still not let go by its own.
    act(otherRoot, 'UpdateAssumeRolePolicy', trusting({ AWS: arn('user/may-not') }))
    refused(() => assume(mayNot), 'AccessDenied', denied('may-not'), 403)
    refused(() => assume(may), 'AccessDenied', denied('may'), 403)
    act(otherRoot, 'UpdateAssumeRolePolicy', trusting({ AWS: account }, { StringEquals: { 'sts:ExternalId': 'x7' } }))
    refused(() => assume(may), 'AccessDenied', denied('may'), 403)
    assume(may, { ExternalId: 'x7' })
    // The other account's session is of that account, and so are the managed policies that may narrow it.
    refused(
      () => assume(may, { ExternalId: 'x7', PolicyArns: [{ arn: arn('policy/mine') }] }),
      'MalformedPolicyDocument',
      /does not exist/,
      400,
    )
  })

  it('of itself is a role like any other: its trust policy must say so', () => {
    const { act, role } = newAccount()
    const RoleArn = role('self', { AWS: arn('user/admin') })
    act('admin', 'PutRolePolicy', { RoleName: 'self', PolicyName: 'p', PolicyDocument: policy(allowAll) })
    const key = act('admin', 'AssumeRole', { RoleArn, RoleSessionName }).Credentials.AccessKeyId
    refused(() => act(key, 'AssumeRole', { RoleArn, RoleSessionName }), 'AccessDenied', /assumed-role\/self/, 403)
    const principals = { AWS: [arn('user/admin'), RoleArn] }
    act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'self', PolicyDocument: trust(principals) })
    act(key, 'AssumeRole', { RoleArn, RoleSessionName })
  })

  it('sessions are revoked by the time at which they were issued', () => {
    const { act, role, clock } = newAccount()
    const RoleArn = role('r', root)
    act('admin', 'PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: policy(allowAll) })
    const assume = () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName }).Credentials.AccessKeyId
    const before = assume()
    act(before, 'ListUsers')
    clock.now += 60_000
    // As the console's "Revoke active sessions" writes it.
    act('admin', 'PutRolePolicy', {
      RoleName: 'r',
      PolicyName: 'AWSRevokeOlderSessions',
      PolicyDocument: policy({
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(clock.now).toISOString() } },
      }),
    })
    refused(() => act(before, 'ListUsers'), 'AccessDenied', /with an explicit deny in an identity-based policy$/, 403)
    act(assume(), 'ListUsers')
  })

  it('gives tokens as long as they are asked to be', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root)
    const { Credentials, SessionTokenSize, SessionTokenUtilization } = act('admin', 'AssumeRole', {
      RoleArn,
      RoleSessionName,
      MinimumSessionTokenSize: 2048,
    })
    assert.deepEqual([Credentials.SessionToken.length, SessionTokenSize, SessionTokenUtilization], [2048, 2048, 50])
  })

  it('knows no reserved tags and no provided contexts', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root)
    const PolicyDocument = trust(root, ['sts:AssumeRole', 'sts:TagSession'])
    act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument })
    const assume = (more: object) => () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName, ...more })
    refused(assume({ Tags: [{ Key: 'aws:x', Value: '1' }] }), 'InvalidParameterValue', /reserved/, 400)
    const ProvidedContexts = [
      { ProviderArn: 'arn:aws:iam::aws:contextProvider/IdentityCenter', ContextAssertion: 'jwt' },
    ]
    refused(assume({ ProvidedContexts }), 'NotImplemented', /not built/, 501)
  })
})
