import { setTimeout as delay } from 'node:timers/promises'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

export type Input = Record<string, unknown>

/** A server with a VPC, and short words for what Studio's tests ask of it. */
export interface StudioLab {
  server: TestServer
  vpcId: string
  subnetId: string
  groupId: string
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  ask: (service: string, operation: string, input?: Input, by?: Keys) => Promise<any>
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  sagemaker: (operation: string, input?: Input, by?: Keys) => Promise<any>
  /** A role that SageMaker may assume (or as `trust` says), with these statements; its ARN. */
  role(name: string, statements?: readonly object[], trust?: object): Promise<string>
  user(name: string, statements: readonly object[]): Promise<Keys>
  /** Asks a Describe operation until it tells of a lasting state; the answer. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  settled(operation: string, input: Input): Promise<any>
  /** Until it is not found any more. */
  gone(operation: string, input: Input): Promise<void>
  /** A domain in service; its id. */
  domain(input?: Input): Promise<string>
  close(): Promise<void>
}

export const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

export const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
})

const trusting = {
  Effect: 'Allow',
  Principal: { Service: 'sagemaker.amazonaws.com' },
  Action: 'sts:AssumeRole',
}

const passing = /^(?:Pending|Updating|Deleting|CREATING|UPDATING|DELETING)$/

export async function openStudioLab(options: Parameters<typeof startTestServer>[0] = {}): Promise<StudioLab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const ask: StudioLab['ask'] = (service, operation, input = {}, by = server.admin) =>
    call(server.url, by, service, operation, input)
  const sagemaker: StudioLab['sagemaker'] = (operation, input, by) => ask('sagemaker', operation, input, by)
  const { VpcId: vpcId } = (await ask('ec2', 'CreateVpc', { CidrBlock: '10.9.0.0/16' })).Vpc
  const { SubnetId: subnetId } = (await ask('ec2', 'CreateSubnet', { VpcId: vpcId, CidrBlock: '10.9.0.0/24' })).Subnet
  const { GroupId: groupId } = await ask('ec2', 'CreateSecurityGroup', {
    VpcId: vpcId,
    GroupName: 'studio',
    Description: 'studio',
  })

  const lab: StudioLab = {
    server,
    vpcId,
    subnetId,
    groupId,
    ask,
    sagemaker,
    async role(RoleName, statements = [], trust = trusting) {
      const { Role } = await ask('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: policy(trust) })
      if (statements.length > 0) {
        const PolicyDocument = policy(...statements)
        await ask('iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument })
      }
      return Role.Arn
    },
    async user(UserName, statements) {
      await ask('iam', 'CreateUser', { UserName })
      await ask('iam', 'PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy(...statements) })
      const { AccessKey } = await ask('iam', 'CreateAccessKey', { UserName })
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    },
    async settled(operation, input) {
      for (let tries = 0; tries < 500; tries++) {
        const answer = await sagemaker(operation, input)
        if (!passing.test(answer.Status ?? answer.ImageStatus ?? answer.ImageVersionStatus)) return answer
        await delay(10)
      }
      throw new Error(`${operation} tells of no lasting state`)
    },
    async gone(operation, input) {
      for (let tries = 0; tries < 500; tries++) {
        const found = await sagemaker(operation, input).then(
          () => true,
          (error: AwsError) => {
            if (error.code === 'ResourceNotFound') return false
            throw error
          },
        )
        if (!found) return
        await delay(10)
      }
      throw new Error(`${operation} still finds it`)
    },
    async domain(input = {}) {
      const { DomainId } = await sagemaker('CreateDomain', {
        DomainName: `domain-${server.world.hex(6)}`,
        AuthMode: 'IAM',
        VpcId: vpcId,
        SubnetIds: [subnetId],
        DefaultUserSettings: {},
        ...input,
      })
      await lab.settled('DescribeDomain', { DomainId })
      return DomainId
    },
    close: () => server.close(),
  }
  return lab
}
