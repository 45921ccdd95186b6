import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { nowhere, syncedLog } from '../../src/store/synced-log.ts'

it('syncs what was written, once for all who ask meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'))
  try {
    const path = join(folder, 'log')
    appendFileSync(path, 'a')
    const log = syncedLog(path)
    await Promise.all([log.upTo(1), log.upTo(2), log.upTo(3)])
    appendFileSync(path, 'b')
    const later = log.upTo(4)
    log.close()
    await later
    await log.upTo(4)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('tells everyone who waits that the disk refused', async () => {
  const log = syncedLog('/nowhere/at/all')
  const outcomes = await Promise.allSettled([log.upTo(1), log.upTo(2)])
  assert.deepEqual(
    outcomes.map((one) => one.status === 'rejected' && (one.reason as NodeJS.ErrnoException).code),
    ['ENOENT', 'ENOENT'],
  )
  await assert.rejects(log.upTo(1), { code: 'ENOENT' })
  log.close()
})

it('refuses from then on, though the disk may seem well again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'))
  try {
    const path = join(folder, 'log')
    const log = syncedLog(path)
    await assert.rejects(log.upTo(1), { code: 'ENOENT' })
    appendFileSync(path, 'a')
    await assert.rejects(log.upTo(2), { code: 'ENOENT' })
    log.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('has nothing to do for what is in memory', async () => {
  await nowhere.upTo(1)
  nowhere.close()
})
