import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evaluate, UnbuiltFunction } from '../../src/services/cloudwatch/math/evaluate.ts'
import { MathError, parseMath } from '../../src/services/cloudwatch/math/parse.ts'
import { isSeries, type Series, type Value } from '../../src/services/cloudwatch/math/values.ts'

/** A value a minute from 60 on; undefined: none. */
const series = (label: string, ...values: (number | undefined)[]): Series => {
  const points = values.flatMap((value, i) => (value === undefined ? [] : [[60 * (i + 1), value] as const]))
  return { label, period: 60, times: points.map(([time]) => time), values: points.map(([, value]) => value) }
}

const metrics: Record<string, Series> = {
  m1: series('m1', 1, 2, 3, 4),
  m2: series('m2', 10, undefined, 30, 40),
  errors1: series('errors1', 0, 5, 0, -5),
  none: series('none'),
}

function compute(expression: string): Value {
  return evaluate(
    parseMath(expression),
    (name) => {
      const found = metrics[name]
      if (!found) throw new MathError(`Unknown metric ${name}`)
      return found
    },
    {
      range: { start: 60, end: 300 },
      period: 60,
      metrics: () => new Map(Object.entries(metrics)),
      search: () => [metrics['m1']!, metrics['m2']!],
    },
  )
}

/** `[time/60, value]` of each point, of each series. */
function shown(value: Value): unknown {
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value === 'object' && isSeries(value)) return value.times.map((time, i) => [time / 60, value.values[i]])
  return value
}

const rows: [expression: string, value: unknown][] = [
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['2 ^ 3 ^ 2', 512],
  ['-2 ^ 2', -4],
  ['7 - 2 - 1', 4],
  ['1.5e1 / 3', 5],
  ['1 < 2 AND 3 != 3', 0],
  ['1 < 2 || 0', 1],
  [
    'm1 + 1',
    [
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ],
  ],
  [
    'm1 + m2',
    [
      [1, 11],
      [2, 2],
      [3, 33],
      [4, 44],
    ],
  ],
  ['m1 / 0', []],
  [
    'm1 > 2',
    [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
    ],
  ],
  [
    '-m1',
    [
      [1, -1],
      [2, -2],
      [3, -3],
      [4, -4],
    ],
  ],
  [
    '[m1, m2] * 2',
    [
      [
        [1, 2],
        [2, 4],
        [3, 6],
        [4, 8],
      ],
      [
        [1, 20],
        [3, 60],
        [4, 80],
      ],
    ],
  ],
  [
    'SUM([m1, m2])',
    [
      [1, 11],
      [2, 2],
      [3, 33],
      [4, 44],
    ],
  ],
  ['SUM(m1)', 10],
  ['AVG(m1)', 2.5],
  [
    'MAX([m1, m2])',
    [
      [1, 10],
      [2, 2],
      [3, 30],
      [4, 40],
    ],
  ],
  ['MIN(m2)', 10],
  ['STDDEV(m1)', Math.sqrt(1.25)],
  [
    'ABS(errors1)',
    [
      [1, 0],
      [2, 5],
      [3, 0],
      [4, 5],
    ],
  ],
  [
    'CEIL(m1 / 2)',
    [
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ],
  ],
  [
    'FLOOR(m1 / 2)',
    [
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
    ],
  ],
  [
    'LOG10(m2)',
    [
      [1, 1],
      [3, Math.log10(30)],
      [4, Math.log10(40)],
    ],
  ],
  ['LOG(m1 * 0)', []],
  [
    'DIFF(m2)',
    [
      [3, 20],
      [4, 10],
    ],
  ],
  [
    'DIFF_TIME(m2)',
    [
      [3, 120],
      [4, 60],
    ],
  ],
  [
    'RATE(m2)',
    [
      [3, 20 / 120],
      [4, 10 / 60],
    ],
  ],
  [
    'RUNNING_SUM(m1)',
    [
      [1, 1],
      [2, 3],
      [3, 6],
      [4, 10],
    ],
  ],
  [
    'FILL(m2, 0)',
    [
      [1, 10],
      [2, 0],
      [3, 30],
      [4, 40],
    ],
  ],
  [
    'FILL(m2, REPEAT)',
    [
      [1, 10],
      [2, 10],
      [3, 30],
      [4, 40],
    ],
  ],
  [
    'FILL(m2, LINEAR)',
    [
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ],
  ],
  [
    'FILL(m2, m1)',
    [
      [1, 10],
      [2, 2],
      [3, 30],
      [4, 40],
    ],
  ],
  [
    'FILL(none, 7)',
    [
      [1, 7],
      [2, 7],
      [3, 7],
      [4, 7],
    ],
  ],
  [
    'IF(m1 > 2, m1, 0)',
    [
      [1, 0],
      [2, 0],
      [3, 3],
      [4, 4],
    ],
  ],
  [
    'IF(m1 > 2, m1)',
    [
      [3, 3],
      [4, 4],
    ],
  ],
  ['IF(1 > 2, 1, 5)', 5],
  [
    'SUM(METRICS("errors"))',
    [
      [1, 0],
      [2, 5],
      [3, 0],
      [4, -5],
    ],
  ],
  ['METRIC_COUNT(METRICS())', 4],
  ['METRIC_COUNT(REMOVE_EMPTY(METRICS()))', 3],
  ['PERIOD(m1)', 60],
  [
    'm1 / PERIOD(m1)',
    [
      [1, 1 / 60],
      [2, 2 / 60],
      [3, 3 / 60],
      [4, 4 / 60],
    ],
  ],
  ['DATAPOINT_COUNT(m2)', 3],
  [
    'TIME_SERIES(5)',
    [
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
    ],
  ],
  [
    'FIRST([m1, m2])',
    [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ],
  ],
  [
    'LAST([m1, m2])',
    [
      [1, 10],
      [3, 30],
      [4, 40],
    ],
  ],
  [
    'SLICE([m1, m2, none], 1)',
    [
      [
        [1, 10],
        [3, 30],
        [4, 40],
      ],
      [],
    ],
  ],
  [
    'SLICE(SORT([m1, m2], SUM, DESC), 0, 1)',
    [
      [
        [1, 10],
        [3, 30],
        [4, 40],
      ],
    ],
  ],
  [
    'SORT([none, m2, m1], MAX, ASC, 1)',
    [
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ],
    ],
  ],
  [
    'HOUR(m1)',
    [
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ],
  ],
  [
    'MINUTE(m1)',
    [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ],
  ],
  [
    'YEAR(m1) - 1970',
    [
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ],
  ],
  [
    "SUM(SEARCH('{a,b} x', 'Sum', 60))",
    [
      [1, 11],
      [2, 2],
      [3, 33],
      [4, 44],
    ],
  ],
]

describe('metric math', () => {
  for (const [expression, value] of rows) it(expression, () => assert.deepEqual(shown(compute(expression)), value))

  const wrong = [
    '',
    '1 +',
    '(m1',
    'm1 m2',
    'x + 1',
    'NOPE(m1)',
    'SUM()',
    'm1 + "a"',
    'RATE(1)',
    '1 # 2',
    'IF([m1], 1, 2)',
    '('.repeat(1000),
    'SORT(m1, FOO, ASC)',
  ]
  for (const expression of wrong)
    it(`refuses ${expression.slice(0, 40)}`, () => assert.throws(() => compute(expression), MathError))

  it('names the functions that are not built', () => {
    for (const name of ['ANOMALY_DETECTION_BAND', 'INSIGHT_RULE_METRIC', 'SERVICE_QUOTA'])
      assert.throws(() => compute(`${name}(m1)`), new UnbuiltFunction(name))
  })
})
