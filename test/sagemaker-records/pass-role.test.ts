import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, errorOf, send } from '../support/call.ts'
import type { Keys } from '../support/sign.ts'
import { account, openRecordLab, requests, roleArn, type RecordLab } from './lab.ts'

/** Who passes which role, and what comes of it (facts: errors.md A8, B2; role page, iam:PassRole). */
const sagemaker = { Effect: 'Allow', Action: 'sagemaker:*', Resource: '*' }
const passes = (role: string, more: object = {}) => ({
  Effect: 'Allow',
  Action: 'iam:PassRole',
  Resource: roleArn(role),
  ...more,
})
const passedTo = (service: string) => ({ Condition: { StringEquals: { 'iam:PassedToService': service } } })

const cases: { name: string; statements: object[]; role: string; refused?: (user: string) => [string, string] }[] = [
  { name: 'allowed', statements: [sagemaker, passes('execution')], role: roleArn('execution') },
  {
    name: 'allowed-to-sagemaker',
    statements: [sagemaker, passes('execution', passedTo('sagemaker.amazonaws.com'))],
    role: roleArn('execution'),
  },
  { name: 'not-allowed', statements: [sagemaker], role: roleArn('execution'), refused: notAllowed },
  {
    name: 'allowed-to-another-service',
    statements: [sagemaker, passes('execution', passedTo('ec2.amazonaws.com'))],
    role: roleArn('execution'),
    refused: notAllowed,
  },
  {
    name: 'allowed-another-role',
    statements: [sagemaker, passes('elsewhere')],
    role: roleArn('execution'),
    refused: notAllowed,
  },
  {
    name: 'role-that-does-not-trust',
    statements: [sagemaker, passes('elsewhere')],
    role: roleArn('elsewhere'),
    refused: () => [
      'ValidationException',
      `Could not assume role ${roleArn('elsewhere')}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    ],
  },
  {
    name: 'foreign-role',
    statements: [sagemaker, { ...passes('execution'), Resource: '*' }],
    role: roleArn('execution', '999999999999'),
    refused: () => ['ValidationException', 'RoleArn: Cross-account pass role is not allowed.'],
  },
]

function notAllowed(user: string): [string, string] {
  return [
    'AccessDeniedException',
    `User: arn:aws:iam::${account}:user/${user} is not authorized to perform: iam:PassRole on resource: ${roleArn('execution')} because no identity-based policy allows the iam:PassRole action`,
  ]
}

describe('a role is passed to SageMaker', () => {
  let lab: RecordLab
  const users = new Map<string, Keys>()
  before(async () => {
    lab = await openRecordLab()
    for (const { name, statements } of cases) users.set(name, await lab.user(name, ...statements))
  })
  after(() => lab.server.close())

  for (const [operation, request] of Object.entries(requests)) {
    for (const { name, role, refused } of cases) {
      it(`${operation}: ${name}`, async () => {
        const input = request(role, name)
        const answer = await send(lab.server.url, 'sagemaker', operation, input, { keys: users.get(name)! })
        if (!refused) return assert.equal(answer.status, 200, answer.body.toString())
        const error = errorOf('sagemaker', operation, answer)
        assert.deepEqual([error?.code, error?.message], refused(name))
      })
    }

    // It makes nothing that could have tags.
    if (operation === 'RenderUiTemplate') continue
    it(`${operation} with tags asks for sagemaker:AddTags`, async () => {
      const only = { Effect: 'Allow', Action: `sagemaker:${operation}`, Resource: '*' }
      const keys = await lab.user(`tagger-${operation}`, only, passes('execution'))
      const input = { ...request(roleArn('execution'), 'tagged'), Tags: [{ Key: 'team', Value: 'a' }] }
      await assert.rejects(
        call(lab.server.url, keys, 'sagemaker', operation, input),
        /is not authorized to perform: sagemaker:AddTags on resource: /,
      )
      const { Tags: _, ...untagged } = input
      await call(lab.server.url, keys, 'sagemaker', operation, untagged)
    })
  }
})
