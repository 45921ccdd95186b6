import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Explanation } from '../../src/advise/explanation.ts'
import { connect, type Client } from '../../src/cli/client.ts'
import { AwsError } from '../../src/wire/aws-error.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

/**
 * Each row breaks one thing for a user or a session, makes a call that is then refused, and holds the explanation against
 * it: the layer that is blamed, and that the fixes — executed as they are printed — let the very same call pass.
 */
interface Row {
  name: string
  /** Makes the world; returns who calls. */
  arrange(admin: Client, name: string): Promise<Client>
  call: [service: string, operation: string, input: Record<string, unknown>]
  layer: string
  code: 'IMPLICIT_DENY' | 'EXPLICIT_DENY'
  /** How many fixes are expected; none where nobody could change the layer. */
  fixes: number
}

const allow = (Action: string | string[], Resource: string | string[] = '*') => ({ Effect: 'Allow', Action, Resource })
const deny = (Action: string, Resource = '*') => ({ Effect: 'Deny', Action, Resource })
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

let server: TestServer
let admin: Client

before(async () => {
  server = await startTestServer()
  admin = clientOf(server.admin)
  for (const Bucket of ['open-data', 'guarded-data']) {
    await admin.call('s3', 'CreateBucket', { Bucket })
    await admin.call('s3', 'PutObject', { Bucket, Key: 'a/b.txt', Body: Buffer.from('text') })
  }
})
after(() => server.close())

function clientOf(keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): Client {
  return connect({
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: 'us-east-1',
  })
}

async function user(name: string, ...statements: object[]): Promise<Client> {
  await admin.call('iam', 'CreateUser', { UserName: name })
  if (statements.length) {
    await admin.call('iam', 'PutUserPolicy', {
      UserName: name,
      PolicyName: 'own',
      PolicyDocument: policy(...statements),
    })
  }
  const { AccessKey } = await admin.call('iam', 'CreateAccessKey', { UserName: name })
  return clientOf({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey })
}

async function session(name: string, statements: object[], sessionPolicy?: string): Promise<Client> {
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${server.account}:root` }, Action: 'sts:AssumeRole' }
  await admin.call('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy(trust) })
  if (statements.length) {
    await admin.call('iam', 'PutRolePolicy', {
      RoleName: name,
      PolicyName: 'own',
      PolicyDocument: policy(...statements),
    })
  }
  const { Credentials } = await admin.call('sts', 'AssumeRole', {
    RoleArn: `arn:aws:iam::${server.account}:role/${name}`,
    RoleSessionName: 'test',
    ...(sessionPolicy ? { Policy: sessionPolicy } : {}),
  })
  return clientOf({
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  })
}

const getObject = (Bucket: string): Row['call'] => ['s3', 'GetObject', { Bucket, Key: 'a/b.txt' }]

const rows: Row[] = [
  {
    name: 'a user without any policy',
    arrange: (_, name) => user(name),
    call: ['iam', 'ListRoles', {}],
    layer: 'caller-policy',
    code: 'IMPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'a role session whose role lacks the action',
    arrange: (_, name) => session(name, [allow('s3:ListBucket')]),
    call: getObject('open-data'),
    layer: 'caller-policy',
    code: 'IMPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'several needs at once become one policy',
    arrange: (_, name) => user(name, allow('ec2:Describe*')),
    call: [
      'ec2',
      'CreateVpc',
      { CidrBlock: '10.9.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'a', Value: 'b' }] }] },
    ],
    layer: 'caller-policy',
    code: 'IMPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'an explicit deny in an inline policy',
    arrange: (_, name) => user(name, allow('*'), deny('s3:GetObject')),
    call: getObject('open-data'),
    layer: 'caller-policy',
    code: 'EXPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'a bucket policy that denies',
    async arrange(by, name) {
      const caller = await user(name, allow('s3:*'))
      const statement = {
        ...deny('s3:GetObject', 'arn:aws:s3:::guarded-data/*'),
        Principal: '*',
        Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } },
      }
      await by.call('s3', 'PutBucketPolicy', { Bucket: 'guarded-data', Policy: policy(statement) })
      return caller
    },
    call: getObject('guarded-data'),
    layer: 'resource-policy',
    code: 'EXPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'a permissions boundary of one’s own',
    async arrange(by, name) {
      const caller = await user(name, allow('*'))
      const { Policy } = await by.call('iam', 'CreatePolicy', {
        PolicyName: `${name}-boundary`,
        PolicyDocument: policy(allow('s3:ListBucket')),
      })
      await by.call('iam', 'PutUserPermissionsBoundary', { UserName: name, PermissionsBoundary: Policy.Arn })
      return caller
    },
    call: getObject('open-data'),
    layer: 'boundary',
    code: 'IMPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'a session policy, which only the next session can change',
    arrange: (_, name) => session(name, [allow('*')], policy(allow('s3:ListBucket'))),
    call: getObject('open-data'),
    layer: 'session-policy',
    code: 'IMPLICIT_DENY',
    fixes: 0,
  },
  {
    name: 'a trust policy that does not name the caller',
    async arrange(by, name) {
      const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }
      await by.call('iam', 'CreateRole', { RoleName: 'trusts-sagemaker', AssumeRolePolicyDocument: policy(trust) })
      return user(name, allow('sts:AssumeRole'))
    },
    call: [
      'sts',
      'AssumeRole',
      { RoleArn: 'arn:aws:iam::123456789012:role/trusts-sagemaker', RoleSessionName: 'session' },
    ],
    layer: 'trust',
    code: 'IMPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'a lifted lack does not hide a deny that hangs on a key of the request',
    async arrange(by, name) {
      const caller = await user(name)
      const statement = {
        ...deny('s3:ListBucket', 'arn:aws:s3:::guarded-list'),
        Principal: '*',
        Condition: { StringNotEquals: { 's3:prefix': 'a/' } },
      }
      await by.call('s3', 'CreateBucket', { Bucket: 'guarded-list' })
      await by.call('s3', 'PutBucketPolicy', { Bucket: 'guarded-list', Policy: policy(statement) })
      return caller
    },
    // The prefix meets the bucket policy, so that only the caller's own policy is missing; the fix must be offered.
    call: ['s3', 'ListObjectsV2', { Bucket: 'guarded-list', Prefix: 'a/' }],
    layer: 'caller-policy',
    code: 'IMPLICIT_DENY',
    fixes: 1,
  },
  {
    name: 'a fix that a quota forbids is not offered, and the explanation stands all the same',
    async arrange(_, name) {
      const filler = Array.from({ length: 60 }, (__, n) => `arn:aws:s3:::some-bucket-${n}/*`)
      return user(name, allow('s3:GetObjectTagging', filler))
    },
    call: ['iam', 'ListRoles', {}],
    layer: 'caller-policy',
    code: 'IMPLICIT_DENY',
    fixes: 0,
  },
]

describe('explain', () => {
  for (const [at, row] of rows.entries()) {
    it(row.name, async () => {
      const caller = await row.arrange(admin, `explained-${at}`)
      const explanation = await refused(caller, row.call)
      assert.equal(explanation.decision, 'denied')
      assert.equal(explanation.operation, row.call[1])
      assert.equal(explanation.blockers[0]?.layer, row.layer, JSON.stringify(explanation.blockers))
      assert.equal(explanation.blockers[0]?.code, row.code)
      assert.ok(
        explanation.needs.some((need) => need.effect !== 'allow' && need.layers.length + need.missing.length > 0),
      )
      assert.equal(explanation.fixes.length, row.fixes, JSON.stringify(explanation.fixes))
      if (!row.fixes) return
      for (const { call } of explanation.fixes) await admin.call(call.service, call.operation, call.input)
      await caller.call(...row.call)
    })
  }

  it('tells of an allowed call which statement granted it', async () => {
    const id = await requestIdOf(admin, 'sts', 'GetCallerIdentity')
    const { Document } = await admin.call('sallyport', 'Explain', { Id: id })
    assert.equal((Document as Explanation).decision, 'allowed')
    const listed = server.world.decisions.recent(1000).find((trace) => trace.operation === 'PutObject')!
    const { Document: put } = await admin.call('sallyport', 'Explain', { Id: listed.requestId })
    const [need] = (put as Explanation).needs
    assert.equal(need?.effect, 'allow')
    assert.ok(need?.layers.some((layer) => layer.policy.endsWith('/AdministratorAccess') && layer.effect === 'allow'))
  })

  it('finds the last refused call without its request id', async () => {
    const caller = await user('without-a-note')
    const { requestId } = await refused(caller, ['iam', 'ListGroups', {}])
    await admin.call('iam', 'ListGroups', {})
    const { Document } = await admin.call('sallyport', 'Explain', { Id: 'last' })
    assert.equal((Document as Explanation).requestId, requestId)
  })

  it('tells nobody of another account’s calls, and nobody without the permission', async () => {
    const stranger = await user('stranger')
    const id = server.world.decisions.recent(1)[0]!.requestId
    await assert.rejects(stranger.call('sallyport', 'Explain', { Id: id }), { code: 'AccessDeniedException' })
    await assert.rejects(admin.call('sallyport', 'Explain', { Id: '01a20838-c111-7000-b91f-5043361e4bdb' }), {
      code: 'ResourceNotFoundException',
    })
  })

  it('what-if questions leave no trace in the state', async () => {
    const caller = await user('untouched')
    const before = server.world.store.revision
    const explanation = await refused(caller, ['iam', 'ListRoles', {}])
    assert.equal(explanation.fixes.length, 1)
    const { PolicyNames } = await admin.call('iam', 'ListUserPolicies', { UserName: 'untouched' })
    assert.deepEqual(PolicyNames, [])
    // The only writes since are last-used notes.
    assert.ok(server.world.store.revision - before <= 3)
  })
})

async function refused(caller: Client, call: Row['call']): Promise<Explanation> {
  const error = await caller.call(...call).then(
    () => assert.fail('the call was expected to be refused'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof AwsError)
  const { Document } = await admin.call('sallyport', 'Explain', { Id: error.fields['RequestId']! })
  return Document as Explanation
}

async function requestIdOf(client: Client, service: string, operation: string): Promise<string> {
  await client.call(service, operation)
  return server.world.decisions.recent(10).find((trace) => trace.operation === operation)!.requestId
}
