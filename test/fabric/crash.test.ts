import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { processInfo } from '../../src/runners/proc.ts'
import { serve, type ChildServer } from '../clients/child-server.ts'
import { environmentOf, root, type Environment } from '../clients/command.ts'
import { call } from '../support/call.ts'
import { buildEstate, type Estate } from './estate.ts'
import { needFabric, openLab, type Lab } from './lab.ts'

/** A server that is killed leaves nothing in the kernel, or its next start removes it; others' VPCs go on. */
describe('a server that is killed while a program is in its VPC', () => {
  let lab: Lab
  let dataDir: string
  let server: ChildServer
  let env: Environment
  let estate: Estate
  const records = () => join(dataDir, 'fabric', 'routers')
  const routers = (): { pid: number; startTime: number }[] =>
    readdirSync(records()).flatMap((name) => JSON.parse(readFileSync(join(records(), name), 'utf8')).processes)
  const lives = ({ pid, startTime }: { pid: number; startTime: number }) => processInfo(pid)?.startTime === startTime

  before(async () => {
    await needFabric()
    lab = await openLab()
    dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    await start()
    estate = await buildEstate({ url: server.url, admin: keys() } as Parameters<typeof buildEstate>[0])
  })
  after(async () => {
    await server.end('SIGTERM')
    await lab.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  async function start(): Promise<void> {
    server = await serve(dataDir)
    env = await environmentOf(dataDir)
  }
  const keys = () => ({
    accessKeyId: env['AWS_ACCESS_KEY_ID']!,
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
  })
  const interfaces = async (): Promise<string[]> => {
    const { NetworkInterfaces } = await call(server.url, keys(), 'ec2', 'DescribeNetworkInterfaces', {})
    return NetworkInterfaces.map((one: { NetworkInterfaceId: string }) => one.NetworkInterfaceId)
  }
  async function program(): Promise<ChildProcess> {
    const options = ['exec', '--subnet', estate.subnet, '--security-group', estate.group]
    const child = spawn(`${root}/sallyport`, [...options, '--', 'sh', '-c', 'echo ready; exec sleep 600'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: '/', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') return child
    throw new Error(`the program did not start: ${said}`)
  }
  async function until(done: () => boolean): Promise<void> {
    for (let tries = 0; !done(); tries++) {
      assert.ok(tries < 100, 'it did not come to that')
      await delay(50)
    }
  }

  it('its router and its program end by themselves, and the next start takes the interface back', async () => {
    const child = await program()
    const [router] = routers()
    assert.ok(router && lives(router))
    assert.equal((await interfaces()).length, 1)
    const ended = once(child, 'exit')
    await server.end('SIGKILL')
    await until(() => !lives(router))
    assert.notEqual((await ended)[0], 0)
    await start()
    assert.deepEqual(await interfaces(), [])
    assert.deepEqual(routers(), [])
  })

  it('a router that hangs is killed by the next start', async () => {
    const child = await program()
    const [router] = routers()
    assert.ok(router && lives(router))
    process.kill(router.pid, 'SIGSTOP')
    await server.end('SIGKILL')
    await delay(300)
    assert.ok(lives(router), 'it hangs')
    await start()
    await until(() => !lives(router))
    assert.deepEqual(await interfaces(), [])
    child.kill('SIGKILL')
  })

  it("another server's VPC goes on all the while", async () => {
    const { address } = await lab.estate.endpoint('sts')
    const own = await lab.attach((await lab.estate.networkInterface()).id)
    const child = await program()
    await server.end('SIGKILL')
    await start()
    assert.equal(await lab.dial(own, address, 443), 'connected')
    child.kill('SIGKILL')
  })
})
