import { argument, type Row } from './row.ts'

/** Who asks, and how the request is signed. */
export const callers: Row[] = [
  {
    ask: 'GET /errors',
    status: 403,
    as: 'nobody',
    code: 'AccessDenied',
    message: 'Access Denied',
    answers: { 'x-amz-bucket-region': 'us-east-1' },
  },
  { ask: 'GET /errors/k', status: 403, as: 'nobody', code: 'AccessDenied', message: 'Access Denied' },
  { ask: 'GET /errors/none', status: 403, as: 'nobody', code: 'AccessDenied', message: 'Access Denied' },
  {
    ask: 'GET /',
    status: 403,
    as: 'nobody',
    code: 'AccessDenied',
    message: 'Access Denied',
    host: 's3.us-east-1.amazonaws.com',
  },
  {
    ask: 'GET /errors/k',
    status: 403,
    as: 'powerless',
    code: 'AccessDenied',
    message:
      'User: arn:aws:iam::123456789012:user/powerless is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::errors/k" because no identity-based policy allows the s3:GetObject action',
  },
  {
    ask: 'GET /errors/k',
    status: 403,
    code: 'AccessDenied',
    message: 'Access Denied',
    headers: { 'x-amz-expected-bucket-owner': '210987654321' },
  },
  ...['abc', ''].map((owner): Row => ({
    ask: 'GET /errors/k',
    status: 400,
    headers: { 'x-amz-expected-bucket-owner': owner },
    code: 'InvalidBucketOwnerAWSAccountID',
    message: `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`,
  })),
  {
    ask: 'GET /errors/k',
    status: 403,
    as: 'outsider',
    code: 'InvalidAccessKeyId',
    message: 'The AWS Access Key Id you provided does not exist in our records.',
    fields: { AWSAccessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  },
  {
    ask: 'GET /errors/k',
    status: 403,
    ago: 16 * 60_000,
    code: 'RequestTimeTooSkewed',
    message: 'The difference between the request time and the current time is too large.',
    fields: {
      RequestTime: /^\d{8}T\d{6}Z$/,
      ServerTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      MaxAllowedSkewMilliseconds: '900000',
    },
  },
  {
    ask: 'GET /errors/k',
    status: 400,
    region: 'moon-1',
    code: 'AuthorizationHeaderMalformed',
    message: "The authorization header is malformed; the region 'moon-1' is wrong; expecting 'us-east-1'",
    fields: { Region: 'us-east-1' },
  },
  {
    ask: 'GET /errors/k',
    status: 400,
    tamper: { authorization: 'AWS4-HMAC-SHA256 Credential=x' },
    code: 'AuthorizationHeaderMalformed',
    message:
      'The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.',
  },
  {
    ask: 'GET /errors/k',
    status: 400,
    tamper: { authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0' },
    code: 'AuthorizationHeaderMalformed',
    message:
      'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  },
  ...['s3.eu-west-1.amazonaws.com', 's3-eu-west-1.amazonaws.com', 'errors.s3.dualstack.eu-west-1.amazonaws.com'].map(
    (host): Row => ({
      ask: 'GET /errors/k',
      host,
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      message: "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      fields: { Region: 'eu-west-1' },
    }),
  ),
  argument('GET /errors/k', 'Unsupported Authorization Type', 'Authorization', 'Basic eA==', {
    tamper: { authorization: 'Basic eA==' },
  }),
  argument(
    'GET /errors/k?X-Amz-Algorithm=AWS4-HMAC-SHA256',
    /^Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter/,
    'Authorization',
    /./ as never,
  ),
  {
    ask: 'GET /errors/k',
    status: 403,
    tamper: { 'x-amz-date': '2026-01-01' },
    code: 'AccessDenied',
    message: 'AWS authentication requires a valid Date or x-amz-date header',
  },
  {
    ask: 'GET /errors/k',
    status: 403,
    tamper: { 'x-amz-date': '20260231T000000Z' },
    code: 'AccessDenied',
    message: 'AWS authentication requires a valid Date or x-amz-date header',
  },
  {
    ask: 'GET /errors/k',
    status: 403,
    tamper: { 'x-amz-meta-late': '1' },
    code: 'AccessDenied',
    message: 'There were headers present in the request which were not signed',
    fields: { HeadersNotSigned: 'x-amz-meta-late' },
  },
  {
    ask: 'GET /errors/k',
    status: 403,
    headers: { 'x-amz-meta-a': '1' },
    tamper: { 'x-amz-meta-a': '2' },
    code: 'SignatureDoesNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    fields: {
      AWSAccessKeyId: /^AKIA/,
      StringToSign: /^AWS4-HMAC-SHA256\n/,
      SignatureProvided: /^[\da-f]{64}$/,
      StringToSignBytes: /^41 57 53 34/,
      CanonicalRequest: /^GET\n\/errors\/k\n/,
      CanonicalRequestBytes: /^47 45 54/,
    },
  },
  {
    ask: 'GET /errors/k',
    status: 400,
    headers: { 'x-amz-security-token': 'x' },
    code: 'InvalidToken',
    message: 'The provided token is malformed or otherwise invalid.',
    fields: { 'Token-0': 'x' },
  },
  {
    ask: 'GET /errors/k?X-Amz-Signature=0',
    as: 'nobody',
    status: 400,
    code: 'AuthorizationQueryParametersError',
    message:
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  },
]
