import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, compileGrant, evaluate } from './policy.ts'
import type { AuthorizationRequest, CompiledPolicy, ContextValues, Grammar, Grant, PolicySet } from './policy.ts'

const account = '111122223333'
const arn = `arn:aws:iam::${account}:user/ann`

function ask(action: string, values: ContextValues = {}): AuthorizationRequest {
  const principal = { kind: 'user', account, arn, principalArn: arn } as const
  return { principal, action, resource: 'arn:aws:s3:::b/k', resourceAccount: account, context: (key) => values[key] }
}

const statement = (Effect: 'Allow' | 'Deny', Action: string) => ({ Effect, Action, Resource: '*' })
const policy = (Effect: 'Allow' | 'Deny', Action: string, grammar: Grammar = 'identity') =>
  compile(
    { Version: '2012-10-17', Statement: statement(Effect, Action) },
    { id: `inline:${Effect} ${Action}`, grammar },
  )

const everything = policy('Allow', '*', 'scp')
const nothing = policy('Allow', 'ec2:*', 'scp')
const denied = policy('Deny', 's3:*', 'scp')

for (const [what, scp, effect, level, target] of [
  ['every level allows', [[everything], [everything]], 'allow', undefined, undefined],
  ['the inner one lacks an allow', [[everything], [nothing]], 'implicit-deny', 1, account],
  ['both lack one: the outer', [[nothing], [nothing]], 'implicit-deny', 0, 'r-root'],
  ['one lacks an allow, the other denies', [[nothing], [everything, denied]], 'explicit-deny', 1, account],
] as const) {
  test(`SCP levels: ${what}`, () => {
    const set: PolicySet = { identity: [policy('Allow', '*')], scp, scpTargets: ['r-root', account] }
    const [layer] = evaluate(ask('s3:GetObject'), set).layers
    assert.deepEqual([layer!.type, layer!.effect, layer!.level, layer!.target], ['scp', effect, level, target])
  })
}

test('a list of policies that grew since it was asked is asked anew', () => {
  const identity = [policy('Allow', 's3:*')]
  assert.equal(evaluate(ask('s3:GetObject'), { identity }).effect, 'allow')
  identity.push(policy('Deny', 's3:Get*'))
  assert.equal(evaluate(ask('s3:GetObject'), { identity }).decidedBy, 'identity')
  assert.equal(evaluate(ask('s3:GetObject'), { identity }).effect, 'explicit-deny')
  identity[1] = policy('Allow', 'ec2:*')
  assert.equal(evaluate(ask('s3:GetObject'), { identity }).effect, 'allow')
})

test('one policy in two layers is recorded in each as what it is there', () => {
  const both = policy('Allow', 's3:*')
  const { layers } = evaluate(ask('s3:GetObject'), { identity: [both], boundary: both })
  assert.deepEqual(
    layers.map(({ type, matched }) => [type, matched.length]),
    [
      ['identity', 1],
      ['boundary', 1],
    ],
  )
})

const acls = (pattern: string) => `${pattern === '*' ? '*:*' : pattern}Acl`

test('many policies decide as one with all their statements, action by action', () => {
  const patterns = ['s3:*', 's3:Get*', '*', '*:Get*', 'S3:getobject', 'ec2:RunInstances', 's3:?et*', 's3:GetObject']
  const many: CompiledPolicy[] = patterns.flatMap((pattern) => [
    policy('Allow', pattern),
    policy('Deny', acls(pattern)),
  ])
  const Statement = patterns.flatMap((pattern) => [statement('Allow', pattern), statement('Deny', acls(pattern))])
  const one = [compile({ Version: '2012-10-17', Statement }, { id: 'inline:one' })]
  for (let round = 0; round < 2; round++) {
    for (const action of [
      's3:GetObject',
      's3:GetObjectAcl',
      's3:PutObject',
      'sns:GetTopic',
      'ec2:RunInstances',
      'a:B',
    ]) {
      const [a, b] = [many, one].map((identity) => evaluate(ask(action), { identity }))
      assert.equal(a!.effect, b!.effect, action)
      assert.equal(a!.layers[0]!.matched.length, b!.layers[0]!.matched.length, action)
    }
  }
})

test('what decisions share cannot be changed', () => {
  const [layer] = evaluate(ask('s3:GetObject'), { identity: [policy('Allow', 'ec2:*')] }).layers
  assert.throws(() => Object.assign(layer!, { effect: 'allow' }), TypeError)
})

const decrypt = (constraints: Grant['constraints'], encryptionContext: Record<string, string>) => {
  const grant = { id: 'grant:1', grantee: arn, operations: ['Decrypt'], ...(constraints && { constraints }) }
  const values: ContextValues = {
    ...Object.fromEntries(
      Object.entries(encryptionContext).map(([key, value]) => [`kms:encryptioncontext:${key.toLowerCase()}`, value]),
    ),
    'kms:encryptioncontextkeys': Object.keys(encryptionContext),
  }
  const set = { identity: [], grants: [compileGrant(grant)], resourceRequired: true }
  return evaluate(ask('kms:Decrypt', values), set).effect === 'allow'
}

test('grants: encryption contexts are text, in their very case', () => {
  assert.ok(decrypt({ encryptionContextEquals: { Dept: '${aws:username}' } }, { Dept: '${aws:username}' }))
  assert.ok(!decrypt({ encryptionContextEquals: { Dept: 'IT' } }, { dept: 'IT' }))
  assert.ok(!decrypt({ encryptionContextEquals: { Dept: 'IT' } }, { Dept: 'it' }))
  assert.ok(decrypt({ encryptionContextEquals: {} }, {}))
  assert.ok(!decrypt({ encryptionContextEquals: {} }, { Dept: 'IT' }))
})

test('grants: both constraints bind', () => {
  const both = { encryptionContextEquals: { a: '1' }, encryptionContextSubset: { a: '2' } }
  for (const a of ['1', '2']) assert.ok(!decrypt(both, { a }))
})
