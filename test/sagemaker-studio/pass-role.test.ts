/** Every Studio and image operation that takes a role, in every way that it can be passed (seed 003, "Passing roles"). */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { allow, openStudioLab, type Input, type StudioLab } from './lab.ts'

interface Taker {
  title: string
  operation: string
  /** A request with this role; `name` is new each time. */
  input(role: string, name: string): Promise<Input> | Input
}

interface Way {
  title: string
  /** The condition of the caller's iam:PassRole; undefined: the caller has none. */
  passes?: string
  /** Of another role than the one that is given. */
  passesOther?: true
  trusts: string
  account?: string
  refusal?: { code: string; message: RegExp }
}

const sagemaker = 'sagemaker.amazonaws.com'
const glue = 'glue.amazonaws.com'
const denied = {
  code: 'AccessDeniedException',
  message:
    /is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/\S+ because no identity-based policy allows the iam:PassRole action/,
}

const ways: readonly Way[] = [
  { title: 'allowed', passes: sagemaker, trusts: sagemaker },
  { title: 'without iam:PassRole', trusts: sagemaker, refusal: denied },
  { title: 'iam:PassRole on another role', passes: sagemaker, passesOther: true, trusts: sagemaker, refusal: denied },
  { title: 'passed to another service', passes: glue, trusts: sagemaker, refusal: denied },
  {
    title: 'of a role that trusts another service',
    passes: sagemaker,
    trusts: glue,
    refusal: {
      code: 'ValidationException',
      message: /^Could not assume role arn:\S+\. Please ensure that the role exists and allows principal/,
    },
  },
  {
    title: 'of a role of another account',
    passes: sagemaker,
    trusts: sagemaker,
    account: '999999999999',
    refusal: { code: 'ValidationException', message: /^RoleArn: Cross-account pass role is not allowed\.$/ },
  },
]

let lab: StudioLab
let domain: string
before(async () => {
  lab = await openStudioLab()
  domain = await lab.domain()
})
after(() => lab.close())

const newDomain = (name: string, more: Input) => ({
  DomainName: name,
  AuthMode: 'IAM',
  VpcId: lab.vpcId,
  SubnetIds: [lab.subnetId],
  DefaultUserSettings: {},
  ...more,
})

const takers: readonly Taker[] = [
  {
    title: 'CreateDomain, DefaultUserSettings',
    operation: 'CreateDomain',
    input: (role, name) => newDomain(name, { DefaultUserSettings: { ExecutionRole: role } }),
  },
  {
    title: 'CreateDomain, DefaultSpaceSettings',
    operation: 'CreateDomain',
    input: (role, name) => newDomain(name, { DefaultSpaceSettings: { ExecutionRole: role } }),
  },
  {
    title: 'UpdateDomain, DefaultUserSettings',
    operation: 'UpdateDomain',
    input: async (role) => ({ DomainId: await lab.domain(), DefaultUserSettings: { ExecutionRole: role } }),
  },
  {
    title: 'UpdateDomain, DefaultSpaceSettings',
    operation: 'UpdateDomain',
    input: async (role) => ({ DomainId: await lab.domain(), DefaultSpaceSettings: { ExecutionRole: role } }),
  },
  {
    title: 'CreateUserProfile',
    operation: 'CreateUserProfile',
    input: (role, name) => ({ DomainId: domain, UserProfileName: name, UserSettings: { ExecutionRole: role } }),
  },
  {
    title: 'UpdateUserProfile',
    operation: 'UpdateUserProfile',
    async input(role, name) {
      const id = { DomainId: domain, UserProfileName: name }
      await lab.sagemaker('CreateUserProfile', id)
      await lab.settled('DescribeUserProfile', id)
      return { ...id, UserSettings: { ExecutionRole: role } }
    },
  },
  { title: 'CreateImage', operation: 'CreateImage', input: (role, name) => ({ ImageName: name, RoleArn: role }) },
  {
    title: 'UpdateImage',
    operation: 'UpdateImage',
    async input(role, name) {
      const RoleArn = await lab.role(`${name}-first`)
      await lab.sagemaker('CreateImage', { ImageName: name, RoleArn })
      await lab.settled('DescribeImage', { ImageName: name })
      return { ImageName: name, RoleArn: role }
    },
  },
]

for (const [number, taker] of takers.entries()) {
  describe(taker.title, () => {
    for (const [at, way] of ways.entries()) {
      it(way.title, async () => {
        const name = `pass-${number}-${at}`
        const trust = { Effect: 'Allow', Principal: { Service: way.trusts }, Action: 'sts:AssumeRole' }
        const own = await lab.role(name, [], trust)
        const role = way.account === undefined ? own : own.replace('123456789012', way.account)
        const pass = way.passes !== undefined && {
          ...allow('iam:PassRole', way.passesOther ? `${role}-other` : role),
          Condition: { StringEquals: { 'iam:PassedToService': way.passes } },
        }
        const caller = await lab.user(name, [allow(`sagemaker:${taker.operation}`), ...(pass ? [pass] : [])])
        const asked = lab.sagemaker(taker.operation, await taker.input(role, name), caller)
        const { refusal } = way
        if (!refusal) return void (await asked)
        await assert.rejects(asked, (error: AwsError) => {
          assert.equal(error.code, refusal.code, error.message)
          assert.match(error.message, refusal.message)
          return true
        })
      })
    }
  })
}

describe('passing no role', () => {
  it('UpdateImage asks for none when it is given none', async () => {
    const RoleArn = await lab.role('unpassed')
    await lab.sagemaker('CreateImage', { ImageName: 'unpassed', RoleArn })
    await lab.settled('DescribeImage', { ImageName: 'unpassed' })
    const caller = await lab.user('unpassed', [allow('sagemaker:UpdateImage')])
    await lab.sagemaker('UpdateImage', { ImageName: 'unpassed', DisplayName: 'Shown' }, caller)
    assert.equal((await lab.settled('DescribeImage', { ImageName: 'unpassed' })).DisplayName, 'Shown')
  })

  it('the first domain makes the service-linked role with the right of who makes it', async () => {
    const own = await openStudioLab()
    try {
      const RoleName = 'AWSServiceRoleForAmazonSageMakerNotebooks'
      const input = { ...newDomain('first', {}), VpcId: own.vpcId, SubnetIds: [own.subnetId] }
      const caller = await own.user('first', [allow('sagemaker:CreateDomain')])
      await assert.rejects(own.sagemaker('CreateDomain', input, caller), (error: AwsError) => {
        assert.equal(error.code, 'AccessDeniedException')
        assert.match(error.message, /iam:CreateServiceLinkedRole on resource: \S+sagemaker\.amazonaws\.com/)
        return true
      })
      const able = await own.user('able', [
        allow('sagemaker:CreateDomain'),
        {
          ...allow('iam:CreateServiceLinkedRole'),
          Condition: { StringEquals: { 'iam:AWSServiceName': sagemaker } },
        },
      ])
      await own.sagemaker('CreateDomain', input, able)
      assert.equal((await own.ask('iam', 'GetRole', { RoleName })).Role.RoleName, RoleName)
      // Now that it is there, nobody is asked for it.
      await own.sagemaker('CreateDomain', { ...input, DomainName: 'second' }, caller)
    } finally {
      await own.close()
    }
  })
})
