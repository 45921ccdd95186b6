import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { ACCOUNT, anonymous, openEstate, OTHER_ACCOUNT, stranger, text, type Estate, type Statement } from './estate.ts'

const Bucket = 'guarded'
const bucketArn = `arn:aws:s3:::${Bucket}`
let s3: Estate
beforeEach(async () => {
  s3 = openEstate()
  await s3.call('CreateBucket', { Bucket })
  await s3.call('PutObject', { Bucket, Key: 'k', Body: 'secret', Tagging: 'SageMaker=true' })
})
afterEach(() => s3.close())

const policy = (...statements: (Omit<Statement, 'Effect'> & { Effect?: string; Principal: unknown })[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) })
const putPolicy = (Policy: string) => s3.call('PutBucketPolicy', { Bucket, Policy })
const denied = async (answer: Promise<unknown>): Promise<string> => {
  let message = ''
  await assert.rejects(answer, (error: AwsError) => {
    message = error.message
    return error.code === 'AccessDenied' && error.status === 403
  })
  return message
}

describe('permissions', () => {
  it('are asked for with AWS’s actions, on the object’s or the bucket’s own ARN', async () => {
    const object = `${bucketArn}/k`
    const upload = (await s3.call('CreateMultipartUpload', { Bucket, Key: 'k' })).UploadId
    const cases: [Parameters<Estate['call']>[0], object, [action: string, resource: string][]][] = [
      ['GetObject', { Key: 'k' }, [['s3:GetObject', object]]],
      ['GetObject', { Key: 'k', VersionId: 'null' }, [['s3:GetObjectVersion', object]]],
      ['HeadObject', { Key: 'k' }, [['s3:GetObject', object]]],
      ['PutObject', { Key: 'k', Body: '' }, [['s3:PutObject', object]]],
      [
        'PutObject',
        { Key: 'k', Body: '', Tagging: 'a=1' },
        [
          ['s3:PutObject', object],
          ['s3:PutObjectTagging', object],
        ],
      ],
      [
        'PutObject',
        { Key: 'k', Body: '', ACL: 'bucket-owner-full-control' },
        [
          ['s3:PutObject', object],
          ['s3:PutObjectAcl', object],
        ],
      ],
      ['DeleteObject', { Key: 'k' }, [['s3:DeleteObject', object]]],
      ['GetObjectTagging', { Key: 'k' }, [['s3:GetObjectTagging', object]]],
      ['PutObjectTagging', { Key: 'k', Tagging: { TagSet: [] } }, [['s3:PutObjectTagging', object]]],
      ['DeleteObjectTagging', { Key: 'k' }, [['s3:DeleteObjectTagging', object]]],
      ['GetObjectAcl', { Key: 'k' }, [['s3:GetObjectAcl', object]]],
      ['ListObjects', {}, [['s3:ListBucket', bucketArn]]],
      ['ListObjectsV2', {}, [['s3:ListBucket', bucketArn]]],
      ['HeadBucket', {}, [['s3:ListBucket', bucketArn]]],
      ['ListBuckets', {}, [['s3:ListAllMyBuckets', 'arn:aws:s3:::*']]],
      ['CreateBucket', {}, [['s3:CreateBucket', bucketArn]]],
      ['GetBucketLocation', {}, [['s3:GetBucketLocation', bucketArn]]],
      ['GetBucketVersioning', {}, [['s3:GetBucketVersioning', bucketArn]]],
      ['GetBucketAcl', {}, [['s3:GetBucketAcl', bucketArn]]],
      ['CreateMultipartUpload', { Key: 'k' }, [['s3:PutObject', object]]],
      ['UploadPart', { Key: 'k', UploadId: upload, PartNumber: 1, Body: '' }, [['s3:PutObject', object]]],
      ['ListParts', { Key: 'k', UploadId: upload }, [['s3:ListMultipartUploadParts', object]]],
      ['ListMultipartUploads', {}, [['s3:ListBucketMultipartUploads', bucketArn]]],
      ['AbortMultipartUpload', { Key: 'k', UploadId: upload }, [['s3:AbortMultipartUpload', object]]],
      ['PutBucketTagging', { Tagging: { TagSet: [] } }, [['s3:PutBucketTagging', bucketArn]]],
      ['DeleteBucketTagging', {}, [['s3:PutBucketTagging', bucketArn]]],
      ['DeleteBucketCors', {}, [['s3:PutBucketCORS', bucketArn]]],
      ['DeleteBucketPolicy', {}, [['s3:DeleteBucketPolicy', bucketArn]]],
      [
        'PutBucketPolicy',
        { Policy: policy({ Principal: { AWS: ACCOUNT }, Action: 's3:ListBucket', Resource: bucketArn }) },
        [['s3:PutBucketPolicy', bucketArn]],
      ],
    ]
    for (const [operation, input, needed] of cases) {
      await s3.call('PutObject', { Bucket, Key: 'k', Body: '' })
      for (const [left] of needed) {
        const others = s3.user(
          needed.filter(([action]) => action !== left).map(([Action, Resource]) => ({ Action, Resource })),
        )
        const message = await denied(s3.call(operation, { Bucket, ...input }, { as: others }))
        const resource = needed.find(([action]) => action === left)![1]
        assert.equal(
          message,
          `User: ${others.arn} is not authorized to perform: ${left} on resource: "${resource}" because no identity-based policy allows the ${left} action`,
        )
      }
      const as = s3.user(needed.map(([Action, Resource]) => ({ Action, Resource })))
      const answer = await s3.call(operation, { Bucket, ...input }, { as })
      answer.Body?.destroy()
    }
  })

  it('tell a missing key only to who may list the bucket', async () => {
    const reader = s3.user([{ Action: 's3:GetObject', Resource: `${bucketArn}/*` }])
    const message = await denied(s3.call('GetObject', { Bucket, Key: 'missing' }, { as: reader }))
    assert.match(message, /perform: s3:ListBucket on resource: "arn:aws:s3:::guarded"/)
    await denied(s3.call('HeadObject', { Bucket, Key: 'missing' }, { as: reader }))
    const lister = s3.user([{ Action: ['s3:GetObject', 's3:ListBucket'], Resource: [`${bucketArn}/*`, bucketArn] }])
    await assert.rejects(s3.call('GetObject', { Bucket, Key: 'missing' }, { as: lister }), { code: 'NoSuchKey' })
  })

  it('may depend on the prefix that is listed', async () => {
    const as = s3.user([
      {
        Action: 's3:ListBucket',
        Resource: bucketArn,
        Condition: { StringLike: { 's3:prefix': 'home/*' }, NumericLessThanEquals: { 's3:max-keys': '10' } },
      },
    ])
    await s3.call('ListObjectsV2', { Bucket, Prefix: 'home/me', MaxKeys: 10 }, { as })
    await denied(s3.call('ListObjectsV2', { Bucket, Prefix: 'home/me', MaxKeys: 11 }, { as }))
    await denied(s3.call('ListObjectsV2', { Bucket, Prefix: 'other', MaxKeys: 1 }, { as }))
    await denied(s3.call('ListObjects', { Bucket, MaxKeys: 1 }, { as }))
  })

  it('may depend on the tags that an object has, or is to have, and on headers', async () => {
    const everything = `${bucketArn}/*`
    const reader = s3.user([
      {
        Action: 's3:GetObject',
        Resource: everything,
        Condition: { StringEqualsIgnoreCase: { 's3:ExistingObjectTag/SageMaker': 'true' } },
      },
    ])
    assert.equal(await text((await s3.call('GetObject', { Bucket, Key: 'k' }, { as: reader })).Body), 'secret')
    await s3.call('PutObject', { Bucket, Key: 'plain', Body: '' })
    await denied(s3.call('GetObject', { Bucket, Key: 'plain' }, { as: reader }))
    const writer = s3.user([
      {
        Action: ['s3:PutObject', 's3:PutObjectTagging'],
        Resource: everything,
        Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } },
      },
      { Action: 's3:PutObjectTagging', Resource: everything },
    ])
    await denied(s3.call('PutObject', { Bucket, Key: 'w', Body: '' }, { as: writer }))
    await s3.call('PutObject', { Bucket, Key: 'w', Body: '', ServerSideEncryption: 'AES256' }, { as: writer })
  })

  it('to copy are those to read the source and to write the copy', async () => {
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/k` }
    const need = (...actions: string[]) =>
      s3.user(
        actions.map((Action) => ({
          Action,
          Resource: Action.startsWith('s3:Get') ? `${bucketArn}/k` : `${bucketArn}/copy`,
        })),
      )
    const all = ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObject', 's3:PutObjectTagging']
    for (const left of all) {
      const message = await denied(s3.call('CopyObject', copy, { as: need(...all.filter((one) => one !== left)) }))
      assert.match(message, new RegExp(`perform: ${left} on`))
    }
    await s3.call('CopyObject', copy, { as: need(...all) })
    await s3.call('CopyObject', { ...copy, TaggingDirective: 'REPLACE' }, { as: need('s3:GetObject', 's3:PutObject') })
  })

  it('do not reach another account’s bucket without its policy, and the refusal gives nothing away', async () => {
    assert.equal(await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: stranger })), 'Access Denied')
    await putPolicy(policy({ Principal: { AWS: OTHER_ACCOUNT }, Action: 's3:GetObject', Resource: `${bucketArn}/*` }))
    assert.equal(await text((await s3.call('GetObject', { Bucket, Key: 'k' }, { as: stranger })).Body), 'secret')
    const user = s3.user([], OTHER_ACCOUNT)
    assert.equal(await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: user })), 'Access Denied')
  })
})

describe('a bucket policy', () => {
  it('is kept as written and told back', async () => {
    await assert.rejects(s3.call('GetBucketPolicy', { Bucket }), {
      code: 'NoSuchBucketPolicy',
      status: 404,
      message: 'The bucket policy does not exist',
    })
    const written = policy({
      Principal: { AWS: ACCOUNT },
      Action: 's3:GetObject',
      Resource: `${bucketArn}/*`,
    }).replaceAll(',', ' ,\n')
    await putPolicy(written)
    assert.deepEqual(await s3.call('GetBucketPolicy', { Bucket }), { Policy: written })
    await s3.call('DeleteBucketPolicy', { Bucket })
    await assert.rejects(s3.call('GetBucketPolicy', { Bucket }), { code: 'NoSuchBucketPolicy' })
  })

  it('allows who has no policy of their own, and denies who has', async () => {
    const user = s3.user([])
    await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: user }))
    await putPolicy(policy({ Principal: { AWS: user.arn }, Action: 's3:GetObject', Resource: `${bucketArn}/*` }))
    ;(await s3.call('GetObject', { Bucket, Key: 'k' }, { as: user })).Body.destroy()
    await putPolicy(policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `${bucketArn}/*` }))
    const all = s3.user([{ Action: '*', Resource: '*' }])
    assert.match(
      await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: all })),
      /with an explicit deny in a resource-based policy$/,
    )
  })

  it('means the very user that it named', async () => {
    const user = s3.user([])
    await putPolicy(policy({ Principal: { AWS: user.arn }, Action: 's3:GetObject', Resource: `${bucketArn}/*` }))
    const key = `${ACCOUNT}/${user.name}`
    const document = s3.world.store.get<object>('iam/user', key)!
    s3.world.store.put('iam/user', key, { ...document, id: 'AIDASOMEBODYELSEABCDE' })
    const namesake = { ...user, entityId: 'AIDASOMEBODYELSEABCDE', userId: 'AIDASOMEBODYELSEABCDE' }
    await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: namesake }))
    const shown = JSON.parse((await s3.call('GetBucketPolicy', { Bucket })).Policy)
    assert.deepEqual(shown.Statement[0].Principal, { AWS: user.entityId })
  })

  const good = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 's3:GetObject', Resource: `${bucketArn}/*` }
  const { Action: _, ...withoutAction } = good
  const table: [string, unknown, string][] = [
    ['is no JSON', 'x', "Policies must be valid JSON and the first byte must be '{'"],
    ['has no statement', { Version: '2012-10-17' }, 'Missing required field Statement'],
    ['has no action', { Statement: [withoutAction] }, 'Missing required field Action'],
    ['has a strange effect', { Statement: [{ ...good, Effect: 'Maybe' }] }, 'Invalid policy syntax.'],
    [
      'names nobody',
      { Statement: [{ ...good, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/nobody` } }] },
      'Invalid principal in policy',
    ],
    [
      'is about another bucket',
      { Statement: [{ ...good, Resource: 'arn:aws:s3:::guarded-2/*' }] },
      'Policy has invalid resource',
    ],
    ['is about another service', { Statement: [{ ...good, Action: 'sqs:SendMessage' }] }, 'Policy has invalid action'],
    [
      'asks for objects on the bucket',
      { Statement: [{ ...good, Resource: bucketArn }] },
      'Action does not apply to any resource(s) in statement',
    ],
    [
      'asks for the bucket on objects',
      { Statement: [{ ...good, Action: 's3:ListBucket' }] },
      'Action does not apply to any resource(s) in statement',
    ],
  ]
  for (const [flaw, document, message] of table) {
    it(`is refused when it ${flaw}`, async () => {
      const Policy = typeof document === 'string' ? document : JSON.stringify(document)
      await assert.rejects(putPolicy(Policy), { code: 'MalformedPolicy', status: 400, message })
      await assert.rejects(s3.call('GetBucketPolicy', { Bucket }), { code: 'NoSuchBucketPolicy' })
    })
  }

  it('for everyone is blocked until public access is let in', async () => {
    const open = policy({ Principal: '*', Action: 's3:GetObject', Resource: `${bucketArn}/*` })
    assert.match(
      await denied(putPolicy(open)),
      /because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access\.$/,
    )
    const fixed = policy({
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `${bucketArn}/*`,
      Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
    })
    await putPolicy(fixed)
    assert.deepEqual(await s3.call('GetBucketPolicyStatus', { Bucket }), { PolicyStatus: { IsPublic: false } })

    await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: anonymous }))
    await s3.call('DeletePublicAccessBlock', { Bucket })
    await assert.rejects(s3.call('GetPublicAccessBlock', { Bucket }), { code: 'NoSuchPublicAccessBlockConfiguration' })
    await putPolicy(open)
    assert.deepEqual(await s3.call('GetBucketPolicyStatus', { Bucket }), { PolicyStatus: { IsPublic: true } })
    assert.equal(await text((await s3.call('GetObject', { Bucket, Key: 'k' }, { as: anonymous })).Body), 'secret')

    await s3.call('PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } })
    assert.equal(await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: anonymous })), 'Access Denied')
    assert.equal(await denied(s3.call('GetObject', { Bucket, Key: 'k' }, { as: stranger })), 'Access Denied')
    ;(await s3.call('GetObject', { Bucket, Key: 'k' }, { as: s3.user([]) })).Body.destroy()
  })
})
