import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'
import { checkVault, MasterKeyError, openVault, readMasterKey } from '../../src/store/vault.ts'

const key = (byte: number) => Buffer.alloc(32, byte)

describe('the vault', () => {
  const vault = openVault(key(1))
  const sealed = vault.seal('kms', 'key-1', Buffer.from('material'))

  it('opens what it sealed, and never shows it', () => {
    assert.equal(vault.open('kms', 'key-1', sealed).toString(), 'material')
    assert.doesNotMatch(Buffer.from(sealed, 'base64').toString('latin1'), /material/)
    assert.notEqual(vault.seal('kms', 'key-1', Buffer.from('material')), sealed)
  })

  it('opens it for nothing else, with no other key, and not when a bit was turned', () => {
    assert.throws(() => vault.open('s3', 'key-1', sealed))
    assert.throws(() => vault.open('kms', 'key-2', sealed))
    assert.throws(() => openVault(key(2)).open('kms', 'key-1', sealed))
    const bytes = Buffer.from(sealed, 'base64')
    for (let at = 0; at < bytes.length; at += 1) {
      const turned = Buffer.from(bytes)
      turned[at] = turned[at]! ^ 1
      assert.throws(() => vault.open('kms', 'key-1', turned.toString('base64')))
      assert.throws(() => vault.open('kms', 'key-1', bytes.subarray(0, at).toString('base64')))
    }
  })
})

describe('the master key', () => {
  let dir: string
  before(() => (dir = mkdtempSync(join(tmpdir(), 'sallyport-vault-'))))
  after(() => rmSync(dir, { recursive: true, force: true }))

  it('is made once, for its owner alone', () => {
    const path = join(dir, 'made')
    const made = readMasterKey(path, true)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readMasterKey(path, true), made)
    assert.equal(readFileSync(path, 'utf8').trim(), made.toString('base64'))
  })

  it('must be there where the operator keeps it, and be one', () => {
    assert.throws(() => readMasterKey(join(dir, 'absent'), false), MasterKeyError)
    for (const text of ['', 'secret', key(1).toString('hex'), key(1).subarray(1).toString('base64')]) {
      writeFileSync(join(dir, 'odd'), text)
      assert.throws(() => readMasterKey(join(dir, 'odd'), false), MasterKeyError)
    }
  })

  it('must be the one that the store was made with', () => {
    const store = openStore(':memory:')
    checkVault(store, openVault(key(1)))
    checkVault(store, openVault(key(1)))
    assert.throws(() => checkVault(store, openVault(key(2))), MasterKeyError)
    store.close()
  })
})
