import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { connect } from '../../src/cli/client.ts'
import { runMatrix } from '../../src/verify/matrix.ts'
import type { Line } from '../../src/verify/matrix.ts'
import { markdown } from '../../src/verify/table.ts'
import { buildWorld, quickCompiler } from '../../src/verify/world.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const PAGE = new URL('../../docs/reference/job-matrix.md', import.meta.url)

describe('the role page (./sallyport verify)', () => {
  let server: TestServer
  let lines: Line[]
  const compiler = quickCompiler()

  before(async () => {
    server = await startTestServer({ fabric: 'off', compilerImage: compiler.folder })
    const { accessKeyId, secretAccessKey } = server.admin
    const client = connect({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: server.region,
    })
    lines = await runMatrix(client, await buildWorld(client), () => {})
  })
  after(async () => {
    await server.close()
    compiler.remove()
  })

  it('holds line by line', () => {
    assert.deepEqual(
      lines.filter(({ verdict }) => verdict === 'wrong'),
      [],
    )
  })

  it('says of every action without which a request succeeds, why', () => {
    for (const { verdict, text, what } of lines) if (verdict === 'not needed') assert.ok(text, what)
  })

  it('is the committed table', () => {
    // UPDATE=1 writes it anew, to be looked at before it is committed.
    if (process.env['UPDATE']) writeFileSync(PAGE, markdown(lines))
    assert.equal(markdown(lines), readFileSync(PAGE, 'utf8'))
  })
})
