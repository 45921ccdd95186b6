import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'

/** Numbers its writes, two documents a transaction, and prints each number once the commit is back. */
const writer = `
  import { writeSync } from 'node:fs'
  import { openStore } from ${JSON.stringify(new URL('../../src/store/sqlite.ts', import.meta.url).href)}
  const store = openStore(process.argv[1])
  for (let n = 1; ; n++) {
    store.transaction(() => {
      store.put('left', String(n), { n, padding: 'x'.repeat(1000) })
      store.put('right', String(n), { n })
    })
    writeSync(1, n + '\\n')
  }`

for (const killedAfter of [1, 37, 400]) {
  it(`every write acknowledged before kill -9 (after the ${killedAfter}th) is there, whole`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-kill-'))
    try {
      const path = join(folder, 'state.db')
      const child = spawn(process.execPath, ['--input-type=module', '-e', writer, path])
      let output = ''
      let complaint = ''
      child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output.split('\n').length > killedAfter) child.kill('SIGKILL')
      })
      const [, signal] = (await once(child, 'close')) as [number, string]
      assert.equal(signal, 'SIGKILL', complaint)
      const acknowledged = output.split('\n').slice(0, -1).map(Number)
      assert.ok(acknowledged.length >= killedAfter)

      const store = openStore(path)
      for (const n of acknowledged) {
        assert.equal(store.get<{ n: number }>('left', String(n))?.n, n)
        assert.deepEqual(store.get('right', String(n)), { n })
      }
      // At most the one write whose acknowledgement was cut off is there too, and never half of it.
      assert.equal(store.count('left'), store.count('right'))
      assert.ok(store.count('left') - acknowledged.length <= 1)
      store.close()
      const db = new DatabaseSync(path)
      assert.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
      db.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
