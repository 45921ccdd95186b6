/** Every signing algorithm against node:crypto's own, which hashes messages itself. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { specs } from '../../src/services/kms/key-spec.ts'
import { digestLength, signPrehashed, signRaw, verifyPrehashed, verifyRaw } from '../../src/services/kms/signing.ts'

const pairs = new Map<string, { privateKey: KeyObject; publicKey: KeyObject }>()
for (const [spec, { maker }] of Object.entries(specs)) {
  if (maker.kind === 'rsa' && maker.bits < 3072)
    pairs.set(spec, generateKeyPairSync('rsa', { modulusLength: maker.bits }))
  if (maker.kind === 'ec') pairs.set(spec, generateKeyPairSync('ec', { namedCurve: maker.curve }))
}
const message = Buffer.from('the message')

for (const [spec, { privateKey, publicKey }] of pairs) {
  for (const algorithm of specs[spec as keyof typeof specs]!.signing!) {
    test(`${spec} ${algorithm}: a message's signature is its digest's`, () => {
      const bits = digestLength(algorithm) * 8
      const digest = createHash(`sha${bits}`).update(message).digest()
      const other = createHash(`sha${bits}`).update('another').digest()
      for (const signature of [signRaw(algorithm, privateKey, message), signPrehashed(algorithm, privateKey, digest)]) {
        assert.ok(verifyRaw(algorithm, publicKey, message, signature))
        assert.ok(verifyPrehashed(algorithm, publicKey, digest, signature))
        assert.ok(!verifyRaw(algorithm, publicKey, Buffer.from('another'), signature))
        assert.ok(!verifyPrehashed(algorithm, publicKey, other, signature))
        for (const at of [5, signature.length - 1]) {
          const flipped = Buffer.from(signature)
          flipped[at]! ^= 1
          assert.ok(!verifyPrehashed(algorithm, publicKey, digest, flipped))
        }
        assert.ok(!verifyPrehashed(algorithm, publicKey, digest, signature.subarray(1)))
        assert.ok(!verifyPrehashed(algorithm, publicKey, digest, Buffer.alloc(0)))
      }
    })
  }
}

test('a hundred digests by each curve verify there and here', () => {
  for (const [spec, { privateKey, publicKey }] of pairs) {
    if (!spec.startsWith('ECC')) continue
    const algorithm = specs[spec as keyof typeof specs]!.signing![0]!
    const hash = `sha${digestLength(algorithm) * 8}`
    for (let at = 0; at < (spec.endsWith('521') ? 4 : 15); at++) {
      const text = Buffer.from(`message ${at}`)
      const digest = createHash(hash).update(text).digest()
      assert.ok(verify(hash, text, publicKey, signPrehashed(algorithm, privateKey, digest)), `${spec} ${at}`)
      assert.ok(verifyPrehashed(algorithm, publicKey, digest, sign(hash, text, privateKey)), `${spec} ${at}`)
    }
  }
})
