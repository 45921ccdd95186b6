/** Runs `corpus/compare`: pairs of policies, and how they relate. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { suite, test } from 'node:test'
import { compare, compile, evaluate, grants, isPublic, relate, replay, shadowed } from '../../src/policy/policy.ts'
import type { Grammar, Related, Relation, Side, Witness } from '../../src/policy/policy.ts'

const version = '2012-10-17'
const corpus = resolve(import.meta.dirname, '../../corpus')

/** A document, a file of `corpus/policy/documents`, or several of these: a union. */
type Entry = object | { file: string } | (object | { file: string })[]
interface Case {
  name: string
  source: string
  grammar?: Grammar
  a: Entry
  b: Entry
  expect: { relation: Relation }
  /** What the request that only one of them allows must have. */
  witness?: Partial<Witness>
}

function sideOf(entry: Entry, grammar: Grammar): Side {
  return { grammar, policies: [entry].flat().map((one) => compile(documentOf(one), { id: 'inline:case', grammar })) }
}

/** Some of AWS's pages print a statement alone. */
function documentOf(entry: object | { file: string }): object {
  if (!('file' in entry)) return entry
  const read = JSON.parse(readFileSync(resolve(corpus, 'policy/documents', entry.file), 'utf8')) as object
  return 'Statement' in read ? read : { Version: version, Statement: { Resource: '*', ...read } }
}

/** Whether the side's policies all allow the witness, by the evaluator's word. */
function allows(side: Side, witness: Witness): boolean {
  return replay(side, witness).every(({ request, set }) => evaluate(request, set).effect === 'allow')
}

function check({ relation, onlyA, onlyB }: Related, a: Side, b: Side): void {
  assert.equal(onlyA !== undefined, relation === 'broader' || relation === 'incomparable')
  assert.equal(onlyB !== undefined, relation === 'narrower' || relation === 'incomparable')
  if (onlyA) assert.deepEqual([allows(a, onlyA), allows(b, onlyA)], [true, false])
  if (onlyB) assert.deepEqual([allows(a, onlyB), allows(b, onlyB)], [false, true])
}

const mirrored: Readonly<Record<Relation, Relation>> = {
  equal: 'equal',
  narrower: 'broader',
  broader: 'narrower',
  incomparable: 'incomparable',
  unknown: 'unknown',
}

for (const file of readdirSync(resolve(corpus, 'compare')).filter((name) => name.endsWith('.json'))) {
  suite(`corpus/compare/${file}`, () => {
    const cases = JSON.parse(readFileSync(resolve(corpus, 'compare', file), 'utf8')) as Case[]
    for (const { name, grammar = 'identity', expect, witness, ...pair } of cases) {
      test(name, () => {
        const a = sideOf(pair.a, grammar)
        const b = sideOf(pair.b, grammar)
        const found = relate(a, b)
        assert.equal(found.relation, expect.relation, JSON.stringify(found))
        if (expect.relation === 'unknown') return
        check(found, a, b)
        for (const [key, value] of Object.entries(witness ?? {}))
          assert.deepEqual((found.onlyA ?? found.onlyB)![key as keyof Witness], value)
        assert.equal(relate(b, a).relation, mirrored[expect.relation])
      })
    }
  })
}

const policy = (Statement: object | object[], grammar: Grammar = 'identity') =>
  compile({ Version: version, Statement }, { id: 'inline:test', grammar })
const allow = (Action: string | string[], Resource: string | string[] = '*', rest: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
})
const deny = (Action: string, Resource = '*', rest: object = {}) => ({
  ...allow(Action, Resource, rest),
  Effect: 'Deny',
})

test('equal, subset and not-subset', () => {
  const get: Side = { policies: [policy(allow('s3:GetObject'))] }
  const all: Side = { policies: [policy(allow('s3:*'))] }
  assert.equal(compare(get, get).verdict, 'equal')
  assert.equal(compare(get, all).verdict, 'subset')
  assert.equal(compare(all, get).verdict, 'not-subset')
})

test('several policies are a union, `within` is an intersection', () => {
  const halves: Side = { policies: [policy(allow('s3:Get*')), policy(allow('s3:Put*'))] }
  const bounded: Side = {
    policies: [policy(allow('s3:*'))],
    within: [{ policies: [policy(allow(['s3:Get*', 's3:Put*', 'ec2:*']))] }],
  }
  assert.equal(relate(halves, bounded).relation, 'equal')
})

test('a budget that is used up is an unknown, with the reason', () => {
  const a: Side = { policies: [policy(allow('s3:*', ['arn:aws:s3:::*a*b*c*', 'arn:aws:s3:::*c*b*a*']))] }
  const b: Side = { policies: [policy(allow('s3:*', ['arn:aws:s3:::*a*b*', 'arn:aws:s3:::*c*b*']))] }
  const poor = compare(a, b, { budget: 20 })
  assert.equal(poor.verdict, 'unknown')
  assert.match(poor.reason!, /budget/)
  assert.equal(compare(a, b).verdict, 'subset')
})

test('a given caller settles what depends on who asks', () => {
  const own: Side = { policies: [policy(allow('s3:GetObject', 'arn:aws:s3:::b/${aws:username}/*'))] }
  const hers: Side = { policies: [policy(allow('s3:GetObject', 'arn:aws:s3:::b/ann/*'))] }
  const arn = 'arn:aws:iam::123456789012:user/ann'
  const ann = { kind: 'user', account: '123456789012', arn, principalArn: arn } as const
  assert.equal(compare(own, hers).verdict, 'not-subset')
  assert.equal(compare(own, hers, { principal: ann }).verdict, 'equal')
})

test('keys that contradict each other make no witness', () => {
  const both = policy(
    allow('s3:*', '*', {
      Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    }),
  )
  const nothing = policy(deny('*'))
  const found = compare({ policies: [both] }, { policies: [nothing] })
  assert.equal(found.verdict, 'unknown')
  assert.match(found.reason!, /aws:SourceIp together with a VPC endpoint/)
})

test('shadowed: what others say as well', () => {
  const found = shadowed(
    policy([allow('s3:*'), allow('s3:GetObject'), deny('iam:*'), allow('ec2:*'), deny('ec2:Run*')]),
  )
  assert.deepEqual(
    found.shadowed.map(({ index, effect }) => [index, effect]),
    [
      [1, 'Allow'],
      [2, 'Deny'],
    ],
  )
  assert.deepEqual(found.unknown, [])
  assert.deepEqual(
    shadowed(policy([allow('s3:*'), allow('s3:*')])).shadowed.map(({ index }) => index),
    [1],
  )
})

test('grants: is any of this allowed?', () => {
  const side: Side = {
    policies: [policy([allow('s3:Get*', 'arn:aws:s3:::data/*'), deny('s3:*', 'arn:aws:s3:::data/secret/*')])],
  }
  const yes = grants(side, { actions: ['s3:*'], resources: ['arn:aws:s3:::*'] })
  assert.equal(yes.answer, 'yes')
  assert.ok(yes.witness!.resource.startsWith('arn:aws:s3:::data/'))
  assert.equal(grants(side, { actions: ['s3:Put*'] }).answer, 'no')
  assert.equal(grants(side, { resources: ['arn:aws:s3:::data/secret/*'] }).answer, 'no')
})

suite('isPublic', () => {
  const bucket = (principal: unknown, condition?: object) =>
    policy(
      allow('s3:GetObject', 'arn:aws:s3:::b/*', { Principal: principal, ...(condition && { Condition: condition }) }),
      'resource',
    )
  const cases: [string, unknown, object | undefined, 'yes' | 'no'][] = [
    ['everyone', '*', undefined, 'yes'],
    ['an account', { AWS: '111122223333' }, undefined, 'no'],
    ['a service', { Service: 'logging.s3.amazonaws.com' }, undefined, 'no'],
    ['everyone of an organization', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'no'],
    ['everyone through an endpoint', '*', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, 'no'],
    [
      'everyone through an endpoint, if it is one',
      '*',
      { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } },
      'yes',
    ],
    ['everyone who says so', '*', { StringEquals: { 'aws:UserAgent': 'me' } }, 'yes'],
    ['any VPC', '*', { StringLike: { 'aws:SourceVpc': 'vpc-*' } }, 'yes'],
    ['an office', '*', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, 'no'],
    ['half of the Internet', '*', { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } }, 'yes'],
  ]
  for (const [name, principal, condition, answer] of cases) {
    test(name, () => {
      const found = isPublic(bucket(principal, condition))
      assert.equal(found.answer, answer, JSON.stringify(found))
    })
  }
})
