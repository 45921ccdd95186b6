/** What EC2 encodes in a refusal, DecodeAuthorizationMessage opens: for the right people, and only what this server sealed. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { open, seal } from '../../src/door/authorization-message.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

let server: TestServer
let ann: Keys

before(async () => {
  server = await startTestServer()
  await iam('CreateUser', { UserName: 'ann' })
  const { AccessKey } = await iam('CreateAccessKey', { UserName: 'ann' })
  ann = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
})
after(() => server.close())

const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)
const ec2 = async (operation: string, input: object) => {
  const answer = await send(server.url, 'ec2', operation, input, { keys: ann })
  return errorOf('ec2', operation, answer)?.message ?? ''
}
const allow = (...Statement: object[]) =>
  iam('PutUserPolicy', {
    UserName: 'ann',
    PolicyName: 'inline',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  })

async function encodedMessage(): Promise<string> {
  const message = await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' })
  const [, encoded] = /Encoded authorization failure message: ([\w-]+)$/.exec(message) ?? []
  assert.ok(encoded, message)
  return encoded
}

async function decoded(EncodedMessage: string, keys = server.admin): Promise<any> {
  const { DecodedMessage } = await call(server.url, keys, 'sts', 'DecodeAuthorizationMessage', { EncodedMessage })
  return JSON.parse(DecodedMessage)
}

async function refusal(EncodedMessage: string, keys = server.admin) {
  const answer = await send(server.url, 'sts', 'DecodeAuthorizationMessage', { EncodedMessage }, { keys })
  return { ...errorOf('sts', 'DecodeAuthorizationMessage', answer), status: answer.status }
}

describe('DecodeAuthorizationMessage', () => {
  it('tells who was refused what, and all that is known of the request', async () => {
    const message = await decoded(await encodedMessage())
    const { User } = await iam('GetUser', { UserName: 'ann' })
    const { conditions, ...context } = message.context
    assert.deepEqual(
      { ...message, context },
      {
        allowed: false,
        explicitDeny: false,
        matchedStatements: { items: [] },
        failures: { items: [] },
        context: {
          principal: { id: User.UserId, name: 'ann', arn: User.Arn },
          action: 'ec2:CreateVpc',
          resource: `arn:aws:ec2:${server.region}:${server.account}:vpc/*`,
        },
      },
    )
    const values = Object.fromEntries(
      conditions.items.map(({ key, values }: any) => [key, values.items.map(({ value }: any) => value)]),
    )
    assert.deepEqual(
      ['aws:Region', 'aws:Service', 'aws:Type', 'aws:ID', 'aws:SourceIp', 'aws:PrincipalARN', 'aws:username'].map(
        (key) => values[key],
      ),
      [[server.region], ['ec2'], ['vpc'], ['*'], ['127.0.0.1'], [User.Arn], ['ann']],
    )
  })

  it('shows the statements that denied', async () => {
    await allow(
      { Sid: 'May', Effect: 'Allow', Action: '*', Resource: '*' },
      {
        Sid: 'NotHere',
        Effect: 'Deny',
        Action: ['ec2:CreateVpc', 'ec2:DeleteVpc'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': ['us-east-1', 'us-west-2'] } },
      },
    )
    const message = await decoded(await encodedMessage())
    assert.equal(message.explicitDeny, true)
    const { User } = await iam('GetUser', { UserName: 'ann' })
    const items = (...values: string[]) => ({ items: values.map((value) => ({ value })) })
    assert.deepEqual(message.matchedStatements.items, [
      {
        statementId: 'NotHere',
        effect: 'DENY',
        principals: items(User.UserId),
        principalGroups: { items: [] },
        actions: items('ec2:CreateVpc', 'ec2:DeleteVpc'),
        resources: items('*'),
        conditions: { items: [{ key: 'aws:RequestedRegion', values: items('us-east-1', 'us-west-2') }] },
      },
    ])
    await iam('DeleteUserPolicy', { UserName: 'ann', PolicyName: 'inline' })
  })

  it('says only that there are statements, where they are too long to be told', async () => {
    const noise = Array.from({ length: 12 }, (_, n) => `ec2:Create*${String((n * 2654435761) % 2 ** 32)}`)
    const statements = Array.from({ length: 14 }, (_, at) => ({
      Sid: `Deny${at}`,
      Effect: 'Deny',
      Action: ['ec2:CreateVpc', ...noise.map((action) => `${action}${(at + 1) * 7919}`)],
      Resource: '*',
    }))
    for (const [at, PolicyName] of ['a', 'b', 'c', 'd'].entries()) {
      const Statement = at === 0 ? statements.slice(0, 2) : statements.slice(at * 2, at * 2 + 1)
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam('CreatePolicy', { PolicyName, PolicyDocument })
      await iam('AttachUserPolicy', {
        UserName: 'ann',
        PolicyArn: `arn:aws:iam::${server.account}:policy/${PolicyName}`,
      })
    }
    const encoded = await encodedMessage()
    assert.ok(encoded.length <= 10_240)
    assert.equal((await decoded(encoded)).matchedStatements.items.length, 5)
    for (const PolicyName of ['a', 'b', 'c', 'd']) {
      const PolicyArn = `arn:aws:iam::${server.account}:policy/${PolicyName}`
      await iam('DetachUserPolicy', { UserName: 'ann', PolicyArn })
    }
  })

  it('is for those who may', async () => {
    const encoded = await encodedMessage()
    const { code, message, status } = await refusal(encoded, ann)
    assert.deepEqual([code, status], ['AccessDenied', 403])
    assert.match(message!, /sts:DecodeAuthorizationMessage on resource: \* because no identity-based policy/)
    await allow({ Effect: 'Allow', Action: 'sts:DecodeAuthorizationMessage', Resource: '*' })
    assert.equal((await decoded(encoded, ann)).allowed, false)
  })

  it('opens nothing that was touched, or sealed by another server', async () => {
    const invalid = { code: 'InvalidAuthorizationMessageException', message: 'Message is not valid', status: 400 }
    const encoded = await encodedMessage()
    const elsewhere = openStore(':memory:')
    const foreign = seal(elsewhere, { account: server.account, document: '{}' })
    assert.ok(open(elsewhere, foreign))
    elsewhere.close()
    const middle = Math.floor(encoded.length / 2)
    const touched = `${encoded.slice(0, middle)}${encoded[middle] === 'A' ? 'B' : 'A'}${encoded.slice(middle + 1)}`
    for (const message of [
      touched,
      foreign,
      encoded.slice(0, -4),
      `${encoded} `,
      `${encoded}A`,
      'x',
      '!',
      '\n',
      'AAAA',
    ]) {
      assert.deepEqual(await refusal(message), invalid, message)
    }
    // One of another account's.
    const other = seal(server.world.store, { account: '210987654321', document: '{}' })
    assert.deepEqual(await refusal(other), invalid)
  })
})
