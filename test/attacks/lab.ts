import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { type Estate, organize, policy } from '../organizations/estate.ts'

/** What attacks are tried on: a server with an organization. */
export interface Lab {
  server: TestServer
  estate: Estate
  arn: (rest: string) => string
  /** Done as `admin`, or as somebody else. */
  iam: (operation: string, input?: object, by?: Keys) => Promise<any>
  /** A new user's key. */
  user: (UserName: string, ...statements: object[]) => Promise<Keys>
  /** The error's code; `done` when there is none. */
  tried: (by: Keys, service: string, operation: string, input?: object) => Promise<string>
}

export async function newLab(): Promise<Lab> {
  const server = await startTestServer()
  const estate = await organize(server)
  const iam = (operation: string, input: object = {}, by: Keys = server.admin) =>
    call(server.url, by, 'iam', operation, input)
  return {
    server,
    estate,
    iam,
    arn: (rest) => `arn:aws:iam::${server.account}:${rest}`,
    async user(UserName, ...statements) {
      await iam('CreateUser', { UserName })
      if (statements.length > 0) {
        await iam('PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument: policy(...statements) })
      }
      const { AccessKey } = await iam('CreateAccessKey', { UserName })
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    },
    async tried(by, service, operation, input = {}) {
      const answer = await send(server.url, service, operation, input, { keys: by })
      return errorOf(service, operation, answer)?.code ?? (answer.status < 300 ? 'done' : String(answer.status))
    },
  }
}

export const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' }

export const trusts = (AWS: string, Condition?: object): string =>
  policy({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) })

export function keysOf({
  Credentials,
}: {
  Credentials: Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string>
}): Keys {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials
  return { accessKeyId, secretAccessKey, sessionToken }
}
