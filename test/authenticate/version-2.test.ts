import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import corpus from '../../corpus/sigv4/version-2.json' with { type: 'json' }
import { check, findIn, type PlainRequest } from './request.ts'

type Case = PlainRequest & { name: string; sessionToken?: string; bucketFromHost?: string }

const cases = corpus.cases as unknown as Case[]
const signingTime = Date.parse(corpus.time)

function authenticated(given: Case, now = signingTime) {
  const { sessionToken, bucketFromHost } = given
  return check(given, {
    style: 's3',
    signingNames: ['s3'],
    region: 'us-east-1',
    now,
    find: findIn([{ ...corpus, ...(sessionToken === undefined ? {} : { sessionToken }) }]),
    ...(bucketFromHost === undefined ? {} : { bucketFromHost }),
  })
}

function caseNamed(name: string): Case {
  return cases.find((given) => given.name === name)!
}

void describe('Signature Version 2, as botocore makes it', () => {
  for (const given of cases) {
    void it(given.name, () => {
      const { credential, signature } = authenticated(given)
      assert.equal(credential?.accessKeyId, corpus.accessKeyId)
      assert.equal(signature?.version, 'AWS')
    })

    void it(`${given.name}: refused for another method, path or sub-resource`, () => {
      const changes: Partial<Case>[] = [
        { method: 'DELETE' },
        { path: `${given.path}x` },
        { query: given.query === '' ? 'tagging' : `${given.query}&tagging` },
        { headers: [...given.headers, ['x-amz-acl', 'public-read']] },
      ]
      for (const change of changes) {
        assert.throws(() => authenticated({ ...given, ...change }), { code: 'SignatureDoesNotMatch', status: 403 })
      }
    })
  }

  const get = caseNamed('presigned GET')

  void it('lives until Expires', () => {
    assert.ok(authenticated(get, signingTime + 3600_000).credential)
    assert.throws(() => authenticated(get, signingTime + 3600_001), {
      code: 'AccessDenied',
      message: 'Request has expired',
    })
  })

  void it('of a header lives 15 minutes', () => {
    const header = caseNamed('header GET')
    assert.ok(authenticated(header, signingTime + 900_000).credential)
    assert.throws(() => authenticated(header, signingTime + 900_001), { code: 'RequestTimeTooSkewed', status: 403 })
  })

  void it('needs all its parts', () => {
    const query = get.query.replace(/&?Expires=\d+/, '')
    assert.throws(() => authenticated({ ...get, query }), {
      code: 'AccessDenied',
      message: 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    })
    assert.throws(() => authenticated({ ...get, query: get.query.replace(/Expires=\d+/, 'Expires=soon') }), {
      message: 'Invalid date (should be seconds since epoch): soon',
    })
    const headers: Case['headers'] = [['authorization', 'AWS nothing']]
    assert.throws(() => authenticated({ ...get, query: '', headers }), {
      code: 'InvalidArgument',
      message: 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature',
    })
  })

  void it('is refused for an unknown key', () => {
    const query = get.query.replace('AKIDEXAMPLE', 'AKIANOBODY')
    assert.throws(() => authenticated({ ...get, query }), { code: 'InvalidAccessKeyId', status: 403 })
  })

  void it('says what should have been signed', () => {
    const header = { ...caseNamed('header GET'), method: 'DELETE' }
    assert.throws(() => authenticated(header), {
      fields: {
        AWSAccessKeyId: 'AKIDEXAMPLE',
        StringToSign: 'DELETE\n\n\nSun, 30 Aug 2015 12:36:00 GMT\n/bucket/k',
        SignatureProvided: header.headers.find(([name]) => name === 'Authorization')![1].split(':')[1],
        StringToSignBytes:
          '44 45 4c 45 54 45 0a 0a 0a 53 75 6e 2c 20 33 30 20 41 75 67 20 32 30 31 35 20 31 32 3a 33 36 3a 30 30 20 47 4d 54 0a 2f 62 75 63 6b 65 74 2f 6b',
      },
    })
  })

  void it('a header that contradicts the signed query is what counts', () => {
    const put = caseNamed('presigned PUT with an ACL that travels in the query')
    const headers: Case['headers'] = [...put.headers, ['x-amz-acl', 'public-read']]
    assert.throws(() => authenticated({ ...put, headers }), { code: 'SignatureDoesNotMatch' })
  })
})
