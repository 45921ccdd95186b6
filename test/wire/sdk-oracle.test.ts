/**
 * AWS's own SDK is the oracle: for every operation that it and the model know, a random input goes through the real
 * client's serializer into our decoder, and a random output through our encoder into the client's deserializer.
 */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import * as ecr from '@aws-sdk/client-ecr'
import * as iam from '@aws-sdk/client-iam'
import * as s3 from '@aws-sdk/client-s3'
import * as sagemaker from '@aws-sdk/client-sagemaker'
import * as runtime from '@aws-sdk/client-sagemaker-runtime'
import * as sts from '@aws-sdk/client-sts'
import { NormalizedSchema } from '@smithy/core/schema'
import { decode } from '../../src/wire/decode.ts'
import { encode } from '../../src/wire/encode.ts'
import { identify } from '../../src/wire/identify.ts'
import { model, type OperationModel, type ShapeModel } from '../../src/wire/model.ts'
import { randomValue, seeded, toSdk } from './random-values.ts'
import { type SdkRequest, fromSdk, sdkBody } from './sdk-request.ts'

const skipped: Record<string, string> = {
  's3:WriteGetObjectResponse': 'has a host of its own, s3-object-lambda',
  's3:ListDirectoryBuckets': 'has a host of its own, s3express-control',
  's3:GetBucketLocation': 'unwrapped answer: tried below by hand',
  'logs:StartLiveTail': 'has a host of its own and answers with events',
  'logs:GetLogObject': 'has a host of its own and answers with events',
}

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>
  destroy(): void
}
type Sdk = Record<string, unknown>

function clientOf(sdk: Sdk, handle: (request: SdkRequest) => Promise<unknown>, more: object): Client {
  const [name] = Object.keys(sdk).filter((key) => /^[A-Z]\w+Client$/.test(key) && key !== '__Client')
  const make = sdk[name!] as new (options: object) => Client
  return new make({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    disableHostPrefix: true,
    disableRequestCompression: true,
    forcePathStyle: true,
    requestHandler: { handle: async (request: SdkRequest) => ({ response: await handle(request) }), destroy() {} },
    ...more,
  })
}

/** What a client adds by itself. */
function isAddition(op: OperationModel, name: string): boolean {
  const member = op.input!.members.get(name)!
  return (
    Boolean(member.idempotencyToken) ||
    /^(?:Checksum|ContentMD5|ContentLength|ContentType|ContentEncoding|SdkChecksum|DestinationRegion|PresignedUrl|PreSignedUrl)/.test(
      name,
    )
  )
}

const unskew = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime() / 1000
  // The SDK's lazily parsed JSON is a String object.
  if (Object.prototype.toString.call(value) === '[object String]') return JSON.parse(JSON.stringify(value))
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return value.map(unskew)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, part]) => name !== '$metadata' && part !== undefined)
        .map(([name, part]) => [name, unskew(part)]),
    )
  return value
}

async function bytesOf(value: unknown): Promise<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
    ? Buffer.concat(await Array.fromAsync(value as AsyncIterable<Uint8Array>))
    : value
}

const hasEvents = (shape: ShapeModel | undefined): boolean =>
  [...(shape?.members.values() ?? [])].some((member) => member.shape.eventstream)

async function sweep(service: string, sdk: Sdk, more: object = {}, protocol?: string): Promise<number> {
  const random = seeded(20_261_101)
  let seen: { identified: ReturnType<typeof identify>; input: Record<string, unknown> } | undefined
  let answer: Record<string, unknown> = {}
  const client = clientOf(
    sdk,
    async (request) => {
      const raw = fromSdk(request)
      const body = await sdkBody(request.body)
      const identified = identify(raw, body.toString())
      seen = { identified, input: decode(identified, raw, body) }
      const encoded = encode(identified, answer, 'request-id')
      return { statusCode: encoded.status, headers: lower(encoded.headers), body: stream(encoded.body) }
    },
    more,
  )
  let swept = 0
  for (const name of model(service).operationNames) {
    const command = sdk[`${name}Command`] as (new (input: unknown) => unknown) | undefined
    const schema = sdk[`${name}$`] as [9, string, string, unknown, unknown, unknown] | undefined
    const op = model(service).operation(name)!
    if (!command || !schema || op.deprecated || skipped[`${service}:${name}`]) continue
    if (hasEvents(op.output) || hasEvents(op.input)) continue
    const input = op.input
      ? (randomValue(op.input, NormalizedSchema.of(schema[4] as never), random) as Record<string, unknown>)
      : {}
    answer = op.output
      ? (randomValue(op.output, NormalizedSchema.of(schema[5] as never), random) as Record<string, unknown>)
      : {}
    tame(service, name, input, answer)
    seen = undefined
    const result = await client.send(new command(op.input ? toSdk(op.input, input) : {})).catch((error: unknown) => {
      throw new Error(`${service}:${name}`, { cause: error })
    })
    assert.equal(seen!.identified.operation, name)
    assert.equal(seen!.identified.service, service)
    if (protocol) assert.equal(seen!.identified.protocol, protocol)
    const decoded = seen!.input
    for (const key of Object.keys(decoded)) {
      decoded[key] = await bytesOf(decoded[key])
      if (!(key in input)) assert.ok(isAddition(op, key), `${service}:${name} has ${key} that was not sent`)
    }
    for (const key of Object.keys(input)) assert.deepEqual(decoded[key], input[key], `${service}:${name} input ${key}`)
    const given = unskew(answer) as Record<string, unknown>
    const got = Object.fromEntries(
      await Promise.all(
        Object.entries(result).map(async ([key, value]) => [key, unskew(await bytesOf(value))] as const),
      ),
    )
    delete got['$metadata']
    for (const key of Object.keys(got)) if (got[key] === undefined) delete got[key]
    // Where the output has none, the client takes the media type of our answer for it.
    if (!('ContentType' in given)) delete got['ContentType']
    assert.deepEqual(got, given, `${service}:${name} output`)
    swept += 1
  }
  client.destroy()
  return swept
}

/** What clients check or change by themselves. */
function tame(service: string, name: string, input: Record<string, unknown>, output: Record<string, unknown>): void {
  void name
  if (service !== 's3') return
  if ('Bucket' in input) input['Bucket'] = 'a-bucket.with.dots'
  if ('Key' in input) input['Key'] = 'folder/ü &+%41().txt'
  // The SDK wants these in a form of its own.
  for (const key of [
    'SSECustomerKey',
    'SSECustomerKeyMD5',
    'CopySourceSSECustomerKey',
    'ContentMD5',
    'ExpectedBucketOwner',
    'ChecksumAlgorithm',
    'ContentEncoding',
  ])
    delete input[key]
  for (const key of Object.keys({ ...input, ...output }))
    if (key.startsWith('Checksum')) {
      delete input[key]
      delete output[key]
    }
  // The SDK gives a date that it cannot parse another name.
  delete output['Expires']
  // Numbers in the one model, text in the other.
  const { ObjectParts: parts = output } = output as { ObjectParts?: Record<string, unknown> }
  for (const holder of [input, output, parts])
    for (const key of ['PartNumberMarker', 'NextPartNumberMarker']) delete holder[key]
}

const lower = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const stream = (body: string | Buffer | Readable | undefined): Readable =>
  body instanceof Readable ? body : Readable.from(body === undefined || body.length === 0 ? [] : [Buffer.from(body)])

const services: [string, Sdk, object?, string?][] = [
  ['iam', iam],
  ['sts', sts],
  ['ec2', ec2],
  ['s3', s3],
  ['ecr', ecr],
  ['logs', logs],
  ['cloudwatch', cloudwatch, {}, 'json'],
  ['sagemaker', sagemaker],
  ['sagemaker-runtime', runtime],
]

const least: Record<string, number> = {
  iam: 180,
  sts: 11,
  ec2: 820,
  s3: 100,
  ecr: 60,
  logs: 110,
  cloudwatch: 55,
  sagemaker: 400,
  'sagemaker-runtime': 2,
}

for (const [service, sdk, more, protocol] of services)
  test(`every operation of ${service} agrees with the SDK`, async () => {
    const swept = await sweep(service, sdk, more, protocol)
    assert.ok(swept >= least[service]!, `swept ${swept} operations`)
  })
