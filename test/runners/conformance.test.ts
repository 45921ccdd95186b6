import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { missingLimits } from '../../src/runners/cgroups.ts'
import { engineRunner } from '../../src/runners/docker/docker.ts'
import { probeIsolation } from '../../src/runners/isolation.ts'
import { runnerWith } from '../../src/runners/process.ts'
import type { Isolation } from '../../src/runners/runner.ts'
import { installedEngines, startTestEngine } from '../support/engines.ts'
import type { TestEngine } from '../support/engines.ts'
import { endings, programs } from './conformance.ts'
import type { Way } from './conformance.ts'
import { ran, specOf } from './programs.ts'

const best = await probeIsolation()

const sandboxes: Isolation['tool'][] =
  best.tool === 'bubblewrap' ? ['bubblewrap', 'unshare'] : best.tool === 'unshare' ? ['unshare'] : []

const asProcesses = [...sandboxes, 'none' as const].map((tool): Way => {
  const none = { tool, isolates: { filesystem: false, processes: false, network: false, user: false }, missing: [] }
  const isolation: Isolation = tool === 'none' ? none : { ...best, tool }
  return {
    name: `process, ${tool}`,
    runner: runnerWith(() => Promise.resolve(isolation)),
    sandbox: tool !== 'none',
    onePipe: true,
    limits: missingLimits().length === 0,
    variables: tool === 'none' ? ['SAGEMAKER_BASE_DIR'] : [],
  }
})

for (const way of asProcesses) describe(`a program (${way.name})`, () => conforms(way))

for (const name of installedEngines())
  describe(`a program (${name})`, () => {
    let engine: TestEngine
    const sockets: string[] = []
    before(async () => {
      engine = await startTestEngine(name)
      sockets.push(engine.socket)
    })
    after(() => engine.close())
    conforms({
      name,
      runner: engineRunner(name, sockets),
      sandbox: true,
      onePipe: false,
      limits: true,
      variables: name === 'podman' ? ['container', 'TERM'] : [],
    })
  })

/** Every case that this way can be held to, as a test. */
function conforms(way: Way): void {
  for (const { title, needs, script, spec, lines, exit = { code: 0 }, check } of programs) {
    if (needs && !needs(way)) continue
    test(title, async () => {
      const one = await ran(way.runner, specOf(script, typeof spec === 'function' ? spec() : spec))
      if (lines) assert.deepEqual(one.lines, lines)
      if (lines || exit.code !== 0) assert.deepEqual(one.exit, exit, one.lines.join('\n'))
      check?.(one, way)
    })
  }
  for (const { title, needs, script, run } of endings) {
    if (needs && !needs(way)) continue
    test(title, () => run(way, specOf(script)))
  }
}
