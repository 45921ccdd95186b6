import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bootstrap } from '../../src/services/iam/bootstrap.ts'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { account, newAccount } from './account.ts'

const rootKey = {
  rootAccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  rootSecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

describe('bootstrap', () => {
  const read = ({ world }: ReturnType<typeof newAccount>) =>
    JSON.parse(readFileSync(join(world.config.dataDir, 'credentials.json'), 'utf8'))

  it('mints a root key and an administrator, for the owner of the folder alone', () => {
    const fresh = newAccount()
    const { root, admin } = read(fresh)
    const caller = (key: { accessKeyId: string }) => findCredential(fresh.store, key.accessKeyId, 0)?.caller
    assert.deepEqual([caller(root)?.kind, caller(root)?.arn], ['root', `arn:aws:iam::${account}:root`])
    assert.deepEqual([caller(admin)?.kind, caller(admin)?.arn], ['user', `arn:aws:iam::${account}:user/admin`])
    assert.equal(findCredential(fresh.store, admin.accessKeyId, 0)?.secretAccessKey, admin.secretAccessKey)
    assert.equal(statSync(join(fresh.world.config.dataDir, 'credentials.json')).mode & 0o777, 0o600)
  })

  it('changes nothing on a restart, and does not bring back what was taken away', () => {
    const fresh = newAccount()
    const before = read(fresh)
    bootstrap(fresh.world)
    assert.deepEqual(read(fresh), before)
    fresh.act('root', 'DeleteAccessKey', { UserName: 'admin', AccessKeyId: before.admin.accessKeyId })
    bootstrap(fresh.world)
    assert.deepEqual(read(fresh), { root: before.root })
  })

  it('takes a given root key in place of the one before', () => {
    const fresh = newAccount()
    const before = read(fresh)
    bootstrap(fresh.world, rootKey)
    assert.deepEqual(read(fresh).root, {
      accessKeyId: rootKey.rootAccessKeyId,
      secretAccessKey: rootKey.rootSecretAccessKey,
    })
    assert.deepEqual(read(fresh).admin, before.admin)
    assert.equal(findCredential(fresh.store, before.root.accessKeyId, 0), undefined)
    bootstrap(fresh.world)
    assert.equal(read(fresh).root.accessKeyId, rootKey.rootAccessKeyId)
    bootstrap(fresh.world, { ...rootKey, rootSecretAccessKey: 'another-secret-of-some-length' })
    assert.equal(
      findCredential(fresh.store, rootKey.rootAccessKeyId, 0)?.secretAccessKey,
      'another-secret-of-some-length',
    )
  })

  it('refuses a root key that cannot be one', () => {
    const { world } = newAccount()
    assert.throws(() => bootstrap(world, { rootAccessKeyId: 'test', rootSecretAccessKey: 'test' }), /no access key id/)
    assert.throws(() => bootstrap(world, { rootAccessKeyId: rootKey.rootAccessKeyId }), /together/)
    assert.throws(() => bootstrap(world, { ...rootKey, rootSecretAccessKey: 'short' }), /shorter/)
  })
})
