import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, denialSentence, evaluate, nearMisses, suggest } from './policy.ts'
import type { AuthorizationRequest, ContextValues, PolicySet, Principal } from './policy.ts'

const account = '111122223333'
const caller: Principal = {
  kind: 'role-session',
  account,
  arn: `arn:aws:sts::${account}:assumed-role/R/s`,
  principalArn: `arn:aws:iam::${account}:role/R`,
}

function ask(action: string, resource: string, values: ContextValues = {}): AuthorizationRequest {
  return { principal: caller, action, resource, resourceAccount: account, context: (key) => values[key] }
}

const policy = (id: string, ...Statement: object[]) => compile({ Version: '2012-10-17', Statement }, { id })
const misses = (request: AuthorizationRequest, set: PolicySet) => nearMisses(request, set, evaluate(request, set))

test('a condition comes nearer than a resource, a resource nearer than an action, other services not at all', () => {
  const set = {
    identity: [
      policy(
        'inline:p',
        { Sid: 'Logs', Effect: 'Allow', Action: 'logs:*', Resource: '*' },
        { Sid: 'Write', Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObjectAcl'], Resource: 'arn:aws:s3:::b/*' },
        { Sid: 'Elsewhere', Effect: 'Allow', Action: 's3:Get*', Resource: ['arn:aws:s3:::other/*', 'arn:aws:s3:::b'] },
        {
          Sid: 'Vpce',
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::b/*',
          Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
        },
      ),
    ],
  }
  const found = misses(ask('s3:GetObject', 'arn:aws:s3:::b/k', { 'aws:sourcevpce': 'vpce-2' }), set)
  assert.deepEqual(found, [
    {
      policy: 'inline:p',
      index: 3,
      sid: 'Vpce',
      effect: 'Allow',
      element: 'Condition',
      detail: 'StringEquals aws:SourceVpce',
      observed: 'vpce-2',
      required: 'vpce-1',
    },
    {
      policy: 'inline:p',
      index: 2,
      sid: 'Elsewhere',
      effect: 'Allow',
      element: 'Resource',
      observed: 'arn:aws:s3:::b/k',
      required: 'arn:aws:s3:::b, arn:aws:s3:::other/*',
    },
    {
      policy: 'inline:p',
      index: 1,
      sid: 'Write',
      effect: 'Allow',
      element: 'Action',
      observed: 's3:GetObject',
      required: 's3:GetObjectAcl, s3:PutObject',
    },
  ])
})

test('an explicit deny says what value would avoid it', () => {
  const deny = {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
  }
  const set = { identity: [policy('inline:p', { Effect: 'Allow', Action: '*', Resource: '*' }, deny)] }
  const [miss] = misses(ask('s3:GetObject', 'arn:aws:s3:::b/k'), set)
  assert.deepEqual(
    [miss!.element, miss!.detail, miss!.observed, miss!.required, miss!.effect],
    ['Condition', 'StringNotEquals aws:SourceVpce', '(absent)', 'vpce-1', 'Deny'],
  )
})

test('near misses can be told from a recorded decision, too', () => {
  const set = { identity: [policy('inline:p', { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' })] }
  const request = ask('s3:GetObject', 'arn:aws:s3:::b/k')
  const recorded = JSON.parse(JSON.stringify(evaluate(request, set)))
  assert.deepEqual(nearMisses(request, set, recorded), misses(request, set))
  assert.equal(misses(request, set)[0]!.required, 'not arn:aws:s3:::b/*')
})

test('the suggestion is the smallest statement, PassRole to its service only', () => {
  const role = `arn:aws:iam::${account}:role/X`
  const request = ask('iam:PassRole', role, { 'iam:passedtoservice': 'sagemaker.amazonaws.com' })
  assert.deepEqual(suggest(request, evaluate(request, { identity: [] })), [
    {
      layer: 'identity',
      statement: {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: role,
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
    },
  ])
})

test('a wildcard in a resource is written as text', () => {
  const request = ask('s3:GetObject', 'arn:aws:s3:::b/a*${x}')
  const [suggestion] = suggest(request, evaluate(request, { identity: [] }))
  assert.equal(suggestion!.statement.Resource, 'arn:aws:s3:::b/a${*}${$}{x}')
})

test('an endpoint is opened for the caller only; a trust policy gets a Principal and no Resource', () => {
  const deaf = (grammar: 'endpoint' | 'trust') =>
    compile(
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '444455556666' },
            Action: 'sts:AssumeRole',
            ...(grammar === 'endpoint' && { Resource: '*' }),
          },
        ],
      },
      { id: grammar, grammar },
    )
  const request = ask('sts:AssumeRole', `arn:aws:iam::${account}:role/X`, { 'aws:principalarn': caller.principalArn })
  const set: PolicySet = {
    identity: [],
    endpoint: deaf('endpoint'),
    resource: deaf('trust'),
    resourceType: 'trust',
    resourceRequired: true,
  }
  assert.deepEqual(
    suggest(request, evaluate(request, set)).map(({ layer, statement }) => [layer, statement]),
    [
      [
        'endpoint',
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 'sts:AssumeRole',
          Resource: `arn:aws:iam::${account}:role/X`,
          Condition: { ArnEquals: { 'aws:PrincipalArn': caller.principalArn } },
        },
      ],
      ['trust', { Effect: 'Allow', Principal: { AWS: caller.principalArn }, Action: 'sts:AssumeRole' }],
      ['identity', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${account}:role/X` }],
    ],
  )
})

test('the sentence: the resource as the service prints it, or none, or no reason', () => {
  const request = ask('iam:GetRole', `arn:aws:iam::${account}:role/X`)
  const decision = evaluate(request, { identity: [] })
  const head = `User: ${caller.arn} is not authorized to perform: iam:GetRole`
  const tail = ' because no identity-based policy allows the iam:GetRole action'
  assert.equal(denialSentence(request, decision, { shownAs: 'role X' }), `${head} on resource: role X${tail}`)
  assert.equal(denialSentence(request, decision, { shownAs: null }), `${head}${tail}`)
  assert.equal(denialSentence(request, decision, { bare: true }), `${head} on resource: ${request.resource}`)
})

test('whatever fails is a deny', () => {
  const request = { ...ask('s3:GetObject', '*'), context: () => assert.fail('no context') }
  const conditioned = policy('inline:p', {
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:x': '1' } },
  })
  const nothing = { effect: 'implicit-deny', decidedBy: 'none', layers: [], missing: [] }
  assert.deepEqual(evaluate(request, { identity: [conditioned] }), nothing)
  const forged = { id: 'x', managed: false, text: '', statements: [] }
  assert.deepEqual(evaluate(request, { identity: [forged] }), nothing)
})

test("an identity-based policy in the place of a resource's own allows nobody", () => {
  const set = { identity: [], resource: policy('inline:p', { Effect: 'Allow', Action: '*', Resource: '*' }) }
  assert.equal(evaluate(ask('s3:GetObject', 'arn:aws:s3:::b/k'), set).decidedBy, 'identity')
})
