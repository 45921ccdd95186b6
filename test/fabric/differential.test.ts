/** What `connect()` says against what becomes of a real TCP connection, in random VPCs. scripts/fuzz-fabric.ts plays thousands. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { playNetwork, type Play } from './differential/play.ts'
import { needFabric } from './lab.ts'

const SEED = 4
const NETWORKS = 15
const AT_ONCE = 3
const IPV6 = true

let server: TestServer
before(async () => {
  await needFabric()
  server = await startTestServer()
})
after(() => server.close())

it('agrees with the kernel on every connection', async () => {
  const plays: Play[] = []
  let next = 0
  const worker = async (name: number) => {
    for (let number = next++; number < NETWORKS; number = next++)
      plays.push(
        await playNetwork(server.world, { seed: SEED, number, ipv6: IPV6 }, join(server.dataDir, `play-${name}`)),
      )
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, name) => worker(name)))
  const found = plays.flatMap(({ disagreements }) => disagreements)
  assert.deepEqual(
    found.map(({ from, address, port, expected, observed }) => ({ from, address, port, expected, observed })),
    [],
  )
  const sum = (outcome: keyof Play['outcomes']) => plays.reduce((all, { outcomes }) => all + outcomes[outcome], 0)
  assert.ok(sum('connected') > 150 && sum('refused') > 50 && sum('timeout') > 1000, 'every outcome is met often')
})
