/** Statistics over cells, against the same statistics computed from all values one by one. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { folded, merged, type Cell } from '../../src/services/cloudwatch/cell.ts'
import { addCells, cellsBetween, compact, resolutionAt } from '../../src/services/cloudwatch/datapoints.ts'
import { bucketsOf, statisticNamed } from '../../src/services/cloudwatch/statistics.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { ListOptions, Store } from '../../src/store/store.ts'

const cell = (time: number, value: number, seconds = 60): Cell => ({
  time,
  seconds,
  unit: 'None',
  count: 1,
  sum: value,
  minimum: value,
  maximum: value,
  values: [[value, 1]],
})

const close = (a: number | undefined, b: number | undefined, what: string) =>
  assert.ok(a === b || Math.abs(a! - b!) <= 1e-9 * Math.max(1, Math.abs(a!), Math.abs(b!)), `${what}: ${a} and ${b}`)

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => (values.length > 0 ? sum(values) / values.length : undefined)

/** Every value by itself, in order. */
const naive: Record<string, (sorted: number[]) => number | undefined> = {
  SampleCount: (all) => all.length,
  Sum: sum,
  Average: mean,
  Minimum: (all) => all[0],
  Maximum: (all) => all.at(-1),
  p0: (all) => all[0],
  p100: (all) => all.at(-1),
  p50: (all) => (all[Math.floor((all.length - 1) / 2)]! + all[Math.ceil((all.length - 1) / 2)]!) / 2,
  'PR(10:50)': (all) => (all.filter((value) => value > 10 && value <= 50).length / all.length) * 100,
  'TC(10:50)': (all) => all.filter((value) => value > 10 && value <= 50).length,
  'TS(:50)': (all) => sum(all.filter((value) => value <= 50)),
  'TM(10:)': (all) => mean(all.filter((value) => value > 10)),
  tm100: mean,
}

describe('statistics', () => {
  const values = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 200 })
  for (const [name, of] of Object.entries(naive)) {
    it(`${name} is what all values say, however they were put together`, () => {
      fc.assert(
        fc.property(values, fc.integer({ min: 1, max: 20 }), (all, parts) => {
          const cells = all.map((value) => cell(0, value))
          const groups = Object.values(Object.groupBy(cells, (_, i) => String(i % parts))).map((group) =>
            merged(group!),
          )
          close(statisticNamed(name)!(groups), of(all.toSorted((a, b) => a - b)), name)
        }),
      )
    })
  }

  const rows: [name: string, values: number[], result: number | undefined][] = [
    ['tm50', [1, 2, 3, 100], 1.5],
    ['TM(25%:75%)', [1, 2, 3, 100], 2.5],
    ['IQM', [1, 2, 3, 100], 2.5],
    ['TC(10%:90%)', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 8],
    ['ts50', [1, 2, 3, 4], 3],
    ['wm75', [1, 2, 3, 100], (1 + 2 + 3 + 3) / 4],
    ['WM(2:50)', [1, 2, 3, 100], (2 + 2 + 3 + 50) / 4],
    ['p50', [-1, 2], undefined],
    ['TM(5:10)', [1, 2], undefined],
  ]
  for (const [name, all, result] of rows) {
    it(`${name} of ${all.join(' ')} is ${result}`, () =>
      assert.equal(statisticNamed(name)!(all.map((value) => cell(0, value))), result))
  }

  it('knows no others', () => {
    for (const name of ['TM', 'TM()', 'TM(:)', 'TM(9:1)', 'PR(10%:20%)', 'TM(10%:20)', 'iqm', 'tm', 'tm101', 'TX(1:2)'])
      assert.equal(statisticNamed(name), undefined, name)
  })

  it('of very many values stays within a hundredth', () => {
    const many = Array.from({ length: 5000 }, (_, i) => cell(0, i + 1))
    const one = many.reduce<Cell[]>(
      (before, next, i) => (i % 500 === 499 ? [merged([...before, next])] : [...before, next]),
      [],
    )
    const all = merged(one)
    assert.ok(all.values!.length <= 1500)
    assert.deepEqual([all.count, all.sum, all.minimum, all.maximum], [5000, (5000 * 5001) / 2, 1, 5000])
    const p90 = statisticNamed('p90')!([all])!
    assert.ok(Math.abs(p90 - 4500) / 4500 < 0.01, String(p90))
  })
})

describe('retention', () => {
  const DAY = 86_400
  const now = Date.UTC(2026, 10, 23) / 1000
  it('knows seconds for three hours, minutes for 15 days, five minutes for 63, and hours after', () => {
    const rows = [0, 3 * 3600, 3 * 3600 + 1, 15 * DAY, 15 * DAY + 1, 63 * DAY, 63 * DAY + 1]
    assert.deepEqual(rows.map(resolutionAt), [1, 1, 60, 60, 300, 300, 3600])
  })

  const read = (store: ReturnType<typeof openStore>, start: number, end: number, period: number) =>
    bucketsOf(cellsBetween(store, 'm', { start, end, period, now }), period, { start }).map(({ time, cells }) => [
      time,
      statisticNamed('Sum')!(cells),
      statisticNamed('p50')!(cells),
    ])

  it('making room changes no answer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 460 * DAY }), fc.integer({ min: 0, max: 9 }), fc.boolean()), {
          maxLength: 60,
        }),
        (put) => {
          const store = openStore(':memory:')
          const cells = put.map(([age, value, fine]) => {
            const seconds = fine ? 1 : 60
            return cell(Math.floor((now - age) / seconds) * seconds, value, seconds)
          })
          for (const one of folded([], cells)) addCells(store, 'm', [one])
          const asked = [60, 300, 3600].flatMap((period) => [
            [now - 2 * DAY, now, period] as const,
            [now - 30 * DAY, now - 20 * DAY, period] as const,
            [now - 460 * DAY, now - 64 * DAY, period] as const,
          ])
          const before = asked.map(([start, end, period]) => read(store, start, end, period))
          while (compact(store, 'm', now, 7));
          assert.deepEqual(
            asked.map(([start, end, period]) => read(store, start, end, period)),
            before,
          )
          store.close()
        },
      ),
      { numRuns: 40 },
    )
  })

  it('an hour of one metric is read without the others', () => {
    const store = openStore(':memory:')
    store.transaction(() => {
      for (let metric = 0; metric < 20; metric++)
        for (let minute = 0; minute < 300; minute++) addCells(store, `m${metric}`, [cell(now - minute * 60, 1)])
    })
    let rows = 0
    const counting: Store = {
      ...store,
      revision: store.revision,
      list<T>(kind: string, options?: ListOptions) {
        const found = store.list<T>(kind, options)
        rows += found.length
        return found
      },
    }
    const cells = [...cellsBetween(counting, 'm7', { start: now - 3600, end: now, period: 60, now })]
    assert.equal(cells.length, 60)
    assert.ok(rows < 70, `${rows} rows`)
    store.close()
  })
})
