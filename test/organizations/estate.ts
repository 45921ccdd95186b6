import { type Answer, call, errorOf, send } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

/** A member account, and its administrator: a session of the role that CreateAccount made there. */
export interface Member {
  id: string
  keys: Keys
}

export interface Estate {
  organizationId: string
  rootId: string
  /** Calls as the management account's `admin`. */
  manage: (operation: string, input?: object) => Promise<any>
  /** A new account, in the root unless a unit is given. */
  account(name: string, unit?: string): Promise<Member>
  unit(name: string, parent?: string): Promise<string>
  /** Makes a policy and hangs it on a target. */
  govern(target: string, type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY', statement: object): Promise<Hung>
}

export interface Hung {
  id: string
  arn: string
}

export const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

const types = ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY']

/** An organization of the server's own account, with SCPs and RCPs enabled. */
export async function organize(server: TestServer): Promise<Estate> {
  const manage = (operation: string, input: object = {}) =>
    call(server.url, server.admin, 'organizations', operation, input)
  const { Organization } = await manage('CreateOrganization')
  const rootId = (await manage('ListRoots')).Roots[0].Id as string
  for (const PolicyType of types) await manage('EnablePolicyType', { RootId: rootId, PolicyType })
  let policies = 0
  return {
    organizationId: Organization.Id,
    rootId,
    manage,
    async account(name, unit) {
      const id = await createAccount(manage, name)
      if (unit) await manage('MoveAccount', { AccountId: id, SourceParentId: rootId, DestinationParentId: unit })
      return { id, keys: await assume(server, server.admin, `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`) }
    },
    async unit(name, parent = rootId) {
      return (await manage('CreateOrganizationalUnit', { ParentId: parent, Name: name })).OrganizationalUnit.Id
    },
    async govern(target, type, statement) {
      const { Policy } = await manage('CreatePolicy', {
        Name: `policy-${++policies}`,
        Description: '',
        Type: type,
        Content: policy(statement),
      })
      const { Id: id, Arn: arn } = Policy.PolicySummary
      await manage('AttachPolicy', { PolicyId: id, TargetId: target })
      return { id, arn }
    },
  }
}

export async function createAccount(
  manage: (operation: string, input?: object) => Promise<any>,
  name: string,
): Promise<string> {
  const asked = await manage('CreateAccount', { AccountName: name, Email: `${name}@example.com` })
  const { CreateAccountStatus } = await manage('DescribeCreateAccountStatus', {
    CreateAccountRequestId: asked.CreateAccountStatus.Id,
  })
  return CreateAccountStatus.AccountId
}

export async function assume(server: TestServer, by: Keys, RoleArn: string, RoleSessionName = 'test'): Promise<Keys> {
  const { Credentials } = await call(server.url, by, 'sts', 'AssumeRole', { RoleArn, RoleSessionName })
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  }
}

export interface Tried {
  answer: Answer
  /** `CODE: sentence`, or undefined when it was done. */
  refused?: string
}

/** A call that may be refused. */
export async function attempt(
  server: TestServer,
  keys: Keys,
  service: string,
  operation: string,
  input: object = {},
): Promise<Tried> {
  const answer = await send(server.url, service, operation, input, { keys })
  const error = errorOf(service, operation, answer)
  return error ? { answer, refused: `${error.code}: ${error.message}` } : { answer }
}
