import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { answerMetadata } from '../../src/metadata/imds.ts'
import { root } from '../clients/command.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { serveLinkLocal } from './instance.ts'

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
