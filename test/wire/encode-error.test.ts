import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsError } from '../../src/wire/aws-error.ts'
import { readCbor } from '../../src/wire/cbor.ts'
import { encodeError } from '../../src/wire/encode-error.ts'
import { type ErrorStyle, errorStyle } from '../../src/wire/identify.ts'
import type { Protocol } from '../../src/wire/model.ts'
import { form, request } from './requests.ts'

const style = (protocol: Protocol, service?: string, more: Partial<ErrorStyle> = {}): ErrorStyle => ({
  protocol,
  ...(service && { service }),
  head: false,
  ...more,
})
const denied = 'User: arn:aws:iam::123456789012:user/u is not authorized to perform: x:Y'

/** facts: errors.md A1, A3. */
const rows: [what: string, style: ErrorStyle, error: AwsError, body: string, headers: Record<string, string>][] = [
  [
    'SageMaker, not modelled',
    style('json', 'sagemaker'),
    new AwsError('AccessDeniedException', denied),
    `{"__type":"AccessDeniedException","Message":"${denied}"}`,
    { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': 'id' },
  ],
  [
    'SageMaker, modelled',
    style('json', 'sagemaker'),
    new AwsError('ResourceNotFound', 'no'),
    '{"__type":"ResourceNotFound","Message":"no"}',
    {},
  ],
  [
    'ECR, modelled, with fields',
    style('json', 'ecr'),
    new AwsError('LayerPartTooSmallException', 'no'),
    '{"__type":"LayerPartTooSmallException","message":"no"}',
    {},
  ],
  [
    'the front end of the JSON services',
    style('json', 'logs'),
    new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token'),
    '{"__type":"com.amazon.coral.service#MissingAuthenticationTokenException","message":"Request is missing Authentication Token"}',
    {},
  ],
  [
    'a bad target',
    style('json'),
    new AwsError('UnknownOperationException', ''),
    '{"__type":"com.amazon.coral.service#UnknownOperationException"}',
    {},
  ],
  [
    'CloudWatch, JSON, with the query code',
    style('json', 'cloudwatch'),
    new AwsError('MissingParameter', 'The parameter Namespace is required.'),
    '{"__type":"MissingRequiredParameterException","message":"The parameter Namespace is required."}',
    { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-query-error': 'MissingParameter;Sender' },
  ],
  [
    'SageMaker Runtime, with a typed field',
    style('rest-json', 'sagemaker-runtime'),
    new AwsError('ModelError', 'no', 424, { OriginalStatusCode: '400' }),
    '{"OriginalStatusCode":400,"Message":"no"}',
    { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'ModelError', 'x-amzn-RequestId': 'id' },
  ],
  [
    'STS',
    style('query', 'sts'),
    new AwsError('AccessDenied', '<no>', 403),
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>AccessDenied</Code>\n    <Message>&lt;no&gt;</Message>\n  </Error>\n  <RequestId>id</RequestId>\n</ErrorResponse>\n',
    { 'Content-Type': 'text/xml', 'x-amzn-RequestId': 'id' },
  ],
  [
    'STS, an action that it does not have',
    style('query', 'sts'),
    new AwsError('InvalidAction', 'no'),
    '<ErrorResponse xmlns="http://webservices.amazon.com/AWSFault/2005-15-09">\n  <Error>\n    <Type>Sender</Type>\n    <Code>InvalidAction</Code>\n    <Message>no</Message>\n  </Error>\n  <RequestId>id</RequestId>\n</ErrorResponse>\n',
    {},
  ],
  [
    'IAM, by the name of the shape',
    style('query', 'iam'),
    new AwsError('NoSuchEntityException', 'no', 404),
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>NoSuchEntity</Code>\n    <Message>no</Message>\n  </Error>\n  <RequestId>id</RequestId>\n</ErrorResponse>\n',
    {},
  ],
  [
    'EC2',
    style('ec2', 'ec2'),
    new AwsError('UnauthorizedOperation', 'no', 403),
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>id</RequestID></Response>',
    { 'Content-Type': 'text/xml;charset=UTF-8' },
  ],
]

for (const [what, clothes, error, body, headers] of rows)
  test(`an error of ${what}`, () => {
    const answer = encodeError(clothes, error, 'id')
    assert.equal(answer.status, error.status)
    assert.equal(answer.body, body)
    for (const [name, value] of Object.entries(headers)) assert.equal(answer.headers[name], value)
  })

test('an error of S3 names the resource and carries its fields', () => {
  const answer = encodeError(
    style('rest-xml', 's3'),
    new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: 'k&' }),
    'id',
  )
  assert.ok(typeof answer.body === 'string')
  assert.match(
    answer.body,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>k&amp;<\/Key><RequestId>id<\/RequestId><HostId>[\w+/=]{76}<\/HostId><\/Error>$/,
  )
  assert.equal(answer.headers['x-amz-request-id'], 'id')
})

test('an answer to HEAD has no body', () => {
  const answer = encodeError(
    errorStyle(request('HEAD 127.0.0.1 /b/k', {}, 's3')),
    new AwsError('NoSuchKey', 'no', 404),
    'id',
  )
  assert.equal(answer.body, undefined)
  assert.equal(answer.status, 404)
})

test('an error in CBOR carries the shape and the query code', () => {
  const answer = encodeError(
    style('smithy-rpc-v2-cbor', 'cloudwatch'),
    new AwsError('ResourceNotFound', 'no', 404),
    'id',
  )
  assert.deepEqual({ ...(readCbor(answer.body as Buffer) as object) }, { __type: 'ResourceNotFound', message: 'no' })
  assert.equal(answer.headers['x-amzn-query-error'], 'ResourceNotFound;Sender')
  assert.equal(answer.headers['smithy-protocol'], 'rpc-v2-cbor')
})

test('our explanation travels beside it', () => {
  const answer = encodeError(
    errorStyle(request('POST 127.0.0.1 /', form, 'iam')),
    new AwsError('AccessDenied', 'no', 403),
    'id',
    { 'x-sallyport-explain': 'id' },
  )
  assert.equal(answer.headers['x-sallyport-explain'], 'id')
})
