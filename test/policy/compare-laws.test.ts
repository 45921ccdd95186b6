/** Laws of `compare` on random policies, and its proofs and witnesses against plain enumeration. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compile, contains, evaluate, replay } from '../../src/policy/policy.ts'
import type {
  AuthorizationRequest,
  Comparison,
  ContextValues,
  Grammar,
  Principal,
  Side,
} from '../../src/policy/policy.ts'
import { documents } from './arbitraries.ts'
import type { Doc } from './naive.ts'

const grammars: Grammar[] = ['identity', 'resource', 'endpoint', 'trust', 'scp', 'rcp']
const runs = (seed: number, numRuns = 60) => ({ seed, numRuns })

const side = (grammar: Grammar, ...docs: Doc[]): Side => ({
  grammar,
  policies: docs.map((doc, at) => compile(doc, { id: `inline:${at}`, grammar })),
})
const statementsOf = (doc: Doc) => [doc.Statement].flat()
const only = (doc: Doc, effect: 'Allow' | 'Deny') => statementsOf(doc).filter((one) => one['Effect'] === effect)
/** Their statements in one document, where one version serves both. */
const merged = (a: Doc, more: object[]): Doc => ({
  ...a,
  Statement: [...statementsOf(a), ...(more as Record<string, unknown>[])],
})
const sameVersion = (a: Doc, b: Doc): Doc => ({ ...b, ...(a.Version !== undefined && { Version: a.Version }) })

function holds({ verdict, reason, witness }: Comparison): void {
  assert.equal(verdict, 'subset', reason ?? JSON.stringify(witness))
}

test('every policy is at most as permissive as itself', () => {
  for (const grammar of grammars) {
    fc.assert(
      fc.property(documents(grammar), (doc) => holds(contains(side(grammar, doc), side(grammar, doc)))),
      runs(1),
    )
  }
})

test('an Allow more is never narrower, a Deny more is never broader', () => {
  for (const grammar of grammars) {
    fc.assert(
      fc.property(documents(grammar), documents(grammar), (doc, other) => {
        const more = sameVersion(doc, other)
        holds(contains(side(grammar, doc), side(grammar, merged(doc, only(more, 'Allow')))))
        holds(contains(side(grammar, merged(doc, only(more, 'Deny'))), side(grammar, doc)))
      }),
      runs(2),
    )
  }
})

test('an intersection is at most as permissive as each of its parts', () => {
  fc.assert(
    fc.property(documents('identity'), documents('identity'), (doc, other) => {
      const both: Side = { ...side('identity', doc), within: [side('identity', other)] }
      holds(contains(both, side('identity', doc)))
      holds(contains(both, side('identity', other)))
    }),
    runs(3),
  )
})

test('order and splitting of statements are irrelevant', () => {
  for (const grammar of grammars) {
    fc.assert(
      fc.property(documents(grammar), (doc) => {
        const turned = side(grammar, { ...doc, Statement: statementsOf(doc).toReversed() })
        const split = side(grammar, ...statementsOf(doc).map((Statement) => ({ ...doc, Statement })))
        holds(contains(side(grammar, doc), turned))
        holds(contains(turned, split))
        holds(contains(split, side(grammar, doc)))
      }),
      runs(4),
    )
  }
})

test('what is narrower than the narrower is narrower', () => {
  let chains = 0
  fc.assert(
    fc.property(documents('identity', 2), documents('identity', 2), documents('identity', 2), (...docs) => {
      const [a, b, c] = docs.map((doc) => side('identity', doc)) as [Side, Side, Side]
      if (contains(a, b).verdict !== 'subset' || contains(b, c).verdict !== 'subset') return
      chains++
      holds(contains(a, c))
    }),
    runs(5, 300),
  )
  assert.ok(chains > 10, `${chains} chains`)
})

// --- against enumeration

const A = '111122223333'
const B = '444455556666'
const user = (account: string, name: string): Principal => {
  const arn = `arn:aws:iam::${account}:user/${name}`
  return { kind: 'user', account, arn, principalArn: arn }
}
const session = (name: string): Principal => ({
  kind: 'role-session',
  account: A,
  arn: `arn:aws:sts::${A}:assumed-role/R/${name}`,
  principalArn: `arn:aws:iam::${A}:role/path/R`,
  entityId: 'AROAR',
})
const identities = [user(A, 'ann'), user(B, 'bob'), session('s'), session('t')]
const everyone: Principal[] = [
  ...identities,
  { kind: 'root', account: A, arn: `arn:aws:iam::${A}:root`, principalArn: `arn:aws:iam::${A}:root` },
  { kind: 'service', account: '', arn: '', principalArn: '', service: 'logs.amazonaws.com' },
  { kind: 'anonymous', account: '', arn: '', principalArn: '' },
]
const pick = <T>(...values: T[]) => fc.constantFrom(...values)
const universe = fc.record({
  principal: fc.nat(),
  action: pick('s3:GetObject', 's3:PutObject', 's3:ListBucket', 'sts:AssumeRole', 's3:HetObject', 'ec2:X', 's3:xtt'),
  resource: pick(
    '*',
    'arn:aws:s3:::b/ann/x',
    'arn:aws:s3:::b/ann/xx',
    'arn:aws:s3:::b/a*n\n',
    'arn:aws:s3:::b/axnx',
    'arn:aws:s3:::c',
    'arn:aws:s3:::ann',
    `arn:aws:sns:us-east-1:${A}:t:1:2`,
    `arn:aws:sns:us-east-1:${B}:t:1`,
    'arn:q:s:a:b:x',
  ),
  // Contexts as AWS sends them: some keys always, typed keys with values of their type.
  values: fc.record(
    {
      'aws:currenttime': pick('2023-06-01', '2024-01-01T00:00:00Z', '2026-02-28T10:00:00Z', '2026-03-01T00:00:00Z'),
      'aws:securetransport': pick('true', 'false'),
      'aws:requestedregion': pick('us-east-1', 'eu-west-1'),
      'aws:principalaccount': pick(A, B),
      'aws:username': pick('ann', 'bob', '*', '', 'x'),
      'aws:principaltag/t': pick('ann', 'Ann', 'a?n', '*', 'y'),
      'aws:tagkeys': pick<string | string[]>(
        [''],
        ['', ''],
        ['', 'x'],
        ['x'],
        ['x', 'y'],
        ['y', 'Ann'],
        ['q'],
        'x',
        'ann',
      ),
      'aws:sourceip': pick('10.0.0.0', '10.0.0.1', '10.0.1.255', '2001:db8::1', '192.168.0.1'),
      'aws:multifactorauthage': pick('0', '299.7', '300', '-1.5', '1000'),
      'aws:sourcearn': pick(`arn:aws:sns:us-east-1:${A}:t:1:2`, 'arn:aws:s3:::b', `arn:aws:sns:a:${B}:q:2`),
      'x:bytes': pick('QUJD', 'QUJE', 'QUJF', '!'),
      'aws:federatedprovider': pick('accounts.google.com', 'x.example'),
    },
    { requiredKeys: ['aws:currenttime', 'aws:securetransport', 'aws:requestedregion', 'aws:principalaccount'] },
  ),
})

function allows(one: Side, request: AuthorizationRequest): boolean {
  const { principal, action, resource, resourceAccount } = request
  const asked = { principal, action, resource, resourceAccount, context: {}, absent: [] }
  return replay(one, asked).every(
    ({ request: inPlace, set }) => evaluate({ ...inPlace, context: request.context }, set).effect === 'allow',
  )
}

test('no request of a small universe contradicts a proof, and hardly any pair stays unknown', () => {
  const requests = fc.sample(universe, { seed: 6, numRuns: 400 })
  const seen = { subset: 0, 'not-subset': 0, unknown: 0 }
  for (const [seed, grammar] of grammars.entries()) {
    const callers = grammar === 'identity' || grammar === 'scp' ? identities : everyone
    fc.assert(
      fc.property(documents(grammar), documents(grammar), fc.boolean(), (doc, other, related) => {
        const a = side(grammar, doc)
        const b = side(grammar, related ? merged(doc, only(sameVersion(doc, other), 'Deny')) : other)
        const { verdict, witness } = contains(a, b)
        seen[verdict as keyof typeof seen]++
        if (verdict === 'not-subset') {
          const request = { ...witness!, context: (key: string) => witness!.context[key] }
          assert.deepEqual([allows(a, request), allows(b, request)], [true, false])
        }
        if (verdict !== 'subset') return
        for (const { principal, values, ...asked } of requests) {
          const request: AuthorizationRequest = {
            ...asked,
            principal: callers[principal % callers.length]!,
            resourceAccount: A,
            context: (key) => (values as ContextValues)[key],
          }
          assert.ok(!allows(a, request) || allows(b, request), JSON.stringify({ ...request, values }))
        }
      }),
      runs(10 + seed, 50),
    )
  }
  assert.ok(seen.subset > 80 && seen['not-subset'] > 80, JSON.stringify(seen))
  assert.ok(seen.unknown < 5, JSON.stringify(seen))
})
