import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sweep } from '../../src/services/logs/upkeep.ts'
import type { World } from '../../src/world.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

void describe('what becomes of events', () => {
  let server: TestServer
  /** Of which the server's clock is ahead. */
  let ahead = 0

  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says
  const logs = (operation: string, input: object): Promise<any> =>
    call(server.url, server.admin, 'logs', operation, input)
  const later = (): World => ({ ...server.world, now: () => Date.now() + ahead })
  const events = (prefix = '') => server.world.store.count('logs/events', prefix)

  before(async () => {
    server = await startTestServer()
  })
  after(() => server.close())

  async function filled(logGroupName: string, ages: readonly number[], count: number): Promise<void> {
    await logs('CreateLogGroup', { logGroupName })
    await logs('CreateLogStream', { logGroupName, logStreamName: 's' })
    for (const age of ages) {
      const timestamp = Date.now() - age
      const logEvents = Array.from({ length: count }, (_, i) => ({ timestamp: timestamp + i, message: `${age} ${i}` }))
      await logs('PutLogEvents', { logGroupName, logStreamName: 's', logEvents })
    }
  }

  void it('retention deletes what is over, and nothing else', async () => {
    await filled('kept', [2 * DAY, HOUR], 3000)
    const whole = events()
    await sweep(later())
    assert.equal(events(), whole)
    await logs('PutRetentionPolicy', { logGroupName: 'kept', retentionInDays: 3 })
    await sweep(later())
    assert.equal(events(), whole)
    const [{ storedBytes }] = (await logs('DescribeLogGroups', {})).logGroups

    ahead = 1.5 * DAY
    await sweep(later())
    assert.equal(events(), whole / 2)
    const [group] = (await logs('DescribeLogGroups', {})).logGroups
    assert.ok(group.storedBytes < storedBytes && group.storedBytes > 0)
    const page = await logs('GetLogEvents', { logGroupName: 'kept', logStreamName: 's', startFromHead: true })
    assert.equal(page.events.length, 3000)
    assert.equal(page.events[0].message, `${HOUR} 0`)

    ahead = 4 * DAY
    await sweep(later())
    assert.equal(events(), 0)
    assert.equal((await logs('DescribeLogGroups', {})).logGroups[0].storedBytes, 0)
    const [stream] = (await logs('DescribeLogStreams', { logGroupName: 'kept' })).logStreams
    assert.equal(stream.firstEventTimestamp, undefined)
    ahead = 0
  })

  void it('a deleted stream is gone at once, its events soon; its namesake has its own', async () => {
    await filled('cut', [HOUR], 2000)
    await logs('DeleteLogStream', { logGroupName: 'cut', logStreamName: 's' })
    await logs('CreateLogStream', { logGroupName: 'cut', logStreamName: 's' })
    const logEvents = [{ timestamp: Date.now(), message: 'new' }]
    await logs('PutLogEvents', { logGroupName: 'cut', logStreamName: 's', logEvents })
    const read = async () =>
      (await logs('FilterLogEvents', { logGroupName: 'cut' })).events.map(({ message }: { message: string }) => message)
    assert.deepEqual(await read(), ['new'])
    await sweep(server.world)
    assert.equal(events(), 1)
    assert.deepEqual(await read(), ['new'])
  })

  void it('a KMS key protects what is written, as far as its policy lets CloudWatch Logs use it', async () => {
    const { account, region } = server
    const kms = (operation: string, input: object) => call(server.url, server.admin, 'kms', operation, input)
    const { KeyMetadata } = await kms('CreateKey', {})
    const { Arn: kmsKeyId } = KeyMetadata
    const refused = {
      code: 'InvalidParameterException',
      message: /not allowed to be used with LogGroup 'arn:aws:logs:.*:secret'/,
    }
    await assert.rejects(logs('CreateLogGroup', { logGroupName: 'secret', kmsKeyId }), refused)
    await logs('CreateLogGroup', { logGroupName: 'secret' })
    await assert.rejects(logs('AssociateKmsKey', { logGroupName: 'secret', kmsKeyId }), refused)

    const policy = (arn: string) => ({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
        {
          Effect: 'Allow',
          Principal: { Service: `logs.${region}.amazonaws.com` },
          Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
          Resource: '*',
          Condition: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': arn } },
        },
      ],
    })
    const group = `arn:aws:logs:${region}:${account}:log-group:secret`
    const setPolicy = (arn: string) =>
      kms('PutKeyPolicy', { KeyId: kmsKeyId, PolicyName: 'default', Policy: JSON.stringify(policy(arn)) })
    await setPolicy(`${group}-other`)
    await assert.rejects(logs('AssociateKmsKey', { logGroupName: 'secret', kmsKeyId }), refused)
    await setPolicy(group)
    await logs('AssociateKmsKey', { logGroupName: 'secret', kmsKeyId })
    await logs('CreateLogStream', { logGroupName: 'secret', logStreamName: 's' })
    const logEvents = [{ timestamp: Date.now(), message: 'a very secret message' }]
    await logs('PutLogEvents', { logGroupName: 'secret', logStreamName: 's', logEvents })
    assert.ok(!JSON.stringify(server.world.store.list('logs/events')).includes('a very secret message'))
    const read = () => logs('GetLogEvents', { logGroupName: 'secret', logStreamName: 's' })
    assert.equal((await read()).events[0].message, 'a very secret message')

    await logs('DisassociateKmsKey', { logGroupName: 'secret' })
    await logs('PutLogEvents', { logGroupName: 'secret', logStreamName: 's', logEvents })
    assert.equal((await read()).events.length, 2)
    assert.equal((await logs('DescribeLogGroups', { logGroupNamePrefix: 'secret' })).logGroups[0].kmsKeyId, undefined)
  })

  void it('resource policies of the account decide with the caller’s own', async () => {
    const { account } = server
    const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)
    await iam('CreateUser', { UserName: 'writer' })
    const { AccessKey } = await iam('CreateAccessKey', { UserName: 'writer' })
    const keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    const describeStreams = () => call(server.url, keys, 'logs', 'DescribeLogStreams', { logGroupName: 'cut' })
    await assert.rejects(describeStreams(), { code: 'AccessDeniedException' })
    const put = (Resource: string) =>
      logs('PutResourcePolicy', {
        policyName: 'p',
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${account}:user/writer` },
              Action: 'logs:DescribeLogStreams',
              Resource,
            },
          ],
        }),
      })
    // The famous mismatch: without `:*` it is not the ARN that AWS asks about.
    await put(`arn:aws:logs:us-east-1:${account}:log-group:cut`)
    await assert.rejects(describeStreams(), { code: 'AccessDeniedException' })
    await put(`arn:aws:logs:us-east-1:${account}:log-group:cut:*`)
    assert.equal((await describeStreams()).logStreams.length, 1)
    assert.equal((await logs('DescribeResourcePolicies', {})).resourcePolicies[0].policyName, 'p')
    await logs('DeleteResourcePolicy', { policyName: 'p' })
    await assert.rejects(describeStreams(), { code: 'AccessDeniedException' })
  })

  void it('definitions, tags, protection and subscriptions', async () => {
    const { queryDefinitionId } = await logs('PutQueryDefinition', { name: 'a/b', queryString: 'fields @message' })
    await logs('PutQueryDefinition', { name: 'a/c', queryString: 'fields @log', queryDefinitionId })
    const { queryDefinitions } = await logs('DescribeQueryDefinitions', { queryDefinitionNamePrefix: 'a/' })
    assert.deepEqual(
      queryDefinitions.map(({ name }: { name: string }) => name),
      ['a/c'],
    )
    assert.deepEqual(await logs('DeleteQueryDefinition', { queryDefinitionId }), { success: true })
    await logs('TagLogGroup', { logGroupName: 'cut', tags: { a: '1', b: '2' } })
    await logs('UntagLogGroup', { logGroupName: 'cut', tags: ['a'] })
    assert.deepEqual((await logs('ListTagsLogGroup', { logGroupName: 'cut' })).tags, { b: '2' })
    await logs('PutLogGroupDeletionProtection', { logGroupIdentifier: 'cut', deletionProtectionEnabled: true })
    await assert.rejects(logs('DeleteLogGroup', { logGroupName: 'cut' }), { code: 'ValidationException' })
    const listed = await logs('ListLogGroups', { logGroupNamePattern: '^cut|^kept' })
    assert.equal(listed.logGroups.length, 2)
    await assert.rejects(
      logs('PutSubscriptionFilter', {
        logGroupName: 'cut',
        filterName: 'f',
        filterPattern: '',
        destinationArn: `arn:aws:lambda:us-east-1:${server.account}:function:f`,
      }),
      { code: 'InvalidParameterException', message: /^Could not execute the lambda function/ },
    )
  })
})
