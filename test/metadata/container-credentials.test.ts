import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  answerContainerCredentials,
  offerContainerCredentials,
  type OfferedCredentials,
} from '../../src/metadata/container-credentials.ts'
import { run } from '../clients/command.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { serveLinkLocal } from './instance.ts'

let server: TestServer
let offered: OfferedCredentials
before(async () => {
  server = await startTestServer()
  const { Credentials: given } = await call(server.url, server.admin, 'sts', 'GetSessionToken')
  const credentials = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  }
  offered = {
    roleArn: 'arn:aws:iam::123456789012:role/job',
    session: () => Promise.resolve({ credentials, expiresAt: given.Expiration * 1000 }),
  }
})
after(() => server.close())

const here = { account: '123456789012', region: 'us-east-1', networkInterfaceId: 'eni-1' }

const get = async (at: typeof here, path: string, method = 'GET') => {
  const { status, body } = await answerContainerCredentials(server.world, at, { method, path, headers: {} })
  return { status, body: Buffer.from(body).toString() }
}

test('what is offered at an interface is had there and nowhere else, until it is withdrawn', async () => {
  const { relativeUri, withdraw } = offerContainerCredentials(server.world, here, offered)
  assert.match(relativeUri, /^\/v2\/credentials\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  const { status, body } = await get(here, relativeUri)
  assert.equal(status, 200)
  const { credentials, expiresAt } = await offered.session()
  assert.deepEqual(JSON.parse(body), {
    RoleArn: offered.roleArn,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: new Date(expiresAt).toISOString(),
  })
  for (const elsewhere of [
    { ...here, networkInterfaceId: 'eni-2' },
    { ...here, region: 'eu-west-1' },
    { ...here, account: '210987654321' },
  ]) {
    const refused = await get(elsewhere, relativeUri)
    assert.equal(refused.status, 400)
    assert.equal(JSON.parse(refused.body).code, 'InvalidIdInRequest')
  }
  assert.equal((await get(here, '/v2/credentials/')).status, 400)
  assert.equal((await get(here, '/latest/meta-data/')).status, 404)
  assert.equal((await get(here, relativeUri, 'POST')).status, 405)
  withdraw()
  assert.equal((await get(here, relativeUri)).status, 400)
})

test('a session that cannot be had is an error without details', async () => {
  const failing = { ...offered, session: () => Promise.reject(new Error('secret')) }
  const { relativeUri, withdraw } = offerContainerCredentials(server.world, here, failing)
  const { status, body } = await get(here, relativeUri)
  withdraw()
  assert.equal(status, 500)
  assert.doesNotMatch(body, /secret/)
})

test('boto3 takes them by the full URI that stands for it on loopback', async () => {
  const { relativeUri, withdraw } = offerContainerCredentials(server.world, here, offered)
  const service = await serveLinkLocal((request) => answerContainerCredentials(server.world, here, request))
  const script = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
  const { code, stdout, stderr } = await run(['.venv/bin/python', '-c', script], {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: service.url + relativeUri,
    AWS_ENDPOINT_URL: server.url,
    AWS_DEFAULT_REGION: server.region,
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  service.close()
  withdraw()
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trim(), `arn:aws:iam::${server.account}:user/admin`)
})
