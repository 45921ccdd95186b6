import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { trainingPolicy, trustPolicy } from './policies.ts'

/** The documents as the guide prints them. */
const printed = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../corpus/policy/documents/${name}.json`, import.meta.url), 'utf8'))

const named = { bucket: 'b', repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/r' }

interface Policy {
  Version: string
  Statement: { Effect: string; Action: string[]; Resource?: unknown }[]
}

const shape = (policy: Policy) => policy.Statement.map(({ Effect, Action }) => ({ Effect, Action }))

test('the trust policy is the one of the guide', () => {
  assert.deepEqual(JSON.parse(trustPolicy), printed('trust-sagemaker'))
})

test('the role policy has the statements of the guide, scoped, and the one for a private VPC', () => {
  const scoped = printed('training-scoped') as Policy
  const vpc = printed('training-vpc') as Policy['Statement'][number]
  const ours = JSON.parse(trainingPolicy(named)) as Policy
  assert.equal(ours.Version, scoped.Version)
  assert.deepEqual(shape(ours), shape({ Version: '', Statement: [...scoped.Statement, vpc] }))
})

test('an action left out is the only difference', () => {
  const [whole, less] = [trainingPolicy(named), trainingPolicy(named, 's3:GetObject')]
  assert.equal(whole.replace('"s3:GetObject",', ''), less)
  assert.notEqual(whole, less)
})
