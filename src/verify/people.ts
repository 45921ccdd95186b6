import { connect } from '../cli/client.ts'
import type { Client } from '../cli/client.ts'

interface Statement {
  Effect: 'Allow'
  Action: string | string[]
  Resource?: string
  Condition?: object
}

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

/** A role that a service may assume; its ARN. */
export async function roleTrusting(admin: Client, RoleName: string, Service: string): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }
  const { Role } = await admin.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: document(trust) })
  return Role.Arn as string
}

/** A user with these permissions and no others, as a client. */
export async function userWith(admin: Client, UserName: string, statements: readonly Statement[]): Promise<Client> {
  await admin.call('iam', 'CreateUser', { UserName })
  const PolicyDocument = document(...statements.map((one) => ({ Resource: '*', ...one })))
  await admin.call('iam', 'PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument })
  const { AccessKey } = await admin.call('iam', 'CreateAccessKey', { UserName })
  return connect({
    AWS_ACCESS_KEY_ID: AccessKey.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: AccessKey.SecretAccessKey,
    AWS_ENDPOINT_URL: admin.endpoint,
    AWS_REGION: admin.region,
    // A profile of whoever runs this must not be laid below.
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
  })
}
