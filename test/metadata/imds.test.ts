import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { answerMetadata } from '../../src/metadata/imds.ts'
import type { LinkLocalRequest } from '../../src/metadata/place.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { makeInstance, makeProfile, type TestInstance } from './instance.ts'

let server: TestServer
let at: TestInstance

const ec2 = (operation: string, input: object) => call(server.url, server.admin, 'ec2', operation, input)
const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)

before(async () => {
  server = await startTestServer()
  await makeProfile(server, 'web')
  at = await makeInstance(server, {
    IamInstanceProfile: { Name: 'web' },
    UserData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'use', Value: 'web' }] }],
  })
})
after(() => server.close())

type Given = Partial<LinkLocalRequest> & { at?: TestInstance }

async function ask(path: string, { at: from = at, method = 'GET', headers = {}, ...more }: Given = {}) {
  const answer = await answerMetadata(server.world, from, { method, path, headers, ...more })
  assert.ok(answer, 'the answer arrives')
  return { ...answer, text: Buffer.from(answer.body).toString() }
}

const options = (change: object) => ec2('ModifyInstanceMetadataOptions', { InstanceId: at.instanceId, ...change })

const TTL = 'x-aws-ec2-metadata-token-ttl-seconds'
const TOKEN = 'x-aws-ec2-metadata-token'
const tokenRequest = (seconds: string): Given => ({ method: 'PUT', headers: { [TTL]: seconds } })

describe('the tree', () => {
  test('versions, folders and documents', async () => {
    assert.match((await ask('/')).text, /^1\.0\n.*\nlatest$/s)
    assert.equal((await ask('/latest/')).text, 'dynamic/\nmeta-data/\nuser-data')
    assert.equal((await ask('/latest/meta-data/instance-id')).text, at.instanceId)
    assert.equal((await ask('/2021-03-23/meta-data/local-ipv4')).text, '10.0.0.4')
    assert.equal((await ask('/latest/meta-data/placement/availability-zone')).text, 'us-east-1a')
    assert.equal((await ask('/latest/user-data')).text, '#!/bin/sh\necho hello\n')
    const mac = (await ask('/latest/meta-data/mac')).text
    assert.equal((await ask('/latest/meta-data/network/interfaces/macs/')).text, `${mac}/`)
    const eni = `/latest/meta-data/network/interfaces/macs/${mac}`
    assert.equal((await ask(`${eni}/interface-id`)).text, at.networkInterfaceId)
    assert.equal((await ask(`${eni}/subnet-ipv4-cidr-block`)).text, '10.0.0.0/24')
    assert.equal((await ask(`${eni}/vpc-id`)).text, at.vpcId)
    for (const path of ['/latest/meta-data/nonsense', '/1999-01-01/', '/latest/meta-data/mac/x', '/latest/__proto__']) {
      const { status, text } = await ask(path)
      assert.equal(status, 404, path)
      assert.match(text, /<h1>404 - Not Found<\/h1>/)
    }
  })

  test('the identity document', async () => {
    const document = JSON.parse((await ask('/latest/dynamic/instance-identity/document')).text)
    assert.equal(document.instanceId, at.instanceId)
    assert.equal(document.accountId, server.account)
    assert.equal(document.privateIp, '10.0.0.4')
  })

  test('tags only where the options say so', async () => {
    const path = '/latest/meta-data/tags/instance'
    assert.equal((await ask(path)).status, 404)
    await options({ InstanceMetadataTags: 'enabled' })
    assert.equal((await ask(path)).text, 'use')
    assert.equal((await ask(`${path}/use`)).text, 'web')
  })

  test('a key pair is listed with its number', async () => {
    const { KeyMaterial } = await ec2('CreateKeyPair', { KeyName: 'mine', KeyType: 'ed25519' })
    assert.match(KeyMaterial, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
    const keyed = await makeInstance(server, { KeyName: 'mine' })
    const keys = '/latest/meta-data/public-keys/'
    assert.equal((await ask(keys, { at: keyed })).text, '0=mine')
    assert.match((await ask(`${keys}0/openssh-key`, { at: keyed })).text, /^ssh-ed25519 \S+ mine$/)
  })

  test('an interface of no running instance hears nothing', async () => {
    const { NetworkInterface } = await ec2('CreateNetworkInterface', { SubnetId: at.subnetId })
    const alone = { ...at, networkInterfaceId: NetworkInterface.NetworkInterfaceId }
    assert.equal((await ask('/latest/meta-data/instance-id', { at: alone })).status, 404)
    const stopped = await makeInstance(server)
    await ec2('StopInstances', { InstanceIds: [stopped.instanceId] })
    assert.equal((await ask('/latest/meta-data/instance-id', { at: stopped })).status, 404)
  })
})

describe('tokens', () => {
  test('a token is made for a time and for one instance', async () => {
    const made = await ask('/latest/api/token', tokenRequest('60'))
    assert.equal(made.status, 200)
    assert.equal(made.text.length, 56)
    assert.equal(made.headers[TTL], '60')
    const headers = { [TOKEN]: made.text }
    assert.equal((await ask('/latest/meta-data/instance-id', { headers })).text, at.instanceId)
    const other = await makeInstance(server)
    assert.equal((await ask('/latest/meta-data/instance-id', { at: other, headers })).status, 401)
    assert.equal((await ask('/latest/meta-data/', { headers: { [TOKEN]: `Q${made.text.slice(1)}` } })).status, 401)
  })

  test('it ends with its time', async (t) => {
    const { text } = await ask('/latest/api/token', tokenRequest('60'))
    const request = { method: 'GET', path: '/latest/meta-data/', headers: { [TOKEN]: text } }
    assert.equal((await answerMetadata(server.world, at, request))!.status, 200)
    const later = server.world.now() + 61_000
    t.mock.method(server.world, 'now', () => later)
    assert.equal((await answerMetadata(server.world, at, request))!.status, 401)
  })

  test('bad requests for one', async () => {
    for (const seconds of ['', '0', '21601', '-1', 'x']) {
      assert.equal((await ask('/latest/api/token', tokenRequest(seconds))).status, 400, seconds)
    }
    const proxied = { [TTL]: '60', 'x-forwarded-for': '203.0.113.1' }
    assert.equal((await ask('/latest/api/token', { method: 'PUT', headers: proxied })).status, 403)
    assert.equal((await ask('/2021-03-23/api/token', tokenRequest('60'))).status, 403)
    assert.equal((await ask('/latest/meta-data/', { method: 'POST' })).status, 405)
  })

  test('where tokens are required, nothing without one; where the endpoint is off, nothing', async () => {
    await options({ HttpTokens: 'required' })
    assert.equal((await ask('/latest/meta-data/')).status, 401)
    const { text } = await ask('/latest/api/token', tokenRequest('60'))
    assert.equal((await ask('/latest/meta-data/', { headers: { [TOKEN]: text } })).status, 200)
    await options({ HttpEndpoint: 'disabled' })
    assert.equal((await ask('/latest/api/token', tokenRequest('60'))).status, 403)
    await options({ HttpEndpoint: 'enabled', HttpTokens: 'optional' })
  })

  test('the answer with the token goes only so many hops', async () => {
    const request = { method: 'PUT', path: '/latest/api/token', headers: { [TTL]: '60' }, hops: 2 }
    assert.equal(await answerMetadata(server.world, at, request), undefined)
    await options({ HttpPutResponseHopLimit: 2 })
    assert.equal((await answerMetadata(server.world, at, request))!.status, 200)
  })
})

describe('the role', () => {
  const credentials = '/latest/meta-data/iam/security-credentials/'

  const keysOf = async (path: string, given: Given = {}) => {
    const {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
    } = JSON.parse((await ask(path, given)).text)
    return { accessKeyId, secretAccessKey, sessionToken }
  }

  test('credentials of a true session, called as the instance is, six hours long', async () => {
    assert.equal((await ask(credentials)).text, 'web')
    const { text } = await ask(`${credentials}web`)
    const document = JSON.parse(text)
    assert.equal(document.Code, 'Success')
    assert.equal(document.Type, 'AWS-HMAC')
    assert.match(text, /^\{\n {2}"Code" : "Success",\n/)
    const left = Date.parse(document.Expiration) - server.world.now()
    assert.ok(left > 5.9 * 3_600_000 && left <= 6 * 3_600_000, 'longer than the role would allow others')
    assert.equal((await ask(`${credentials}web`)).text, text, 'kept until shortly before its end')
    const caller = await call(server.url, await keysOf(`${credentials}web`), 'sts', 'GetCallerIdentity')
    assert.equal(caller.Arn, `arn:aws:sts::${server.account}:assumed-role/web/${at.instanceId}`)
    const info = JSON.parse((await ask('/latest/meta-data/iam/info')).text)
    assert.equal(info.InstanceProfileArn, `arn:aws:iam::${server.account}:instance-profile/web`)
    const [asked, again] = await Promise.all([ask(`${credentials}web`), ask(`${credentials}web`)])
    assert.equal(asked.text, again.text, 'one session for all who ask at once')
  })

  test('sessions carry where they were delivered, and by which version', async () => {
    const onlyHere = (condition: object) => ({
      RoleName: 'web',
      PolicyName: 'where',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: 'ec2:DescribeVpcs', Resource: '*', Condition: condition }],
      }),
    })
    const { text: token } = await ask('/latest/api/token', tokenRequest('60'))
    const first = await keysOf(`${credentials}web`)
    const second = await keysOf(`${credentials}web`, { headers: { [TOKEN]: token } })
    assert.notEqual(first.accessKeyId, second.accessKeyId)
    const may = (keys: typeof first) =>
      call(server.url, keys, 'ec2', 'DescribeVpcs').then(
        () => true,
        (error: { code: string }) => {
          assert.equal(error.code, 'UnauthorizedOperation')
          return false
        },
      )
    const rows: [object, boolean, boolean][] = [
      [{ NumericLessThan: { 'ec2:RoleDelivery': '2.0' } }, false, true],
      [{ StringEquals: { 'aws:Ec2InstanceSourceVpc': at.vpcId } }, false, false],
      [{ StringNotEquals: { 'aws:Ec2InstanceSourceVpc': at.vpcId } }, true, true],
      [{ IpAddress: { 'aws:Ec2InstanceSourcePrivateIPv4': '10.0.0.0/24' } }, false, false],
      [{ ArnNotLike: { 'ec2:SourceInstanceARN': `arn:aws:ec2:*:*:instance/${at.instanceId}` } }, true, true],
      [{ Null: { 'ec2:SourceInstanceARN': 'false' } }, false, false],
    ]
    for (const [condition, byFirst, bySecond] of rows) {
      await iam('PutRolePolicy', onlyHere(condition))
      assert.deepEqual([await may(first), await may(second)], [byFirst, bySecond], JSON.stringify(condition))
    }
    await iam('DeleteRolePolicy', { RoleName: 'web', PolicyName: 'where' })
  })

  test('they are renewed in time', async (t) => {
    const { text } = await ask(`${credentials}web`)
    const later = server.world.now() + 5.9 * 3_600_000
    t.mock.method(server.world, 'now', () => later)
    const renewed = JSON.parse((await ask(`${credentials}web`)).text)
    assert.notEqual(renewed.AccessKeyId, JSON.parse(text).AccessKeyId)
    assert.ok(Date.parse(renewed.Expiration) > later + 5.9 * 3_600_000)
  })

  test('a role that leaves the profile is no longer served; a profile that is gone is told', async () => {
    await makeProfile(server, 'leaving')
    const own = await makeInstance(server, { IamInstanceProfile: { Name: 'leaving' } })
    assert.equal(JSON.parse((await ask(`${credentials}leaving`, { at: own })).text).Code, 'Success')
    await iam('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'leaving', RoleName: 'leaving' })
    assert.equal((await ask(`${credentials}leaving`, { at: own })).status, 404)
    const info = async () => JSON.parse((await ask('/latest/meta-data/iam/info', { at: own })).text)
    assert.match((await info()).Message, /^Instance Profile does not contain a role\./)
    await iam('DeleteInstanceProfile', { InstanceProfileName: 'leaving' })
    await iam('CreateInstanceProfile', { InstanceProfileName: 'leaving' })
    assert.equal((await info()).Code, 'InstanceProfileNotFound', 'a new one of the old name is another')
  })

  test('a role that does not trust EC2', async () => {
    await makeProfile(server, 'distant', 'sagemaker.amazonaws.com')
    const own = await makeInstance(server, { IamInstanceProfile: { Name: 'distant' } })
    const { status, text } = await ask(`${credentials}distant`, { at: own })
    assert.equal(status, 200)
    const { LastUpdated, ...told } = JSON.parse(text)
    assert.match(LastUpdated, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.deepEqual(told, {
      Code: 'AssumeRoleUnauthorizedAccess',
      Message:
        'EC2 cannot assume the role distant.  Please see documentation at http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html.',
    })
    await iam('UpdateAssumeRolePolicy', {
      RoleName: 'distant',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    })
    assert.equal(JSON.parse((await ask(`${credentials}distant`, { at: own })).text).Code, 'Success')
  })

  test('a profile comes and goes by association', async () => {
    const own = await makeInstance(server)
    assert.equal((await ask('/latest/meta-data/iam', { at: own })).status, 404)
    const { IamInstanceProfileAssociation: made } = await ec2('AssociateIamInstanceProfile', {
      InstanceId: own.instanceId,
      IamInstanceProfile: { Name: 'web' },
    })
    assert.equal((await ask('/latest/meta-data/iam', { at: own })).text, 'info\nsecurity-credentials/')
    await ec2('DisassociateIamInstanceProfile', { AssociationId: made.AssociationId })
    assert.equal((await ask('/latest/meta-data/iam/info', { at: own })).status, 404)
  })
})
