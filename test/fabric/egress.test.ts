import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Attachment } from '../../src/fabric/fabric.ts'
import { fabricOf } from '../../src/fabric/fabric.ts'
import type { Outside } from '../../src/fabric/outside.ts'
import { parseIp } from '../../src/network/addresses.ts'
import { joinServiceNetwork } from '../../src/fabric/service-network.ts'
import { openLab, run, type Lab } from './lab.ts'

/** Longer than it takes an edit to be enforced, by far. */
const ENFORCED_MS = 400
const SILENCE_MS = 1500
const program = fileURLToPath(new URL('programs/reach.ts', import.meta.url))

/** Addresses of the internet's that this test has made: documentation's, so nobody else's. */
const NAMED = '198.51.100.7'
const LISTED = '203.0.113.20'
const EMPTY = '203.0.113.21'
const names: Record<string, string[]> = {
  'allowed.example': [NAMED],
  'deep.under.example.org': [NAMED],
  'closed.example': [NAMED],
  'private.example': ['10.20.30.40'],
  'mixed.example': [NAMED, '127.0.0.1'],
  'link-local.example': ['169.254.169.254'],
  'this-machine.example': ['198.51.100.99'],
  'vpc.example': ['10.0.1.1'],
  'aws.example': ['44.192.7.7'],
}
const EGRESS = [
  'allowed.example',
  'allowed.example:5432',
  '*.example.org:443',
  ...['private', 'mixed', 'link-local', 'this-machine', 'vpc', 'aws', 'missing'].map((name) => `${name}.example`),
  '203.0.113.0/24:5432',
]
const lookup = `require('node:dns').setServers([process.argv[1]]);require('node:dns').resolve4(process.argv[2],(e,a)=>console.log(e?e.code:a.join()))`
const health = `require('node:https').get({host:process.argv[1],path:'/_health',rejectUnauthorized:false},(r)=>r.pipe(process.stdout)).on('error',(e)=>console.log(e.code))`

const node = async (from: Attachment, script: string, ...args: string[]) =>
  (await run(from.enter, [process.execPath, '-e', script, ...args])).stdout.trim()
const ask = (from: Attachment, name: string, server = '10.0.0.2') => node(from, lookup, server, name)
const reach = async (from: Attachment, address: string, port: number) =>
  (await run(from.enter, [process.execPath, program, address, String(port), String(SILENCE_MS), 'hello'])).stdout.trim()

/** A VPC whose subnets lead to an internet gateway, and one interface in it that has a public address. */
async function withGateway(lab: Lab, groups?: string[]): Promise<Attachment> {
  const { ec2, vpc, routeTable } = lab.estate
  const { InternetGatewayId } = (await ec2('CreateInternetGateway', {})).InternetGateway
  await ec2('AttachInternetGateway', { InternetGatewayId, VpcId: vpc })
  await ec2('CreateRoute', {
    RouteTableId: routeTable,
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: InternetGatewayId,
  })
  return withAddress(lab, groups)
}

async function withAddress(lab: Lab, groups?: string[]): Promise<Attachment> {
  const { ec2 } = lab.estate
  const { id } = await lab.estate.networkInterface(groups)
  const { AllocationId } = await ec2('AllocateAddress', { Domain: 'vpc' })
  await ec2('AssociateAddress', { AllocationId, NetworkInterfaceId: id })
  return lab.attach(id)
}

describe('the real internet, as far as it is allowed', () => {
  let lab: Lab
  let open: Attachment
  let internet: Server
  const dialled: string[] = []
  const asked: string[] = []

  /** Everything there leads to one server of this test's, but for an address at which nobody listens. */
  const outside: Outside = {
    resolve(name, family) {
      asked.push(`${name} ${family}`)
      const found = family === 4 ? names[name] : undefined
      return found
        ? Promise.resolve(found.map((address) => ({ address, ttl: 30 })))
        : Promise.reject(Object.assign(new Error('none'), { code: names[name] ? 'ENODATA' : 'ENOTFOUND' }))
    },
    connect(address, port) {
      dialled.push(`${address} ${port}`)
      const to = address === EMPTY ? 1 : (internet.address() as AddressInfo).port
      return connect({ host: '127.0.0.1', port: to, allowHalfOpen: true })
    },
    own: () => [parseIp('198.51.100.99')!],
  }

  before(async () => {
    internet = createServer({ allowHalfOpen: true }, (socket) => {
      let said = ''
      socket.on('error', () => {})
      socket.on('data', (chunk) => (said += chunk.toString()))
      socket.on('end', () => socket.end(`the internet got ${said}`))
    })
    internet.listen(0, '127.0.0.1')
    await once(internet, 'listening')
    lab = await openLab({ egressAllow: EGRESS }, outside)
    open = await withGateway(lab)
  })
  after(async () => {
    await lab.close()
    internet.close()
  })

  it('is silence until its name was asked for, then answers without anyone in between', async () => {
    assert.equal(await reach(open, NAMED, 443), 'timeout')
    assert.equal(await ask(open, 'allowed.example'), NAMED)
    for (const port of [443, 80, 8443, 5432]) assert.equal(await reach(open, NAMED, port), 'the internet got hello')
    assert.deepEqual(
      dialled,
      [443, 80, 8443, 5432].map((port) => `${NAMED} ${port}`),
    )
    assert.equal(await reach(open, NAMED, 22), 'timeout')
  })

  it('has names below a domain', async () => {
    assert.equal(await ask(open, 'deep.under.example.org'), NAMED)
  })

  it('has no other names, and those are not asked for', async () => {
    assert.equal(await ask(open, 'closed.example'), 'ENOTFOUND')
    assert.equal(await ask(open, 'missing.example'), 'ENOTFOUND')
    assert.ok(asked.includes('missing.example 4'))
    assert.ok(!asked.some((one) => one.startsWith('closed.example')))
  })

  it('has addresses and ports of a block', async () => {
    assert.equal(await reach(open, LISTED, 5432), 'the internet got hello')
    assert.equal(await reach(open, LISTED, 443), 'timeout')
    assert.equal(await reach(open, '203.0.114.1', 5432), 'timeout')
  })

  it('resets what is refused out there', async () => {
    assert.equal(await reach(open, EMPTY, 5432), 'ECONNRESET')
  })

  for (const name of ['private', 'mixed', 'link-local', 'this-machine', 'vpc', 'aws'])
    it(`refuses a name that leads elsewhere: ${name}.example`, async () => {
      assert.equal(await ask(open, `${name}.example`), 'ENOTFOUND')
      assert.ok(asked.includes(`${name}.example 4`))
    })

  it('leaves AWS where it is', async () => {
    const address = await ask(open, 'sts.us-east-1.amazonaws.com')
    assert.equal(await node(open, health, address), 'ok')
    assert.ok(!dialled.some((one) => one.startsWith(address)))
  })

  it('is silence by a group that lets nothing out', async () => {
    const { ec2, vpc } = lab.estate
    const { GroupId } = await ec2('CreateSecurityGroup', { VpcId: vpc, GroupName: 'closed', Description: 'x' })
    await ec2('RevokeSecurityGroupEgress', {
      GroupId,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    })
    const closed = await withAddress(lab, [GroupId])
    assert.equal(await ask(closed, 'allowed.example'), NAMED)
    assert.equal(await reach(closed, NAMED, 443), 'timeout')
    assert.equal(await reach(closed, LISTED, 5432), 'timeout')
    await closed.detach()
  })

  it('is silence to an interface without a public address', async () => {
    const inner = await lab.attach((await lab.estate.networkInterface()).id)
    assert.equal(await ask(inner, 'allowed.example'), NAMED)
    assert.equal(await reach(inner, NAMED, 443), 'timeout')
    await inner.detach()
  })

  it("is open to containers in SageMaker's own network", async () => {
    const hosts = joinServiceNetwork(lab.server.world, 'us-east-1', 'platform', 1)
    const job = await fabricOf(lab.server.world).attach(hosts.places[0]!)
    assert.equal(await reach(job, NAMED, 443), 'timeout', 'what one VPC asked for is not open in another')
    assert.equal(await ask(job, 'allowed.example', '10.2.0.2'), NAMED)
    assert.equal(await reach(job, NAMED, 443), 'the internet got hello')
    await job.detach()
    hosts.leave()
  })

  it('is silence once the route is gone', async () => {
    const { ec2, routeTable } = lab.estate
    assert.equal(await reach(open, NAMED, 443), 'the internet got hello')
    await ec2('DeleteRoute', { RouteTableId: routeTable, DestinationCidrBlock: '0.0.0.0/0' })
    await delay(ENFORCED_MS)
    assert.equal(await reach(open, NAMED, 443), 'timeout')
    assert.equal(await reach(open, LISTED, 5432), 'timeout')
  })
})

it('the real internet is closed unless it was opened', async () => {
  const outside: Outside = {
    resolve: () => Promise.reject(new Error('was asked')),
    connect: () => assert.fail('was dialled'),
    own: () => [],
  }
  const lab = await openLab({}, outside)
  try {
    const open = await withGateway(lab)
    assert.equal(await ask(open, 'allowed.example'), 'ENOTFOUND')
    assert.equal(await reach(open, NAMED, 443), 'timeout')
    assert.equal(await reach(open, LISTED, 5432), 'timeout')
  } finally {
    await lab.close()
  }
})
