/** The engine against the naive interpreter, on random requests and policies. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { evaluate } from '../../src/policy/policy.ts'
import { documents, requests, sourcesArbitrary } from './arbitraries.ts'
import { compileSources, shrink } from './differ.ts'
import { emptyTally, fuzzWorld } from './fuzz.ts'
import { decideNaively } from './naive.ts'

test('the engine and the naive interpreter decide alike', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(requests, sourcesArbitrary, (request, sources) => {
      const { effect, decidedBy } = evaluate(request, compileSources(sources))
      assert.deepEqual({ effect, decidedBy }, decideNaively(request, sources))
      const outcome = `${effect} ${decidedBy}`
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }),
    { seed: 20240817, numRuns: 4000 },
  )
  // The universe is worth nothing if it does not reach every kind of outcome.
  const layers = ['rcp', 'scp', 'endpoint', 'resource', 'trust', 'identity', 'boundary', 'session']
  const outcomes = layers.flatMap((layer) => [`explicit-deny ${layer}`, `implicit-deny ${layer}`])
  for (const outcome of [...outcomes, 'allow identity', 'allow resource', 'allow trust', 'allow root'])
    assert.ok(seen.has(outcome), `never seen: ${outcome}`)
})

test('one statement alone: every operator, pattern and principal in depth', () => {
  const outcomes = new Set<string>()
  for (const [seed, grammar] of (['identity', 'resource', 'scp', 'trust'] as const).entries()) {
    fc.assert(
      fc.property(requests, documents(grammar, 1), (request, doc) => {
        const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
        const sources =
          grammar === 'identity'
            ? { identity: [doc] }
            : grammar === 'scp'
              ? { identity: [everything], scp: [[doc]] }
              : { identity: [], resource: doc, resourceType: grammar }
        const { effect, decidedBy } = evaluate(request, compileSources(sources))
        assert.deepEqual({ effect, decidedBy }, decideNaively(request, sources))
        outcomes.add(`${grammar} ${effect}`)
      }),
      { seed, numRuns: 2000 },
    )
  }
  assert.equal(outcomes.size, 12)
})

test('a slice of what `scripts/fuzz-policy.ts` plays for hours', () => {
  const tally = emptyTally()
  for (let world = 0; world < 1500; world++) assert.equal(fuzzWorld(20261123, world, tally), undefined)
  // A slice that is refused throughout, or that one outcome swallows, would show nothing.
  assert.ok(tally.documents - tally.hostile > 4000 && tally.requests > 20_000)
  const effects = ['allow', 'explicit-deny', 'implicit-deny'].map((effect) =>
    Object.entries(tally.outcomes).reduce((sum, [outcome, times]) => sum + (outcome.startsWith(effect) ? times : 0), 0),
  )
  for (const times of effects) assert.ok(times > tally.requests / 8, JSON.stringify(tally.outcomes))
})

test('shrinking ends with the least that still holds', () => {
  const found = shrink({ list: ['abc', 'needle in hay', 'x'], other: { a: 1 } }, (smaller) =>
    smaller.list.some((text) => text.includes('needle')),
  )
  assert.deepEqual(found, { list: ['needle'] })
})
