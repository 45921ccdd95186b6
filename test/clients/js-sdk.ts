import { createReadStream, createWriteStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SageMakerClient, waitUntilTrainingJobCompletedOrStopped } from '@aws-sdk/client-sagemaker'
import { ClientError, type ApiClient } from './client.ts'
import type { Environment } from './command.ts'

const packages: Record<string, () => Promise<object>> = {
  'application-autoscaling': () => import('@aws-sdk/client-application-auto-scaling'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  ec2: () => import('@aws-sdk/client-ec2'),
  ecr: () => import('@aws-sdk/client-ecr'),
  iam: () => import('@aws-sdk/client-iam'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  s3: () => import('@aws-sdk/client-s3'),
  sagemaker: () => import('@aws-sdk/client-sagemaker'),
  'sagemaker-runtime': () => import('@aws-sdk/client-sagemaker-runtime'),
  sts: () => import('@aws-sdk/client-sts'),
}

interface SdkClient {
  send(command: object): Promise<{ $metadata?: object }>
  destroy(): void
}

interface Sdk {
  client: SdkClient
  commands: Record<string, new (input: object) => object>
}

/** What the SDK's clients are made with. */
export function settings(env: Environment) {
  return {
    region: env['AWS_REGION']!,
    endpoint: env['AWS_ENDPOINT_URL']!,
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
      ...(env['AWS_SESSION_TOKEN'] ? { sessionToken: env['AWS_SESSION_TOKEN'] } : {}),
    },
  }
}

/** The AWS SDK for JavaScript v3, in this process, over a socket. */
export function jsSdk(env: Environment): ApiClient {
  const loaded = new Map<string, Promise<Sdk>>()
  const sdk = (service: string) => {
    const found = loaded.get(service) ?? load(service, env)
    loaded.set(service, found)
    return found
  }
  return {
    name: 'the AWS SDK for JavaScript',
    async call(service, operation, input = {}) {
      const { client, commands } = await sdk(service)
      try {
        const { $metadata: _, ...answer } = await client.send(new commands[`${operation}Command`]!(dated(input)))
        return answer
      } catch (error) {
        throw asClientError(error)
      }
    },
    async upload(path, bucket, key) {
      const input = { Bucket: bucket, Key: key, Body: createReadStream(path), ContentLength: statSync(path).size }
      await this.call('s3', 'PutObject', input)
    },
    async download(bucket, key, path) {
      const { Body } = (await this.call('s3', 'GetObject', { Bucket: bucket, Key: key })) as { Body: Readable }
      await pipeline(Body, createWriteStream(path))
    },
    async waitForJob(name) {
      const { client } = await sdk('sagemaker')
      const waiter = { client: client as unknown as SageMakerClient, minDelay: 1, maxDelay: 1, maxWaitTime: 120 }
      await waitUntilTrainingJobCompletedOrStopped(waiter, { TrainingJobName: name })
    },
    async close() {
      for (const one of loaded.values()) (await one).client.destroy()
    },
  }
}

async function load(service: string, env: Environment): Promise<Sdk> {
  const commands = (await packages[service]!()) as Sdk['commands']
  const name = Object.keys(commands).find((key) => /^[A-Z].*Client$/.test(key) && !key.startsWith('__'))!
  const Client = commands[name] as unknown as new (config: object) => SdkClient
  return { client: new Client(settings(env)), commands }
}

/** The SDK takes times as Dates only. */
function dated(input: object): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) =>
      name.endsWith('Time') && typeof value === 'string' ? [name, new Date(value)] : [name, value],
    ),
  )
}

interface SdkError extends Error {
  $metadata?: { requestId?: string }
  Code?: string
}

export function asClientError(error: unknown): unknown {
  const { name, message, Code, $metadata } = error as SdkError
  return $metadata === undefined ? error : new ClientError(Code ?? name, message, $metadata.requestId)
}
