import { notAllowed, noBucket, missing, noKey, argument, type Row } from './row.ts'

/** Buckets, keys and versions that are not there, or not here. */
export const places: Row[] = [
  { ask: 'GET /k', status: 200, host: 'errors.s3.us-east-1.amazonaws.com' },
  { ask: 'GET /errors/k', status: 200, host: 's3.us-east-1.amazonaws.com' },
  {
    ask: 'GET /k',
    status: 301,
    code: 'PermanentRedirect',
    host: 'elsewhere.s3.us-east-1.amazonaws.com',
    fields: { Endpoint: 'elsewhere.s3.eu-west-1.amazonaws.com', Bucket: 'elsewhere' },
    answers: { 'x-amz-bucket-region': 'eu-west-1' },
  },
  {
    ...missing('GET /k', 'NoSuchKey', noKey, { Key: 'k' }),
    host: 'elsewhere.s3.eu-west-1.amazonaws.com',
    region: 'eu-west-1',
  },
  missing('GET /no-such-bucket', 'NoSuchBucket', noBucket, { BucketName: 'no-such-bucket' }),
  missing('GET /no-such-bucket/k', 'NoSuchBucket', noBucket, { BucketName: 'no-such-bucket' }),
  missing('PUT /no-such-bucket/k', 'NoSuchBucket', noBucket, { BucketName: 'no-such-bucket' }),
  missing('DELETE /no-such-bucket', 'NoSuchBucket', noBucket, { BucketName: 'no-such-bucket' }),
  missing('GET /no.such.bucket?versioning', 'NoSuchBucket', noBucket, { BucketName: 'no.such.bucket' }),
  {
    ...missing('GET /k', 'NoSuchBucket', noBucket, { BucketName: 'no.such' }),
    host: 'no.such.s3.us-east-1.amazonaws.com',
  },
  {
    ...missing('GET /none', 'NoSuchKey', noKey, { Key: 'none' }),
    host: 'dots.in.name.s3.us-east-1.amazonaws.com',
  },
  {
    ...missing('GET /a%20%26%3Cb%3E', 'NoSuchKey', noKey, { Key: 'a &<b>' }),
    host: 'errors.s3.localhost',
  },
  missing('GET /errors/none', 'NoSuchKey', noKey, { Key: 'none' }),
  missing('GET /dots.in.name/none', 'NoSuchKey', noKey, { Key: 'none' }),
  { ask: 'HEAD /errors/none', status: 404 },
  { ask: 'HEAD /no-such-bucket', status: 404 },
  { ask: 'HEAD /no-such-bucket/k', status: 404 },
  missing('GET /errors/k?versionId={version}', 'NoSuchVersion', 'The specified version does not exist.', {
    Key: 'k',
    VersionId: '{version}',
  }),
  argument('GET /errors/k?versionId=x', 'Invalid version id specified', 'versionId', 'x'),
  {
    ...missing('GET /versions/gone', 'NoSuchKey', noKey, { Key: 'gone' }),
    answers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': '{marker}' },
  },
  {
    ask: 'GET /versions/gone?versionId={marker}',
    status: 405,
    code: 'MethodNotAllowed',
    message: notAllowed,
    fields: { Method: 'GET', ResourceType: 'DeleteMarker' },
    answers: { 'x-amz-delete-marker': 'true', allow: 'DELETE' },
  },
  {
    ask: 'HEAD /versions/gone?versionId={marker}',
    status: 405,
    answers: { 'x-amz-delete-marker': 'true', allow: 'DELETE' },
  },
  {
    ask: 'GET /elsewhere',
    status: 301,
    code: 'PermanentRedirect',
    message:
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    fields: { Endpoint: 'elsewhere.s3.eu-west-1.amazonaws.com', Bucket: 'elsewhere' },
    answers: { 'x-amz-bucket-region': 'eu-west-1' },
  },
  {
    ask: 'GET /elsewhere/k',
    status: 301,
    code: 'PermanentRedirect',
    fields: { Endpoint: 'elsewhere.s3.eu-west-1.amazonaws.com', Bucket: 'elsewhere' },
    answers: { 'x-amz-bucket-region': 'eu-west-1' },
  },
  { ask: 'HEAD /elsewhere', status: 301, answers: { 'x-amz-bucket-region': 'eu-west-1' } },
  { ask: 'HEAD /elsewhere', status: 200, region: 'eu-west-1', answers: { 'x-amz-bucket-region': 'eu-west-1' } },
  { ask: 'HEAD /errors', status: 200, answers: { 'x-amz-bucket-region': 'us-east-1' } },
  { ask: 'HEAD /errors', status: 403, as: 'nobody', answers: { 'x-amz-bucket-region': 'us-east-1' } },
  { ask: 'HEAD /errors', status: 403, as: 'powerless', answers: { 'x-amz-bucket-region': 'us-east-1' } },
]
