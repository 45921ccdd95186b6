import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { processRunner } from '../../src/runners/process.ts'
import type { RunSpec } from '../../src/runners/runner.ts'

const example = join(import.meta.dirname, '../../examples/training')

/** A job's folder as SageMaker lays it out, with these channels of the example's data. */
function newJob(hyperparameters: object, channels = ['train', 'validation']): RunSpec {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-example-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const ml = join(folder, 'ml')
  for (const name of ['input/config', 'input/data/train', 'model', 'output/data'])
    mkdirSync(join(ml, name), { recursive: true })
  for (const name of channels) cpSync(join(example, `data/${name}.csv`), join(ml, `input/data/${name}/${name}.csv`))
  writeFileSync(join(ml, 'input/config/hyperparameters.json'), JSON.stringify(hyperparameters))
  const directory = join(folder, 'image')
  cpSync(example, join(directory, 'opt/program'), { recursive: true })
  return {
    name: 'example',
    image: { config: { Entrypoint: ['./train'], WorkingDir: '/opt/program' }, directory, rootfs: 'host' },
    arguments: ['train'],
    ml,
    env: {},
    network: 'host',
    hide: [folder],
    records: join(folder, 'running'),
  }
}

async function run(spec: RunSpec, stopAt?: RegExp) {
  const running = await processRunner.start(spec)
  const lines: string[] = []
  for await (const { text } of running.output) {
    lines.push(text)
    if (stopAt?.test(text)) void running.stop(60)
  }
  return { lines, exit: await running.exit }
}

const modelOf = (spec: RunSpec) => JSON.parse(readFileSync(join(spec.ml, 'model/model.json'), 'utf8'))

test('the example learns to tell irises apart', async () => {
  const spec = newJob({ epochs: '20' })
  const { lines, exit } = await run(spec)
  assert.equal(exit.code, 0, lines.join('\n'))
  const epochs = lines.flatMap(
    (line) => /^epoch=\d+ train:loss=([0-9.]+) validation:accuracy=([0-9.]+)$/.exec(line)?.slice(1) ?? [],
  )
  assert.equal(epochs.length, 2 * 20)
  const [loss, accuracy] = [0, 1].map((column) => epochs.filter((_, index) => index % 2 === column).map(Number))
  assert.ok((loss?.at(-1) ?? 1) < (loss?.[0] ?? 0) / 2)
  assert.ok((accuracy?.at(-1) ?? 0) > 0.9)
  assert.deepEqual(modelOf(spec).classes, ['setosa', 'versicolor', 'virginica'])
})

test('the example saves what it has when it is stopped', async () => {
  const spec = newJob({ epochs: '1000000', seconds_per_epoch: '30' })
  const { lines, exit } = await run(spec, /^epoch=1 /)
  assert.deepEqual(lines.slice(-2), ['asked to stop after epoch 1', 'model saved'])
  assert.equal(exit.code, 0)
  assert.notEqual(modelOf(spec).weights[0][0], 0)
})

test('the example tells why it failed', async () => {
  const spec = newJob({ learning_rate: 'fast' })
  assert.equal((await run(spec)).exit.code, 1)
  assert.match(readFileSync(join(spec.ml, 'output/failure'), 'utf8'), /could not convert string to float/)
  const empty = newJob({}, [])
  assert.equal((await run(empty)).exit.code, 1)
  assert.equal(readFileSync(join(empty.ml, 'output/failure'), 'utf8'), "the channel 'train' holds no CSV file")
})
