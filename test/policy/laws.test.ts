/** Laws that hold whatever the policies say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compile, evaluate, nearMisses, suggest } from '../../src/policy/policy.ts'
import type { AuthorizationRequest, Grammar, PolicySet, PolicyType } from '../../src/policy/types.ts'
import { documents, requests, sourcesArbitrary } from './arbitraries.ts'
import { compileSources } from './differ.ts'
import type { Doc, Sources } from './naive.ts'

const runs = (seed: number) => ({ seed, numRuns: 400 })
const allowed = (request: AuthorizationRequest, sources: Sources) =>
  evaluate(request, compileSources(sources)).effect === 'allow'
const statementsOf = (doc: Doc) => [doc.Statement].flat()
const withEffect = (doc: Doc, Effect: 'Allow' | 'Deny'): Doc => ({
  ...doc,
  Statement: statementsOf(doc).map((statement) => ({ ...statement, Effect })),
})

/** Puts a document into a layer, beside what is there. */
const extensions: [Grammar, (sources: Sources, doc: Doc) => Sources][] = [
  ['identity', (sources, doc) => ({ ...sources, identity: [...sources.identity, doc] })],
  ['identity', (sources, doc) => ({ ...sources, session: [...(sources.session ?? []), doc] })],
  ['scp', (sources, doc) => ({ ...sources, scp: (sources.scp ?? [[]]).map((level) => [...level, doc]) })],
  ['rcp', (sources, doc) => ({ ...sources, rcp: (sources.rcp ?? [[]]).map((level) => [...level, doc]) })],
  ['resource', (sources, doc) => ({ ...sources, ...merged(sources, 'resource', doc) })],
  ['endpoint', (sources, doc) => ({ ...sources, ...merged(sources, 'endpoint', doc) })],
]

function merged(sources: Sources, layer: 'resource' | 'endpoint', doc: Doc): Partial<Sources> {
  // A trust policy is another grammar; it stays as it is.
  if (layer === 'resource' && sources.resourceType === 'trust') return {}
  const old = sources[layer]
  const Statement = [...(old ? statementsOf(old) : []), ...statementsOf(doc)]
  return {
    [layer]: { Version: old?.Version ?? doc.Version, Statement },
    ...(layer === 'resource' && { resourceType: 'resource' }),
  }
}

test('adding a Deny never allows', () => {
  let denied = 0
  for (const [grammar, extend] of extensions) {
    fc.assert(
      fc.property(requests, sourcesArbitrary, documents(grammar), (request, sources, doc) => {
        const before = allowed(request, sources)
        const after = allowed(request, extend(sources, withEffect(doc, 'Deny')))
        assert.ok(before || !after)
        if (before && !after) denied++
      }),
      runs(1),
    )
  }
  assert.ok(denied > 50)
})

test('adding an Allow to a layer never denies', () => {
  let kept = 0
  for (const [grammar, extend] of extensions) {
    fc.assert(
      fc.property(
        requests,
        sourcesArbitrary,
        documents(grammar),
        documents(grammar),
        (request, sources, first, doc) => {
          const before = extend(sources, first)
          if (!allowed(request, before)) return
          kept++
          assert.ok(allowed(request, extend(before, withEffect(doc, 'Allow'))))
        },
      ),
      runs(2),
    )
  }
  assert.ok(kept > 50)
})

test('the order of statements, and how they are split over policies, is irrelevant', () => {
  fc.assert(
    fc.property(requests, sourcesArbitrary, (request, sources) => {
      const split = (docs: Doc[]) =>
        docs.flatMap((doc) => statementsOf(doc).map((statement) => ({ ...doc, Statement: statement }))).toReversed()
      const other: Sources = {
        ...sources,
        identity: split(sources.identity),
        ...(sources.session && { session: split(sources.session) }),
        ...(sources.scp && { scp: sources.scp.map(split) }),
        ...(sources.rcp && { rcp: sources.rcp.map(split) }),
        ...(sources.resource && {
          resource: { ...sources.resource, Statement: statementsOf(sources.resource).toReversed() },
        }),
      }
      const [a, b] = [sources, other].map((set) => evaluate(request, compileSources(set)))
      assert.deepEqual([a!.effect, a!.decidedBy, a!.missing], [b!.effect, b!.decidedBy, b!.missing])
    }),
    runs(3),
  )
})

test('boundary, session, endpoint, SCP and RCP only narrow', () => {
  const filters: (keyof Sources)[] = ['boundary', 'session', 'endpoint', 'scp', 'rcp']
  let narrowed = 0
  fc.assert(
    fc.property(requests, sourcesArbitrary, fc.constantFrom(...filters), (request, sources, filter) => {
      const { [filter]: _dropped, ...without } = sources
      // A federated user without session policies has nothing to narrow.
      if (filter === 'session' && request.principal.kind === 'federated-user') return
      if (allowed(request, sources)) assert.ok(allowed(request, without as Sources))
      else if (allowed(request, without as Sources)) narrowed++
    }),
    { seed: 4, numRuns: 2000 },
  )
  assert.ok(narrowed > 20)
})

const grammarOf: Record<PolicyType, Grammar> = {
  identity: 'identity',
  boundary: 'identity',
  session: 'identity',
  resource: 'resource',
  trust: 'trust',
  endpoint: 'endpoint',
  scp: 'scp',
  rcp: 'rcp',
}

test('the suggested statements, added, allow', () => {
  let helped = 0
  fc.assert(
    fc.property(requests, sourcesArbitrary, (request, sources) => {
      const set = compileSources(sources)
      const decision = evaluate(request, set)
      const suggestions = suggest(request, decision)
      if (decision.effect !== 'implicit-deny') return assert.deepEqual(suggestions, [])
      // A resource lies in one kind of policy only; a trust policy speaks of sts actions only.
      if (sources.resourceType === 'trust' && request.action !== 'sts:AssumeRole') return
      if (request.principal.account === '' && decision.missing.includes('endpoint')) return
      // Escapes mean nothing in a document of 2008, and raising its version would wake its variables.
      if (JSON.stringify(suggestions).includes('${') && JSON.stringify(sources).includes('2008-10-17')) return
      let fixed: PolicySet = set
      for (const { layer, statement } of suggestions) {
        const doc: Doc = { Version: '2012-10-17', Statement: [{ ...statement }] }
        fixed = add(fixed, layer, doc, sources)
      }
      helped++
      assert.equal(evaluate(request, fixed).effect, 'allow', JSON.stringify(suggestions))
    }),
    { seed: 5, numRuns: 1500 },
  )
  assert.ok(helped > 500)

  function add(set: PolicySet, layer: PolicyType, doc: Doc, sources: Sources): PolicySet {
    const policy = compile(doc, { id: 'inline:fix', grammar: grammarOf[layer] })
    switch (layer) {
      case 'identity':
        return { ...set, identity: [...set.identity, policy] }
      case 'session':
        return { ...set, session: [...(set.session ?? []), policy] }
      case 'scp':
        return { ...set, scp: set.scp!.map((level) => [...level, policy]) }
      case 'rcp':
        return { ...set, rcp: set.rcp!.map((level) => [...level, policy]) }
      default: {
        const key = layer === 'trust' ? 'resource' : layer
        const old = sources[key]
        const Statement = [...(old ? statementsOf(old) : []), ...statementsOf(doc)]
        const whole = { Version: old?.Version ?? doc.Version, Statement }
        return { ...set, [key]: compile(whole, { id: 'inline:fixed', grammar: grammarOf[layer] }) }
      }
    }
  }
})

test('near misses are few, of denials only, and never name a statement that matched', () => {
  fc.assert(
    fc.property(requests, sourcesArbitrary, (request, sources) => {
      const set = compileSources(sources)
      const decision = evaluate(request, set)
      const misses = nearMisses(request, set, decision)
      assert.ok(misses.length <= 10)
      if (decision.effect === 'allow') assert.deepEqual(misses, [])
      if (decision.effect === 'explicit-deny') assert.ok(misses.length > 0 && misses.every((m) => m.effect === 'Deny'))
      if (decision.effect === 'implicit-deny') {
        const matched = decision.layers.flatMap((layer) => layer.matched.map((m) => `${m.policy} ${m.index}`))
        for (const miss of misses) assert.ok(!matched.includes(`${miss.policy} ${miss.index}`))
      }
    }),
    runs(6),
  )
})
