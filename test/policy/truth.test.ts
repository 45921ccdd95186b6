/** What a decision says of itself is true: who is named, what lacks, and what nearly matched. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { denialSentence, evaluate, nearMisses } from '../../src/policy/policy.ts'
import type { NearMiss, PolicyType } from '../../src/policy/policy.ts'
import { compileSources, requestOf } from './differ.ts'
import { explainNaively, nameOf } from './naive.ts'
import type { Doc, Sources } from './naive.ts'
import { eachRequest } from './played.ts'
import type { Asked } from './worlds.ts'

const wording: Record<PolicyType, string> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  trust: 'role trust policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  endpoint: 'VPC endpoint policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
}

test('an explicit deny is reported when any layer denies, and only then', () => {
  let denied = 0
  eachRequest(1, 300, ({ asked, sources, decision }) => {
    const { layers } = explainNaively(requestOf(asked), sources)
    const denying = layers.filter(({ effect }) => effect === 'explicit-deny')
    assert.equal(decision.effect === 'explicit-deny', denying.length > 0)
    if (denying.length === 0) return
    denied++
    assert.equal(decision.decidedBy, denying[0]!.type)
  })
  assert.ok(denied > 250)
})

test('the denial sentence names a layer that denies, or that lacks an allow', () => {
  const named = new Set<string>()
  eachRequest(2, 500, ({ asked, sources, decision }) => {
    if (decision.effect === 'allow') return
    const request = requestOf(asked)
    const sentence = denialSentence(request, decision)
    const [type] = Object.entries(wording).find(([, words]) => sentence.includes(words)) as [PolicyType, string]
    named.add(`${type} ${decision.effect}`)
    const start = `User: ${asked.principal.arn || asked.principal.service || 'anonymous'} is not authorized to perform: ${asked.action} on resource: ${asked.resource} `
    assert.ok(sentence.startsWith(start), sentence)
    const layer = explainNaively(request, sources).layers.find((candidate) => candidate.type === type)
    if (decision.effect === 'explicit-deny') {
      assert.ok(sentence.includes('with an explicit deny in'))
      assert.equal(layer?.effect, 'explicit-deny')
    } else {
      assert.ok(sentence.endsWith(` allows the ${asked.action} action`))
      // A resource's policy may allow, and yet not reach: it may name the account only.
      const { kind, account } = asked.principal
      const must =
        type !== 'resource' && type !== 'trust' ? true : account === asked.resourceAccount && kind !== 'anonymous'
      if (must) assert.notEqual(layer?.effect, 'allow', sentence)
    }
  })
  assert.equal(named.size, 16, [...named].join())
})

test('what is missing is what would have to allow: with those layers opened, the request is allowed', () => {
  let opened = 0
  eachRequest(3, 150, ({ asked, sources, decision }) => {
    if (decision.effect !== 'implicit-deny')
      return assert.ok(decision.effect !== 'allow' || decision.missing.length === 0)
    // No session of a root has session policies.
    if (asked.principal.kind === 'root' && sources.session) return
    // A list of providers is nobody's name.
    if (Array.isArray(asked.values['aws:federatedprovider'])) return
    // A trust policy speaks of sts actions only.
    if (decision.missing.includes('trust') && asked.action !== 'sts:AssumeRole') return
    assert.equal(decision.missing[0], decision.decidedBy)
    const whole = decision.missing.reduce((before, layer) => open(before, layer, asked), sources)
    assert.equal(evaluate(requestOf(asked), compileSources(whole)).effect, 'allow', JSON.stringify(decision.missing))
    // Each of them is needed: with one left as it is, it is not.
    for (const left of decision.missing) {
      const rest = decision.missing.filter((layer) => layer !== left)
      const most = rest.reduce((before, layer) => open(before, layer, asked), sources)
      assert.equal(evaluate(requestOf(asked), compileSources(most)).effect, 'implicit-deny', left)
    }
    opened++
  })
  assert.ok(opened > 250)
})

/** A statement that allows the caller everything. */
const allowing = (layer: PolicyType, { principal, values }: Asked): Record<string, unknown> => {
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
  if (layer === 'rcp' || layer === 'endpoint') return { ...everything, Principal: '*' }
  if (layer !== 'resource' && layer !== 'trust') return everything
  // By the account: a nearer name would make up for what the caller's own policies lack.
  const { kind, account, service } = principal
  const provider = values['aws:federatedprovider']
  const nobody = provider === undefined ? '*' : { Federated: provider }
  const who = kind === 'anonymous' ? nobody : kind === 'service' ? { Service: service } : { AWS: account }
  if (layer === 'trust') return { Effect: 'Allow', Action: 'sts:*', Principal: who }
  return { ...everything, Principal: who }
}

function open(sources: Sources, layer: PolicyType, asked: Asked): Sources {
  const doc: Doc = { Version: '2012-10-17', Statement: [allowing(layer, asked)] }
  const beside = (old: Doc | undefined): Doc =>
    old ? { ...old, Statement: [...[old.Statement].flat(), ...[doc.Statement].flat()] } : doc
  switch (layer) {
    case 'identity':
      return { ...sources, identity: [...sources.identity, doc] }
    case 'session':
      return { ...sources, session: [...(sources.session ?? []), doc] }
    case 'scp':
      return { ...sources, scp: sources.scp!.map((level) => [...level, doc]) }
    case 'rcp':
      return { ...sources, rcp: sources.rcp!.map((level) => [...level, doc]) }
    case 'trust':
      return { ...sources, resource: beside(sources.resource) }
    default:
      return { ...sources, [layer]: beside(sources[layer]) }
  }
}

/**
 * The statement with the named element made to fit: Principal, Action and Resource let everything in, a condition is dropped.
 */
function mended(statement: Record<string, unknown>, { element, detail }: NearMiss): Record<string, unknown> {
  if (element !== 'Condition') {
    const { [element]: _is, [`Not${element}`]: _not, ...rest } = statement
    return { ...rest, [element]: '*' }
  }
  const at = detail!.indexOf(' ')
  const [operator, key] = [detail!.slice(0, at), detail!.slice(at + 1)]
  const block = statement['Condition'] as Record<string, Record<string, unknown>>
  assert.ok(block[operator] && key in block[operator], detail)
  const { [key]: _dropped, ...keys } = block[operator]
  return { ...statement, Condition: { ...block, [operator]: keys } }
}

test('near misses are true: mending the named elements, and nothing else, makes the statement match', () => {
  const mendedBy = new Map<string, number>()
  eachRequest(4, 800, ({ asked, sources }) => {
    const request = requestOf(asked)
    const [written] = [sources.resource ?? [], sources.identity].flat(2)
    if (!written || asked.principal.kind === 'root') return
    const [one] = [written.Statement].flat() as [Record<string, unknown>]
    if (one['Effect'] !== 'Allow') return
    const layer = sources.identity.includes(written) ? 'identity' : sources.resourceType!
    if (layer === 'trust') return
    const alone = (statement: Record<string, unknown>): Sources => {
      const doc: Doc = { ...written, Statement: [statement] }
      return layer === 'identity' ? { identity: [doc] } : { identity: [], resource: doc, resourceRequired: true }
    }
    const matches = (statement: Record<string, unknown>) =>
      explainNaively(request, alone(statement)).layers.some(({ matched }) => matched.includes(`${nameOf(layer, 0)} #0`))
    const missOf = (statement: Record<string, unknown>) => {
      const set = compileSources(alone(statement))
      return nearMisses(request, set, evaluate(request, set)).find(({ policy }) => policy !== undefined)
    }
    const named: NearMiss[] = []
    let statement = one
    for (let steps = 0; steps < 12 && !matches(statement); steps++) {
      const miss = missOf(statement)
      // Something wholly else is no near miss.
      if (!miss) return
      assert.ok(!named.some(({ element, detail }) => element === miss.element && detail === miss.detail), 'named twice')
      named.push(miss)
      statement = mended(statement, miss)
    }
    assert.ok(matches(statement), JSON.stringify({ one, named }))
    // Each was really in the way: with all the others mended, the statement does not match.
    for (const miss of named) {
      const others = named.filter((other) => other !== miss).reduce(mended, one)
      assert.ok(!matches(others), JSON.stringify({ one, miss }))
      mendedBy.set(miss.element, (mendedBy.get(miss.element) ?? 0) + 1)
    }
  })
  for (const element of ['Principal', 'Action', 'Resource', 'Condition'])
    assert.ok(mendedBy.get(element)! > 20, JSON.stringify([...mendedBy]))
})
