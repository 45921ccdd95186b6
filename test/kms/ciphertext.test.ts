import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { decrypt, encrypt, readHead } from '../../src/services/kms/ciphertext.ts'
import { canonical, type EncryptionContext } from '../../src/services/kms/encryption-context.ts'

const name = {
  account: '012345678901',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  materialId: 'ab'.repeat(32),
}
const key = randomBytes(32)
const context = { purpose: 'test', Purpose: 'ü' }

test('a ciphertext names its key and opens with the same encryption context only', () => {
  const others: (EncryptionContext | undefined)[] = [
    undefined,
    {},
    { purpose: 'test' },
    { ...context, more: '' },
    { purpose: 'ü', Purpose: 'test' },
  ]
  for (const keyId of [name.keyId, 'mrk-1234abcd12ab34cd56ef1234567890ab']) {
    const blob = encrypt({ ...name, keyId }, key, Buffer.from('secret'), context)
    assert.deepEqual(readHead(blob), { ...name, keyId })
    assert.equal(decrypt(key, blob, { Purpose: 'ü', purpose: 'test' }).toString(), 'secret')
    for (const other of others) assert.throws(() => decrypt(key, blob, other))
    assert.throws(() => decrypt(randomBytes(32), blob, context))
  }
})

test('no bit of it can be changed', () => {
  const blob = encrypt(name, key, Buffer.from('secret'), context)
  for (let at = 0; at < blob.length; at++) {
    const flipped = Buffer.from(blob)
    flipped[at]! ^= 1
    assert.throws(() => decrypt(key, flipped, context), `byte ${at}`)
  }
})

test('what is no ciphertext names nothing', () => {
  const blob = encrypt(name, key, Buffer.alloc(0))
  const wrong = [Buffer.alloc(0), blob.subarray(0, -1), randomBytes(200), Buffer.concat([Buffer.from([9]), blob])]
  for (const one of wrong) assert.equal(readHead(one), undefined)
})

test('no two encryption contexts are one string', () => {
  const contexts: EncryptionContext[] = [
    {},
    { a: '' },
    { '': 'a' },
    { a: 'b' },
    { ab: '' },
    { a: 'b', c: 'd' },
    { a: 'bc', '': 'd' },
  ]
  assert.equal(new Set(contexts.map((one) => canonical(one).toString('hex'))).size, contexts.length)
})
