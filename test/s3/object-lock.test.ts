import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openEstate, type Estate } from './estate.ts'

const Bucket = 'locked'
const Key = 'k'
const DAY = 86_400
const start = Date.UTC(2026, 8, 1, 12) / 1000
const inDays = (days: number) => start + days * DAY

let s3: Estate
let now: number
beforeEach(async () => {
  s3 = openEstate()
  now = start * 1000
  ;(s3.world as { now(): number }).now = () => ++now
  await s3.call('CreateBucket', { Bucket, ObjectLockEnabledForBucket: true })
})
afterEach(() => s3.close())

const put = async (more: object = {}) =>
  (await s3.call('PutObject', { Bucket, Key, Body: 'x', ...more })).VersionId as string
const retention = (Mode: string, days: number) => ({ ObjectLockMode: Mode, ObjectLockRetainUntilDate: inDays(days) })
const remove = (VersionId: string, more: object = {}) => s3.call('DeleteObject', { Bucket, Key, VersionId, ...more })
const locked = { code: 'AccessDenied', status: 403, message: 'Access Denied because object protected by object lock.' }

describe('a locked version', () => {
  it('in compliance mode stays until its time, whoever asks', async () => {
    const id = await put(retention('COMPLIANCE', 10))
    await assert.rejects(remove(id), locked)
    await assert.rejects(remove(id, { BypassGovernanceRetention: true }), locked)
    const { Errors } = await s3.call('DeleteObjects', { Bucket, Delete: { Objects: [{ Key, VersionId: id }] } })
    assert.deepEqual(Errors, [{ Key, VersionId: id, Code: 'AccessDenied', Message: locked.message }])
    const shorten = { Bucket, Key, BypassGovernanceRetention: true }
    for (const Retention of [
      { Mode: 'COMPLIANCE', RetainUntilDate: inDays(9) },
      { Mode: 'GOVERNANCE', RetainUntilDate: inDays(20) },
      {},
    ]) {
      await assert.rejects(s3.call('PutObjectRetention', { ...shorten, Retention }), locked)
    }
    const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: inDays(20) }
    await s3.call('PutObjectRetention', { Bucket, Key, Retention })
    assert.deepEqual(await s3.call('GetObjectRetention', { Bucket, Key }), { Retention })
    now = inDays(11) * 1000
    await assert.rejects(remove(id), locked)
    now = inDays(20) * 1000
    assert.deepEqual(await remove(id), { VersionId: id })
  })

  it('in governance mode gives way to those who may bypass it, and say so', async () => {
    const id = await put(retention('GOVERNANCE', 10))
    await assert.rejects(remove(id), locked)
    const Resource = `arn:aws:s3:::${Bucket}/*`
    const deleter = s3.user([{ Action: 's3:DeleteObjectVersion', Resource }])
    const bypass = { Bucket, Key, VersionId: id, BypassGovernanceRetention: true }
    await assert.rejects(s3.call('DeleteObject', bypass, { as: deleter }), {
      code: 'AccessDenied',
      message: /s3:BypassGovernanceRetention/,
    })
    const both = s3.user([{ Action: ['s3:DeleteObjectVersion', 's3:BypassGovernanceRetention'], Resource }])
    await s3.call('DeleteObject', bypass, { as: both })
  })

  it('under a legal hold stays until the hold is lifted', async () => {
    const id = await put({ ObjectLockLegalHoldStatus: 'ON' })
    await assert.rejects(remove(id, { BypassGovernanceRetention: true }), locked)
    await s3.call('PutObjectLegalHold', { Bucket, Key, LegalHold: { Status: 'OFF' } })
    assert.deepEqual(await s3.call('GetObjectLegalHold', { Bucket, Key }), { LegalHold: { Status: 'OFF' } })
    await remove(id)
  })

  it('is hidden by a delete marker all the same', async () => {
    await put(retention('COMPLIANCE', 10))
    assert.equal((await s3.call('DeleteObject', { Bucket, Key })).DeleteMarker, true)
  })

  it('tells its lock to those who may ask for it', async () => {
    await put({ ...retention('GOVERNANCE', 10), ObjectLockLegalHoldStatus: 'ON' })
    const head = await s3.call('HeadObject', { Bucket, Key })
    assert.deepEqual(
      [head.ObjectLockMode, head.ObjectLockRetainUntilDate, head.ObjectLockLegalHoldStatus],
      ['GOVERNANCE', inDays(10), 'ON'],
    )
    const reader = s3.user([
      { Action: ['s3:GetObject', 's3:GetObjectLegalHold'], Resource: `arn:aws:s3:::${Bucket}/*` },
    ])
    const shown = await s3.call('HeadObject', { Bucket, Key }, { as: reader })
    assert.deepEqual([shown.ObjectLockMode, shown.ObjectLockLegalHoldStatus], [undefined, 'ON'])
  })
})

describe('a default retention', () => {
  it('is for new versions that ask for none of their own', async () => {
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 3 } }
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule }
    await s3.call('PutObjectLockConfiguration', { Bucket, ObjectLockConfiguration })
    assert.deepEqual(await s3.call('GetObjectLockConfiguration', { Bucket }), { ObjectLockConfiguration })
    const id = await put()
    await assert.rejects(remove(id), locked)
    const own = await put(retention('GOVERNANCE', 1))
    now = inDays(2) * 1000
    await remove(own)
    await assert.rejects(remove(id), locked)
    now = inDays(4) * 1000
    await remove(id)
  })

  const wrong: [object, string][] = [
    [{}, 'MalformedXML'],
    [{ ObjectLockEnabled: 'Enabled', Rule: {} }, 'MalformedXML'],
    [{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE' } } }, 'MalformedXML'],
    [
      { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } } },
      'MalformedXML',
    ],
    [{ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 0 } } }, 'InvalidArgument'],
    [
      { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Years: 101 } } },
      'InvalidArgument',
    ],
  ]
  for (const [ObjectLockConfiguration, code] of wrong) {
    it(`${JSON.stringify(ObjectLockConfiguration)} is ${code}`, async () => {
      await assert.rejects(s3.call('PutObjectLockConfiguration', { Bucket, ObjectLockConfiguration }), { code })
    })
  }
})

describe('object lock', () => {
  it('keeps versioning on', async () => {
    const VersioningConfiguration = { Status: 'Suspended' }
    await assert.rejects(s3.call('PutBucketVersioning', { Bucket, VersioningConfiguration }), {
      code: 'InvalidBucketState',
      status: 409,
    })
  })

  it('is refused where it was not enabled', async () => {
    await s3.call('CreateBucket', { Bucket: 'open' })
    await s3.call('PutObject', { Bucket: 'open', Key, Body: 'x' })
    const open = { Bucket: 'open', Key }
    const missing = { code: 'InvalidRequest', message: 'Bucket is missing Object Lock Configuration' }
    await assert.rejects(s3.call('PutObject', { ...open, ...retention('GOVERNANCE', 1) }), missing)
    await assert.rejects(s3.call('GetObjectRetention', open), missing)
    await assert.rejects(s3.call('PutObjectLegalHold', { ...open, LegalHold: { Status: 'ON' } }), missing)
    await assert.rejects(s3.call('GetObjectLockConfiguration', { Bucket: 'open' }), {
      code: 'ObjectLockConfigurationNotFoundError',
      status: 404,
    })
    await assert.rejects(
      s3.call('PutObjectLockConfiguration', {
        Bucket: 'open',
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
      }),
      { code: 'InvalidBucketState', status: 409 },
    )
  })

  const wrong: [object, string][] = [
    [
      { ObjectLockMode: 'GOVERNANCE' },
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    ],
    [{ ObjectLockMode: 'FOREVER', ObjectLockRetainUntilDate: inDays(1) }, 'Unknown wormMode directive.'],
    [retention('GOVERNANCE', -1), 'The retain until date must be in the future!'],
    [{ ObjectLockLegalHoldStatus: 'MAYBE' }, "Legal Hold must be either of 'ON' or 'OFF'"],
  ]
  for (const [headers, message] of wrong) {
    it(`${JSON.stringify(headers)}: ${message}`, async () => {
      await assert.rejects(put(headers), { code: 'InvalidArgument', message })
    })
  }

  it('wants the body’s digest of those who send one over HTTP', async () => {
    const input = { Bucket, Key, Body: 'x', ...retention('GOVERNANCE', 1) }
    await assert.rejects(s3.call('PutObject', input, { headers: { host: 'h' } }), {
      code: 'InvalidRequest',
      message:
        'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    })
  })

  it('has condition keys that bound what may be asked for', async () => {
    const Resource = `arn:aws:s3:::${Bucket}/*`
    const short = s3.user([
      { Action: 's3:PutObject', Resource },
      {
        Action: 's3:PutObjectRetention',
        Resource,
        Condition: {
          NumericLessThanEquals: { 's3:object-lock-remaining-retention-days': '10' },
          StringEquals: { 's3:object-lock-mode': 'GOVERNANCE' },
        },
      },
    ])
    const write = (more: object) => s3.call('PutObject', { Bucket, Key, Body: 'x', ...more }, { as: short })
    await write(retention('GOVERNANCE', 10))
    await assert.rejects(write(retention('GOVERNANCE', 12)), { code: 'AccessDenied' })
    await assert.rejects(write(retention('COMPLIANCE', 5)), { code: 'AccessDenied' })
  })
})
