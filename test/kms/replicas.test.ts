import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Lab, openLab, refusal } from './lab.ts'

let lab: Lab
before(async () => (lab = await openLab()))
after(() => lab.server.close())

const origin = { kind: 'internet', ip: '203.0.113.5' } as const
const there = (operation: string, input: Record<string, unknown>): Promise<any> =>
  lab.server.world.door.call({
    service: 'kms',
    operation,
    input,
    as: { credentials: lab.server.admin },
    origin,
    region: 'us-west-2',
  })

test('a replica has the id and the material of its primary, and all else of its own', async () => {
  const { kms, key } = lab
  const KeyId = await key({ MultiRegion: true, Description: 'primary' })
  assert.match(KeyId, /^mrk-[0-9a-f]{32}$/)
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext: Buffer.from('x') })
  await assert.rejects(there('DescribeKey', { KeyId }), refusal('NotFoundException'))
  const answer = await kms('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' })
  assert.deepEqual([answer.ReplicaKeyMetadata.KeyState, answer.ReplicaKeyMetadata.Enabled], ['Creating', false])
  const { KeyMetadata } = await there('DescribeKey', { KeyId })
  assert.deepEqual([KeyMetadata.KeyState, KeyMetadata.Description], ['Enabled', ''])
  const arn = (region: string) => `arn:aws:kms:${region}:123456789012:key/${KeyId}`
  assert.deepEqual(KeyMetadata.MultiRegionConfiguration, {
    MultiRegionKeyType: 'REPLICA',
    PrimaryKey: { Arn: arn('us-east-1'), Region: 'us-east-1' },
    ReplicaKeys: [{ Arn: arn('us-west-2'), Region: 'us-west-2' }],
  })
  assert.equal((await there('Decrypt', { CiphertextBlob })).KeyId, arn('us-west-2'))
  await assert.rejects(kms('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' }), refusal('AlreadyExistsException'))
  await assert.rejects(
    there('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' }),
    refusal('UnsupportedOperationException'),
  )

  await kms('RotateKeyOnDemand', { KeyId })
  const rotated = await there('Encrypt', { KeyId, Plaintext: Buffer.from('y') })
  assert.equal((await kms('Decrypt', { CiphertextBlob: rotated.CiphertextBlob })).Plaintext.toString(), 'y')
  assert.equal((await kms('Decrypt', { CiphertextBlob })).Plaintext.toString(), 'x')
})

test('the primary moves, and goes last', async () => {
  const { kms, key, wait } = lab
  const KeyId = await key({ MultiRegion: true })
  await kms('ReplicateKey', { KeyId, ReplicaRegion: 'us-west-2' })
  await kms('UpdatePrimaryRegion', { KeyId, PrimaryRegion: 'us-west-2' })
  const type = async (ask: typeof there) =>
    (await ask('DescribeKey', { KeyId })).KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType
  assert.deepEqual([await type(kms), await type(there)], ['REPLICA', 'PRIMARY'])
  const scheduled = await there('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
  assert.deepEqual([scheduled.KeyState, scheduled.DeletionDate], ['PendingReplicaDeletion', undefined])
  await kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
  wait(7.1)
  await assert.rejects(kms('DescribeKey', { KeyId }), refusal('NotFoundException'))
  assert.equal((await there('DescribeKey', { KeyId })).KeyMetadata.KeyState, 'PendingDeletion')
  wait(7.1)
  await assert.rejects(there('DescribeKey', { KeyId }), refusal('NotFoundException'))
})
