import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { fuzz, kinds, prepare } from './fuzz.ts'

/** The long form: scripts/fuzz-s3.ts. */
describe('hostile input to S3', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer()
    await prepare((operation, input) => call(server.url, server.admin, 's3', operation, input))
  })
  after(() => server.close())

  for (const kind of kinds) {
    it(`is answered, in time and never by a 500: ${kind}`, async () => {
      const { cases, statuses, failures } = await fuzz(server, kind, 1, 150)
      assert.deepEqual(failures, [])
      const refused = Object.entries(statuses).reduce(
        (sum, [status, count]) => sum + (Number(status) >= 400 ? count : 0),
        0,
      )
      assert.ok(refused > 0 && refused < cases, JSON.stringify(statuses))
    })
  }

  it('what was found once is not found again', async () => {
    // The form ends within its file.
    for (const found of [35980339, 41895832])
      assert.deepEqual((await fuzz(server, 'form', found, 1)).statuses, { 400: 1 })
  })
})
