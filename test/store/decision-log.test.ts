import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, it } from 'node:test'
import { authorizationId, newRequestId, s3RequestId } from '../../src/door/request-id.ts'
import type { DecisionTrace } from '../../src/door/trace.ts'
import { openDecisions } from '../../src/store/decision-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-decisions-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = () => join(folder, `${files++}.db`)

const DAY = 86_400_000
// Ahead of every other test's clock, as ids never run back within a process.
let clock = Date.UTC(2090, 0, 1)
const now = () => clock

function trace(operation: string, time = (clock += 10)): DecisionTrace {
  return { requestId: newRequestId(time), time, service: 's3', operation, decision: 'allowed', status: 200, needs: [] }
}

function open(path: string, limits: { max?: number; days?: number } = {}) {
  return openDecisions(path, { max: 100_000, days: 30, ...limits, now })
}

function blocks(path: string): { records: number }[] {
  const db = new DatabaseSync(path)
  const rows = db.prepare('SELECT records FROM blocks ORDER BY first').all()
  db.close()
  return rows.map((row) => ({ records: Number(row.records) }))
}

it('finds a record before and after it is written, and after a restart, by every spelling of its id', () => {
  const path = newFile()
  const log = open(path)
  const one = trace('GetObject')
  log.append(one)
  const found = (where: typeof log) => {
    for (const id of [
      one.requestId,
      one.requestId.toUpperCase(),
      s3RequestId(one.requestId),
      authorizationId(one.requestId),
    ]) {
      assert.deepEqual(where.get(id), one)
    }
  }
  found(log)
  assert.deepEqual(blocks(path), [])
  log.flush()
  found(log)
  assert.deepEqual(blocks(path), [{ records: 1 }])
  log.close()
  const again = open(path)
  found(again)
  assert.equal(again.get(newRequestId(clock)), undefined)
  assert.equal(again.get('nonsense'), undefined)
  again.close()
})

it('writes one row for each flush, and none for nothing', () => {
  const path = newFile()
  const log = open(path)
  const many = Array.from({ length: 90 }, (_, n) => trace(`Operation${n}`))
  for (const one of many) log.append(one)
  log.flush()
  log.flush()
  assert.deepEqual(blocks(path), [{ records: 90 }])
  for (const one of many) assert.deepEqual(log.get(one.requestId), one)
  log.close()
})

it('finds what took long and is recorded among later ones', () => {
  const log = open(':memory:')
  const slow = trace('PutObject')
  clock += 3_600_000
  const before = trace('GetObject')
  const after = trace('GetObject')
  for (const one of [before, slow, after]) log.append(one)
  log.flush()
  assert.deepEqual(log.get(slow.requestId), slow)
  assert.deepEqual(log.get(before.requestId), before)
  assert.deepEqual(log.get(after.requestId), after)
  log.close()
})

it('gives the newest first, across memory and blocks that overlap', () => {
  const log = open(':memory:')
  const all = Array.from({ length: 40 }, (_, n) => trace(`Operation${n}`))
  const appended = [...all.filter((_, n) => n % 2), ...all.filter((_, n) => n % 2 === 0)]
  appended.forEach((one, n) => {
    log.append(one)
    if (n % 7 === 6) log.flush()
  })
  const newestFirst = [...all].reverse()
  assert.deepEqual(log.recent(1000), newestFirst)
  for (const limit of [0, 1, 5, 39]) assert.deepEqual(log.recent(limit), newestFirst.slice(0, limit))
  log.close()
})

it('writes by itself when many wait', () => {
  const path = newFile()
  const log = open(path)
  for (let n = 0; n < 150; n++) log.append(trace('GetObject', clock))
  assert.deepEqual(blocks(path), [{ records: 100 }])
  log.close()
  assert.deepEqual(blocks(path), [{ records: 100 }, { records: 50 }])
})

it('writes by itself a second later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const path = newFile()
  const log = open(path)
  log.append(trace('GetObject'))
  t.mock.timers.tick(1000)
  assert.deepEqual(blocks(path), [{ records: 1 }])
  log.close()
})

it('keeps the newest `max` and at most a block more', () => {
  const path = newFile()
  const log = open(path, { max: 25 })
  const all = Array.from({ length: 100 }, (_, n) => trace(`Operation${n}`))
  all.forEach((one, n) => {
    log.append(one)
    if (n % 10 === 9) log.flush()
  })
  assert.deepEqual(log.recent(1000), [...all].reverse().slice(0, 30))
  assert.equal(log.get(all[69]!.requestId), undefined)
  log.close()
  const again = open(path, { max: 5 })
  again.append(trace('Last'))
  again.flush()
  assert.equal(again.recent(1000).length, 11)
  again.close()
})

it('lets go of what is older than `days`', () => {
  const log = open(':memory:', { days: 2 })
  const old = trace('Old')
  log.append(old)
  log.flush()
  clock += 1 * DAY
  const young = trace('Young')
  log.append(young)
  log.flush()
  assert.deepEqual(log.get(old.requestId), old)
  clock += 1 * DAY + 1
  log.append(trace('Now'))
  log.flush()
  assert.equal(log.get(old.requestId), undefined)
  assert.deepEqual(log.get(young.requestId), young)
  log.close()
})
