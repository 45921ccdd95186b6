import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { call, errorOf } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { environmentOf, root, type Environment } from './command.ts'

interface Form {
  url: string
  fields: Record<string, string>
}

/** Forms that boto3 signs: what its user may upload, by name. */
const posts = {
  plain: { Bucket: 'forms', Key: 'plain.txt' },
  named: { Bucket: 'forms', Key: 'up/${filename}' },
  sized: { Bucket: 'forms', Key: 'sized', Conditions: [['content-length-range', 3, 5]] },
  typed: {
    Bucket: 'forms',
    Key: 'typed',
    Fields: { 'Content-Type': 'image/png', 'x-amz-meta-who': 'me', success_action_status: '201' },
    Conditions: [
      ['starts-with', '$Content-Type', 'image/'],
      { 'x-amz-meta-who': 'me' },
      { success_action_status: '201' },
    ],
  },
  redirected: {
    Bucket: 'forms',
    Key: 'redirected',
    Fields: { success_action_redirect: 'http://example.com/done?a=1' },
    Conditions: [['eq', '$success_action_redirect', 'http://example.com/done?a=1']],
  },
  tagged: {
    Bucket: 'forms',
    Key: 'tagged',
    Fields: {
      tagging: '<Tagging><TagSet><Tag><Key>Team</Key><Value>a b</Value></Tag></TagSet></Tagging>',
      acl: 'bucket-owner-full-control',
    },
    Conditions: [['starts-with', '$tagging', ''], { acl: 'bucket-owner-full-control' }],
  },
  encrypted: {
    Bucket: 'forms',
    Key: 'encrypted',
    Fields: { 'x-amz-server-side-encryption': 'aws:kms' },
    Conditions: [
      { 'x-amz-server-side-encryption': 'aws:kms' },
      ['starts-with', '$x-amz-server-side-encryption-aws-kms-key-id', 'arn:aws:kms:'],
    ],
  },
  elsewhere: { Bucket: 'no-such-forms', Key: 'k' },
  expired: { Bucket: 'forms', Key: 'late', ExpiresIn: -1 },
}

async function signed(env: Environment): Promise<Record<keyof typeof posts, Form>> {
  const child = spawn(join(root, '.venv/bin/python'), [join(import.meta.dirname, 'python/presigned_posts.py')], {
    env: { ...env, AWS_EC2_METADATA_DISABLED: 'true' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(posts))
  return JSON.parse(await text(child.stdout)) as Record<keyof typeof posts, Form>
}

describe('browsers', () => {
  let server: TestServer
  let forms: Record<keyof typeof posts, Form>
  const s3 = (operation: string, input: object) => call(server.url, server.admin, 's3', operation, input)

  before(async () => {
    server = await startTestServer()
    await s3('CreateBucket', { Bucket: 'forms' })
    forms = await signed(await environmentOf(server.dataDir))
  })
  after(() => server.close())

  /** As a browser sends it: the file last. */
  const submit = async (
    { url, fields }: Form,
    content = 'text',
    more: Record<string, string> = {},
    name = 'a b.txt',
  ) => {
    const form = new FormData()
    for (const [field, value] of Object.entries({ ...fields, ...more })) form.append(field, value)
    form.append('file', new Blob([content]), name)
    form.append('submit', 'Upload')
    const response = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
    const body = await response.text()
    const error = errorOf('s3', 'PutObject', {
      status: response.status === 303 ? 200 : response.status,
      headers: {},
      body: Buffer.from(body),
      requestId: '',
    })
    return { status: response.status, headers: response.headers, body, code: error?.code, message: error?.message }
  }
  const stored = (Key: string) => s3('GetObject', { Bucket: 'forms', Key })

  it('upload by a form that boto3 signed', async () => {
    const answer = await submit(forms.plain)
    assert.deepEqual([answer.status, answer.body], [204, ''])
    assert.equal(answer.headers.get('etag'), '"1cb251ec0d568de6a929b520c4aed8d1"')
    assert.equal(answer.headers.get('location'), `${server.url}/forms/plain.txt`)
    assert.equal((await stored('plain.txt')).Body.toString(), 'text')
    const trace = server.world.decisions.get(answer.headers.get('x-amz-request-id')!)!
    assert.deepEqual(
      [trace.operation, trace.decision, trace.needs.map(({ action }) => action)],
      ['PutObject', 'allowed', ['s3:PutObject']],
    )
  })

  it('call the file as it was called, with headers, metadata, tags and the answer that the form asks for', async () => {
    await submit(forms.named, 'x', {}, 'C:\\folder\\my file.txt')
    assert.equal((await stored('up/my file.txt')).Body.toString(), 'x')
    const typed = await submit(forms.typed)
    assert.equal(typed.status, 201)
    assert.match(
      typed.body,
      /<PostResponse><Location>http:.*\/forms\/typed<\/Location><Bucket>forms<\/Bucket><Key>typed<\/Key><ETag>/,
    )
    const kept = await s3('HeadObject', { Bucket: 'forms', Key: 'typed' })
    assert.equal(kept.ContentType, 'image/png')
    const redirected = await submit(forms.redirected)
    assert.equal(redirected.status, 303)
    const to = new URL(redirected.headers.get('location')!)
    assert.deepEqual(Object.fromEntries(to.searchParams), {
      a: '1',
      bucket: 'forms',
      key: 'redirected',
      etag: '"1cb251ec0d568de6a929b520c4aed8d1"',
    })
    const tagged = await submit(forms.tagged)
    assert.equal(tagged.status, 204, tagged.body)
    const { TagSet } = await s3('GetObjectTagging', { Bucket: 'forms', Key: 'tagged' })
    assert.deepEqual(TagSet, [{ Key: 'Team', Value: 'a b' }])
  })

  it('encrypt by the KMS key that the form names, and policies see it', async () => {
    const keyField = 'x-amz-server-side-encryption-aws-kms-key-id'
    const [own, other] = await Promise.all(
      [1, 2].map(async () => {
        const { KeyMetadata } = await call(server.url, server.admin, 'kms', 'CreateKey', {})
        return KeyMetadata.Arn as string
      }),
    )
    const answer = await submit(forms.encrypted, 'secret', { [keyField]: own! })
    assert.equal(answer.status, 204, answer.body)
    const { ServerSideEncryption, SSEKMSKeyId } = await s3('HeadObject', { Bucket: 'forms', Key: 'encrypted' })
    assert.deepEqual([ServerSideEncryption, SSEKMSKeyId], ['aws:kms', own])
    const Condition = { StringNotEquals: { [`s3:${keyField}`]: own } }
    const Statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::forms/*',
      Condition,
    }
    await s3('PutBucketPolicy', { Bucket: 'forms', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) })
    assert.equal((await submit(forms.encrypted, 'secret', { [keyField]: other! })).code, 'AccessDenied')
    assert.equal((await submit(forms.plain)).code, 'AccessDenied')
    assert.equal((await submit(forms.encrypted, 'secret', { [keyField]: own! })).status, 204)
    await s3('DeleteBucketPolicy', { Bucket: 'forms' })
    const outside = await submit(forms.encrypted, 'x', { [keyField]: 'alias/other' })
    assert.match(outside.message ?? '', /^Invalid according to Policy: Policy Condition failed: \["starts-with"/)
  })

  it('may do no more than the form says', async () => {
    const changed = (form: Form, fields: Record<string, string>) => ({ ...form, fields: { ...form.fields, ...fields } })
    const without = (form: Form, name: string) => ({
      ...form,
      fields: Object.fromEntries(Object.entries(form.fields).filter(([field]) => field !== name)),
    })
    const failed = (condition: string) => `Invalid according to Policy: Policy Condition failed: ${condition}`
    const cases: [Form, string, string, number, string][] = [
      [changed(forms.plain, { key: 'other' }), 'x', 'AccessDenied', 403, failed('["eq", "$key", "plain.txt"]')],
      [changed(forms.named, { key: 'down/x' }), 'x', 'AccessDenied', 403, failed('["starts-with", "$key", "up/"]')],
      [
        changed(forms.typed, { 'Content-Type': 'text/html' }),
        'x',
        'AccessDenied',
        403,
        failed('["starts-with", "$Content-Type", "image/"]'),
      ],
      [
        changed(forms.plain, { 'x-amz-meta-more': '1' }),
        'x',
        'AccessDenied',
        403,
        'Invalid according to Policy: Extra input fields: x-amz-meta-more',
      ],
      [
        changed(forms.plain, { 'x-amz-storage-class': 'GLACIER' }),
        'x',
        'AccessDenied',
        403,
        'Invalid according to Policy: Extra input fields: x-amz-storage-class',
      ],
      [
        { ...forms.plain, url: forms.plain.url.replace('/forms', '/other') },
        'x',
        'AccessDenied',
        403,
        failed('["eq", "$bucket", "forms"]'),
      ],
      [forms.expired, 'x', 'AccessDenied', 403, 'Invalid according to Policy: Policy expired.'],
      [forms.sized, 'xxxxxx', 'EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size'],
      [forms.sized, 'xx', 'EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size'],
      [forms.elsewhere, 'x', 'NoSuchBucket', 404, 'The specified bucket does not exist'],
      [
        changed(forms.plain, { 'x-amz-signature': '0'.repeat(64) }),
        'x',
        'SignatureDoesNotMatch',
        403,
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      ],
      [
        without(forms.plain, 'key'),
        'x',
        'InvalidArgument',
        400,
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      ],
      [
        without(forms.plain, 'x-amz-signature'),
        'x',
        'InvalidArgument',
        400,
        "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, please check the order of the fields.",
      ],
      [{ ...forms.plain, fields: { key: 'anonymous' } }, 'x', 'AccessDenied', 403, 'Access Denied'],
    ]
    for (const [form, content, code, status, message] of cases) {
      const answer = await submit(form, content)
      assert.deepEqual([answer.code, answer.status, answer.message], [code, status, message])
    }
    for (const Key of ['other', 'down/x', 'sized', 'late', 'anonymous']) {
      await assert.rejects(stored(Key), { code: 'NoSuchKey' })
    }
  })

  it('upload as the signer may, and by signatures of either version', async () => {
    await call(server.url, server.admin, 'iam', 'CreateUser', { UserName: 'poster' })
    const { AccessKey } = await call(server.url, server.admin, 'iam', 'CreateAccessKey', { UserName: 'poster' })
    const form = (conditions: object[]): Form => {
      const document = { expiration: new Date(Date.now() + 60_000).toISOString(), conditions }
      const policy = Buffer.from(JSON.stringify(document)).toString('base64')
      const signature = createHmac('sha1', AccessKey.SecretAccessKey).update(policy).digest('base64')
      return {
        url: `${server.url}/forms`,
        fields: { key: 'by-poster', AWSAccessKeyId: AccessKey.AccessKeyId, policy, signature },
      }
    }
    const one = form([{ bucket: 'forms' }, ['starts-with', '$key', '']])
    const refused = await submit(one)
    assert.deepEqual([refused.status, refused.code], [403, 'AccessDenied'])
    assert.match(refused.message ?? '', /user\/poster is not authorized to perform: s3:PutObject/)
    await call(server.url, server.admin, 'iam', 'PutUserPolicy', {
      UserName: 'poster',
      PolicyName: 'forms',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 's3:PutObject',
          Resource: 'arn:aws:s3:::forms/*',
          Condition: { StringEquals: { 's3:authType': 'POST', 's3:signatureversion': 'AWS' } },
        },
      }),
    })
    assert.equal((await submit(one)).status, 204)
    const invalid: [unknown, string][] = [
      [[{ a: 'b', c: 'd' }], 'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.'],
      [[['like', '$key', 'x']], "Invalid Condition: unknown operation 'like'."],
    ]
    for (const [conditions, message] of invalid) {
      const answer = await submit(form(conditions as object[]))
      assert.deepEqual(
        [answer.status, answer.code, answer.message],
        [400, 'InvalidPolicyDocument', `Invalid Policy: ${message}`],
      )
    }
  })

  it('are told what is no form', async () => {
    const post = async (body: string, type: string) => {
      const answer = await fetch(`${server.url}/forms`, { method: 'POST', body, headers: { 'content-type': type } })
      return [answer.status, /<Code>(.*?)<\/Code>/.exec(await answer.text())?.[1]]
    }
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    assert.deepEqual(await post('a=1', 'text/plain'), [412, 'PreconditionFailed'])
    assert.deepEqual(await post('x', 'multipart/form-data'), [400, 'MalformedPOSTRequest'])
    assert.deepEqual(await post('x', 'multipart/form-data; boundary=b'), [400, 'MalformedPOSTRequest'])
    assert.deepEqual(await post(`${part('key', 'k')}--b--\r\n`, 'multipart/form-data; boundary=b'), [
      400,
      'InvalidArgument',
    ])
    const long = part('x-amz-meta-a', 'x'.repeat(30_000))
    assert.deepEqual(await post(`${long}--b--\r\n`, 'multipart/form-data; boundary=b'), [
      400,
      'MaxPostPreDataLengthExceeded',
    ])
    assert.deepEqual(
      await post(`${part('key', 'k')}${part('file', 'x').slice(0, -2)}`, 'multipart/form-data; boundary=b'),
      [403, 'AccessDenied'],
    )
  })

  it('ask what pages of other origins may do', async () => {
    const preflight = async (path: string, headers: Record<string, string>) => {
      const answer = await fetch(`${server.url}${path}`, { method: 'OPTIONS', headers })
      const body = await answer.text()
      return { status: answer.status, headers: answer.headers, message: /<Message>(.*?)<\/Message>/.exec(body)?.[1] }
    }
    const asked = (origin: string, method: string, names?: string) => ({
      origin,
      'access-control-request-method': method,
      ...(names ? { 'access-control-request-headers': names } : {}),
    })
    const before = await preflight('/forms/k', asked('https://a.example.com', 'GET'))
    assert.deepEqual([before.status, before.message], [403, 'CORSResponse: CORS is not enabled for this bucket.'])
    assert.equal(
      (await preflight('/no-such', asked('https://a.example.com', 'GET'))).message,
      'CORSResponse: Bucket not found',
    )
    assert.equal((await preflight('/forms', {})).message, 'Insufficient information. Origin request header needed.')

    await s3('PutBucketCors', {
      Bucket: 'forms',
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: ['https://*.example.com'],
            AllowedMethods: ['GET', 'PUT'],
            AllowedHeaders: ['x-amz-*', 'content-type'],
            ExposeHeaders: ['ETag'],
            MaxAgeSeconds: 60,
          },
          { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] },
        ],
      },
    })
    const rows: [origin: string, method: string, headers: string | undefined, allowed: string | undefined][] = [
      ['https://a.example.com', 'GET', undefined, 'https://a.example.com'],
      ['https://a.example.com', 'PUT', 'X-Amz-Acl, Content-Type', 'https://a.example.com'],
      ['https://a.example.com', 'PUT', 'authorization', undefined],
      ['https://a.example.com', 'DELETE', undefined, undefined],
      ['https://example.com', 'GET', undefined, undefined],
      ['http://anything', 'HEAD', undefined, '*'],
    ]
    for (const [origin, method, headers, allowed] of rows) {
      const answer = await preflight('/forms/k', asked(origin, method, headers))
      const row = `${method} from ${origin}`
      assert.equal(answer.status, allowed === undefined ? 403 : 200, row)
      assert.equal(answer.headers.get('access-control-allow-origin') ?? undefined, allowed, row)
      if (allowed === undefined)
        assert.match(answer.message ?? '', /^CORSResponse: This CORS request is not allowed\. This is usually/)
      if (headers && allowed) assert.equal(answer.headers.get('access-control-allow-headers'), headers.toLowerCase())
    }
    const actual = await fetch(`${server.url}/forms/k`, { headers: { origin: 'https://a.example.com' } })
    assert.equal(actual.status, 403)
    assert.deepEqual(
      ['allow-origin', 'allow-methods', 'expose-headers', 'max-age', 'allow-credentials'].map((name) =>
        actual.headers.get(`access-control-${name}`),
      ),
      ['https://a.example.com', 'GET, PUT', 'ETag', '60', 'true'],
    )
    await actual.body?.cancel()
  })
})
