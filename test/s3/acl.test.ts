import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ALL_USERS, AUTHENTICATED_USERS } from '../../src/services/s3/acl-grants.ts'
import { organize, type Member } from '../organizations/estate.ts'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

/** Access control lists over the wire, between two accounts, nobody and everybody. */
describe('access control lists', () => {
  let server: TestServer
  let other: Member
  let ownId: string
  let otherId: string
  const nobody: { keys?: Keys } = {}
  let own: { keys: Keys }
  let theirs: { keys: Keys }

  const tried = async (who: { keys?: Keys }, operation: string, input: object): Promise<string> => {
    const answer = await send(server.url, 's3', operation, input, {
      ...who,
      ...(who.keys ? {} : { headers: { host: 's3.us-east-1.amazonaws.com' } }),
    })
    return answer.status < 300 ? 'ok' : (errorOf('s3', operation, answer)?.code ?? String(answer.status))
  }
  const done = (operation: string, input: object, as = own.keys) => call(server.url, as, 's3', operation, input)
  const bucket = async (Bucket: string, ObjectOwnership: string, open = true) => {
    await done('CreateBucket', { Bucket, ObjectOwnership })
    if (open) await done('DeletePublicAccessBlock', { Bucket })
    return Bucket
  }

  before(async () => {
    server = await startTestServer()
    own = { keys: server.admin }
    other = await (await organize(server)).account('other')
    theirs = { keys: other.keys }
    ownId = (await done('ListBuckets', {})).Owner.ID
    otherId = (await done('ListBuckets', {}, other.keys)).Owner.ID
  })
  after(() => server.close())

  it('are off by default: nothing but the owner’s own is printed, and none is taken', async () => {
    await done('CreateBucket', { Bucket: 'enforced' })
    const { OwnershipControls } = await done('GetBucketOwnershipControls', { Bucket: 'enforced' })
    assert.deepEqual(OwnershipControls.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }])
    const { Owner, Grants } = await done('GetBucketAcl', { Bucket: 'enforced' })
    assert.deepEqual(Owner, { ID: ownId })
    assert.deepEqual(Grants, [{ Grantee: { Type: 'CanonicalUser', ID: ownId }, Permission: 'FULL_CONTROL' }])
    const cases: [string, object][] = [
      ['PutBucketAcl', { ACL: 'private' }],
      ['PutObject', { Key: 'k', Body: '', ACL: 'public-read' }],
      ['PutObject', { Key: 'k', Body: '', ACL: 'private' }],
      ['PutObject', { Key: 'k', Body: '', GrantRead: `id=${otherId}` }],
      ['CreateMultipartUpload', { Key: 'k', ACL: 'authenticated-read' }],
    ]
    for (const [operation, input] of cases) {
      assert.equal(
        await tried(own, operation, { Bucket: 'enforced', ...input }),
        'AccessControlListNotSupported',
        operation,
      )
    }
    const full = { Bucket: 'enforced', Key: 'k', Body: '' }
    assert.equal(await tried(own, 'PutObject', { ...full, ACL: 'bucket-owner-full-control' }), 'ok')
    assert.equal(await tried(own, 'PutObject', { ...full, GrantFullControl: `id="${ownId}"` }), 'ok')
  })

  it('decide beside the policies: who was granted what, and nothing more', async () => {
    const Bucket = await bucket('granted', 'ObjectWriter')
    const put = (Key: string, more: object) => done('PutObject', { Bucket, Key, Body: 'text', ...more })
    await put('private', {})
    await put('public', { ACL: 'public-read' })
    await put('signed', { ACL: 'authenticated-read' })
    await put('theirs', { GrantRead: `id="${otherId}"` })
    await put('their-list', { GrantReadACP: `id="${otherId}"` })
    const rows: [key: string, operation: string, anonymous: string, stranger: string][] = [
      ['private', 'GetObject', 'AccessDenied', 'AccessDenied'],
      ['public', 'GetObject', 'ok', 'ok'],
      ['public', 'GetObjectAcl', 'AccessDenied', 'AccessDenied'],
      ['public', 'DeleteObject', 'AccessDenied', 'AccessDenied'],
      ['signed', 'GetObject', 'AccessDenied', 'ok'],
      ['theirs', 'GetObject', 'AccessDenied', 'ok'],
      ['theirs', 'GetObjectAcl', 'AccessDenied', 'AccessDenied'],
      ['theirs', 'GetObjectTagging', 'AccessDenied', 'AccessDenied'],
      ['their-list', 'GetObjectAcl', 'AccessDenied', 'ok'],
      ['their-list', 'GetObject', 'AccessDenied', 'AccessDenied'],
    ]
    for (const [Key, operation, anonymous, stranger] of rows) {
      const name = `${operation} ${Key}`
      assert.equal(await tried(nobody, operation, { Bucket, Key }), anonymous, `${name} by nobody`)
      assert.equal(await tried(theirs, operation, { Bucket, Key }), stranger, `${name} by a stranger`)
    }
  })

  it('of buckets let others list, write and read the list', async () => {
    const Bucket = await bucket('shared', 'ObjectWriter')
    const list = { Bucket }
    assert.equal(await tried(theirs, 'ListObjectsV2', list), 'AccessDenied')
    await done('PutBucketAcl', { Bucket, GrantRead: `id="${otherId}"`, GrantFullControl: `id="${ownId}"` })
    assert.equal(await tried(theirs, 'ListObjectsV2', list), 'ok')
    assert.equal(await tried(theirs, 'HeadBucket', list), 'ok')
    assert.equal(await tried(nobody, 'ListObjectsV2', list), 'AccessDenied')
    assert.equal(await tried(theirs, 'GetBucketAcl', list), 'AccessDenied')
    assert.equal(await tried(theirs, 'PutObject', { Bucket, Key: 'k', Body: '' }), 'AccessDenied')
    await done('PutBucketAcl', { Bucket, ACL: 'public-read' })
    assert.equal(await tried(nobody, 'ListObjectsV2', list), 'ok')
    assert.deepEqual((await done('GetBucketAcl', list)).Grants, [
      { Grantee: { Type: 'CanonicalUser', ID: ownId }, Permission: 'FULL_CONTROL' },
      { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ' },
    ])
  })

  it('make what another account writes its own, unless it hands it over', async () => {
    const grant = (Bucket: string) =>
      done('PutBucketAcl', { Bucket, GrantWrite: `id="${otherId}"`, GrantFullControl: `id="${ownId}"` })
    const Bucket = await bucket('dropbox', 'ObjectWriter')
    await grant(Bucket)
    assert.equal(await tried(theirs, 'PutObject', { Bucket, Key: 'kept', Body: 'x' }), 'ok')
    assert.equal(
      await tried(theirs, 'PutObject', { Bucket, Key: 'lent', Body: 'x', ACL: 'bucket-owner-full-control' }),
      'ok',
    )
    assert.equal(await tried(own, 'GetObject', { Bucket, Key: 'kept' }), 'AccessDenied')
    assert.equal(await tried(theirs, 'GetObject', { Bucket, Key: 'kept' }), 'ok')
    assert.equal(await tried(own, 'GetObject', { Bucket, Key: 'lent' }), 'ok')
    const lent = await done('GetObjectAcl', { Bucket, Key: 'lent' })
    assert.deepEqual(lent.Owner, { ID: otherId })
    assert.deepEqual(
      lent.Grants.map(({ Grantee, Permission }: { Grantee: { ID: string }; Permission: string }) => [
        Grantee.ID,
        Permission,
      ]),
      [
        [otherId, 'FULL_CONTROL'],
        [ownId, 'FULL_CONTROL'],
      ],
    )
    // The bucket's owner cannot read what is not its own, and can always delete it.
    assert.equal(await tried(own, 'DeleteObject', { Bucket, Key: 'kept' }), 'ok')
    await done('PutObject', { Bucket, Key: 'mine', Body: 'x' })
    assert.equal(await tried(theirs, 'DeleteObject', { Bucket, Key: 'mine' }), 'AccessDenied')
    assert.equal(await tried(theirs, 'PutObject', { Bucket, Key: 'mine', Body: 'y' }), 'AccessDenied')

    const preferred = await bucket('preferred', 'BucketOwnerPreferred')
    await grant(preferred)
    const handed = { Bucket: preferred, Key: 'handed', Body: 'x', ACL: 'bucket-owner-full-control' }
    assert.equal(await tried(theirs, 'PutObject', handed), 'ok')
    assert.deepEqual((await done('GetObjectAcl', { Bucket: preferred, Key: 'handed' })).Owner, { ID: ownId })
    assert.equal(await tried(theirs, 'GetObject', { Bucket: preferred, Key: 'handed' }), 'AccessDenied')
  })

  it('leave a bucket policy of another account’s object nothing but to deny', async () => {
    const Bucket = await bucket('policy', 'ObjectWriter')
    await done('PutBucketAcl', { Bucket, GrantWrite: `id="${otherId}"` })
    await done('PutObject', { Bucket, Key: 'theirs', Body: 'x', ACL: 'bucket-owner-full-control' }, other.keys)
    await done('PutObject', { Bucket, Key: 'own', Body: 'x' })
    const statement = (Effect: string, Key: string) => ({
      Effect,
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/${Key}`,
    })
    const put = (...Statement: object[]) =>
      done('PutBucketPolicy', { Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) })
    await put(statement('Allow', '*'))
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'own' }), 'ok')
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'theirs' }), 'AccessDenied')
    assert.equal(await tried(theirs, 'GetObject', { Bucket, Key: 'theirs' }), 'ok')
    await put(statement('Deny', 'theirs'))
    assert.equal(await tried(theirs, 'GetObject', { Bucket, Key: 'theirs' }), 'AccessDenied')
    assert.equal(await tried(own, 'GetObject', { Bucket, Key: 'theirs' }), 'AccessDenied')
  })

  it('count for nothing once ownership is enforced, and again when it is not', async () => {
    const Bucket = await bucket('switched', 'ObjectWriter')
    await done('PutObject', { Bucket, Key: 'public', Body: 'x', ACL: 'public-read' })
    const ownership = (ObjectOwnership: string) =>
      done('PutBucketOwnershipControls', { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } })
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'public' }), 'ok')
    await ownership('BucketOwnerEnforced')
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'public' }), 'AccessDenied')
    assert.equal((await done('GetObjectAcl', { Bucket, Key: 'public' })).Grants.length, 1)
    await done('DeleteBucketOwnershipControls', { Bucket })
    assert.equal(await tried(own, 'GetBucketOwnershipControls', { Bucket }), 'OwnershipControlsNotFoundError')
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'public' }), 'ok')
    await done('PutBucketAcl', { Bucket, ACL: 'public-read' })
    await assert.rejects(ownership('BucketOwnerEnforced'), { code: 'InvalidBucketAclWithObjectOwnership' })
  })

  it('are no way past Block Public Access', async () => {
    const Bucket = await bucket('blocked', 'ObjectWriter')
    await done('PutObject', { Bucket, Key: 'public', Body: 'x', ACL: 'public-read' })
    const block = (more: object) => done('PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration: more })
    await block({ BlockPublicAcls: true })
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'public' }), 'ok')
    await assert.rejects(done('PutBucketAcl', { Bucket, ACL: 'authenticated-read' }), {
      code: 'AccessDenied',
      message:
        /s3:PutBucketAcl on resource: "arn:aws:s3:::blocked" because public ACLs are prevented by the BlockPublicAcls/,
    })
    assert.equal(await tried(own, 'PutObject', { Bucket, Key: 'new', Body: '', ACL: 'public-read' }), 'AccessDenied')
    assert.equal(
      await tried(own, 'PutObjectAcl', { Bucket, Key: 'public', GrantRead: `uri="${ALL_USERS}"` }),
      'AccessDenied',
    )
    await block({ IgnorePublicAcls: true })
    assert.equal(await tried(nobody, 'GetObject', { Bucket, Key: 'public' }), 'AccessDenied')
  })

  it('are refused in S3’s words where they say nothing', async () => {
    const Bucket = await bucket('words', 'ObjectWriter')
    const Owner = { ID: ownId }
    const grant = (Grantee: object, Permission = 'READ') => ({
      AccessControlPolicy: { Owner, Grants: [{ Grantee, Permission }] },
    })
    const cases: [object, string][] = [
      [{}, 'MissingSecurityHeader'],
      [{ ACL: 'no-such' }, 'InvalidArgument'],
      [{ ACL: 'private', GrantRead: `id=${otherId}` }, 'InvalidRequest'],
      [{ GrantRead: 'somebody' }, 'InvalidArgument'],
      [{ GrantRead: 'id=0123' }, 'InvalidArgument'],
      [{ GrantRead: 'uri="http://example.com/group"' }, 'InvalidArgument'],
      [{ GrantRead: 'emailAddress="a@example.com"' }, 'MethodNotAllowed'],
      [{ ACL: 'private', ...grant({ Type: 'CanonicalUser', ID: otherId }) }, 'UnexpectedContent'],
      [grant({ Type: 'CanonicalUser', ID: 'nobody' }), 'InvalidArgument'],
      [grant({ Type: 'Group', URI: 'http://example.com' }), 'InvalidArgument'],
      [grant({ Type: 'CanonicalUser', ID: otherId }, 'EVERYTHING'), 'MalformedACLError'],
      [{ AccessControlPolicy: { Owner } }, 'MalformedACLError'],
      [{ AccessControlPolicy: { Owner: { ID: otherId }, Grants: [] } }, 'AccessDenied'],
      [grant({ Type: 'Group', URI: AUTHENTICATED_USERS }), 'ok'],
    ]
    for (const [input, code] of cases) {
      assert.equal(await tried(own, 'PutBucketAcl', { Bucket, ...input }), code, JSON.stringify(input))
    }
    await assert.rejects(done('CreateBucket', { Bucket: 'fresh', ACL: 'public-read' }), {
      code: 'InvalidBucketAclWithObjectOwnership',
    })
    await assert.rejects(
      done('CreateBucket', { Bucket: 'fresh', ACL: 'public-read', ObjectOwnership: 'ObjectWriter' }),
      {
        code: 'InvalidBucketAclWithBlockPublicAccessError',
      },
    )
  })

  it('are named by what explains a decision', async () => {
    const Bucket = await bucket('explained', 'ObjectWriter')
    await done('PutObject', { Bucket, Key: 'k', Body: 'x', GrantRead: `id="${otherId}"` })
    const { requestId } = await send(server.url, 's3', 'GetObject', { Bucket, Key: 'k' }, theirs)
    const trace = server.world.decisions.get(requestId)!
    const layer = trace.needs[0]!.decision.layers.find(({ type }) => type === 'resource')!
    assert.deepEqual(layer.policies, ['object-acl:explained/k'])
    assert.equal(layer.effect, 'allow')
  })
})
