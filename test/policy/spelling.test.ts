/** What does not matter: upper and lower case of actions and condition keys, Sids; and what nobody has heard of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/policy/policy.ts'
import { compileSources, requestOf } from './differ.ts'
import { decideNaively } from './naive.ts'
import type { Doc, Sources } from './naive.ts'
import { eachWorld } from './played.ts'
import { randomOf } from './random.ts'
import type { Random } from './random.ts'

type Statement = Record<string, unknown>

/** Every statement of every document, changed. */
function changed(sources: Sources, change: (statement: Statement, at: number) => Statement): Sources {
  const doc = (one: Doc): Doc => ({ ...one, Statement: [one.Statement].flat().map(change) })
  const { boundary, resource, endpoint } = sources
  return {
    ...sources,
    identity: sources.identity.map(doc),
    ...(boundary && { boundary: doc(boundary) }),
    ...(sources.session && { session: sources.session.map(doc) }),
    ...(resource && { resource: doc(resource) }),
    ...(endpoint && { endpoint: doc(endpoint) }),
    ...(sources.scp && { scp: sources.scp.map((level) => level.map(doc)) }),
    ...(sources.rcp && { rcp: sources.rcp.map((level) => level.map(doc)) }),
  }
}

function recased(random: Random, text: string): string {
  return text.replace(/[a-z]/gi, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase()))
}

const outcome = (request: ReturnType<typeof requestOf>, sources: Sources) => {
  const { effect, decidedBy, missing } = evaluate(request, compileSources(sources))
  return { effect, decidedBy, missing }
}

test('upper and lower case of actions, condition keys and Null’s values do not matter', () => {
  const random = randomOf(21, 0)
  const seen = new Set<string>()
  eachWorld(21, 150, (sources, requests) => {
    const other = changed(sources, (statement) => {
      const block = Object.entries((statement['Condition'] ?? {}) as Record<string, Statement>).map(
        ([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, values]) => [recased(random, key), values])),
        ],
      )
      const names = (key: string) =>
        statement[key] === undefined
          ? {}
          : { [key]: ([statement[key]].flat() as string[]).map((name) => recased(random, name)) }
      return {
        ...statement,
        ...names('Action'),
        ...names('NotAction'),
        ...(statement['Condition'] !== undefined && { Condition: Object.fromEntries(block) }),
      }
    })
    for (const asked of requests) {
      const request = requestOf(asked)
      const expected = outcome(request, sources)
      assert.deepEqual(outcome({ ...request, action: recased(random, asked.action) }, other), expected)
      seen.add(expected.effect)
    }
  })
  assert.equal(seen.size, 3)
})

test('case does matter in resources', () => {
  const sources: Sources = {
    identity: [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::Bucket/*' } },
    ],
  }
  const principal = {
    kind: 'user',
    account: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/ann',
    principalArn: 'arn:aws:iam::111122223333:user/ann',
  } as const
  const ask = (resource: string) =>
    outcome(
      requestOf({ principal, action: 's3:GetObject', resource, resourceAccount: '111122223333', values: {} }),
      sources,
    ).effect
  assert.equal(ask('arn:aws:s3:::Bucket/k'), 'allow')
  assert.equal(ask('arn:aws:s3:::bucket/k'), 'implicit-deny')
})

test('Sids do not matter', () => {
  eachWorld(22, 120, (sources, requests) => {
    let number = 0
    const named = changed(sources, (statement) => ({ ...statement, Sid: `Sid${number++}` }))
    const nameless = changed(sources, ({ Sid: _sid, ...statement }) => statement)
    for (const asked of requests) {
      const request = requestOf(asked)
      const expected = outcome(request, sources)
      assert.deepEqual(outcome(request, named), expected)
      assert.deepEqual(outcome(request, nameless), expected)
    }
  })
})

test('an action that AWS does not have is decided like any other', () => {
  eachWorld(23, 120, (sources, requests, set) => {
    for (const asked of requests) {
      const request = { ...requestOf(asked), action: 'nonesuch:InventedAction' }
      const { effect, decidedBy } = evaluate(request, set)
      assert.deepEqual({ effect, decidedBy }, decideNaively(request, sources))
    }
  })
  const document = (element: Statement) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Resource: '*', ...element }],
  })
  const principal = {
    kind: 'user',
    account: '1',
    arn: 'arn:aws:iam::1:user/u',
    principalArn: 'arn:aws:iam::1:user/u',
  } as const
  const ask = (element: Statement, action: string) =>
    outcome(requestOf({ principal, action, resource: '*', resourceAccount: '1', values: {} }), {
      identity: [document(element)],
    }).effect
  assert.equal(ask({ Action: 'nonesuch:*' }, 'nonesuch:InventedAction'), 'allow')
  assert.equal(ask({ NotAction: 's3:*' }, 'nonesuch:InventedAction'), 'allow')
  assert.equal(ask({ Action: 's3:*' }, 'nonesuch:InventedAction'), 'implicit-deny')
})

test('a condition key that no request has is a missing key', () => {
  const negated = (operator: string) => operator.includes('Not')
  const operators = [
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'NumericLessThan',
    'NumericNotEquals',
    'DateGreaterThan',
    'Bool',
    'BinaryEquals',
    'IpAddress',
    'NotIpAddress',
    'ArnLike',
    'ArnNotEquals',
  ]
  const value: Record<string, string> = { N: '1', D: '2026-01-01', B: 'true', I: '10.0.0.0/8', A: 'arn:aws:s3:::b' }
  const principal = {
    kind: 'user',
    account: '1',
    arn: 'arn:aws:iam::1:user/u',
    principalArn: 'arn:aws:iam::1:user/u',
  } as const
  const ask = (operator: string, wanted: string) => {
    const Condition = { [operator]: { 'invented:Key': wanted } }
    const identity: Doc[] = [
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition }] },
    ]
    const request = requestOf({ principal, action: 's3:GetObject', resource: '*', resourceAccount: '1', values: {} })
    const { effect } = outcome(request, { identity })
    assert.equal(decideNaively(request, { identity }).effect, effect)
    return effect === 'allow'
  }
  for (const operator of operators) {
    const wanted =
      operator === 'BinaryEquals' ? 'QUJD' : operator.includes('Ip') ? '10.0.0.0/8' : (value[operator[0]!] ?? 'x')
    assert.equal(ask(operator, wanted), negated(operator), operator)
    assert.equal(ask(`${operator}IfExists`, wanted), true, `${operator}IfExists`)
    assert.equal(ask(`ForAllValues:${operator}`, wanted), true, `ForAllValues:${operator}`)
    assert.equal(ask(`ForAnyValue:${operator}`, wanted), false, `ForAnyValue:${operator}`)
    assert.equal(ask(`ForAnyValue:${operator}IfExists`, wanted), false, `ForAnyValue:${operator}IfExists`)
  }
  assert.equal(ask('Null', 'true'), true)
  assert.equal(ask('Null', 'false'), false)
})
