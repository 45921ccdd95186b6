/** Real resolvers ask: c-ares over UDP and TCP, and the C library's own in a network where ours is the only one. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { text } from 'node:stream/consumers'
import { serveDns } from './dns-socket.ts'
import { crowdedNetwork, JOB, smallNetwork, vpcWith } from './network.ts'

const API = 'api.sagemaker.us-east-1.amazonaws.com'

describe('c-ares', () => {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  let server: Awaited<ReturnType<typeof serveDns>>
  before(async () => {
    server = await serveDns(crowdedNetwork, JOB)
    resolver.setServers([server.address])
  })
  after(() => server.close())

  it('addresses, aliases, reverse names, starts and servers of zones', async () => {
    assert.deepEqual(await resolver.resolve4(API, { ttl: true }), [
      { address: '10.0.1.10', ttl: 60 },
      { address: '10.0.2.10', ttl: 60 },
    ])
    assert.equal((await resolver.resolve4('bucket.s3.us-east-1.amazonaws.com')).length, 1)
    assert.deepEqual(await resolver.resolveCname('bucket.s3.us-east-1.amazonaws.com'), [
      's3-r-w.us-east-1.amazonaws.com',
    ])
    assert.deepEqual(await resolver.reverse('10.0.1.23'), ['ip-10-0-1-23.ec2.internal'])
    assert.equal((await resolver.resolveSoa(API)).hostmaster, 'awsdns-hostmaster.amazon.com')
    assert.equal((await resolver.resolveNs(API)).length, 4)
  })

  it('what does not fit is fetched over TCP', async () => {
    const addresses = await resolver.resolve4('runtime.sagemaker.us-east-1.amazonaws.com')
    assert.equal(addresses.length, 201)
  })

  it('tells NODATA from NXDOMAIN', async () => {
    await assert.rejects(resolver.resolve6(API), { code: 'ENODATA' })
    await assert.rejects(resolver.resolve4('nothing.sagemaker.us-east-1.amazonaws.com'), { code: 'ENOTFOUND' })
  })
})

it('c-ares gives up on a VPC without DNS support', async () => {
  const server = await serveDns(smallNetwork(vpcWith({ EnableDnsSupport: false })), JOB)
  const resolver = new Resolver({ timeout: 50, tries: 2 })
  resolver.setServers([server.address])
  await assert.rejects(resolver.resolve4(API), { code: 'ETIMEOUT' })
  server.close()
})

it('the C library', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files dns\n')
  writeFileSync(
    join(folder, 'resolv.conf'),
    'search ec2.internal\nnameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  )
  const script = `
    set -e
    ip link set lo up
    for file in nsswitch.conf resolv.conf; do mount --bind "$1/$file" "/etc/$file"; done
    exec "$2" "$3"`
  const program = new URL('programs/ask-c-library.ts', import.meta.url).pathname
  const args = [
    '--net',
    '--mount',
    '--map-root-user',
    '--',
    '/bin/sh',
    '-c',
    script,
    'sh',
    folder,
    process.execPath,
    program,
  ]
  const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    assert.deepEqual(JSON.parse(await text(child.stdout)), {
      [API]: ['10.0.1.10', '10.0.2.10'],
      'ip-10-0-1-23': ['10.0.1.23'],
      'nothing.us-east-1.amazonaws.com': 'EAI_NONAME',
      'runtime.sagemaker.us-east-1.amazonaws.com': 201,
      '10.0.1.23': 'ip-10-0-1-23.ec2.internal',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
