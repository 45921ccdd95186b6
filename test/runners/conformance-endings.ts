/** How programs end, and what is told of them meanwhile: for every way of running them, as cases. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunSpec } from '../../src/runners/runner.ts'
import type { Way } from './conformance.ts'
import { outputOf, until } from './programs.ts'

const sh = '#!/bin/sh\n'

export interface EndingCase {
  title: string
  needs?: (way: Way) => boolean
  script: string
  run(way: Way, spec: RunSpec): Promise<void>
}

const loop = 'while :; do sleep 0.02; done'

/** Programs that are ended. */
export const endings: readonly EndingCase[] = [
  {
    title: 'it may save what it has on SIGTERM',
    script: `${sh}trap "echo saved; exit 7" TERM\necho ready\n${loop}\n`,
    async run({ runner }, spec) {
      const running = await runner.start(spec)
      const rest = await until(running, 'ready')
      const stopped = running.stop(60)
      assert.equal((await rest.next()).value?.text, 'saved')
      assert.deepEqual(await stopped, { code: 7 })
    },
  },
  {
    title: 'one that does not care for SIGTERM is ended by it',
    script: `${sh}echo ready\nexec sleep 1000\n`,
    async run({ runner }, spec) {
      const running = await runner.start(spec)
      await until(running, 'ready')
      assert.deepEqual(await running.stop(60), { code: 143, signal: 'SIGTERM' })
    },
  },
  {
    title: 'one that ignores SIGTERM is killed with all its children',
    script: `${sh}trap "" TERM\nsleep 1000 &\n(sleep 1000 & wait) &\necho ready\n${loop}\n`,
    async run({ runner }, spec) {
      const running = await runner.start(spec)
      const rest = await until(running, 'ready')
      assert.deepEqual(await running.stop(0.05), { code: 137, signal: 'SIGKILL' })
      // The output ends only when the last process that could write to it is gone.
      assert.equal((await rest.next()).done, true)
      assert.deepEqual(readdirSync(spec.records), [])
    },
  },
  {
    title: 'one that is over can be stopped',
    script: `${sh}exit 5\n`,
    async run({ runner }, spec) {
      const running = await runner.start(spec)
      await outputOf(running)
      await running.exit
      assert.deepEqual(await running.stop(60), { code: 5 })
    },
  },
  {
    title: 'one is found and ended after a crash of the server',
    script: `${sh}echo ready\nexec sleep 1000\n`,
    async run({ runner }, spec) {
      const running = await runner.start(spec)
      await until(running, 'ready')
      assert.equal(readdirSync(spec.records).length, 1)
      assert.equal(await runner.reap(spec.records), 1)
      assert.equal((await running.exit).signal, 'SIGKILL')
      assert.equal(await runner.reap(spec.records), 0)
    },
  },
  {
    title: 'lines have the times at which they came',
    script: `${sh}echo one; sleep 0.05; echo two\n`,
    async run({ runner }, spec) {
      const begun = Date.now()
      const times: number[] = []
      for await (const { time } of (await runner.start(spec)).output) times.push(time)
      const [one = 0, two = 0] = times
      assert.ok(begun <= one && one <= two && two <= Date.now(), times.join())
    },
  },
  {
    title: 'one that writes much waits until it is read',
    script: `${sh}yes $(printf %0999d 0) | head -c 4000000; date +%s%N > /opt/ml/model/end\n`,
    needs: (way) => way.sandbox && way.onePipe,
    async run({ runner }, spec) {
      const running = await runner.start(spec)
      await delay(300)
      assert.ok(!existsSync(join(spec.ml, 'model/end')))
      let count = 0
      for await (const _line of running.output) count += 1
      assert.equal(count, 4000)
      assert.ok(statSync(join(spec.ml, 'model/end')).size > 0)
    },
  },
]
