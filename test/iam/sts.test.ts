import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { account, allowAll, newAccount, policy, refused, service, trust } from './account.ts'

const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`
const root = { AWS: arn('root') }
const sts = (Action: string | string[]) => ({ Effect: 'Allow', Action, Resource: '*' })
const RoleSessionName = 'session'

const notAuthorized = (who: string, role: string, action = 'AssumeRole') =>
  `User: ${who} is not authorized to perform: sts:${action} on resource: ${role}`

describe('GetCallerIdentity', () => {
  it('tells everyone who they are, whatever their policies say', () => {
    const { act, user, role } = newAccount()
    const key = user('ann', [{ Effect: 'Deny', Action: 'sts:GetCallerIdentity', Resource: '*' }, sts('sts:AssumeRole')])
    const identity = act(key, 'GetCallerIdentity')
    assert.equal(identity.Arn, arn('user/ann'))
    assert.match(identity.UserId, /^AIDA/)
    assert.deepEqual(act('root', 'GetCallerIdentity'), { UserId: account, Account: account, Arn: arn('root') })
    const RoleArn = role('r', root, { Path: '/team/' })
    const { Credentials, AssumedRoleUser } = act(key, 'AssumeRole', { RoleArn, RoleSessionName })
    const session = act(Credentials.AccessKeyId, 'GetCallerIdentity')
    assert.equal(session.Arn, `arn:aws:sts::${account}:assumed-role/r/session`)
    assert.match(session.UserId, /^AROA[A-Z2-7]{17}:session$/)
    assert.deepEqual(AssumedRoleUser, { AssumedRoleId: session.UserId, Arn: session.Arn })
  })
})

describe('AssumeRole', () => {
  it('needs both sides when the trust names the account, the trust alone when it names the user', () => {
    const { act, user, role } = newAccount()
    const without = user('without')
    const withPolicy = user('with', sts('sts:AssumeRole'))
    const delegating = role('delegating', root)
    const naming = role('naming', { AWS: arn('user/without') })
    refused(
      () => act(without, 'AssumeRole', { RoleArn: delegating, RoleSessionName }),
      'AccessDenied',
      notAuthorized(arn('user/without'), delegating),
      403,
    )
    act(withPolicy, 'AssumeRole', { RoleArn: delegating, RoleSessionName })
    act(without, 'AssumeRole', { RoleArn: naming, RoleSessionName })
    refused(
      () => act(withPolicy, 'AssumeRole', { RoleArn: naming, RoleSessionName }),
      'AccessDenied',
      notAuthorized(arn('user/with'), naming),
      403,
    )
  })

  it('refuses a role that is not there, or whose path is wrong, in the same words', () => {
    const { act, role } = newAccount()
    role('r', root, { Path: '/team/' })
    for (const RoleArn of [arn('role/none'), arn('role/r'), 'arn:aws:iam::210987654321:role/r']) {
      refused(
        () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName }),
        'AccessDenied',
        notAuthorized(arn('user/admin'), RoleArn),
        403,
      )
    }
    for (const RoleArn of ['nothing-valid-in-here', 'arn:a:::something/test-role']) {
      refused(
        () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName }),
        'ValidationError',
        `${RoleArn} is invalid`,
        400,
      )
    }
  })

  it('is not for root', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root)
    refused(
      () => act('root', 'AssumeRole', { RoleArn, RoleSessionName }),
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
      403,
    )
  })

  it('hands out credentials of the known form, whole seconds long', () => {
    const { act, role, store, clock } = newAccount()
    clock.now += 250
    const { Credentials, ...rest } = act('admin', 'AssumeRole', {
      RoleArn: role('r', root),
      RoleSessionName,
      DurationSeconds: 900,
    })
    assert.match(Credentials.AccessKeyId, /^ASIA[A-Z2-7]{16}$/)
    assert.equal(Credentials.SecretAccessKey.length, 40)
    assert.ok(Credentials.SessionToken.length > 300)
    assert.equal(Credentials.Expiration, Math.floor(clock.now / 1000) + 900)
    assert.ok(!('PackedPolicySize' in rest) && !('SourceIdentity' in rest))
    const credential = findCredential(store, Credentials.AccessKeyId, clock.now)
    assert.equal(credential?.sessionToken, Credentials.SessionToken)
    assert.equal(credential?.expiresAt, Credentials.Expiration * 1000)
  })

  it('checks the external ID and the context of a service', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root)
    const conditions = (Principal: object, Condition: object) =>
      act('admin', 'UpdateAssumeRolePolicy', {
        RoleName: 'r',
        PolicyDocument: trust(Principal, 'sts:AssumeRole', Condition),
      })
    conditions(root, { StringEquals: { 'sts:ExternalId': 'secret' } })
    refused(() => act('admin', 'AssumeRole', { RoleArn, RoleSessionName }), 'AccessDenied', /AssumeRole/, 403)
    refused(
      () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName, ExternalId: 'wrong' }),
      'AccessDenied',
      /AssumeRole/,
      403,
    )
    act('admin', 'AssumeRole', { RoleArn, RoleSessionName, ExternalId: 'secret' })

    conditions(
      { Service: 'sagemaker.amazonaws.com' },
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sagemaker:us-east-1:*:training-job/*' } },
    )
    const sagemaker = (job: string) =>
      service('sagemaker.amazonaws.com', {
        sourceArn: `arn:aws:sagemaker:us-east-1:${account}:${job}`,
        sourceAccount: account,
      })
    act(sagemaker('training-job/j'), 'AssumeRole', { RoleArn, RoleSessionName })
    refused(
      () => act(sagemaker('model/m'), 'AssumeRole', { RoleArn, RoleSessionName }),
      'AccessDenied',
      /^User: sagemaker.amazonaws.com is not/,
      403,
    )
    refused(
      () => act('ec2.amazonaws.com', 'AssumeRole', { RoleArn, RoleSessionName }),
      'AccessDenied',
      /AssumeRole/,
      403,
    )
    refused(() => act('admin', 'AssumeRole', { RoleArn, RoleSessionName }), 'AccessDenied', /AssumeRole/, 403)
  })

  it('keeps to the durations: the role, then the chain', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root, { MaxSessionDuration: 7200 })
    act('admin', 'PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: policy(allowAll) })
    refused(
      () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName, DurationSeconds: 7201 }),
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      400,
    )
    const { Credentials } = act('admin', 'AssumeRole', { RoleArn, RoleSessionName, DurationSeconds: 7200 })
    const chained = (DurationSeconds: number) =>
      act(Credentials.AccessKeyId, 'AssumeRole', { RoleArn, RoleSessionName, DurationSeconds })
    refused(() => chained(7201), 'ValidationError', /MaxSessionDuration/, 400)
    refused(
      () => chained(3601),
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      400,
    )
    chained(3600)
  })

  it('narrows a session by its policies', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root)
    act('admin', 'PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: policy(allowAll) })
    const Policy = policy({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' })
    const narrow = act('admin', 'AssumeRole', { RoleArn, RoleSessionName, Policy })
    assert.ok(narrow.PackedPolicySize > 0 && narrow.PackedPolicySize <= 100)
    act(narrow.Credentials.AccessKeyId, 'ListUsers')
    refused(
      () => act(narrow.Credentials.AccessKeyId, 'ListRoles'),
      'AccessDenied',
      /because no session policy allows the iam:ListRoles action$/,
      403,
    )
    const union = act('admin', 'AssumeRole', {
      RoleArn,
      RoleSessionName,
      Policy,
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }],
    })
    act(union.Credentials.AccessKeyId, 'ListRoles')
    refused(
      () => act(union.Credentials.AccessKeyId, 'CreateUser', { UserName: 'x' }),
      'AccessDenied',
      /no session policy/,
      403,
    )
    const assume = (more: object) => () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName, ...more })
    refused(assume({ Policy: '{' }), 'MalformedPolicyDocument', 'This policy contains invalid Json', 400)
    refused(assume({ PolicyArns: [{ arn: arn('policy/none') }] }), 'MalformedPolicyDocument', /does not exist/, 400)
    const noise = Array.from({ length: 1000 }, (_, n) => `s3:a${(n * 2654435761) % 4294967296}`)
    refused(
      assume({ Policy: policy(sts(noise)) }),
      'PackedPolicyTooLarge',
      /^Packed policy consumes \d+% of allotted space, please use smaller policy\.$/,
      400,
    )
  })
})

describe('session tags and source identity', () => {
  function chain() {
    const world = newAccount()
    const { act } = world
    const first = world.role('first', root, { Tags: [{ Key: 'Team', Value: 'role' }] })
    const second = world.role('second', root)
    for (const RoleName of ['first', 'second']) {
      const PolicyDocument = trust(root, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'])
      act('admin', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument })
      act('admin', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: policy(allowAll) })
    }
    const callerOf = (key: string) => findCredential(world.store, key, world.clock.now)!.caller
    return { ...world, first, second, callerOf }
  }

  it('need permissions of their own, in the trust policy too', () => {
    const { act, first } = chain()
    act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'first', PolicyDocument: trust(root) })
    const assume = (more: object) => act('admin', 'AssumeRole', { RoleArn: first, RoleSessionName, ...more })
    assume({})
    refused(
      () => assume({ Tags: [{ Key: 'a', Value: 'b' }] }),
      'AccessDenied',
      notAuthorized(arn('user/admin'), first, 'TagSession'),
      403,
    )
    refused(
      () => assume({ SourceIdentity: 'ann' }),
      'AccessDenied',
      notAuthorized(arn('user/admin'), first, 'SetSourceIdentity'),
      403,
    )
  })

  it("lie over the role's tags; the transitive ones go on and cannot be changed", () => {
    const { act, first, second, callerOf } = chain()
    const Tags = [
      { Key: 'team', Value: 'session' },
      { Key: 'stays', Value: 'here' },
    ]
    const one = act('admin', 'AssumeRole', { RoleArn: first, RoleSessionName, Tags, TransitiveTagKeys: ['TEAM'] })
      .Credentials.AccessKeyId
    assert.deepEqual(callerOf(one).tags, { team: 'session', stays: 'here' })
    const two = act(one, 'AssumeRole', { RoleArn: second, RoleSessionName }).Credentials.AccessKeyId
    assert.deepEqual(callerOf(two).tags, { team: 'session' })
    refused(
      () => act(two, 'AssumeRole', { RoleArn: first, RoleSessionName, Tags: [{ Key: 'Team', Value: 'x' }] }),
      'InvalidParameterValue',
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      400,
    )
    act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'second', PolicyDocument: trust(root) })
    refused(() => act(one, 'AssumeRole', { RoleArn: second, RoleSessionName }), 'AccessDenied', /sts:TagSession/, 403)
  })

  it('are checked', () => {
    const { act, first } = chain()
    const assume = (more: object) => () => act('admin', 'AssumeRole', { RoleArn: first, RoleSessionName, ...more })
    refused(
      assume({
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      }),
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      400,
    )
    refused(
      assume({ Tags: [{ Key: 'a', Value: '1' }], TransitiveTagKeys: ['b'] }),
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
      400,
    )
  })

  it('a source identity is set once', () => {
    const { act, first, second, callerOf } = chain()
    const one = act('admin', 'AssumeRole', { RoleArn: first, RoleSessionName, SourceIdentity: 'ann' })
    assert.equal(one.SourceIdentity, 'ann')
    const key = one.Credentials.AccessKeyId
    const two = act(key, 'AssumeRole', { RoleArn: second, RoleSessionName })
    assert.equal(callerOf(two.Credentials.AccessKeyId).sourceIdentity, 'ann')
    refused(
      () => act(key, 'AssumeRole', { RoleArn: second, RoleSessionName, SourceIdentity: 'bea' }),
      'ValidationError',
      'The source identity is already set for this assume role session',
      400,
    )
    act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'second', PolicyDocument: trust(root) })
    refused(
      () => act(key, 'AssumeRole', { RoleArn: second, RoleSessionName }),
      'AccessDenied',
      /sts:SetSourceIdentity/,
      403,
    )
  })
})

describe('unique ids', () => {
  it('a trust policy means the one whom it named, not whoever has the name now', () => {
    const { act, user, role } = newAccount()
    const key = user('ann')
    const RoleArn = role('r', { AWS: arn('user/ann') })
    act(key, 'AssumeRole', { RoleArn, RoleSessionName })
    const shown = () => decodeURIComponent(act('admin', 'GetRole', { RoleName: 'r' }).Role.AssumeRolePolicyDocument)
    assert.match(shown(), /:user\/ann"/)
    const { UserId } = act('admin', 'GetUser', { UserName: 'ann' }).User

    act('admin', 'UpdateUser', { UserName: 'ann', NewUserName: 'anna' })
    act(key, 'AssumeRole', { RoleArn, RoleSessionName })
    assert.match(shown(), /:user\/anna"/)

    act('admin', 'DeleteAccessKey', { UserName: 'anna', AccessKeyId: key })
    act('admin', 'DeleteUser', { UserName: 'anna' })
    assert.match(shown(), new RegExp(`"${UserId}"`))
    const again = user('ann')
    refused(
      () => act(again, 'AssumeRole', { RoleArn, RoleSessionName }),
      'AccessDenied',
      notAuthorized(arn('user/ann'), RoleArn),
      403,
    )
    refused(
      () => act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: shown() }),
      'MalformedPolicyDocument',
      `Invalid principal in policy: "AWS":"${UserId}"`,
      400,
    )
    act('admin', 'UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust({ AWS: arn('user/ann') }) })
    act(again, 'AssumeRole', { RoleArn, RoleSessionName })
  })

  it('a session dies with its role, also when the name comes back', () => {
    const { act, role, store, clock } = newAccount()
    const RoleArn = role('r', root)
    const key = act('admin', 'AssumeRole', { RoleArn, RoleSessionName }).Credentials.AccessKeyId
    assert.ok(findCredential(store, key, clock.now))
    act('admin', 'DeleteRole', { RoleName: 'r' })
    assert.equal(findCredential(store, key, clock.now), undefined)
    role('r', root)
    assert.equal(findCredential(store, key, clock.now), undefined)
  })
})

describe('sessions', () => {
  it('are known as expired for a while, then forgotten and removed', () => {
    const { act, role, store, clock } = newAccount()
    const RoleArn = role('r', root)
    const assume = () => act('admin', 'AssumeRole', { RoleArn, RoleSessionName }).Credentials.AccessKeyId
    const key = assume()
    clock.now += 3_600_000
    assert.ok(findCredential(store, key, clock.now)!.expiresAt! <= clock.now)
    clock.now += 3_600_000
    assert.equal(findCredential(store, key, clock.now), undefined)
    assume()
    assert.equal(store.count('sts/session'), 1)
    assert.equal(store.count('sts/session-expiry'), 1)
  })

  it('take on changes of their role at once', () => {
    const { act, role } = newAccount()
    const RoleArn = role('r', root)
    const key = act('admin', 'AssumeRole', { RoleArn, RoleSessionName }).Credentials.AccessKeyId
    refused(() => act(key, 'ListUsers'), 'AccessDenied', /because no identity-based policy allows/, 403)
    act('admin', 'AttachRolePolicy', { RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' })
    act(key, 'ListUsers')
  })
})
