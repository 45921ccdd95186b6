import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { bodyFirst, errorStyle, identify, signingName, virtualHostBucket } from '../../src/wire/identify.ts'
import { form, request } from './requests.ts'

type Row = [
  line: string,
  scope: string | undefined,
  headers: Record<string, string>,
  body: string | undefined,
  answer: string,
]

const found: Row[] = [
  [
    'POST sts.amazonaws.com /',
    'sts',
    form,
    'Action=GetCallerIdentity&Version=2011-06-15',
    'sts GetCallerIdentity query',
  ],
  [
    'POST 127.0.0.1 /',
    undefined,
    form,
    'Action=AssumeRoleWithWebIdentity&Version=2011-06-15',
    'sts AssumeRoleWithWebIdentity query',
  ],
  ['POST 127.0.0.1 /', 'iam', form, 'Version=2010-05-08&Action=GetRole', 'iam GetRole query'],
  ['POST 127.0.0.1 /', 'ec2', form, 'Action=DescribeVpcs&Version=2016-11-15', 'ec2 DescribeVpcs ec2'],
  ['POST 127.0.0.1 /', 'monitoring', form, 'Action=PutMetricData&Version=2010-08-01', 'cloudwatch PutMetricData query'],
  ['GET 127.0.0.1 /?Action=GetCallerIdentity&Version=2011-06-15', 'sts', {}, undefined, 'sts GetCallerIdentity query'],
  [
    'GET 127.0.0.1 /?Version=2011-06-15&Action=GetCallerIdentity&X-Amz-Credential=A%2F20261101%2Fus-east-1%2Fsts%2Faws4_request',
    undefined,
    {},
    undefined,
    'sts GetCallerIdentity query',
  ],
  // The first of two counts, for the signature as for us.
  [
    'POST 127.0.0.1 /',
    'sts',
    form,
    'Action=GetCallerIdentity&Action=AssumeRole&Version=2011-06-15',
    'sts GetCallerIdentity query',
  ],
  [
    'POST 127.0.0.1 /',
    'sagemaker',
    { 'x-amz-target': 'SageMaker.CreateTrainingJob' },
    undefined,
    'sagemaker CreateTrainingJob json',
  ],
  [
    'POST 127.0.0.1 /',
    'ecr',
    { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken' },
    undefined,
    'ecr GetAuthorizationToken json',
  ],
  ['POST 127.0.0.1 /', 'logs', { 'x-amz-target': 'Logs_20140328.PutLogEvents' }, undefined, 'logs PutLogEvents json'],
  [
    'POST 127.0.0.1 /',
    'monitoring',
    { 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData' },
    undefined,
    'cloudwatch PutMetricData json',
  ],
  [
    'POST 127.0.0.1 /service/GraniteServiceVersion20100801/operation/PutMetricData',
    'monitoring',
    { 'smithy-protocol': 'rpc-v2-cbor' },
    undefined,
    'cloudwatch PutMetricData smithy-rpc-v2-cbor',
  ],
  ['POST 127.0.0.1 /endpoints/e/invocations', 'sagemaker', {}, undefined, 'sagemaker-runtime InvokeEndpoint rest-json'],
  [
    'POST runtime.sagemaker.us-east-1.amazonaws.com /endpoints/e/invocations-response-stream',
    'sagemaker',
    {},
    undefined,
    'sagemaker-runtime InvokeEndpointWithResponseStream rest-json',
  ],
  ['POST 127.0.0.1 /endpoints/e/invocations', undefined, {}, undefined, 'sagemaker-runtime InvokeEndpoint rest-json'],
  [
    'GET 127.0.0.1 /authorization-details/5arhuwacg4o48yxyin4kcrony',
    'iam',
    {},
    undefined,
    'iam-toolbox GetRequestAuthorizationDetails rest-json',
  ],
  [
    'GET 127.0.0.1 /sallyport/explain/arn%3Aaws%3Asagemaker%3Aus-east-1%3A1%3Atraining-job%2Fj?format=json',
    'iam',
    {},
    undefined,
    'sallyport Explain rest-json',
  ],
  ['GET 127.0.0.1 /sallyport/endpoint-url/vpce-1', 'iam', {}, undefined, 'sallyport GetEndpointUrl rest-json'],
  ['GET 127.0.0.1 /', 's3', {}, undefined, 's3 ListBuckets rest-xml'],
  ['GET 127.0.0.1 /sallyport/explain/x', 's3', {}, undefined, 's3 GetObject rest-xml'],
  ['GET 127.0.0.1 /b', 's3', {}, undefined, 's3 ListObjects rest-xml'],
  ['GET 127.0.0.1 /b?list-type=2&prefix=a', 's3', {}, undefined, 's3 ListObjectsV2 rest-xml'],
  ['GET 127.0.0.1 /b/?location', 's3', {}, undefined, 's3 GetBucketLocation rest-xml'],
  ['PUT 127.0.0.1 /b', 's3', {}, undefined, 's3 CreateBucket rest-xml'],
  ['PUT 127.0.0.1 /b?policy', 's3', {}, undefined, 's3 PutBucketPolicy rest-xml'],
  ['PUT 127.0.0.1 /b?lifecycle', 's3', {}, undefined, 's3 PutBucketLifecycleConfiguration rest-xml'],
  ['HEAD 127.0.0.1 /b/k', 's3', {}, undefined, 's3 HeadObject rest-xml'],
  ['PUT 127.0.0.1 /b/k', 's3', {}, undefined, 's3 PutObject rest-xml'],
  ['PUT 127.0.0.1 /b/k', 's3', { 'x-amz-copy-source': 'a/b' }, undefined, 's3 CopyObject rest-xml'],
  ['PUT 127.0.0.1 /b/k?partNumber=1&uploadId=u', 's3', {}, undefined, 's3 UploadPart rest-xml'],
  [
    'PUT 127.0.0.1 /b/k?partNumber=1&uploadId=u',
    's3',
    { 'x-amz-copy-source': 'a/b' },
    undefined,
    's3 UploadPartCopy rest-xml',
  ],
  ['GET 127.0.0.1 /b/k?uploadId=u', 's3', {}, undefined, 's3 ListParts rest-xml'],
  ['GET 127.0.0.1 /b/k?partNumber=1&x-id=GetObject', 's3', {}, undefined, 's3 GetObject rest-xml'],
  ['GET 127.0.0.1 /b?analytics&id=a', 's3', {}, undefined, 's3 GetBucketAnalyticsConfiguration rest-xml'],
  ['GET 127.0.0.1 /b?analytics', 's3', {}, undefined, 's3 ListBucketAnalyticsConfigurations rest-xml'],
  ['POST 127.0.0.1 /b?delete', 's3', {}, undefined, 's3 DeleteObjects rest-xml'],
  ['POST 127.0.0.1 /b/k?select&select-type=2', 's3', {}, undefined, 's3 SelectObjectContent rest-xml'],
  ['GET b.s3.us-east-1.amazonaws.com /k', 's3', {}, undefined, 's3 GetObject rest-xml'],
  ['GET b.localhost:4566 /', 's3', {}, undefined, 's3 ListObjects rest-xml'],
  ['GET 127.0.0.1 /b/k?AWSAccessKeyId=A&Signature=s&Expires=1', undefined, {}, undefined, 's3 GetObject rest-xml'],
  ['GET 127.0.0.1 /b/k', undefined, { authorization: 'AWS AKIA:sig=' }, undefined, 's3 GetObject rest-xml'],
  // Nobody's signature: whoever may read a public object.
  ['GET 127.0.0.1 /b/k', undefined, {}, undefined, 's3 GetObject rest-xml'],
]

for (const [line, scope, headers, body, answer] of found)
  test(`${line} is ${answer}`, () => {
    const { service, operation, protocol } = identify(request(line, headers, scope), body)
    assert.equal(`${service} ${operation} ${protocol}`, answer)
  })

const refused: Row[] = [
  [
    'POST 127.0.0.1 /',
    'sts',
    form,
    'Action=Nothing&Version=2011-06-15',
    'InvalidAction 400 Could not find operation Nothing for version 2011-06-15',
  ],
  [
    'POST 127.0.0.1 /',
    'sts',
    form,
    'Action=GetCallerIdentity',
    'InvalidAction 400 Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED',
  ],
  [
    'POST 127.0.0.1 /',
    'sts',
    form,
    'Action=GetCallerIdentity&Version=2010-01-01',
    'InvalidAction 400 Could not find operation GetCallerIdentity for version 2010-01-01',
  ],
  [
    'POST 127.0.0.1 /',
    'iam',
    form,
    'Action=toString&Version=2010-05-08',
    'InvalidAction 400 Could not find operation toString for version 2010-05-08',
  ],
  [
    'POST 127.0.0.1 /',
    'ec2',
    form,
    'Action=Nothing&Version=2016-11-15',
    'InvalidAction 400 The action Nothing is not valid for this web service.',
  ],
  [
    'POST 127.0.0.1 /',
    'sagemaker',
    { 'x-amz-target': 'SageMaker.Nothing' },
    undefined,
    'UnknownOperationException 400 ',
  ],
  [
    'POST 127.0.0.1 /',
    'sagemaker',
    { 'x-amz-target': 'SageMaker.__proto__' },
    undefined,
    'UnknownOperationException 400 ',
  ],
  ['POST 127.0.0.1 /', 'sagemaker', { 'x-amz-target': 'Nothing' }, undefined, 'UnknownOperationException 400 '],
  [
    'POST 127.0.0.1 /',
    'dynamodb',
    { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    undefined,
    'NotImplemented 501 Sallyport does not have the service dynamodb.',
  ],
  ['GET 127.0.0.1 /', undefined, {}, undefined, 'UnknownOperationException 404 '],
  ['GET 127.0.0.1 /', 'sagemaker', {}, undefined, 'UnknownOperationException 404 '],
  [
    'GET 127.0.0.1 /functions',
    'lambda',
    {},
    undefined,
    'NotImplemented 501 Sallyport does not have the service lambda.',
  ],
  ['GET 127.0.0.1 /endpoints/e/invocations', 'sagemaker', {}, undefined, 'UnknownOperationException 404 '],
  [
    'POST 127.0.0.1 /service/GraniteServiceVersion20100801/operation/Nothing',
    'monitoring',
    { 'smithy-protocol': 'rpc-v2-cbor' },
    undefined,
    'UnknownOperationException 404 ',
  ],
  [
    'POST 127.0.0.1 /b/k',
    's3',
    {},
    undefined,
    'MethodNotAllowed 405 The specified method is not allowed against this resource.',
  ],
  [
    'PUT 127.0.0.1 /b/k?uploads',
    's3',
    {},
    undefined,
    'MethodNotAllowed 405 The specified method is not allowed against this resource.',
  ],
  [
    'PATCH 127.0.0.1 /b/k',
    's3',
    {},
    undefined,
    'MethodNotAllowed 405 The specified method is not allowed against this resource.',
  ],
  // A part without its number must never become the whole object.
  [
    'PUT 127.0.0.1 /b/k?uploadId=u',
    's3',
    {},
    undefined,
    'InvalidArgument 400 This operation does not accept the query-string parameter uploadId.',
  ],
  [
    'PUT 127.0.0.1 /b/k?partNumber=1',
    's3',
    {},
    undefined,
    'InvalidArgument 400 This operation does not accept the query-string parameter partNumber.',
  ],
  [
    'POST 127.0.0.1 /b',
    undefined,
    { 'content-type': 'multipart/form-data; boundary=x' },
    undefined,
    'NotImplemented 501 A header you provided implies functionality that is not implemented.',
  ],
]

for (const [line, scope, headers, body, answer] of refused)
  test(`${line} ${Object.values(headers).join(' ')} ${body ?? ''} is refused: ${answer}`, () => {
    assert.throws(
      () => identify(request(line, headers, scope), body),
      (error: AwsError) =>
        `${error.code} ${error.status} ${error.message}` === answer ||
        assert.fail(`${error.code} ${error.status} ${error.message}`),
    )
  })

const buckets: [host: string, bucket: string | undefined][] = [
  ['b.s3.amazonaws.com', 'b'],
  ['b.s3.us-east-1.amazonaws.com', 'b'],
  ['my.dotted.bucket.s3.eu-west-1.amazonaws.com:443', 'my.dotted.bucket'],
  ['b.s3-us-west-2.amazonaws.com', 'b'],
  ['b.s3.dualstack.us-east-1.amazonaws.com', 'b'],
  ['s3.us-east-1.amazonaws.com', undefined],
  ['s3.amazonaws.com', undefined],
  ['b.localhost', 'b'],
  ['B.LocalHost:4566', 'b'],
  ['b.c.localhost:4566', 'b.c'],
  ['s3.localhost:4566', undefined],
  ['b.s3.localhost:4566', 'b'],
  ['localhost:4566', undefined],
  ['127.0.0.1:4566', undefined],
  ['bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', undefined],
  ['b.c.bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com', 'b.c'],
  ['sallyport.internal', undefined],
]
for (const [host, bucket] of buckets)
  test(`the bucket of ${host} is ${bucket}`, () => {
    assert.equal(virtualHostBucket(request(`GET ${host} /k`)), bucket)
  })

test('keys keep their slashes, spaces and odd characters', () => {
  const key = (line: string) => identify(request(line, {}, 's3')).labels
  assert.deepEqual(key('GET 127.0.0.1 /b/a/b/'), { Bucket: 'b', Key: 'a/b/' })
  assert.deepEqual(key('GET 127.0.0.1 /b//a'), { Bucket: 'b', Key: '/a' })
  assert.deepEqual(key('GET b.localhost //a%20%2B+'), { Bucket: 'b', Key: '/a ++' })
  assert.deepEqual(key('GET 127.0.0.1 /b/%C3%BC%2Fx'), { Bucket: 'b', Key: 'ü/x' })
  assert.deepEqual(key('GET 127.0.0.1 /b/..%2f../x'), { Bucket: 'b', Key: '../../x' })
})

test('an encoded ARN is one path segment', () => {
  const { labels } = identify(request('GET 127.0.0.1 /sallyport/explain/arn%3Aaws%3A%2Fx', {}, 'iam'))
  assert.deepEqual(labels, { Id: 'arn:aws:/x' })
})

test('only forms have to be read before they are known', () => {
  assert.equal(bodyFirst(request('POST 127.0.0.1 /', form)), true)
  assert.equal(bodyFirst(request('POST 127.0.0.1 /', {}, 'ec2')), true)
  assert.equal(bodyFirst(request('POST 127.0.0.1 /', { 'x-amz-target': 'SageMaker.ListModels' }, 'sagemaker')), false)
  assert.equal(bodyFirst(request('PUT 127.0.0.1 /b/k', form, 's3')), false)
  assert.equal(bodyFirst(request('POST 127.0.0.1 /endpoints/e/invocations', form, 'sagemaker')), false)
  assert.equal(bodyFirst(request('GET 127.0.0.1 /?Action=GetCallerIdentity')), false)
})

test('the signing name comes from header or presigned URL', () => {
  assert.equal(signingName(request('GET h /', {}, 'monitoring')), 'monitoring')
  assert.equal(signingName(request('GET h /?X-Amz-Credential=A%2F20261101%2Fus-east-1%2Fs3%2Faws4_request')), 's3')
  assert.equal(signingName(request('GET h /?AWSAccessKeyId=A')), 's3')
  assert.equal(signingName(request('GET h /')), undefined)
  assert.equal(signingName(request('GET h /', { authorization: 'Bearer x' })), undefined)
})

const styles: [line: string, scope: string | undefined, headers: Record<string, string>, style: string][] = [
  ['POST 127.0.0.1 /', 'sagemaker', { 'x-amz-target': 'SageMaker.Nothing' }, 'json sagemaker'],
  ['POST 127.0.0.1 /', undefined, { 'x-amz-target': 'Nothing' }, 'json undefined'],
  ['POST 127.0.0.1 /', 'sts', form, 'query sts'],
  ['POST 127.0.0.1 /', 'ec2', form, 'ec2 ec2'],
  ['POST 127.0.0.1 /', undefined, form, 'query undefined'],
  ['GET 127.0.0.1 /', undefined, {}, 'rest-json undefined'],
  ['POST 127.0.0.1 /b/k', undefined, {}, 'rest-xml s3'],
  ['GET b.localhost /', undefined, {}, 'rest-xml s3'],
  ['PATCH 127.0.0.1 /b/k', 's3', {}, 'rest-xml s3'],
  ['POST 127.0.0.1 /endpoints/e/invocations', 'sagemaker', {}, 'rest-json sagemaker-runtime'],
  [
    'POST 127.0.0.1 /service/GraniteServiceVersion20100801/operation/X',
    undefined,
    { 'smithy-protocol': 'rpc-v2-cbor' },
    'smithy-rpc-v2-cbor cloudwatch',
  ],
]
for (const [line, scope, headers, style] of styles)
  test(`errors to ${line} ${scope} are dressed as ${style}`, () => {
    const { protocol, service } = errorStyle(request(line, headers, scope))
    assert.equal(`${protocol} ${service}`, style)
  })
