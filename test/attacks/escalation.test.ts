/** Ways to more rights than one was given. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, errorOf, send } from '../support/call.ts'
import type { Keys } from '../support/sign.ts'
import { assume, policy } from '../organizations/estate.ts'
import { allowAll, keysOf, type Lab, newLab, trusts } from './lab.ts'

let lab: Lab
before(async () => (lab = await newLab()))
after(() => lab.server.close())

describe('a service control policy', () => {
  it('binds roles and users whose paths only look like those of service-linked roles', async () => {
    const { estate, iam, tried, server } = lab
    const member = await estate.account('member')
    await estate.govern(member.id, 'SERVICE_CONTROL_POLICY', { Effect: 'Deny', Action: 's3:*', Resource: '*' })
    const Path = '/x:role/aws-service-role/'
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const RoleName = 'evil'
    await iam('CreateRole', { RoleName, Path, AssumeRolePolicyDocument: trusts(member.id) }, member.keys)
    await iam('AttachRolePolicy', { RoleName, PolicyArn }, member.keys)
    const evil = await assume(server, member.keys, `arn:aws:iam::${member.id}:role${Path}${RoleName}`)
    assert.equal(await tried(evil, 'iam', 'ListUsers'), 'done')
    assert.equal(await tried(evil, 's3', 'ListBuckets'), 'AccessDenied')
  })

  it('that forbids to leave holds whom another organization invites', async () => {
    const { estate, server, tried } = lab
    const member = await estate.account('held')
    const rival = await estate.account('rival')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: rival.id })
    await call(server.url, rival.keys, 'organizations', 'CreateOrganization')
    const { Handshake } = await call(server.url, rival.keys, 'organizations', 'InviteAccountToOrganization', {
      Target: { Type: 'ACCOUNT', Id: member.id },
    })
    const accept = () => tried(member.keys, 'organizations', 'AcceptHandshake', { HandshakeId: Handshake.Id })
    const forbid = { Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }
    const { id: PolicyId } = await estate.govern(member.id, 'SERVICE_CONTROL_POLICY', forbid)
    assert.equal(await accept(), 'AccessDeniedException')
    await estate.manage('DetachPolicy', { PolicyId, TargetId: member.id })
    assert.equal(await accept(), 'done')
  })
})

describe('two tags whose keys differ in case', () => {
  const red = { StringEquals: { 'aws:RequestTag/team': 'red' } }

  it('do not hide one behind the other, neither from an allow nor from a deny', async () => {
    const { iam, user, tried, arn } = lab
    const PolicyDocument = policy(allowAll)
    const onlyRed = await user('only-red', { ...allowAll, Condition: red })
    const neverRed = await user('never-red', allowAll, { ...allowAll, Effect: 'Deny', Condition: red })
    await iam('CreatePolicy', { PolicyName: 'labelled', PolicyDocument })
    const tag = (keys: typeof onlyRed, ...Tags: object[]) =>
      tried(keys, 'iam', 'TagPolicy', { PolicyArn: arn('policy/labelled'), Tags })
    const team = (Key: string, Value: string) => ({ Key, Value })
    assert.equal(await tag(onlyRed, team('team', 'red')), 'done')
    assert.equal(await tag(neverRed, team('team', 'blue')), 'done')
    for (const tags of [
      [team('Team', 'blue'), team('team', 'red')],
      [team('team', 'red'), team('Team', 'blue')],
    ]) {
      assert.equal(await tag(onlyRed, ...tags), 'AccessDenied')
      assert.equal(await tag(neverRed, ...tags), 'AccessDenied')
    }
  })
})

describe('a trust policy', () => {
  it('is bound to the very user, however odd its path', async () => {
    const { iam, arn, user, tried } = lab
    const AWS = arn('user/a//b/heir')
    const AssumeRolePolicyDocument = trusts(AWS)
    const make = { RoleName: 'inheritance', AssumeRolePolicyDocument }
    assert.equal(await tried(lab.server.admin, 'iam', 'CreateRole', make), 'MalformedPolicyDocument')
    const heir = await user('heir')
    await iam('UpdateUser', { UserName: 'heir', NewPath: '/a//b/' })
    await iam('CreateRole', make)
    const assumeIt = { RoleArn: arn('role/inheritance'), RoleSessionName: 'heir' }
    assert.equal(await tried(heir, 'sts', 'AssumeRole', assumeIt), 'done')
    await iam('DeleteAccessKey', { UserName: 'heir', AccessKeyId: heir.accessKeyId })
    await iam('DeleteUser', { UserName: 'heir' })
    const impostor = await user('heir')
    await iam('UpdateUser', { UserName: 'heir', NewPath: '/a//b/' })
    assert.equal(await tried(impostor, 'sts', 'AssumeRole', assumeIt), 'AccessDenied')
  })

  it('names nobody by what is no name', async () => {
    for (const AWS of ['garbage', '999', lab.arn('root/'), lab.arn('saml-provider/x'), ` ${lab.arn('user/admin')}`]) {
      const input = { RoleName: 'nobody', AssumeRolePolicyDocument: trusts(AWS) }
      assert.equal(await lab.tried(lab.server.admin, 'iam', 'CreateRole', input), 'MalformedPolicyDocument', AWS)
    }
  })
})

describe('a policy of a resource means the very user that it named', () => {
  /** A user in an account, who has his own leave for everything; before, whoever had the name is deleted. */
  async function made(UserName: string, by: Keys, former?: Keys): Promise<Keys> {
    const { iam } = lab
    if (former) {
      await iam('DeleteAccessKey', { UserName, AccessKeyId: former.accessKeyId }, by)
      await iam('DeleteUserPolicy', { UserName, PolicyName: 'own' }, by)
      await iam('DeleteUser', { UserName }, by)
    }
    await iam('CreateUser', { UserName }, by)
    await iam('PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument: policy(allowAll) }, by)
    const { AccessKey } = await iam('CreateAccessKey', { UserName }, by)
    return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  }

  it('of a repository', async () => {
    const { estate, server, tried } = lab
    const member = await estate.account('pulling')
    const ecr = (operation: string, input: object) => call(server.url, server.admin, 'ecr', operation, input)
    const repository = { registryId: server.account, repositoryName: 'images' }
    const AWS = `arn:aws:iam::${member.id}:user/puller`
    const policyText = policy({ Effect: 'Allow', Principal: { AWS }, Action: 'ecr:*' })
    await ecr('CreateRepository', repository)
    const put = { ...repository, policyText }
    assert.equal(await tried(server.admin, 'ecr', 'SetRepositoryPolicy', put), 'InvalidParameterException')
    const puller = await made('puller', member.keys)
    await ecr('SetRepositoryPolicy', put)
    assert.equal(await tried(puller, 'ecr', 'ListImages', repository), 'done')
    assert.equal((await ecr('GetRepositoryPolicy', repository)).policyText, policyText)
    const impostor = await made('puller', member.keys, puller)
    assert.equal(await tried(impostor, 'ecr', 'ListImages', repository), 'AccessDeniedException')
    assert.match((await ecr('GetRepositoryPolicy', repository)).policyText, /"AWS": "AIDA/)
  })

  it('of an organization', async () => {
    const { estate, server, tried } = lab
    const member = await estate.account('delegating')
    const AWS = `arn:aws:iam::${member.id}:user/steward`
    const Content = policy({ Effect: 'Allow', Principal: { AWS }, Action: 'organizations:*', Resource: '*' })
    const put = () => tried(server.admin, 'organizations', 'PutResourcePolicy', { Content })
    assert.equal(await put(), 'InvalidInputException')
    const steward = await made('steward', member.keys)
    assert.equal(await put(), 'done')
    assert.equal(await tried(steward, 'organizations', 'ListRoots'), 'done')
    const impostor = await made('steward', member.keys, steward)
    assert.equal(await tried(impostor, 'organizations', 'ListRoots'), 'AccessDeniedException')
    await estate.manage('DeleteResourcePolicy')
  })
})

describe('whoever may make users only within a boundary', () => {
  it('gets none without it, cannot take it off, and cannot reach others', async () => {
    const { iam, arn, user, tried } = lab
    const bound = arn('policy/bound')
    await iam('CreatePolicy', { PolicyName: 'bound', PolicyDocument: policy(allowAll) })
    const Condition = { StringEquals: { 'iam:PermissionsBoundary': bound } }
    const Action = ['CreateUser', 'PutUserPolicy', 'AttachUserPolicy', 'PutUserPermissionsBoundary'].map(
      (a) => `iam:${a}`,
    )
    const keys = await user('delegate', { Effect: 'Allow', Action, Resource: '*', Condition })
    const other = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const PolicyDocument = policy(allowAll)
    const attempts: [operation: string, input: object, outcome: string][] = [
      ['CreateUser', { UserName: 'minion' }, 'AccessDenied'],
      ['CreateUser', { UserName: 'minion', PermissionsBoundary: other }, 'AccessDenied'],
      ['CreateUser', { UserName: 'minion', Tags: [{ Key: 'iam:PermissionsBoundary', Value: bound }] }, 'AccessDenied'],
      ['CreateUser', { UserName: 'minion', PermissionsBoundary: bound }, 'done'],
      ['PutUserPolicy', { UserName: 'minion', PolicyName: 'p', PolicyDocument }, 'done'],
      ['PutUserPermissionsBoundary', { UserName: 'minion', PermissionsBoundary: other }, 'AccessDenied'],
      ['DeleteUserPermissionsBoundary', { UserName: 'minion' }, 'AccessDenied'],
      ['PutUserPolicy', { UserName: 'delegate', PolicyName: 'p', PolicyDocument }, 'AccessDenied'],
      ['UpdateUser', { UserName: 'minion', NewUserName: 'mine' }, 'AccessDenied'],
    ]
    for (const [operation, input, outcome] of attempts) {
      assert.equal(await tried(keys, 'iam', operation, input), outcome, `${operation} ${JSON.stringify(input)}`)
    }
  })
})

describe('a session', () => {
  it('follows its user by id: through a rename, and to nobody else of that name', async () => {
    const { iam, user, tried, server } = lab
    const ann = await user('ann', allowAll)
    const Policy = policy(allowAll)
    const own = keysOf(await call(server.url, ann, 'sts', 'GetSessionToken'))
    const guest = keysOf(await call(server.url, ann, 'sts', 'GetFederationToken', { Name: 'guest', Policy }))
    await iam('UpdateUser', { UserName: 'ann', NewUserName: 'anna' })
    const nobody = await user('ann')
    for (const keys of [own, guest]) assert.equal(await tried(keys, 's3', 'ListBuckets'), 'done')
    assert.equal(await tried(nobody, 's3', 'ListBuckets'), 'AccessDenied')
    await iam('PutUserPermissionsBoundary', {
      UserName: 'anna',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess',
    })
    for (const keys of [own, guest]) assert.equal(await tried(keys, 's3', 'ListBuckets'), 'AccessDenied')
    // Neither token goes with the other's key, nor with a user's.
    const mixed = [
      { ...own, sessionToken: guest.sessionToken! },
      { ...ann, sessionToken: own.sessionToken! },
    ]
    for (const keys of mixed) assert.equal(await tried(keys, 's3', 'ListBuckets'), 'InvalidToken')
  })

  it('got through a chain keeps its source identity and its transitive tags', async () => {
    const { iam, arn, tried, server } = lab
    const Action = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']
    const trust = policy({ Effect: 'Allow', Principal: { AWS: arn('root') }, Action })
    for (const RoleName of ['first', 'second']) {
      await iam('CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
      await iam('PutRolePolicy', { RoleName, PolicyName: 'all', PolicyDocument: policy(allowAll) })
    }
    const first = { RoleArn: arn('role/first'), RoleSessionName: 'alice', SourceIdentity: 'alice' }
    const tags = { Tags: [{ Key: 'team', Value: 'red' }], TransitiveTagKeys: ['TEAM'] }
    const keys = keysOf(await call(server.url, server.admin, 'sts', 'AssumeRole', { ...first, ...tags }))
    const second = { RoleArn: arn('role/second'), RoleSessionName: 'bob' }
    const change = (input: object) => tried(keys, 'sts', 'AssumeRole', { ...second, ...input })
    assert.equal(await change({ SourceIdentity: 'bob' }), 'ValidationError')
    assert.equal(await change({ Tags: [{ Key: 'Team', Value: 'blue' }] }), 'InvalidParameterValue')
    const chained = await assume(server, keys, second.RoleArn)
    const Condition = { StringEquals: { 'aws:SourceIdentity': 'alice', 'aws:PrincipalTag/team': 'red' } }
    const PolicyDocument = policy({ ...allowAll, Condition })
    await iam('PutRolePolicy', { RoleName: 'second', PolicyName: 'all', PolicyDocument })
    // A tag of the role does not lie over one of the session.
    await iam('TagRole', { RoleName: 'second', Tags: [{ Key: 'Team', Value: 'blue' }] })
    assert.equal(await tried(chained, 's3', 'ListBuckets'), 'done')
  })
})

describe('a closed account', () => {
  it('is nobody, and nobody gets in or at what it shared', async () => {
    const { estate, server, tried } = lab
    const closed = await estate.account('closed')
    const peer = await estate.account('peer')
    const Bucket = `closed-${closed.id}`
    const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`]
    const Policy = policy({ Effect: 'Allow', Principal: { AWS: peer.id }, Action: 's3:*', Resource })
    await call(server.url, closed.keys, 's3', 'CreateBucket', { Bucket })
    await call(server.url, closed.keys, 's3', 'PutBucketPolicy', { Bucket, Policy })
    assert.equal(await tried(peer.keys, 's3', 'ListObjectsV2', { Bucket }), 'done')
    await estate.manage('CloseAccount', { AccountId: closed.id })
    assert.equal(await tried(closed.keys, 'sts', 'GetCallerIdentity'), 'InvalidClientTokenId')
    assert.equal(await tried(peer.keys, 's3', 'ListObjectsV2', { Bucket }), 'AccessDenied')
    const RoleArn = `arn:aws:iam::${closed.id}:role/OrganizationAccountAccessRole`
    const input = { RoleArn, RoleSessionName: 'heir' }
    assert.equal(await tried(server.admin, 'sts', 'AssumeRole', input), 'AccessDenied')
  })
})

describe('an organization', () => {
  it('is not administered by members, and its handshakes are none of a stranger’s', async () => {
    const { estate, server, tried } = lab
    const member = await estate.account('insider')
    const solo = await estate.account('solo')
    await estate.manage('RemoveAccountFromOrganization', { AccountId: solo.id })
    const Target = { Type: 'ACCOUNT', Id: solo.id }
    const { Handshake } = await estate.manage('InviteAccountToOrganization', { Target })
    const HandshakeId = Handshake.Id
    const by = (keys: typeof member.keys, operation: string, input: object = {}) =>
      tried(keys, 'organizations', operation, input)
    for (const operation of ['DescribeHandshake', 'AcceptHandshake', 'DeclineHandshake', 'CancelHandshake']) {
      assert.equal(await by(member.keys, operation, { HandshakeId }), 'HandshakeNotFoundException')
    }
    assert.equal(await by(solo.keys, 'CancelHandshake', { HandshakeId }), 'AccessDeniedException')
    assert.equal(await by(server.admin, 'AcceptHandshake', { HandshakeId }), 'AccessDeniedException')
    const Content = policy({ Effect: 'Allow', Principal: { AWS: member.id }, Action: 'organizations:*', Resource: '*' })
    await estate.manage('PutResourcePolicy', { Content })
    // Not even the resource policy gives away what is the management account's alone.
    for (const [operation, input] of [
      ['PutResourcePolicy', { Content }],
      ['CloseAccount', { AccountId: solo.id }],
      ['RemoveAccountFromOrganization', { AccountId: member.id }],
      ['CreateAccount', { AccountName: 'x', Email: 'x@example.com' }],
    ] as const) {
      assert.equal(await by(member.keys, operation, input), 'AccessDeniedException', operation)
    }
  })
})

describe('headers', () => {
  it('say nothing of where a call comes from, nor by whom', async () => {
    const conditions = [
      { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
      { Bool: { 'aws:SecureTransport': 'true' } },
      { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
    ]
    const keys = await lab.user('liar', ...conditions.map((Condition) => ({ ...allowAll, Condition })))
    const headers = {
      forwarded: 'for=10.0.0.1;proto=https',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-proto': 'https',
      'x-real-ip': '10.0.0.1',
      'aws-sourcevpc': 'vpc-1',
    }
    const answer = await send(lab.server.url, 's3', 'ListBuckets', {}, { keys, headers })
    assert.equal(errorOf('s3', 'ListBuckets', answer)?.code, 'AccessDenied')
  })
})
