/** GetRequestAuthorizationDetails: IAM's refusals name the id, and the id tells who was asked and what they said. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newRequestId, authorizationId } from '../../src/door/request-id.ts'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

let server: TestServer
let ann: Keys
let annArn: string

before(async () => {
  server = await startTestServer()
  const { User } = await iam('CreateUser', { UserName: 'ann' })
  annArn = User.Arn
  const { AccessKey } = await iam('CreateAccessKey', { UserName: 'ann' })
  ann = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  await iam('CreateGroup', { GroupName: 'staff' })
  await iam('AddUserToGroup', { GroupName: 'staff', UserName: 'ann' })
})
after(() => server.close())

const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

const tail =
  /\. Go to https:\/\/us-east-1\.console\.aws\.amazon\.com\/iam\/home\?region=us-east-1#\/authorization-details\/([0-9a-z]{25}) for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: \1$/

/** What a call by ann is refused with, and under which id. */
async function refusedWith(operation: string, input: object): Promise<{ message: string; id: string }> {
  const answer = await send(server.url, 'iam', operation, input, { keys: ann })
  const { message = '' } = errorOf('iam', operation, answer) ?? {}
  const [, id = ''] = tail.exec(message) ?? []
  assert.ok(id, message)
  assert.equal(id, authorizationId(answer.requestId))
  return { message: message.replace(tail, ''), id }
}

const details = (id: string, more: object = {}, keys = server.admin) =>
  call(server.url, keys, 'iam-toolbox', 'GetRequestAuthorizationDetails', { authorizationId: id, ...more })

async function refusal(input: { authorizationId: string; nextToken?: string }, keys = server.admin) {
  const answer = await send(server.url, 'iam-toolbox', 'GetRequestAuthorizationDetails', input, { keys })
  return { ...errorOf('iam-toolbox', 'GetRequestAuthorizationDetails', answer), status: answer.status }
}

const inline = /^inline:[0-9a-f]{16}$/

describe('an implicit denial', () => {
  it('has no matched policies, but all that were asked', async () => {
    await iam('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'own',
      PolicyDocument: document({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
    })
    await iam('PutGroupPolicy', {
      GroupName: 'staff',
      PolicyName: 'own',
      PolicyDocument: document({ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }),
    })
    const { message, id } = await refusedWith('CreateUser', { UserName: 'bob', Tags: [{ Key: 'team', Value: 'a' }] })
    const bob = `arn:aws:iam::${server.account}:user/bob`
    assert.equal(
      message,
      `User: ${annArn} is not authorized to perform: iam:CreateUser on resource: ${bob} because no identity-based policy allows the iam:CreateUser action`,
    )
    const { evaluations, policies, requestContext, nextToken } = await details(id)
    assert.equal(nextToken, undefined)
    assert.deepEqual(
      evaluations.map(({ context: _, ...rest }: any) => rest),
      ['iam:CreateUser', 'iam:TagUser'].map((action) => ({
        action,
        resource: bob,
        evaluatedEffect: 'IMPLICIT_DENY',
        matchedPolicies: [],
      })),
    )
    assert.equal(evaluations[0].context['aws:RequestTag/team'], 'a')
    assert.equal(evaluations[0].context['aws:TagKeys'], '[team]')
    // Two policies of one name, told apart by what they hang on.
    for (const { uri } of policies) assert.match(uri, inline)
    assert.notEqual(policies[0].uri, policies[1].uri)
    assert.deepEqual(
      policies.map(({ uri: _, ...rest }: any) => rest),
      [annArn, `arn:aws:iam::${server.account}:group/staff`].map((arn) => ({
        type: 'IDENTITY_BASED_POLICY',
        inline: true,
        attachedTo: [{ arn }],
      })),
    )
    assert.equal(requestContext['aws:PrincipalARN'], annArn)
    assert.equal(requestContext['aws:SourceIp'], '127.0.0.1/32')
    assert.equal(requestContext['aws:ViaAWSService'], 'false')
    assert.match(requestContext['aws:CurrentTime'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.equal(requestContext['aws:EpochTime'], requestContext['aws:CurrentTime'])
    assert.equal('aws:MultiFactorAuthPresent' in requestContext, false)
  })
})

describe('an explicit denial', () => {
  it('names the policies that matched, their statements, and no text of theirs', async () => {
    const { Policy } = await iam('CreatePolicy', {
      PolicyName: 'guard',
      PolicyDocument: document(
        { Sid: 'NoUsers', Effect: 'Deny', Action: 'iam:DeleteUser', Resource: '*' },
        { Sid: 'Secret', Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
      ),
    })
    await iam('AttachUserPolicy', { UserName: 'ann', PolicyArn: Policy.Arn })
    await iam('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'own',
      PolicyDocument: document({ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }),
    })
    const { message, id } = await refusedWith('DeleteUser', { UserName: 'bob' })
    assert.match(message, new RegExp(`with an explicit deny in an identity-based policy: ${Policy.Arn}$`))
    const found = await details(id)
    const own = found.policies.find(({ attachedTo, inline: isInline }: any) => isInline && attachedTo[0].arn === annArn)
    assert.deepEqual(found.evaluations[0].evaluatedEffect, 'EXPLICIT_DENY')
    assert.deepEqual(found.evaluations[0].matchedPolicies, [
      { uri: own.uri, matchedStatements: [{ sid: 'All', evaluatedEffect: 'ALLOW' }] },
      { uri: Policy.Arn, matchedStatements: [{ sid: 'NoUsers', evaluatedEffect: 'DENY' }] },
    ])
    assert.deepEqual(
      found.policies.find(({ uri }: any) => uri === Policy.Arn),
      { type: 'IDENTITY_BASED_POLICY', inline: false, uri: Policy.Arn, attachedTo: [{ arn: annArn }] },
    )
    assert.doesNotMatch(JSON.stringify(found), /dynamodb/)

    // The snapshot outlives what it is of.
    await iam('DetachUserPolicy', { UserName: 'ann', PolicyArn: Policy.Arn })
    await iam('DeletePolicy', { PolicyArn: Policy.Arn })
    assert.deepEqual(await details(id), found)
  })

  it('in a session shows boundary, session policy and trust for what they are', async () => {
    const trust = document({ Effect: 'Allow', Principal: { AWS: server.account }, Action: 'sts:AssumeRole' })
    const { Role } = await iam('CreateRole', {
      RoleName: 'narrow',
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    })
    const { Credentials } = await call(server.url, server.admin, 'sts', 'AssumeRole', {
      RoleArn: Role.Arn,
      RoleSessionName: 'one',
      Policy: document({ Effect: 'Allow', Action: 'sns:*', Resource: '*' }),
    })
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    const refusedId = async (service: string, operation: string, input: object) =>
      authorizationId((await send(server.url, service, operation, input, { keys })).requestId)

    const { policies, requestContext } = await details(await refusedId('iam', 'ListUsers', {}))
    assert.deepEqual(
      policies.map(({ type, inline: isInline, attachedTo }: any) => [type, isInline, attachedTo[0].arn]),
      [
        ['PERMISSIONS_BOUNDARY', false, Role.Arn],
        ['SESSION_POLICY', true, Role.Arn],
      ],
    )
    assert.equal(requestContext['aws:MultiFactorAuthPresent'], 'false')
    assert.match(requestContext['aws:TokenIssueTime'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

    const input = { RoleArn: Role.Arn, RoleSessionName: 'two' }
    const assumed = await details(await refusedId('sts', 'AssumeRole', input))
    assert.deepEqual(
      assumed.policies
        .filter(({ type }: any) => type === 'RESOURCE_BASED_POLICY')
        .map(({ attachedTo }: any) => attachedTo),
      [[{ arn: Role.Arn }]],
    )
  })
})

describe('who may see it', () => {
  const notFound = {
    code: 'ResourceNotFoundException',
    message: 'The requested authorization details do not exist in this region or have expired.',
    status: 404,
  }

  it('whoever has the permission, in the account', async () => {
    await iam('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'own',
      PolicyDocument: document({ Effect: 'Allow', Action: 'sns:*', Resource: '*' }),
    })
    const { id } = await refusedWith('ListUsers', {})
    const { code, message, status } = await refusal({ authorizationId: id }, ann)
    assert.deepEqual([code, status], ['AccessDeniedException', 403])
    assert.match(message!, /iam:GetRequestAuthorizationDetails on resource: \* because no identity-based policy/)
    await iam('PutUserPolicy', {
      UserName: 'ann',
      PolicyName: 'own',
      PolicyDocument: document({ Effect: 'Allow', Action: 'iam:GetRequestAuthorizationDetails', Resource: '*' }),
    })
    assert.equal((await details(id, {}, ann)).evaluations.length, 1)
  })

  it('and nobody else, and nothing but refusals', async () => {
    const allowed = await send(server.url, 'iam', 'ListUsers', {}, { keys: server.admin })
    const unknown = authorizationId(newRequestId(Date.now()))
    for (const id of [authorizationId(allowed.requestId), unknown, 'a', '0'.repeat(25), 'z'.repeat(25)]) {
      assert.deepEqual(await refusal({ authorizationId: id }), notFound, id)
    }
    const { status } = await refusal({ authorizationId: 'NOT-AN-ID' })
    assert.equal(status, 400)
    // As if another account had been refused.
    const { id } = await refusedWith('ListUsers', {})
    const { requestId } = server.world.decisions.recent(1)[0]!
    const trace = server.world.decisions.get(requestId)!
    server.world.decisions.append({ ...trace, caller: { ...trace.caller!, account: '210987654321' } })
    assert.deepEqual(await refusal({ authorizationId: id }), notFound)
  })

  it('page by page', async () => {
    const { id } = await refusedWith('ListUsers', {})
    const { requestId } = server.world.decisions.recent(1)[0]!
    const trace = server.world.decisions.get(requestId)!
    const [first] = trace.needs
    const many = Array.from({ length: 250 }, (_, at) => ({ ...first!, resource: `r${at}` }))
    server.world.decisions.append({ ...trace, needs: many })
    const seen: string[] = []
    let nextToken: string | undefined
    do {
      const page = await details(id, nextToken === undefined ? {} : { nextToken })
      seen.push(...page.evaluations.map(({ resource }: any) => resource))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    assert.deepEqual(
      seen,
      many.map(({ resource }) => resource),
    )
    const { code, status } = await refusal({ authorizationId: id, nextToken: 'bogus' })
    assert.deepEqual([code, status], ['ValidationException', 400])
  })
})
