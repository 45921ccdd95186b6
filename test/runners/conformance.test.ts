import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { missingLimits } from '../../src/runners/cgroups.ts'
import { engineRunner } from '../../src/runners/docker/docker.ts'
import { probeIsolation } from '../../src/runners/isolation.ts'
import { runnerWith } from '../../src/runners/process.ts'
import type { Isolation } from '../../src/runners/runner.ts'
import { installedEngines, startTestEngine } from '../support/engines.ts'
import type { TestEngine } from '../support/engines.ts'
import { endings } from './conformance-endings.ts'
import { images } from './conformance-images.ts'
import { programs } from './conformance.ts'
import type { Way } from './conformance.ts'
import { ownRootImage } from './own-root.ts'
import { newDataFolder, ran, specOf } from './programs.ts'

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
    ownRoot: tool === 'bubblewrap',
    names: false,
    onePipe: true,
    limits: missingLimits().length === 0,
    variables: tool === 'none' ? ['SAGEMAKER_BASE_DIR'] : [],
  }
})

for (const way of asProcesses) describe(`a program (${way.name})`, { concurrency: 2 }, () => conforms(way))

for (const name of installedEngines())
  describe(`a program (${name})`, { concurrency: 3 }, () => {
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
      ownRoot: true,
      names: true,
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
  for (const { title, needs, config, spec, lines } of way.ownRoot ? images : []) {
    if (needs && !needs(way)) continue
    test(title, async () => {
      const all = specOf('', spec)
      const image = await way.runner.prepare(await ownRootImage(config), join(all.ml, '../root'))
      const one = await ran(way.runner, { ...all, image })
      assert.deepEqual(one.lines, lines)
      assert.deepEqual(one.exit, { code: 0 })
    })
  }
  if (way.ownRoot)
    test('an image is refused whose layer is not what its digest says', async () => {
      const image = await ownRootImage({ Entrypoint: ['/bin/sh'], Labels: { its: 'own' } })
      const [first, ...rest] = image.layers
      const forged = { ...image, layers: [{ ...first!, digest: `sha256:${'0'.repeat(64)}` }, ...rest] }
      await assert.rejects(way.runner.prepare(forged, join(newDataFolder(), 'root')), /has the digest/)
    })
  for (const one of endings) {
    if (one.needs && !one.needs(way)) continue
    test(one.title, () => one.run(way, specOf(one.script)))
  }
}
