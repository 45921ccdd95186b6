/** The corpus of scenarios: set up by calls, run by real clients where they would run, seen as they would see it. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fabricOf } from '../../src/fabric/fabric.ts'
import { needFabric } from '../fabric/lab.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { playScenario, readScenario } from './play.ts'

const folder = new URL('../../corpus/scenarios/', import.meta.url)
/** AWS's is 350: nobody waits for that here. */
const NAT_IDLE_SECONDS = 3

const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()

describe('scenarios', { concurrency: 4 }, () => {
  let server: TestServer
  before(async () => {
    await needFabric()
    server = await startTestServer()
    fabricOf(server.world, undefined, NAT_IDLE_SECONDS)
  })
  after(() => server.close())

  for (const file of files) {
    const scenario = readScenario(file)
    it(`${scenario.row}: ${scenario.name}`, () =>
      playScenario(server, scenario, file.replace('.json', '').toLowerCase()))
  }
})

it('has scenarios', () => assert.ok(files.length >= 30))
