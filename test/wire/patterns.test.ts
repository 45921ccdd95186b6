import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { model, services } from '../../src/wire/model.ts'
import { compilePattern } from '../../src/wire/pattern.ts'
import { hostileStrings } from './hostile-strings.ts'
import { seeded } from './random-values.ts'
import { rawShapes } from './raw-shapes.ts'

const shapes = Object.keys(services).flatMap((service) =>
  rawShapes(service)
    .map((name) => model(service).shape(name))
    .filter((shape) => shape.pattern !== undefined),
)

test('no pattern hangs on a hostile value', () => {
  const probe = fileURLToPath(new URL('pattern-probe.ts', import.meta.url))
  const { stdout, status } = spawnSync(process.execPath, [probe], {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  assert.equal(status, 0, `the probe was killed at ${stdout.trimEnd().split('\n').at(-1)}`)
  assert.match(stdout, /^tried \d{3,}$/m)
})

test('the probe would find an exponential pattern', () => {
  for (const shape of ['ClusterSchedulerPriorityClassName', 'RepositoryUrl', 'PipelineDefinition'].map((name) =>
    model('sagemaker').shape(name),
  )) {
    const original = new RegExp(`^(?:${shape.pattern})$`, 'u')
    const strings = [...hostileStrings(shape.pattern!, 2048)]
    // It is cut off long before the 2^1000 steps that it would take.
    assert.throws(
      () => runInNewContext('strings.map((text) => original.test(text))', { strings, original }, { timeout: 500 }),
      shape.name,
    )
  }
})

test('every pattern can be run, and no Java is taken for JavaScript', () => {
  for (const shape of shapes) {
    const source = shape.match ?? shape.pattern!
    const compiled = compilePattern(source)
    if (!compiled.unicode)
      assert.doesNotMatch(
        source,
        /\\[pPAzZGQ]|\(\?[a-z]+[):]/,
        `${shape.name} needs a row in scripts/models/patterns.py`,
      )
  }
})

test('a pattern and what runs in its place take the same values', () => {
  const replaced = shapes.filter((shape) => shape.match !== undefined)
  assert.ok(replaced.length >= 10)
  const random = seeded(7)
  for (const { name, pattern, match } of replaced) {
    let original: RegExp
    try {
      original = new RegExp(`^(?:${pattern})$`, 'u')
    } catch {
      continue // Java's own; nothing here can run it.
    }
    const equal = compilePattern(match!)
    let taken = 0
    for (let round = 0; round < 4000; round += 1) {
      const length = Math.floor(random() * 9)
      const pieces = Array.from(
        { length },
        () => ['a', 'z', '0', '-', '.', '/', ' ', '*', '\n', '\u2028', 'A'][Math.floor(random() * 11)]!,
      )
      const value = (name === 'RepositoryUrl' ? 'https://' : '') + pieces.join('')
      assert.equal(equal.test(value), original.test(value), `${name} ${JSON.stringify(value)}`)
      if (original.test(value)) taken += 1
    }
    assert.ok(taken > 0, `no value fitted ${name}`)
  }
})
