import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { runLifecycle } from '../../src/services/s3/lifecycle-run.ts'
import { openEstate, text, type Estate } from './estate.ts'

const Bucket = 'ageing'
const DAY = 86_400_000
const noon = Date.UTC(2026, 8, 1, 12)

let s3: Estate
let now: number
beforeEach(async () => {
  s3 = openEstate()
  now = noon
  ;(s3.world as { now(): number }).now = () => ++now
  await s3.call('CreateBucket', { Bucket })
})
afterEach(() => s3.close())

const rules = (...Rules: object[]) =>
  s3.call('PutBucketLifecycleConfiguration', {
    Bucket,
    LifecycleConfiguration: { Rules: Rules.map((rule) => ({ Status: 'Enabled', Filter: {}, ...rule })) },
  })
const versioned = () => s3.call('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } })
const put = (Key: string, Body = 'x', more: object = {}) => s3.call('PutObject', { Bucket, Key, Body, ...more })
const at = async (time: number) => {
  now = time
  await runLifecycle(s3.world, Bucket)
}
const keys = async (): Promise<string[]> =>
  ((await s3.call('ListObjectsV2', { Bucket })).Contents ?? []).map((one: { Key: string }) => one.Key)
/** `key` of a version, `key!` of a delete marker, newest first. */
const versions = async (): Promise<string[]> => {
  const { Versions = [], DeleteMarkers = [] } = await s3.call('ListObjectVersions', { Bucket })
  return [...Versions.map((one: any) => one.Key), ...DeleteMarkers.map((one: any) => `${one.Key}!`)]
}

describe('an expiration', () => {
  it('comes at the midnight UTC after its days', async () => {
    await rules({ ID: 'a rule/1', Expiration: { Days: 2 } })
    const { Expiration } = await put('k')
    assert.equal(Expiration, 'expiry-date="Fri, 04 Sep 2026 00:00:00 GMT", rule-id="a%20rule%2F1"')
    assert.equal((await s3.call('HeadObject', { Bucket, Key: 'k' })).Expiration, Expiration)
    await at(Date.UTC(2026, 8, 3, 23, 59, 58))
    assert.deepEqual(await keys(), ['k'])
    await at(Date.UTC(2026, 8, 4))
    assert.deepEqual(await keys(), [])
  })

  it('heeds prefix, tags and size', async () => {
    const filters: [object, string[]][] = [
      [{ Prefix: 'logs/' }, ['big', 'tagged']],
      [{ Tag: { Key: 'keep', Value: 'no' } }, ['big', 'logs/a']],
      [{ ObjectSizeGreaterThan: 5 }, ['logs/a', 'tagged']],
      [{ ObjectSizeLessThan: 5 }, ['big']],
      [{ And: { Prefix: 'logs/', ObjectSizeGreaterThan: 5 } }, ['big', 'logs/a', 'tagged']],
      [{ And: { Prefix: 't', Tags: [{ Key: 'keep', Value: 'no' }] } }, ['big', 'logs/a']],
    ]
    for (const [Filter, left] of filters) {
      now = noon
      await put('logs/a')
      await put('tagged', 'x', { Tagging: 'keep=no' })
      await put('big', '123456')
      await rules({ Filter, Expiration: { Days: 1 } })
      await at(noon + 3 * DAY)
      assert.deepEqual(await keys(), left, JSON.stringify(Filter))
    }
  })

  it('does nothing while its rule is disabled or its date is to come', async () => {
    await put('k')
    await rules({ Status: 'Disabled', Expiration: { Days: 1 } }, { Expiration: { Date: Date.UTC(2027, 0, 1) / 1000 } })
    await at(noon + 30 * DAY)
    assert.deepEqual(await keys(), ['k'])
    await at(Date.UTC(2027, 0, 1))
    assert.deepEqual(await keys(), [])
  })

  it('puts a delete marker where versions are kept, once', async () => {
    await versioned()
    await put('k')
    await rules({ Expiration: { Days: 1 } })
    await at(noon + 3 * DAY)
    await at(noon + 3 * DAY + 1)
    assert.deepEqual(await versions(), ['k', 'k!'])
  })

  it('clears a thousand objects in one go, and leaves others', async () => {
    for (let n = 0; n < 1100; n++) await put(n % 2 ? `old/${n}` : `new/${n}`, '')
    await rules({ Filter: { Prefix: 'old/' }, Expiration: { Days: 1 } })
    await at(noon + 3 * DAY)
    assert.equal((await keys()).filter((key) => key.startsWith('old/')).length, 0)
    assert.equal((await keys()).length, 550)
  })
})

describe('versions that are not current', () => {
  it('expire by the time that they are not, but for the newest so many', async () => {
    await versioned()
    for (const body of ['1', '2', '3', '4']) await put('k', body)
    await rules({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 } })
    await at(noon + DAY)
    assert.equal((await versions()).length, 4)
    await at(noon + 2 * DAY)
    const { Versions } = await s3.call('ListObjectVersions', { Bucket })
    const bodies = await Promise.all(
      Versions.map(async ({ VersionId }: any) =>
        text((await s3.call('GetObject', { Bucket, Key: 'k', VersionId })).Body),
      ),
    )
    assert.deepEqual(bodies, ['4', '3', '2'])
  })

  it('stay while they are locked', async () => {
    await s3.call('CreateBucket', { Bucket: 'locked', ObjectLockEnabledForBucket: true })
    const until = (noon + 10 * DAY) / 1000
    const lock = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until }
    await s3.call('PutObject', { Bucket: 'locked', Key: 'k', Body: '1', ...lock })
    const held = await s3.call('PutObject', { Bucket: 'locked', Key: 'k', Body: '2', ObjectLockLegalHoldStatus: 'ON' })
    await s3.call('PutObject', { Bucket: 'locked', Key: 'k', Body: '3' })
    await s3.call('PutBucketLifecycleConfiguration', {
      Bucket: 'locked',
      LifecycleConfiguration: {
        Rules: [{ Status: 'Enabled', Filter: {}, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
      },
    })
    const left = async () => (await s3.call('ListObjectVersions', { Bucket: 'locked' })).Versions
    now = noon + 5 * DAY
    await runLifecycle(s3.world, 'locked')
    assert.equal((await left()).length, 3)
    now = noon + 11 * DAY
    await runLifecycle(s3.world, 'locked')
    assert.deepEqual(
      (await left()).slice(1).map(({ VersionId }: any) => VersionId),
      [held.VersionId],
    )
  })

  it('leave a delete marker behind that goes when it is alone', async () => {
    await versioned()
    await put('k')
    await put('kept')
    await s3.call('DeleteObject', { Bucket, Key: 'k' })
    await rules({ Expiration: { ExpiredObjectDeleteMarker: true } })
    await at(noon + DAY)
    assert.deepEqual(await versions(), ['k', 'kept', 'k!'])
    await rules({
      Expiration: { ExpiredObjectDeleteMarker: true },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    })
    await at(noon + 3 * DAY)
    await at(noon + 3 * DAY + 1)
    assert.deepEqual(await versions(), ['kept'])
  })
})

describe('uploads that nobody ends', () => {
  it('are aborted, with their parts', async () => {
    const { UploadId } = await s3.call('CreateMultipartUpload', { Bucket, Key: 'k' })
    await s3.call('UploadPart', { Bucket, Key: 'k', UploadId, PartNumber: 1, Body: 'x' })
    await s3.call('CreateMultipartUpload', { Bucket, Key: 'other' })
    await rules({ Filter: { Prefix: 'k' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } })
    await at(noon + DAY)
    assert.equal((await s3.call('ListMultipartUploads', { Bucket })).Uploads.length, 2)
    await at(noon + 4 * DAY)
    const { Uploads } = await s3.call('ListMultipartUploads', { Bucket })
    assert.deepEqual(
      Uploads.map(({ Key }: any) => Key),
      ['other'],
    )
  })
})

describe('a transition', () => {
  it('records the storage class of what is large enough, and archives are restored before they are read', async () => {
    await put('large', 'x'.repeat(128 * 1024))
    await put('small')
    await rules({ Transitions: [{ Days: 0, StorageClass: 'GLACIER' }] })
    await at(noon + 2 * DAY)
    const { Contents } = await s3.call('ListObjectsV2', { Bucket })
    assert.deepEqual(
      Contents.map(({ Key, StorageClass }: any) => [Key, StorageClass]),
      [
        ['large', 'GLACIER'],
        ['small', 'STANDARD'],
      ],
    )
    const Key = 'large'
    await assert.rejects(s3.call('GetObject', { Bucket, Key }), { code: 'InvalidObjectState', status: 403 })
    await assert.rejects(s3.call('CopyObject', { Bucket, Key: 'copy', CopySource: `${Bucket}/large` }), {
      code: 'InvalidObjectState',
    })
    await assert.rejects(s3.call('RestoreObject', { Bucket, Key: 'small', RestoreRequest: { Days: 1 } }), {
      code: 'InvalidObjectState',
    })
    const restore = () => s3.call('RestoreObject', { Bucket, Key, RestoreRequest: { Days: 1 } })
    assert.equal((await restore()).$status, 202)
    await assert.rejects(restore(), { code: 'RestoreAlreadyInProgress', status: 409 })
    const head = async () => s3.call('HeadObject', { Bucket, Key })
    assert.deepEqual([(await head()).StorageClass, (await head()).Restore], ['GLACIER', 'ongoing-request="true"'])
    now += 6 * 3_600_000
    assert.equal((await text((await s3.call('GetObject', { Bucket, Key })).Body)).length, 128 * 1024)
    assert.match((await head()).Restore, /^ongoing-request="false", expiry-date="Sat, 05 Sep 2026 00:00:00 GMT"$/)
    const listed = await s3.call('ListObjectsV2', { Bucket, OptionalObjectAttributes: ['RestoreStatus'] })
    assert.equal(listed.Contents[0].RestoreStatus.IsRestoreInProgress, false)
    assert.equal((await restore()).$status, 200)
    now += 3 * DAY
    await assert.rejects(s3.call('GetObject', { Bucket, Key }), { code: 'InvalidObjectState' })
  })
})

describe('a configuration', () => {
  it('is given back as it was put, with ids, and taken away', async () => {
    const rule = { ID: 'one', Filter: { Prefix: 'a' }, Status: 'Enabled', Expiration: { Days: 1 } }
    await rules(rule, { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })
    const got = await s3.call('GetBucketLifecycleConfiguration', { Bucket })
    assert.deepEqual(got.Rules[0], rule)
    assert.match(got.Rules[1].ID, /^\S{48}$/)
    assert.equal(got.TransitionDefaultMinimumObjectSize, 'all_storage_classes_128K')
    await s3.call('DeleteBucketLifecycle', { Bucket })
    await assert.rejects(s3.call('GetBucketLifecycleConfiguration', { Bucket }), {
      code: 'NoSuchLifecycleConfiguration',
      status: 404,
    })
  })

  const midday = Date.UTC(2027, 0, 1, 12) / 1000
  const wrong: [rules: object[], code: string, message?: string][] = [
    [[], 'MalformedXML'],
    [[{ Status: 'On', Expiration: { Days: 1 } }], 'MalformedXML'],
    [[{ Prefix: '', Expiration: { Days: 1 } }], 'MalformedXML'],
    [[{ Filter: { Prefix: 'a', ObjectSizeLessThan: 1 }, Expiration: { Days: 1 } }], 'MalformedXML'],
    [[{ Filter: { And: { Prefix: 'a' } }, Expiration: { Days: 1 } }], 'MalformedXML'],
    [[{ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }], 'MalformedXML'],
    [[{ Expiration: {} }], 'MalformedXML'],
    [[{}], 'InvalidRequest', 'At least one action needs to be specified in a rule'],
    [[{ Expiration: { Days: 0 } }], 'InvalidArgument', "'Days' for Expiration action must be a positive integer"],
    [[{ Expiration: { Date: midday } }], 'InvalidArgument', "'Date' must be at midnight GMT"],
    [
      [{ ID: 'x'.repeat(256), Expiration: { Days: 1 } }],
      'InvalidArgument',
      'ID length should not exceed allowed limit of 255',
    ],
    [
      [
        { ID: 'x', Expiration: { Days: 1 } },
        { ID: 'x', Expiration: { Days: 2 } },
      ],
      'InvalidArgument',
      'Rule ID must be unique. Found same ID for more than one rule',
    ],
    [
      [{ Filter: { Tag: { Key: 'a', Value: 'b' } }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
      'InvalidRequest',
      'AbortIncompleteMultipartUpload cannot be specified with Tags.',
    ],
    [
      [{ Filter: { Tag: { Key: 'a', Value: 'b' } }, Expiration: { ExpiredObjectDeleteMarker: true } }],
      'InvalidRequest',
      'ExpiredObjectDeleteMarker cannot be specified with Tags.',
    ],
    [
      [{ Transitions: [{ Days: 3, StorageClass: 'STANDARD_IA' }] }],
      'InvalidArgument',
      "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    ],
    [[{ Transitions: [{ Days: 3, StorageClass: 'STANDARD' }] }], 'MalformedXML'],
    [[{ NoncurrentVersionExpiration: { NewerNoncurrentVersions: 3 } }], 'MalformedXML'],
  ]
  for (const [given, code, message] of wrong) {
    it(`${JSON.stringify(given).slice(0, 100)} is ${code}`, async () => {
      await assert.rejects(rules(...given), { code, ...(message ? { message } : {}) })
    })
  }

  it('may overlap by their filters, and by prefixes of their own where they do different things', async () => {
    const [Expiration, abort] = [{ Days: 1 }, { DaysAfterInitiation: 1 }]
    await rules({ Filter: { Prefix: 'a' }, Expiration }, { Filter: { Prefix: 'ab' }, Expiration })
    const old = (Prefix: string, action: object) => ({ Prefix, Filter: undefined, ...action })
    await rules(old('a', { Expiration }), old('b', { Expiration }))
    await rules(old('a', { Expiration }), old('ab', { AbortIncompleteMultipartUpload: abort }))
    await assert.rejects(rules(old('', { Expiration }), old('ab', { Expiration })), {
      code: 'InvalidRequest',
      message: "Found overlapping prefixes '' and 'ab' for same action type 'Expiration'",
    })
    const Transitions = [{ Days: 30, StorageClass: 'GLACIER' }]
    await assert.rejects(rules(old('ab', { Transitions }), old('a', { Transitions, Expiration: { Days: 60 } })), {
      code: 'InvalidRequest',
      message: "Found overlapping prefixes 'ab' and 'a' for same action type 'Transition'",
    })
  })
})
