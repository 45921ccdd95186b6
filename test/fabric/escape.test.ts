import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sandboxed } from '../../src/cli/exec-sandbox.ts'
import type { Attachment } from '../../src/fabric/fabric.ts'
import { offerContainerCredentials } from '../../src/metadata/container-credentials.ts'
import { converse, openLab, run, type Lab } from './lab.ts'

const forge = fileURLToPath(new URL('programs/forge.py', import.meta.url))
const dial = fileURLToPath(new URL('programs/dial.ts', import.meta.url))
const python = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url))

/** Ways out of a VPC that a program may try, each with more rights than `exec` gives it where that makes it worse. */
describe('no way out of a VPC', () => {
  let lab: Lab
  let own: Attachment
  let other: Attachment
  const address = { own: '', other: '' }
  let outside: Server
  let folder: string
  const sockets: Server[] = []

  /** As `exec` runs a program. */
  const inSandbox = (command: readonly string[]) =>
    run(
      [],
      sandboxed(
        {
          enter: own.enter,
          hostName: 'program',
          mounts: own.mounts,
          hidden: [lab.server.dataDir],
          uid: process.getuid!(),
          gid: process.getgid!(),
          cwd: '/',
        },
        command,
      ),
    )
  const port = () => (outside.address() as AddressInfo).port

  before(async () => {
    lab = await openLab()
    const first = await lab.estate.networkInterface()
    const second = await lab.estate.networkInterface()
    Object.assign(address, { own: first.address, other: second.address })
    own = await lab.attach(first.id)
    other = await lab.attach(second.id)
    outside = createServer((socket) => void socket.end('outside')).listen(0, '127.0.0.1')
    await once(outside, 'listening')
    folder = mkdtempSync('/var/tmp/sallyport-')
  })
  after(async () => {
    for (const server of [...sockets, outside]) server.close()
    rmSync(folder, { recursive: true, force: true })
    await lab.close()
  })

  it('by a source address of somebody else, even with the rights of root', async () => {
    const observed = await converse(other, 'observe.ts', address.other, '7000')
    const send = async (source: string) => {
      const { stdout, stderr } = await run(own.enter, [python, forge, source, address.other, '7000'])
      assert.equal(stdout, 'sent\n', stderr)
      await delay(300)
    }
    await send(address.own)
    assert.equal(await observed.ask('?'), address.own, 'an honest packet arrives')
    await send('10.0.1.250')
    await send('54.239.0.1')
    assert.equal(await observed.ask('?'), '', 'forged ones do not')
    await observed.end()
  })

  it('by a second address on its own interface, even with the rights of root', async () => {
    const { code, stderr } = await run(own.enter, ['ip', 'addr', 'add', '10.0.1.250/32', 'dev', 'eth0'])
    assert.equal(code, 0, stderr)
    const observed = await converse(other, 'observe.ts', address.other, '7001')
    const script = `const s=require('node:dgram').createSocket('udp4');s.bind(0,process.argv[1],()=>s.send('x',7001,process.argv[2],()=>s.close()))`
    await run(own.enter, [process.execPath, '-e', script, '10.0.1.250', address.other])
    await delay(300)
    assert.equal(await observed.ask('?'), '')
    await run(own.enter, [process.execPath, '-e', script, address.own, address.other])
    await delay(300)
    assert.equal(await observed.ask('?'), address.own)
    await observed.end()
    await run(own.enter, ['ip', 'addr', 'del', '10.0.1.250/32', 'dev', 'eth0'])
  })

  it('by changing the interface', async () => {
    const { code, stderr } = await inSandbox(['ip', 'addr', 'add', '10.0.1.250/32', 'dev', 'eth0'])
    assert.notEqual(code, 0)
    assert.match(stderr, /Operation not permitted/)
  })

  it('by a raw socket', async () => {
    const raw = 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)'
    const { code, stderr } = await inSandbox([python, '-c', raw])
    assert.notEqual(code, 0)
    assert.match(stderr, /PermissionError/)
  })

  it("to the machine's own loopback", async () => {
    assert.equal((await inSandbox([process.execPath, dial, '127.0.0.1', String(port()), '1000'])).stdout, 'refused\n')
    // A packet to 127/8 that leaves by the interface is dropped by the kernel, or ends at the program itself.
    await run(own.enter, ['ip', 'route', 'add', '127.0.0.2/32', 'dev', 'eth0'])
    assert.notEqual(await lab.dial(own, '127.0.0.2', port(), 700), 'connected')
    const serverPort = Number(new URL(lab.server.url).port)
    assert.equal(await lab.dial(own, '127.0.0.1', serverPort, 700), 'refused')
  })

  it('into the network namespace of the machine or of another program', async () => {
    for (const target of ['/proc/1/ns/net', `/proc/${process.pid}/ns/net`, '/run/netns/x']) {
      const { code } = await inSandbox(['nsenter', `--net=${target}`, 'true'])
      assert.notEqual(code, 0, target)
    }
    const { stdout } = await inSandbox(['sh', '-c', 'ls /proc | grep -c "^[0-9]"'])
    assert.ok(Number(stdout) < 10, 'it sees only its own processes')
  })

  it('to credentials that are offered to another interface', async () => {
    const { account, region, world } = lab.server
    const [{ id }] = [await interfaceAt(address.other)]
    const session = async () => ({
      credentials: { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C' },
      expiresAt: Date.now() + 60_000,
    })
    const place = { account, region, networkInterfaceId: id }
    const { relativeUri } = offerContainerCredentials(world, place, { roleArn: 'arn:aws:iam::1:role/r', session })
    const fetch = (at: Attachment) => run(at.enter, ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', url])
    const url = `http://169.254.170.2${relativeUri}`
    assert.equal((await fetch(other)).stdout, '200')
    assert.equal((await fetch(own)).stdout, '400')
  })

  it('to sockets in the file system on which others listen', async () => {
    const path = join(folder, 'service.sock')
    const server = createServer((socket) => void socket.end('outside')).listen(path)
    sockets.push(server)
    await once(server, 'listening')
    const connect = `require('node:net').connect(process.argv[1]).on('data',d=>console.log(String(d))).on('error',e=>console.log(e.code))`
    assert.equal((await run([], [process.execPath, '-e', connect, path])).stdout.trim(), 'outside')
    assert.match((await inSandbox([process.execPath, '-e', connect, path])).stdout.trim(), /^(ECONNREFUSED|ENOTSOCK)$/)
    assert.equal((await inSandbox(['find', '/run/', '!', '-type', 'd', '!', '-name', '*.pem'])).stdout, '')
  })

  it("to the server's own keys", async () => {
    const { stdout } = await inSandbox(['sh', '-c', `ls -A ${lab.server.dataDir}; ls -A ~/.aws 2>/dev/null`])
    assert.equal(stdout, '')
  })

  async function interfaceAt(ip: string): Promise<{ id: string }> {
    const Filters = [{ Name: 'private-ip-address', Values: [ip] }]
    const { NetworkInterfaces } = await lab.estate.ec2('DescribeNetworkInterfaces', { Filters })
    return { id: NetworkInterfaces[0].NetworkInterfaceId }
  }
})
