import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { imagePush } from '../../src/cli/image-push.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

export type Input = Record<string, unknown>
// oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
export type Ask = (service: string, operation: string, input?: Input) => Promise<any>

/** A server with a role `trusted`, which SageMaker may assume; of `openServingLab` also with an image and a model in S3. */
export interface Lab {
  server: TestServer
  ask: Ask
  roleArn: string
  image: string
  /** A user that may do just this. */
  user(name: string, ...statements: object[]): Promise<{ keys: Keys; ask: Ask }>
  /** A role that SageMaker may assume, or whom the trust names, with this permission. */
  role(name: string, policy?: object, trust?: object): Promise<string>
  close(): Promise<void>
}

export const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
export const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
export const trusting = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'sagemaker.amazonaws.com' },
  Action: 'sts:AssumeRole',
  ...more,
})

/** A policy of the role page, to the letter. */
export function pagePolicy(name: string): { Statement: { Action: string[] }[] } {
  const path = new URL(`../../corpus/policy/documents/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(path, 'utf8')) as { Statement: { Action: string[] }[] }
}

export async function openLab(options: Parameters<typeof startTestServer>[0] = {}): Promise<Lab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const asking =
    (keys: Keys): Ask =>
    (service, operation, input = {}) =>
      call(server.url, keys, service, operation, input)
  const ask = asking(server.admin)
  const role: Lab['role'] = async (RoleName, policy, trust = trusting()) => {
    const { Role } = await ask('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: document(trust) })
    if (policy) {
      await ask('iam', 'PutRolePolicy', { RoleName, PolicyName: 'page', PolicyDocument: JSON.stringify(policy) })
    }
    return Role.Arn as string
  }
  return {
    server,
    ask,
    image: `${server.account}.dkr.ecr.${server.region}.amazonaws.com/serving:latest`,
    role,
    roleArn: await role('trusted', JSON.parse(document(allow('*')))),
    async user(UserName, ...statements) {
      await ask('iam', 'CreateUser', { UserName })
      await ask('iam', 'PutUserPolicy', { UserName, PolicyName: 'may', PolicyDocument: document(...statements) })
      const { AccessKey } = await ask('iam', 'CreateAccessKey', { UserName })
      const keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
      return { keys, ask: asking(keys) }
    },
    close: () => server.close(),
  }
}

export async function openServingLab(): Promise<Lab> {
  const lab = await openLab()
  const { ask, image } = lab
  const dir = fileURLToPath(new URL('../jobs/programs/talks', import.meta.url))
  await imagePush({ dir, imageUri: image, entrypoint: './train', call: ask, progress: () => {} })
  await ask('s3', 'CreateBucket', { Bucket: 'artifacts' })
  await ask('s3', 'PutObject', { Bucket: 'artifacts', Key: 'm/model.tar.gz', Body: 'model' })
  return lab
}

/** `CODE: sentence`, or `done`. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: AwsError) => `${error.code}: ${error.message}`,
  )
}

/** The instance once it stands in one of these states. */
export async function settled(ask: Ask, NotebookInstanceName: string, ...states: string[]): Promise<Input> {
  let found: Input = {}
  await until(`${NotebookInstanceName} is ${states.join(' or ')}`, async () => {
    found = await ask('sagemaker', 'DescribeNotebookInstance', { NotebookInstanceName })
    return states.includes(found['NotebookInstanceStatus'] as string)
  })
  return found
}
