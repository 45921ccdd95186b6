import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { autoRange } from './auto-range.ts'
import { progressOf } from './completion.ts'
import { isWorseThanMedian } from './early-stopping.ts'
import { bracketOf, bracketsOf, budgetOf, judge, roundOf } from './hyperband.ts'
import { isWithin } from './space.ts'

const anyResources = fc
  .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 2000 }))
  .map(([min, more]) => ({ min, max: min + more }))

describe('Hyperband', () => {
  test('the brackets of 81 epochs are those of the paper', () => {
    assert.deepEqual(bracketsOf({ min: 1, max: 81 }), [
      { count: 81, rungs: [1, 3, 9, 27, 81] },
      { count: 34, rungs: [3, 9, 27, 81] },
      { count: 15, rungs: [9, 27, 81] },
      { count: 8, rungs: [27, 81] },
      { count: 5, rungs: [81] },
    ])
    assert.equal(roundOf({ min: 1, max: 81 }), 143)
  })

  test('a budget by hand', () => {
    // 3 to the first epoch, 1 of them two more; and 2 to the third.
    assert.deepEqual(bracketsOf({ min: 1, max: 3 }), [
      { count: 3, rungs: [1, 3] },
      { count: 2, rungs: [3] },
    ])
    assert.equal(budgetOf({ min: 1, max: 3 }), 3 + 2 + 6)
  })

  test('rungs rise from the least to the most, and no bracket spends much more than another', () => {
    fc.assert(
      fc.property(anyResources, (resources) => {
        const brackets = bracketsOf(resources)
        for (const { count, rungs } of brackets) {
          assert.ok(count >= 1)
          assert.equal(rungs.at(-1), resources.max)
          assert.ok(rungs.every((rung, at) => rung >= resources.min && (at === 0 || rung > rungs[at - 1]!)))
        }
        // As if all had to begin anew after each rung: (rungs) · max · (rungs of the first), give or take what is rounded.
        const most = brackets.length
        assert.ok(budgetOf(resources) <= resources.max * most * (most + 1))
        assert.ok(budgetOf(resources) <= resources.max * roundOf(resources))
      }),
      { seed: 1 },
    )
  })

  test('training jobs fill the brackets, round after round', () => {
    fc.assert(
      fc.property(anyResources, fc.nat(3), (resources, round) => {
        const size = roundOf(resources)
        const filled = bracketsOf(resources).map(() => 0)
        for (let at = 0; at < size; at++) filled[bracketOf(resources, round * size + at)]! += 1
        assert.deepEqual(
          filled,
          bracketsOf(resources).map(({ count }) => count),
        )
      }),
      { seed: 2, numRuns: 30 },
    )
  })

  const of = { min: 1, max: 9 }
  for (const [what, bracket, curve, others, verdict] of [
    [
      'between rungs everybody goes on',
      0,
      [9, 9],
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      'goes on',
    ],
    ['so few are not compared', 0, [9], [[1]], 'goes on'],
    ['the worst of three is outdone', 0, [9], [[1], [2]], 'is outdone'],
    ['so is the second', 0, [1.5], [[1], [2]], 'is outdone'],
    ['the best goes on', 0, [0.5], [[1], [2]], 'goes on'],
    ['those that did not come so far do not count', 0, [9, 9, 9], [[1, 1], [2, 2], [3]], 'goes on'],
    ['at the end it is done, best or not', 0, [1, 1, 1, 1, 1, 1, 1, 1, 0], [], 'is done'],
    ['the last bracket compares nobody', 2, [9], [[1], [2], [3]], 'goes on'],
  ] as const)
    test(what, () => assert.equal(judge('Minimize', of, bracket, curve, others), verdict))

  test('for a maximum the other way', () => {
    assert.equal(judge('Maximize', of, 0, [9], [[1], [2]]), 'goes on')
    assert.equal(judge('Maximize', of, 0, [1], [[9], [2]]), 'is outdone')
  })
})

describe('the median rule', () => {
  for (const [what, goal, curve, previous, stops] of [
    ['nobody came before', 'Minimize', [9], [], false],
    ['nobody came so far', 'Minimize', [9, 9], [[1], [1]], false],
    [
      'worse than the median',
      'Minimize',
      [9, 9],
      [
        [1, 1],
        [2, 2],
        [10, 10],
      ],
      true,
    ],
    [
      'as good as the median',
      'Minimize',
      [9, 2],
      [
        [1, 1],
        [2, 2],
        [10, 10],
      ],
      false,
    ],
    [
      'worse than most, yet better than half of the averages',
      'Minimize',
      [9, 4],
      [
        [10, 1],
        [10, 1],
      ],
      false,
    ],
    ['higher is better', 'Maximize', [0.5], [[0.6], [0.7], [0.1]], true],
    ['higher is better, and it is', 'Maximize', [0.65], [[0.6], [0.7], [0.1]], false],
    ['of an even number the middle', 'Minimize', [2.6], [[2], [3]], true],
  ] as const)
    test(what, () => assert.equal(isWorseThanMedian(goal, curve, previous), stops))
})

describe('completion criteria', () => {
  for (const [what, goal, values, criteria, complete] of [
    ['nothing yet', 'Minimize', [], { target: 1, notImproving: 3 }, false],
    ['a target that is met', 'Minimize', [3, 1], { target: 1 }, true],
    ['a target that is not', 'Minimize', [3, 1.1], { target: 1 }, false],
    ['a target from below', 'Maximize', [0.8, 0.91], { target: 0.9 }, true],
    ['no better for three', 'Minimize', [5, 6, 7, 8], { notImproving: 3 }, true],
    ['better by less than 1 % is no better', 'Maximize', [100, 100.5, 100.6, 100.7], { notImproving: 3 }, true],
    ['better by 1 %', 'Maximize', [100, 100.5, 102, 100.7], { notImproving: 3 }, false],
    ['converged', 'Minimize', Array<number>(11).fill(5), { onConvergence: true }, true],
    ['converged, and nobody asked', 'Minimize', Array<number>(11).fill(5), {}, false],
  ] as const)
    test(what, () => assert.equal(progressOf(goal, values, 1, criteria).complete, complete))

  test('below zero as above', () => {
    assert.equal(progressOf('Minimize', [-1, -2, -3], 1).notImproving, 0)
    assert.equal(progressOf('Maximize', [-3, -2, -1], 1).notImproving, 0)
    assert.equal(progressOf('Maximize', [-1, -0.995, -0.999], 1).notImproving, 2)
  })
})

describe('a range around an example', () => {
  for (const [hint, expected] of [
    ['100', { kind: 'integer', min: 25, max: 400, scaling: 'Logarithmic' }],
    ['1', { kind: 'integer', min: 1, max: 4, scaling: 'Linear' }],
    ['0', { kind: 'integer', min: -1, max: 1, scaling: 'Linear' }],
    ['0.5', { kind: 'continuous', min: 0.05, max: 1, scaling: 'Logarithmic' }],
    ['true', { kind: 'categorical', values: ['true', 'false'] }],
    ['False', { kind: 'categorical', values: ['False', 'True'] }],
    ['adam', undefined],
  ] as const)
    test(hint, () => assert.deepEqual(autoRange('p', hint), expected && { ...expected, name: 'p' }))

  test('has the example in it', () => {
    const hints = fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
    fc.assert(
      fc.property(hints, (value) => {
        const range = autoRange('p', String(value))!
        assert.ok(isWithin([range], { p: String(value) }), JSON.stringify(range))
        assert.ok(range.kind !== 'categorical' && range.min < range.max)
      }),
      { seed: 3 },
    )
  })
})
