import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { environmentOf, root } from './command.ts'
import { trustSageMaker } from './documents.ts'
import { account } from './place.ts'

/** One question of python/role_check.py, and what the SDK makes of it. */
interface Case {
  name: string
  ask: object
  /** The role that it settles on … */
  role?: string
  /** … or what it raises, and lines of what that says. */
  error?: string
  says?: RegExp
  logged?: RegExp
}

interface Answer {
  role?: string
  error?: string
  message?: string
  logged: string[]
}

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`
const trust = (Principal: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] })
const trustBoth = trust({ Service: 'sagemaker.amazonaws.com', AWS: account })

/** Roles by name: who may take them on, what they may do, within what. */
const roles: Record<string, { trust?: string; attached?: string; inline?: object; boundary?: string }> = {
  full: { attached: managed('AmazonSageMakerFullAccess') },
  none: {},
  reader: { attached: managed('AmazonSageMakerReadOnly') },
  barred: {
    attached: managed('AmazonSageMakerFullAccess'),
    inline: { Effect: 'Deny', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  },
  bounded: { attached: managed('AmazonSageMakerFullAccess'), boundary: managed('AmazonS3ReadOnlyAccess') },
  machine: { attached: managed('AmazonSageMakerFullAccess'), trust: trust({ Service: 'ec2.amazonaws.com' }) },
  studio: {
    attached: managed('AmazonSageMakerFullAccess'),
    trust: trustBoth,
    inline: { Effect: 'Allow', Action: ['iam:GetRole', 'iam:SimulatePrincipalPolicy'], Resource: '*' },
  },
  blind: { trust: trustBoth },
}
const arn = (name: string) => `arn:aws:iam::${account}:role/service-role/${name}`

const cases: Case[] = [
  { name: 'one with AmazonSageMakerFullAccess', ask: { provided_role: 'full' }, role: arn('full') },
  {
    name: 'one with AmazonSageMakerFullAccess, to serve',
    ask: { provided_role: arn('full'), role_type: 'serving' },
    role: arn('full'),
  },
  {
    name: 'one with no policy',
    ask: { provided_role: 'none' },
    error: 'RoleValidationError',
    says: /^Missing permissions: cloudwatch:PutMetricData, ec2:CreateNetworkInterface, .*, ecr:GetAuthorizationToken$/m,
  },
  {
    name: 'one that may but read',
    ask: { provided_role: 'reader', role_type: 'serving' },
    error: 'RoleValidationError',
    says: /^Missing permissions: ecr:GetAuthorizationToken$/m,
  },
  {
    name: 'one that is denied a single action',
    ask: { provided_role: 'barred' },
    error: 'RoleValidationError',
    says: /^Missing permissions: ecr:GetAuthorizationToken$/m,
  },
  {
    name: 'one that only its boundary holds back: taken with a warning',
    ask: { provided_role: 'bounded' },
    role: arn('bounded'),
    logged: /^INFO Cannot definitively verify .*\(ecr:GetAuthorizationToken, .*^WARNING Could not verify/ms,
  },
  {
    name: 'one that SageMaker may not take on',
    ask: { provided_role: 'machine' },
    error: 'RoleValidationError',
    says: /^Its trust policy does not allow 'sagemaker\.amazonaws\.com' to assume it/m,
  },
  { name: 'one that is not there', ask: { provided_role: 'nobody' }, error: 'ValueError', says: /does not exist/ },
  {
    name: "one's own, which may ask about itself",
    ask: { keys: 'studio' },
    role: arn('studio'),
  },
  {
    name: "one's own, which may not ask: taken with a warning",
    ask: { keys: 'blind', provided_role: arn('blind') },
    role: arn('blind'),
    logged: /^INFO Cannot simulate policies for .* \(access denied\)/,
  },
  { name: 'none, of a user', ask: {}, error: 'RoleValidationError', says: /^No IAM role could be resolved/ },
  {
    name: 'one that the SDK makes itself',
    ask: { create: 'serving', s3_resource: 'shelf', role_name: 'made' },
    role: `arn:aws:iam::${account}:role/made`,
  },
  {
    name: 'the one that it made',
    ask: { provided_role: 'made', role_type: 'serving' },
    role: `arn:aws:iam::${account}:role/made`,
  },
]

describe("the SageMaker Python SDK's check of an execution role", () => {
  let server: TestServer
  let answers: Answer[]

  before(async () => {
    server = await startTestServer()
    const iam = (operation: string, input: object) => call(server.url, server.admin, 'iam', operation, input)
    for (const [RoleName, wish] of Object.entries(roles)) {
      const AssumeRolePolicyDocument = wish.trust ?? trustSageMaker
      const bounded = wish.boundary ? { PermissionsBoundary: wish.boundary } : {}
      await iam('CreateRole', { RoleName, AssumeRolePolicyDocument, Path: '/service-role/', ...bounded })
      if (wish.attached) await iam('AttachRolePolicy', { RoleName, PolicyArn: wish.attached })
      if (wish.inline) {
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [wish.inline] })
        await iam('PutRolePolicy', { RoleName, PolicyName: 'inline', PolicyDocument })
      }
    }
    answers = await asked(await Promise.all(cases.map(withKeys)))
  })
  after(() => server.close())

  /** A question with the keys of the session that it is asked in, in place of the role's name. */
  async function withKeys({ ask }: Case): Promise<object> {
    if (!('keys' in ask)) return ask
    const input = { RoleArn: arn(ask.keys as string), RoleSessionName: 'notebook' }
    const { Credentials } = await call(server.url, server.admin, 'sts', 'AssumeRole', input)
    const keys = {
      aws_access_key_id: Credentials.AccessKeyId,
      aws_secret_access_key: Credentials.SecretAccessKey,
      aws_session_token: Credentials.SessionToken,
    }
    return { ...ask, keys }
  }

  /** All questions at once to one Python process. */
  async function asked(questions: object[]): Promise<Answer[]> {
    const python = promisify(execFile)(
      join(root, '.venv/bin/python'),
      [join(import.meta.dirname, 'python/role_check.py')],
      { env: { ...(await environmentOf(server.dataDir)), HOME: server.dataDir, AWS_EC2_METADATA_DISABLED: 'true' } },
    )
    python.child.stdin!.end(questions.map((one) => `${JSON.stringify(one)}\n`).join(''))
    const { stdout } = await python
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer)
  }

  for (const [index, { name, role, error, says, logged }] of cases.entries()) {
    test(name, () => {
      const answer = answers[index]!
      assert.deepEqual([answer.role, answer.error], [role, error], answer.message)
      if (says) assert.match(answer.message!, says)
      if (logged) assert.match(answer.logged.join('\n'), logged)
      else if (role?.includes('/service-role/')) assert.deepEqual(answer.logged, [], 'no doubt is left')
    })
  }
})
