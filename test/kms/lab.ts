import { findCredential } from '../../src/services/iam/credentials.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import type { ServerOptions } from '../../src/server.ts'

type Input = Record<string, unknown>

/** A server, and calls to its KMS from within: so its clock can be set without a signature growing old. */
export interface Lab {
  server: TestServer
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  kms: (operation: string, input?: Input, by?: Keys) => Promise<any>
  /** The same, passed on by a service in the caller's name. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  forwarded: (service: string, operation: string, input: Input, by: Keys) => Promise<any>
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  iam: (operation: string, input: Input) => Promise<any>
  /** A user with this policy, or with none. */
  user: (name: string, statements?: object[]) => Promise<Keys & { arn: string }>
  /** A session of a new role with this policy. */
  role: (name: string, statements?: object[]) => Promise<Keys & { arn: string; roleArn: string }>
  /** A new key's id. */
  key: (input?: Input) => Promise<string>
  /** Moves the clock on by so many days. */
  wait: (days: number) => void
}

export async function openLab(options: Partial<ServerOptions> = {}): Promise<Lab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const { url, admin, world, account } = server
  let ahead = 0
  Object.assign(world, { now: () => Date.now() + ahead })
  const iam = (operation: string, input: Input) => call(url, admin, 'iam', operation, input)
  const origin = { kind: 'internet', ip: '203.0.113.5' } as const
  const kms: Lab['kms'] = (operation, input = {}, by = admin) =>
    world.door.call({ service: 'kms', operation, input, as: { credentials: by }, origin })

  const lab: Lab = {
    server,
    kms,
    iam,
    forwarded: (service, operation, input, by) => {
      const { caller } = findCredential(world.store, by.accessKeyId, world.now())!
      const as = { caller, via: `${service}.amazonaws.com` }
      return world.door.call({ service: 'kms', operation, input, as, origin: { kind: 'service-network', service } })
    },
    async user(UserName, statements) {
      const { User } = await iam('CreateUser', { UserName })
      if (statements) await iam('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy(...statements) })
      const { AccessKey } = await iam('CreateAccessKey', { UserName })
      return { arn: User.Arn, accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    },
    async role(RoleName, statements) {
      const trust = policy({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })
      const { Role } = await iam('CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
      if (statements) await iam('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: policy(...statements) })
      const asked = { RoleArn: Role.Arn, RoleSessionName: 'session' }
      const { Credentials, AssumedRoleUser } = await call(url, admin, 'sts', 'AssumeRole', asked)
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials
      return {
        arn: AssumedRoleUser.Arn,
        roleArn: Role.Arn,
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      }
    },
    key: async (input = {}) => (await kms('CreateKey', input)).KeyMetadata.KeyId,
    wait: (days) => void (ahead += days * 86_400_000),
  }
  return lab
}

export function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

/** For assert.rejects: AWS's code and words. */
export function refusal(code: string, message?: string | RegExp) {
  return (error: AwsError): boolean => {
    const told = typeof message === 'string' ? error.message === message : (message?.test(error.message) ?? true)
    if (error.code === code && told) return true
    throw new Error(`answered ${error.code}: ${error.message}, not ${code}: ${String(message)}`)
  }
}
