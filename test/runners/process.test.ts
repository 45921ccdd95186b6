import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { processInfo } from '../../src/runners/proc.ts'
import { runnerWith } from '../../src/runners/process.ts'
import { recordRun, reapRuns } from '../../src/runners/records.ts'
import { RunnerError } from '../../src/runners/runner.ts'
import type { Isolation } from '../../src/runners/runner.ts'
import { newDataFolder, specOf } from './programs.ts'

// What all ways of running programs have in common is in conformance.ts.

const none: Isolation = {
  tool: 'none',
  isolates: { filesystem: false, processes: false, network: false, user: false },
  missing: [],
}

test('without a sandbox, what it should keep is refused', async () => {
  const runner = runnerWith(() => Promise.resolve(none))
  await assert.rejects(runner.start(specOf('', { network: 'none' })), RunnerError)
  await assert.rejects(runner.start(specOf('', { enter: ['true'] })), RunnerError)
  const spec = specOf('')
  await assert.rejects(runner.start({ ...spec, image: { ...spec.image, rootfs: 'image' } }), RunnerError)
  await assert.rejects(runner.start({ ...spec, image: { ...spec.image, config: {} }, arguments: [] }), /no entrypoint/)
})

test('a process that took the number of another is not killed', async () => {
  const records = newDataFolder()
  const child = spawn('sleep', ['1000'])
  await new Promise((resolve) => child.once('spawn', resolve))
  const pid = child.pid ?? assert.fail('no child')
  recordRun(records, 'a/b', [pid], '/nowhere')
  const [name] = readdirSync(records)
  const path = join(records, name ?? '')
  const record = JSON.parse(readFileSync(path, 'utf8'))
  record.processes[0].startTime -= 1
  writeFileSync(path, JSON.stringify(record))
  assert.deepEqual(reapRuns(records), { killed: 0, stages: ['/nowhere'] })
  await delay(20)
  assert.ok(processInfo(pid))
  recordRun(records, 'a/b', [pid], '/nowhere')
  assert.deepEqual(reapRuns(records), { killed: 1, stages: ['/nowhere'] })
  await new Promise((resolve) => child.once('exit', resolve))
  assert.equal(processInfo(pid), undefined)
})
