import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { SageMakerRuntimeClient, InvokeEndpointWithResponseStreamCommand } from '@aws-sdk/client-sagemaker-runtime'
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { AwsError } from '../../src/wire/aws-error.ts'
import { decode } from '../../src/wire/decode.ts'
import { encode } from '../../src/wire/encode.ts'
import { identify } from '../../src/wire/identify.ts'
import type { HttpAnswer } from '../../src/wire/request.ts'
import { form, request } from './requests.ts'
import { fromSdk, sdkBody, type SdkRequest } from './sdk-request.ts'

const answer = (
  line: string,
  scope: string,
  output: Record<string, unknown>,
  headers: Record<string, string> = {},
  body?: string,
): HttpAnswer => encode(identify(request(line, headers, scope), body), output, 'id')

const text = ({ body }: HttpAnswer): string => {
  assert.ok(typeof body === 'string')
  return body
}

test('STS: result and metadata in the service’s namespace', () => {
  const { body, headers, status } = answer(
    'POST h /',
    'sts',
    { Account: '1', Arn: 'a<b', UserId: 'u' },
    form,
    'Action=GetCallerIdentity&Version=2011-06-15',
  )
  assert.equal(
    body,
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>u</UserId><Account>1</Account><Arn>a&lt;b</Arn></GetCallerIdentityResult>' +
      '<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  )
  assert.deepEqual({ ...headers, status }, { 'Content-Type': 'text/xml', 'x-amzn-RequestId': 'id', status: 200 })
})

test('IAM: an operation without a result, an empty list, a date', () => {
  assert.equal(
    answer('POST h /', 'iam', {}, form, 'Action=DeleteRole&Version=2010-05-08').body,
    '<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DeleteRoleResponse>',
  )
  assert.match(
    text(answer('POST h /', 'iam', { Roles: [], IsTruncated: false }, form, 'Action=ListRoles&Version=2010-05-08')),
    /<Roles\/><IsTruncated>false<\/IsTruncated>/,
  )
  assert.match(
    text(answer('POST h /', 'iam', { User: { CreateDate: 0 } }, form, 'Action=GetUser&Version=2010-05-08')),
    /<CreateDate>1970-01-01T00:00:00Z</,
  )
})

test('EC2: what has no result says true', () => {
  assert.equal(
    answer('POST h /', 'ec2', {}, form, 'Action=DeleteVpc&Version=2016-11-15').body,
    '<?xml version="1.0" encoding="UTF-8"?>\n<DeleteVpcResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>id</requestId><return>true</return></DeleteVpcResponse>',
  )
})

test('JSON: dates are numbers, nothing is an empty body', () => {
  const json = (name: string, output: Record<string, unknown>) =>
    answer('POST h /', 'sagemaker', output, { 'x-amz-target': `SageMaker.${name}` }).body
  assert.equal(
    json('DescribeTrainingJob', { TrainingJobName: 'j', CreationTime: 1.5, Nothing: 1 }),
    '{"TrainingJobName":"j","CreationTime":1.5}',
  )
  assert.equal(json('StopTrainingJob', {}), '')
})

test('S3: location unwrapped, roots named as S3 names them, no body on HEAD and 204', () => {
  const open = '<?xml version="1.0" encoding="UTF-8"?>\n'
  const space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
  assert.equal(answer('GET h /b?location', 's3', {}).body, `${open}<LocationConstraint ${space}/>`)
  assert.equal(
    answer('GET h /b?location', 's3', { LocationConstraint: 'eu-west-1' }).body,
    `${open}<LocationConstraint ${space}>eu-west-1</LocationConstraint>`,
  )
  assert.equal(
    answer('GET h /b?list-type=2', 's3', { Name: 'b', Contents: [{ Key: 'a\r\n&' }, { Key: 'c' }] }).body,
    `${open}<ListBucketResult ${space}><Contents><Key>a&#13;\n&amp;</Key></Contents><Contents><Key>c</Key></Contents><Name>b</Name></ListBucketResult>`,
  )
  assert.match(
    text(answer('PUT h /b/k', 's3', { CopyObjectResult: { ETag: '"e"' } }, { 'x-amz-copy-source': 'a/b' })),
    new RegExp(`<CopyObjectResult ${space}><ETag>"e"</ETag>`),
  )
  assert.equal(answer('HEAD h /b/k', 's3', { ContentLength: 3 }).body, undefined)
  assert.equal(answer('HEAD h /b/k', 's3', { ContentLength: 3 }).headers['Content-Length'], '3')
  const gone = answer('DELETE h /b/k', 's3', { VersionId: 'v' })
  assert.deepEqual([gone.status, gone.body, gone.headers['x-amz-version-id']], [204, undefined, 'v'])
  assert.equal(answer('GET h /b?policy', 's3', { Policy: '{}' }).body, '{}')
})

test('S3: a stream passes through, a status may be overridden, metadata goes into headers', () => {
  const Body = Readable.from(['x'])
  const { status, body, headers } = answer('GET h /b/k', 's3', {
    Body,
    $status: 206,
    LastModified: 0,
    Metadata: { a: 'b', u: 'ü' },
    ContentRange: 'bytes 0-0/1',
  })
  assert.equal(body, Body)
  assert.equal(status, 206)
  assert.equal(headers['Last-Modified'], 'Thu, 01 Jan 1970 00:00:00 GMT')
  assert.equal(headers['x-amz-meta-a'], 'b')
  assert.equal(headers['x-amz-meta-u'], '=?UTF-8?B?w7w=?=')
})

test('nothing that an output holds breaks out of a header', () => {
  const { headers } = answer('GET h /b/k', 's3', { Metadata: { a: 'b\r\nSet-Cookie: x' } })
  assert.doesNotMatch(headers['x-amz-meta-a']!, /[\r\n]/)
})

test('our own service answers free-form JSON', () => {
  const Document = { requestId: 'r', needs: [{ action: 'a' }] }
  const explained = answer('GET h /sallyport/explain/r', 'iam', { Document })
  assert.deepEqual(JSON.parse(text(explained)), Document)
  assert.equal(explained.headers['Content-Type'], 'application/json')
  assert.equal(answer('GET h /sallyport/endpoint-url/vpce-1', 'iam', { Url: 'u' }).body, '{"Url":"u"}')
})

const options = (respond: (sdk: SdkRequest) => Promise<HttpAnswer>) => ({
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1:1',
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
  requestHandler: {
    handle: async (sdk: SdkRequest) => {
      const { status, headers, body = '' } = await respond(sdk)
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
      return {
        response: {
          statusCode: status,
          headers: lower,
          body: body instanceof Readable ? body : Readable.from([Buffer.from(body)]),
        },
      }
    },
    destroy() {},
  } as never,
})

test('events reach the SDK, and so does the error that ends them', async () => {
  async function* events() {
    yield { PayloadPart: { Bytes: Buffer.from('one') } }
    yield { PayloadPart: { Bytes: Buffer.from('two') } }
    throw new AwsError('ModelStreamError', 'broken', 424, { ErrorCode: 'ModelInvocationTimeExceeded' })
  }
  const client = new SageMakerRuntimeClient(
    options(async (sdk) => encode(identify(fromSdk(sdk)), { Body: events(), ContentType: 'text/plain' }, 'id')),
  )
  const { Body, ContentType } = await client.send(
    new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'e', Body: 'x' }),
  )
  const seen: string[] = []
  await assert.rejects(
    async () => {
      for await (const event of Body!) seen.push(Buffer.from(event.PayloadPart!.Bytes!).toString())
    },
    { name: 'ModelStreamError', message: 'broken' },
  )
  assert.deepEqual(seen, ['one', 'two'])
  assert.equal(ContentType, 'text/plain')
})

test('CloudWatch speaks CBOR with a client that does', async () => {
  let input: unknown
  const client = new CloudWatchClient({
    ...options(async (sdk) => {
      const raw = fromSdk(sdk)
      const identified = identify(raw)
      input = decode(identified, raw, await sdkBody(sdk.body))
      assert.equal(identified.protocol, 'smithy-rpc-v2-cbor')
      return encode(
        identified,
        { Metrics: [{ Namespace: 'n', MetricName: 'm', Dimensions: [{ Name: 'd', Value: 'v' }] }], NextToken: 't' },
        'id',
      )
    }),
    protocol: new AwsSmithyRpcV2CborProtocol({
      defaultNamespace: 'com.amazonaws.cloudwatch',
      errorTypeRegistries: [],
    }),
    serviceId: 'GraniteServiceVersion20100801',
  })
  const { Metrics, NextToken } = await client.send(new ListMetricsCommand({ Namespace: 'n', RecentlyActive: 'PT3H' }))
  assert.deepEqual(input, { Namespace: 'n', RecentlyActive: 'PT3H' })
  assert.deepEqual(Metrics, [{ Namespace: 'n', MetricName: 'm', Dimensions: [{ Name: 'd', Value: 'v' }] }])
  assert.equal(NextToken, 't')
})
