import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { table } from './automl-data.ts'

const programs = fileURLToPath(new URL('../../src/automl-image', import.meta.url))

/** What a line of Python that uses the programs prints, as JSON. */
function python<T>(line: string, input: unknown = null): T {
  const script = `import json, sys; given = json.load(sys.stdin); ${line}`
  const printed = execFileSync('python3', ['-B', '-c', script], { cwd: programs, input: JSON.stringify(input) })
  return JSON.parse(printed.toString('utf8')) as T
}

const rounded = (scores: Record<string, number>) =>
  Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, Number(value.toFixed(4))]))

/** Worked out by hand. */
const metrics = [
  {
    what: 'regression',
    given: { problem: 'Regression', classes: [], truth: [1, 2, 3, 4], said: [1, 2, 3, 6], weight: null },
    scores: { MSE: 1, RMSE: 1, MAE: 0.5, R2: 0.2 },
  },
  {
    what: 'regression with weights',
    given: { problem: 'Regression', classes: [], truth: [0, 4], said: [1, 4], weight: [3, 1] },
    scores: { MSE: 0.75, RMSE: 0.866, MAE: 0.75, R2: 0.75 },
  },
  {
    // One hit, one miss and one false alarm among the positive; a tie of one pair in the ranking.
    what: 'two classes',
    given: {
      problem: 'BinaryClassification',
      classes: ['no', 'yes'],
      truth: [1, 1, 0, 0],
      said: [0.8, 0.4, 0.6, 0.4].map((p) => [1 - p, p]),
      weight: null,
    },
    scores: {
      Accuracy: 0.5,
      BalancedAccuracy: 0.5,
      LogLoss: Number(((-Math.log(0.8) - Math.log(0.4) - Math.log(0.4) - Math.log(0.6)) / 4).toFixed(4)),
      F1: 0.5,
      Precision: 0.5,
      Recall: 0.5,
      AUC: 0.625,
    },
  },
  {
    what: 'three classes',
    given: {
      problem: 'MulticlassClassification',
      classes: ['a', 'b', 'c'],
      truth: [0, 0, 1, 2],
      said: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      weight: null,
    },
    scores: {
      Accuracy: 0.75,
      BalancedAccuracy: 0.8333,
      LogLoss: Number((-Math.log(1e-15) / 4).toFixed(4)),
      F1macro: 0.7778,
      PrecisionMacro: 0.8333,
      RecallMacro: 0.8333,
    },
  },
] as const

describe("AutoML's programs", () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  after(() => rmSync(folder, { recursive: true }))

  for (const { what, given, scores } of metrics) {
    test(`metrics of ${what}`, () => {
      const line = `from metrics import scores; print(json.dumps(scores(*[given[k] for k in ('problem', 'classes', 'truth', 'said', 'weight')])))`
      assert.deepEqual(rounded(python(line, given)), scores)
    })
  }

  test('columns are told apart, and missing or unknown values have a place', () => {
    const rows = [
      ['1', 'x', '2024-01-02', 'same', 'a1'],
      ['', 'y', '2024-02-02', 'same', 'a2'],
      ['3', 'x', '', 'same', 'a3'],
      ['9', '?', '2024-03-02T10:00:00Z', 'same', 'a4'],
    ]
    const line = `import features; encoder = features.fit(['n', 'c', 'd', 's', 'id'], given, set()); print(json.dumps([encoder['columns'], features.transform(encoder, ['n', 'c', 'd', 's', 'id'], [['', 'z', '', '', '']])]))`
    const [columns, [encoded]] = python<[{ name: string; kind: string }[], number[][]]>(line, rows)
    assert.deepEqual(columns.map(({ name, kind }) => `${name} ${kind}`), ['n numeric', 'c categorical', 'd datetime']) // prettier-ignore
    assert.deepEqual(encoded!.slice(0, 4), [3, 1, 0, 0])
    assert.deepEqual(encoded!.slice(5), [2024, 2, 2, 4, 0])
  })

  test('files of a channel are one table: gzipped or not, their columns in any order', () => {
    const path = join(folder, 'table')
    mkdirSync(path)
    writeFileSync(join(path, 'a.csv'), 'x,label\r\n1,"u, v"\r\n')
    writeFileSync(join(path, 'b.csv.gz'), gzipSync('\ufefflabel,x\nw,2\n\n'))
    const read = `import data; header, rows = data.read_table(given); print(json.dumps([header, rows]))`
    assert.deepEqual(python(read, path), [['x', 'label'], [['1', 'u, v'], ['2', 'w']]]) // prettier-ignore
  })

  test('weights of rows count, and a validation set that is given is the one that is measured', () => {
    const ml = laidOut('weights', {
      step: 'train',
      algorithm: 'linear-learner',
      sample_weight: 'weight',
      learning_rate: '0.05',
      wd: '0.001',
      epochs: '10',
    })
    // Rows that weigh nothing say the opposite.
    const lines = Array.from({ length: 800 }, (_, at) => {
      const x = (at % 40) - 19.5
      const lies = at % 2 === 1
      return `${x},${lies ? 0 : 1},${x > 0 !== lies ? 'up' : 'down'}`
    })
    const own = (some: string[]) => ['x,weight,label', ...some, ''].join('\n')
    channel(ml, 'training', own(lines))
    channel(ml, 'validation', own(['5,1,up', '-5,1,down', '7,0,down']))
    const printed = run(ml)
    assert.match(printed, /validation:Accuracy=1;/)
  })

  test('what was trained answers rows of CSV as an inference container does', () => {
    const ml = laidOut('answers', {
      step: 'train',
      algorithm: 'xgboost',
      num_round: '40',
      max_depth: '4',
      eta: '0.2',
      lambda: '1',
      min_child_weight: '1',
      gamma: '0',
      subsample: '1',
      colsample_bytree: '1',
    })
    channel(ml, 'training', table('BinaryClassification'))
    run(ml)
    const model = JSON.parse(readFileSync(join(ml, 'model/model.json'), 'utf8')) as unknown
    const lines = table('BinaryClassification', 60).trim().split('\n').slice(1)
    const text = lines.map((line) => line.slice(0, line.lastIndexOf(','))).join('\n')
    const line = `from serve import respond; print(json.dumps(respond(given['model'], given['text'], ['predicted_label', 'probability'])))`
    const answers = python<string>(line, { model, text }).trim().split('\n')
    assert.equal(answers.length, lines.length)
    const right = answers.filter((answer, at) => answer.split(',')[0] === lines[at]!.split(',').at(-1))
    assert.ok(right.length > 50, `${right.length} of 60`)
    assert.ok(answers.every((answer) => Number(answer.split(',')[1]) >= 0.5))
  })

  test('data that are no table are refused in words for their owner', () => {
    const ml = laidOut('broken', { step: 'prepare' })
    channel(ml, 'training', 'x,label\n1,2,3\n')
    assert.equal(spawnSync('python3', ['-B', 'main.py', 'train'], options(ml)).status, 1)
    const failure = readFileSync(join(ml, 'output/failure'), 'utf8')
    assert.equal(failure, 'Line 2 of table.csv has 3 values, not 2.')
  })

  function laidOut(name: string, hyperParameters: Record<string, string>): string {
    const ml = join(folder, name)
    for (const path of ['input/config', 'model', 'output/data']) mkdirSync(join(ml, path), { recursive: true })
    const all = { target: 'label', seed: '1', seconds: '60', ...hyperParameters }
    writeFileSync(join(ml, 'input/config/hyperparameters.json'), JSON.stringify(all))
    return ml
  }

  function channel(ml: string, name: string, text: string): void {
    mkdirSync(join(ml, 'input/data', name), { recursive: true })
    writeFileSync(join(ml, 'input/data', name, 'table.csv'), text)
  }

  function options(ml: string) {
    return { cwd: programs, env: { ...process.env, AUTOML_ML: ml }, encoding: 'utf8' as const }
  }

  function run(ml: string): string {
    return execFileSync('python3', ['-B', 'main.py', 'train'], options(ml))
  }
})
