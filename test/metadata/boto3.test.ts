import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { answerMetadata } from '../../src/metadata/imds.ts'
import { root, run } from '../clients/command.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { makeInstance, makeProfile, serveLinkLocal } from './instance.ts'

let server: TestServer
before(async () => (server = await startTestServer()))
after(() => server.close())

test('boto3 launches an instance with a profile, and its metadata fetcher gets the role there', async () => {
  const child = spawn(join(root, '.venv/bin/python'), [join(import.meta.dirname, 'instance.py')], {
    env: {
      AWS_ACCESS_KEY_ID: server.admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.admin.secretAccessKey,
      AWS_DEFAULT_REGION: server.region,
      AWS_ENDPOINT_URL: server.url,
      AWS_EC2_METADATA_DISABLED: 'false',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value ?? '{}') as Record<string, unknown>

  const told = await next()
  const instance = String(told['instance'])
  assert.deepEqual(told, {
    dry: 'DryRunOperation',
    first: 'pending',
    instance,
    interface: told['interface'],
    profile: `arn:aws:iam::${server.account}:instance-profile/cluster`,
    tokens: 'required',
    association: 'associated',
  })

  const { account, region } = server
  const at = { account, region, networkInterfaceId: String(told['interface']) }
  const metadata = await serveLinkLocal((request) => answerMetadata(server.world, at, request))
  child.stdin.end(`${metadata.url}\n`)
  const found = await next()
  await exited
  metadata.close()
  assert.deepEqual(found, {
    role: 'cluster',
    caller: `arn:aws:sts::${account}:assumed-role/cluster/${instance}`,
    denied: 'AccessDenied',
    jobs: [],
    left: [],
  })
})

test('the AWS CLI on an instance needs nothing but its metadata', async () => {
  await makeProfile(server, 'bare')
  const at = await makeInstance(server, { IamInstanceProfile: { Name: 'bare' } })
  const metadata = await serveLinkLocal((request) => answerMetadata(server.world, at, request))
  const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'))
  const { code, stdout, stderr } = await run(
    [join(root, '.venv/bin/aws'), 'sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'],
    {
      HOME: home,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
      AWS_ENDPOINT_URL: server.url,
      AWS_DEFAULT_REGION: server.region,
    },
  )
  metadata.close()
  rmSync(home, { recursive: true, force: true })
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trim(), `arn:aws:sts::${server.account}:assumed-role/bare/${at.instanceId}`)
})
