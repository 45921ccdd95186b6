import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { firstRandom, suggest } from './search.ts'
import type { Choice, Search, Tried } from './search.ts'
import { isWithin, keyOf, pointNumber, sizeOf, unitOf, valueAt } from './space.ts'
import type { Range, Space } from './space.ts'

const numeric = (kind: 'integer' | 'continuous') =>
  fc
    .tuple(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom('Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic'),
    )
    .map(([min, width, scaling]): Range => {
      const scale = kind === 'integer' ? 1 : 1 / 37
      if (scaling === 'Logarithmic') {
        const low = (Math.abs(min) + 1) * scale
        return { kind, name: '', min: low, max: low + width * scale, scaling }
      }
      if (scaling === 'ReverseLogarithmic' && kind === 'continuous')
        return { kind, name: '', min: Math.abs(min) / 1000, max: Math.abs(min) / 1000 + width / 10_100, scaling }
      return {
        kind,
        name: '',
        min: min * scale,
        max: (min + width) * scale,
        scaling: scaling === 'Auto' ? 'Auto' : 'Linear',
      }
    })
const categorical = fc
  .uniqueArray(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 6 })
  .map((values): Range => ({ kind: 'categorical', name: '', values }))
const named = (ranges: readonly Range[]): Space => ranges.map((range, index) => ({ ...range, name: `p${index}` }))
const anySpace = fc
  .array(fc.oneof(numeric('integer'), numeric('continuous'), categorical), { minLength: 1, maxLength: 4 })
  .map(named)
const finiteSpace = fc
  .array(
    fc.oneof(
      categorical,
      fc
        .integer({ min: -5, max: 5 })
        .map((min): Range => ({ kind: 'integer', name: '', min, max: min + 3, scaling: 'Linear' })),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map(named)

/** As many tries as are asked for; of several at a time the results come when all are told. */
function run(
  search: Search,
  count: number,
  objective: (point: Record<string, number>) => number,
  atOnce = 1,
): number[] {
  const tried: Tried[] = []
  while (tried.length < count) {
    const batch: Tried[] = []
    for (let at = 0; at < atOnce; at++) {
      const point = suggest(search, [...tried, ...batch], tried.length + batch.length)
      assert.ok(point)
      batch.push({ point, pending: true })
    }
    for (const { point } of batch)
      tried.push({ point, value: objective(Object.fromEntries(Object.entries(point).map(([k, v]) => [k, Number(v)]))) })
  }
  return tried.map(({ value }) => value!)
}

describe('ranges', () => {
  test('every place of a range is a value within it, and leads back to itself', () => {
    fc.assert(
      fc.property(anySpace, fc.double({ min: 0, max: 1, noNaN: true }), (space, unit) => {
        for (const range of space) {
          const text = valueAt(range, unit)
          assert.ok(isWithin([range], { [range.name]: text }), `${text} of ${JSON.stringify(range)}`)
          assert.equal(valueAt(range, unitOf(range, text)) === text || range.kind === 'continuous', true)
        }
      }),
      { seed: 1 },
    )
  })

  const range = (
    scaling: 'Linear' | 'Logarithmic' | 'ReverseLogarithmic' | 'Auto',
    min: number,
    max: number,
  ): Range => ({
    kind: 'continuous',
    name: 'x',
    min,
    max,
    scaling,
  })
  for (const [what, one, middle] of [
    ['Linear', range('Linear', 0, 10), 5],
    ['Logarithmic', range('Logarithmic', 0.001, 10), 0.1],
    ['ReverseLogarithmic', range('ReverseLogarithmic', 0, 0.99), 0.9],
    ['Auto over decades', range('Auto', 0.001, 10), 0.1],
    ['Auto over a few values', range('Auto', 1, 9), 5],
    ['Auto through zero', range('Auto', -1000, 1000), 0],
  ] as const)
    test(`the middle of a range: ${what}`, () => assert.ok(Math.abs(Number(valueAt(one, 0.5)) - middle) < 1e-9))

  test('each integer has its share of a linear range', () => {
    const one: Range = { kind: 'integer', name: 'x', min: 1, max: 4, scaling: 'Linear' }
    const counts = new Map<string, number>()
    for (let at = 0; at < 4000; at++) {
      const text = valueAt(one, (at + 0.5) / 4000)
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    assert.deepEqual(Object.fromEntries(counts), { 1: 1000, 2: 1000, 3: 1000, 4: 1000 })
  })
})

describe('suggestions', () => {
  test('lie within the ranges, whatever the results', () => {
    fc.assert(
      fc.property(
        anySpace,
        fc.constantFrom<Choice>('Random', 'Bayesian'),
        fc.nat(),
        fc.array(fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 })), { minLength: 8, maxLength: 8 }),
        (space, choice, seed, values) => {
          const tried: Tried[] = []
          for (const value of values) {
            const point = suggest({ choice, space, seed, goal: 'Maximize' }, tried, tried.length)
            if (!point) break
            assert.ok(isWithin(space, point), JSON.stringify(point))
            tried.push(value === null ? { point } : { point, value })
          }
        },
      ),
      { seed: 2, numRuns: 40 },
    )
  })

  test('Grid tries every point once, and then no more', () => {
    fc.assert(
      fc.property(finiteSpace, fc.nat(), (space, seed) => {
        const keys = new Set<string>()
        for (let at = 0; at < sizeOf(space); at++) {
          const point = suggest({ choice: 'Grid', space, seed, goal: 'Minimize' }, [], at)!
          assert.ok(isWithin(space, point))
          keys.add(keyOf(space, point))
        }
        assert.equal(keys.size, sizeOf(space))
        assert.equal(suggest({ choice: 'Grid', space, seed, goal: 'Minimize' }, [], sizeOf(space)), undefined)
      }),
      { seed: 3 },
    )
  })

  test('Random and Bayesian try no point of a finite space twice, and every one in the end', () => {
    fc.assert(
      fc.property(finiteSpace, fc.constantFrom<Choice>('Random', 'Bayesian'), fc.nat(), (space, choice, seed) => {
        fc.pre(sizeOf(space) <= 24)
        const tried: Tried[] = []
        for (let point; (point = suggest({ choice, space, seed, goal: 'Minimize' }, tried, tried.length));)
          tried.push({ point, value: tried.length % 5 })
        assert.equal(new Set(tried.map(({ point }) => keyOf(space, point))).size, sizeOf(space))
        assert.equal(tried.length, sizeOf(space))
      }),
      { seed: 4, numRuns: 20 },
    )
  })

  test('points are numbered without gaps', () => {
    fc.assert(
      fc.property(finiteSpace, (space) => {
        const keys = Array.from({ length: sizeOf(space) }, (_, at) => keyOf(space, pointNumber(space, at)!))
        assert.equal(new Set(keys).size, sizeOf(space))
      }),
      { seed: 5 },
    )
  })

  const bowl: Space = [
    { kind: 'continuous', name: 'x', min: -5, max: 10, scaling: 'Linear' },
    { kind: 'continuous', name: 'y', min: 0, max: 15, scaling: 'Linear' },
  ]
  for (const choice of ['Random', 'Bayesian'] as const)
    test(`${choice}: the same seed searches alike, another otherwise`, () => {
      const values = (seed: number) => run({ choice, space: bowl, seed, goal: 'Minimize' }, 12, ({ x, y }) => x! * y!)
      assert.deepEqual(values(7), values(7))
      assert.notDeepEqual(values(7), values(8))
    })

  test('several at a time go to different places', () => {
    const search: Search = { choice: 'Bayesian', space: bowl, seed: 1, goal: 'Minimize' }
    const tried: Tried[] = Array.from({ length: 8 }, (_, at) => {
      const point = suggest(search, [], at)!
      return { point, value: (Number(point['x']) - 1) ** 2 + (Number(point['y']) - 1) ** 2 }
    })
    const batch: Tried[] = []
    for (let at = 0; at < 4; at++)
      batch.push({ point: suggest(search, [...tried, ...batch], 100 + at)!, pending: true })
    for (const [at, one] of batch.entries())
      for (const other of batch.slice(at + 1)) {
        const apart = Math.hypot(
          Number(one.point['x']) - Number(other.point['x']),
          Number(one.point['y']) - Number(other.point['y']),
        )
        assert.ok(apart > 0.05, `${JSON.stringify(one)} ${JSON.stringify(other)}`)
      }
  })

  test('what parents have found informs the search from its first try', () => {
    const target = ({ x, y }: Record<string, number>) => (x! - 3) ** 2 + (y! - 4) ** 2
    const parents: Tried[] = Array.from({ length: 30 }, (_, at) => {
      const point = pointAtRandom(at)
      return { point, value: target({ x: Number(point['x']), y: Number(point['y']) }), inherited: true }
    })
    const first = (tried: Tried[], seed: number) => {
      const point = suggest({ choice: 'Bayesian', space: bowl, seed, goal: 'Minimize' }, tried, 0)!
      return target({ x: Number(point['x']), y: Number(point['y']) })
    }
    const seeds = Array.from({ length: 10 }, (_, at) => at)
    assert.ok(mean(seeds.map((seed) => first(parents, seed))) < mean(seeds.map((seed) => first([], seed))) / 4)
  })

  const pointAtRandom = (at: number) => suggest({ choice: 'Random', space: bowl, seed: 99, goal: 'Minimize' }, [], at)!
})

/** Known functions, with their least values. */
const functions: readonly { name: string; space: Space; least: number; at: (p: Record<string, number>) => number }[] = [
  {
    name: 'Branin',
    space: [
      { kind: 'continuous', name: 'x', min: -5, max: 10, scaling: 'Linear' },
      { kind: 'continuous', name: 'y', min: 0, max: 15, scaling: 'Linear' },
    ],
    least: 0.397887,
    at: ({ x, y }) =>
      (y! - (5.1 / (4 * Math.PI ** 2)) * x! ** 2 + (5 / Math.PI) * x! - 6) ** 2 +
      10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x!) +
      10,
  },
  {
    name: 'a bowl of decades, integers and choices',
    space: [
      { kind: 'continuous', name: 'rate', min: 1e-5, max: 1, scaling: 'Logarithmic' },
      { kind: 'integer', name: 'depth', min: 1, max: 30, scaling: 'Linear' },
      { kind: 'categorical', name: 'kind', values: ['0', '1', '2'] },
    ],
    least: 0,
    at: ({ rate, depth, kind }) => (Math.log10(rate!) + 3) ** 2 + ((depth! - 12) / 6) ** 2 + (kind === 1 ? 0 : 1.5),
  },
]

describe('Bayesian search', () => {
  const tries = 25
  const seeds = Array.from({ length: 15 }, (_, seed) => seed)
  for (const { name, space, least, at } of functions)
    for (const atOnce of [1, 5])
      test(`comes much nearer than chance to the least value of ${name}, ${atOnce} at a time`, () => {
        const regret = (choice: Choice) =>
          mean(
            seeds.map((seed) => Math.min(...run({ choice, space, seed, goal: 'Minimize' }, tries, at, atOnce)) - least),
          )
        const [searched, chance] = [regret('Bayesian'), regret('Random')]
        assert.ok(searched < chance / 2, `${searched} against ${chance}`)
      })

  test('maximizes as well', () => {
    const { space, at } = functions[0]!
    const values = run({ choice: 'Bayesian', space, seed: 1, goal: 'Maximize' }, tries, (point) => -at(point))
    assert.ok(Math.max(...values) > -1, String(Math.max(...values)))
  })

  test('begins at random', () => {
    const { space } = functions[0]!
    const of = (choice: Choice) => run({ choice, space, seed: 3, goal: 'Minimize' }, firstRandom(space), () => 1)
    assert.deepEqual(of('Bayesian'), of('Random'))
  })
})

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
