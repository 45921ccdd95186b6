/** What one caller sends that everybody would pay for: with their time, or with an answer out of shape. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compilePattern } from '../../src/policy/glob.ts'
import { takesResource } from '../../src/services/iam/simulate-resources.ts'
import { allowAll, newAccount, policy, refused } from '../iam/account.ts'

const buckets = (length: number) => Array.from({ length }, (_, at) => `arn:aws:s3:::bucket/${at}`)
const PolicyInputList = [policy(allowAll)]

describe('a simulation', () => {
  it('of many actions on many resources comes in pages', () => {
    const { act } = newAccount()
    const ActionNames = Array.from({ length: 10 }, () => 's3:GetObject')
    const input = { PolicyInputList, ActionNames, ResourceArns: buckets(500) }
    const first = act('admin', 'SimulateCustomPolicy', input)
    assert.equal(first.EvaluationResults.length, 4)
    assert.equal(first.IsTruncated, true)
    let all = first.EvaluationResults.length
    for (let { Marker } = first; Marker !== undefined;) {
      const next = act('admin', 'SimulateCustomPolicy', { ...input, Marker })
      all += next.EvaluationResults.length
      Marker = next.Marker
    }
    assert.equal(all, 10)
  })

  it('with more statements than an answer could name is refused', () => {
    const { act } = newAccount()
    const statements = policy(Array.from({ length: 1000 }, () => allowAll))
    const input = (length: number) => ({
      PolicyInputList: [statements],
      ActionNames: ['s3:GetObject'],
      ResourceArns: buckets(length),
    })
    assert.equal(act('admin', 'SimulateCustomPolicy', input(10)).EvaluationResults.length, 1)
    const sentence = 'The simulation has too many resources for its policies.'
    refused(() => act('admin', 'SimulateCustomPolicy', input(101)), 'InvalidInput', sentence, 400)
  })

  it('holds a resource against formats with many placeholders in one go', () => {
    assert.equal(takesResource('wafv2:GetWebACL', `arn:a:wafv2:${':'.repeat(2000)}`), false)
    assert.equal(takesResource('wafv2:GetWebACL', 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b'), true)
  })
})

/** A text that counts what is done to it; the engine's own search is, at its worst, text times pattern. */
class Counted extends String {
  steps = 0
  override charCodeAt(at: number) {
    this.steps++
    return super.charCodeAt(at)
  }
  override indexOf(text: string, from?: number) {
    this.steps += this.length * text.length
    return super.indexOf(text, from)
  }
}

describe('a pattern', () => {
  const few = 'a'.repeat(2000)
  for (const [name, pattern] of [
    ['that may begin at many places', `*${few}b?`],
    ['whose middle may begin at many places', `*${few}b?*`],
    ['of question marks', `*${'a?'.repeat(1000)}b*`],
    ['without question marks', `*${few}b${few}*`],
  ] as const) {
    it(`${name} is held against a long text without starting over`, () => {
      const text = new Counted('a'.repeat(10_000))
      const matches = compilePattern(pattern, { variables: false, wildcards: true })
      assert.equal(
        matches(text as unknown as string, () => undefined),
        false,
      )
      assert.ok(text.steps <= 2 * text.length, String(text.steps))
    })
  }
})

describe('the credential report', () => {
  it('keeps its columns, whatever users are called', () => {
    const { act, clock } = newAccount()
    act('admin', 'CreateUser', { UserName: 'a,b', Path: '/"quoted"/' })
    act('admin', 'GenerateCredentialReport')
    clock.now += 10_000
    const report = Buffer.from(act('admin', 'GetCredentialReport').Content).toString()
    assert.match(report, /^"a,b","arn:aws:iam::123456789012:user\/""quoted""\/a,b",2026-/m)
  })
})
