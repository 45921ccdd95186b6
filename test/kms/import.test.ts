/** Imported key material, wrapped as its owner would. */
import assert from 'node:assert/strict'
import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Lab, openLab, refusal } from './lab.ts'

let lab: Lab
before(async () => (lab = await openLab()))
after(() => lab.server.close())

const Plaintext = Buffer.from('secret')
const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }

function wrap(algorithm: string, der: Uint8Array, material: Uint8Array): Buffer {
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  const oaepHash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256'
  const seal = (bytes: Uint8Array) => publicEncrypt({ key, oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING }, bytes)
  if (algorithm.startsWith('RSAES')) return seal(material)
  const inner = randomBytes(32)
  const cipher = createCipheriv('id-aes256-wrap-pad', inner, Buffer.from('a65959a6', 'hex'))
  return Buffer.concat([seal(inner), cipher.update(material), cipher.final()])
}

async function importInto(
  KeyId: string,
  material: Uint8Array,
  more: object = forever,
  algorithm = 'RSAES_OAEP_SHA_256',
) {
  const { kms } = lab
  const asked = { KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: 'RSA_2048' }
  const { ImportToken, PublicKey } = await kms('GetParametersForImport', asked)
  const EncryptedKeyMaterial = wrap(algorithm, PublicKey, material)
  return kms('ImportKeyMaterial', { KeyId, ImportToken, EncryptedKeyMaterial, ...more })
}

test('a symmetric key waits for its material, works with it, and waits again without', async () => {
  const { kms, key } = lab
  const KeyId = await key({ Origin: 'EXTERNAL' })
  const pending = refusal(
    'KMSInvalidStateException',
    `arn:aws:kms:us-east-1:123456789012:key/${KeyId} is pending import.`,
  )
  await assert.rejects(kms('Encrypt', { KeyId, Plaintext }), pending)
  const material = randomBytes(32)
  for (const algorithm of [
    'RSAES_OAEP_SHA_1',
    'RSAES_OAEP_SHA_256',
    'RSA_AES_KEY_WRAP_SHA_1',
    'RSA_AES_KEY_WRAP_SHA_256',
  ])
    await importInto(KeyId, material, forever, algorithm)
  const { KeyMetadata } = await kms('DescribeKey', { KeyId })
  assert.deepEqual([KeyMetadata.KeyState, KeyMetadata.ExpirationModel], ['Enabled', 'KEY_MATERIAL_DOES_NOT_EXPIRE'])
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
  await kms('DeleteImportedKeyMaterial', { KeyId })
  await assert.rejects(kms('Decrypt', { CiphertextBlob }), pending)
  await assert.rejects(importInto(KeyId, randomBytes(32)), refusal('IncorrectKeyMaterialException'))
  await importInto(KeyId, material)
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob })).Plaintext, Plaintext)
})

test('material expires at its time', async () => {
  const { kms, key, wait, server } = lab
  const KeyId = await key({ Origin: 'EXTERNAL' })
  await assert.rejects(
    importInto(KeyId, randomBytes(32), {}),
    refusal('ValidationException', 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'),
  )
  const ValidTo = Math.floor(server.world.now() / 1000) + 86_400
  await importInto(KeyId, randomBytes(32), { ValidTo })
  assert.equal((await kms('DescribeKey', { KeyId })).KeyMetadata.ValidTo, ValidTo)
  wait(0.9)
  await kms('Encrypt', { KeyId, Plaintext })
  wait(0.2)
  await assert.rejects(
    kms('Encrypt', { KeyId, Plaintext }),
    refusal('KMSInvalidStateException', /is pending import\.$/),
  )
  const stored = server.world.store.get<any>('kms/key', `123456789012/us-east-1/${KeyId}`)
  assert.equal(stored.materials[0].sealed, undefined)
})

test('private keys and HMAC keys are imported, and are the very same', async () => {
  const { kms, key } = lab
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const KeyId = await key({ Origin: 'EXTERNAL', KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  await importInto(KeyId, ec.privateKey.export({ type: 'pkcs8', format: 'der' }))
  const { Signature } = await kms('Sign', { KeyId, Message: Plaintext, SigningAlgorithm: 'ECDSA_SHA_256' })
  assert.ok(verify('sha256', Plaintext, ec.publicKey, Signature))

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsaKey = await key({ Origin: 'EXTERNAL', KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
  const der = rsa.privateKey.export({ type: 'pkcs8', format: 'der' })
  await assert.rejects(importInto(rsaKey, randomBytes(32)), refusal('UnsupportedOperationException'))
  await importInto(rsaKey, der, forever, 'RSA_AES_KEY_WRAP_SHA_256')
  const { PublicKey } = await kms('GetPublicKey', { KeyId: rsaKey })
  assert.deepEqual(Buffer.from(PublicKey), rsa.publicKey.export({ type: 'spki', format: 'der' }))

  const mac = await key({ Origin: 'EXTERNAL', KeySpec: 'HMAC_384', KeyUsage: 'GENERATE_VERIFY_MAC' })
  await assert.rejects(importInto(mac, randomBytes(32)), refusal('IncorrectKeyMaterialException'))
  await importInto(mac, randomBytes(48))
})

test('only with its own token, on its day, and for keys that are made for it', async () => {
  const { kms, key, wait } = lab
  const [one, other] = [await key({ Origin: 'EXTERNAL' }), await key({ Origin: 'EXTERNAL' })]
  const parameters = (KeyId: string) =>
    kms('GetParametersForImport', { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' })
  const { ImportToken, PublicKey } = await parameters(one)
  const EncryptedKeyMaterial = wrap('RSAES_OAEP_SHA_256', PublicKey, randomBytes(32))
  const input = { ImportToken, EncryptedKeyMaterial, ...forever }
  await assert.rejects(kms('ImportKeyMaterial', { KeyId: other, ...input }), refusal('InvalidImportTokenException'))
  await assert.rejects(
    kms('ImportKeyMaterial', { KeyId: one, ...input, EncryptedKeyMaterial: randomBytes(256) }),
    refusal('InvalidCiphertextException'),
  )
  wait(1.1)
  await assert.rejects(kms('ImportKeyMaterial', { KeyId: one, ...input }), refusal('ExpiredImportTokenException'))
  const own = await key()
  await assert.rejects(
    parameters(own),
    refusal(
      'UnsupportedOperationException',
      `arn:aws:kms:us-east-1:123456789012:key/${own} origin is AWS_KMS which is not valid for this operation.`,
    ),
  )
})

test('new material is rotated to on demand', async () => {
  const { kms, key } = lab
  const KeyId = await key({ Origin: 'EXTERNAL' })
  const first = await importInto(KeyId, randomBytes(32))
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
  const second = await importInto(KeyId, randomBytes(32), { ...forever, ImportType: 'NEW_KEY_MATERIAL' })
  const current = async () => (await kms('DescribeKey', { KeyId })).KeyMetadata.CurrentKeyMaterialId as string
  assert.equal(await current(), first.KeyMaterialId)
  await kms('RotateKeyOnDemand', { KeyId })
  assert.equal(await current(), second.KeyMaterialId)
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob })).Plaintext, Plaintext)
  await assert.rejects(kms('RotateKeyOnDemand', { KeyId }), refusal('KMSInvalidStateException'))
})
