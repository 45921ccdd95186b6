import assert from 'node:assert/strict'
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  verify,
} from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Lab, openLab, refusal } from './lab.ts'

let lab: Lab
before(async () => (lab = await openLab()))
after(() => lab.server.close())

const arnOf = (id: string, region = 'us-east-1') => `arn:aws:kms:${region}:123456789012:key/${id}`
const Plaintext = Buffer.from('secret')

test('a key is made, described, listed, tagged and called by its four names', async () => {
  const { kms } = lab
  const tags = [{ TagKey: 'team', TagValue: 'ml' }]
  const { KeyMetadata: made } = await kms('CreateKey', { Description: 'first', Tags: tags })
  const { CreationDate, CurrentKeyMaterialId, ...rest } = made
  assert.match(made.KeyId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.match(CurrentKeyMaterialId, /^[0-9a-f]{64}$/)
  assert.equal(typeof CreationDate, 'number')
  assert.deepEqual(rest, {
    AWSAccountId: '123456789012',
    KeyId: made.KeyId,
    Arn: arnOf(made.KeyId),
    Enabled: true,
    Description: 'first',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  })
  await kms('CreateAlias', { AliasName: 'alias/first', TargetKeyId: made.KeyId })
  for (const KeyId of [made.KeyId, made.Arn, 'alias/first', 'arn:aws:kms:us-east-1:123456789012:alias/first']) {
    assert.deepEqual((await kms('DescribeKey', { KeyId })).KeyMetadata, made)
    const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
    assert.deepEqual((await kms('Decrypt', { CiphertextBlob, KeyId })).Plaintext, Plaintext)
  }
  await kms('TagResource', { KeyId: made.KeyId, Tags: [{ TagKey: 'a', TagValue: '' }] })
  await kms('UntagResource', { KeyId: made.Arn, TagKeys: ['team'] })
  assert.deepEqual((await kms('ListResourceTags', { KeyId: made.KeyId })).Tags, [{ TagKey: 'a', TagValue: '' }])
  await kms('UpdateKeyDescription', { KeyId: made.KeyId, Description: 'renamed' })
  assert.equal((await kms('DescribeKey', { KeyId: made.KeyId })).KeyMetadata.Description, 'renamed')
})

test('keys and aliases come in pages', async () => {
  const { kms, key } = lab
  const ids = [await key(), await key(), await key()]
  for (const [at, id] of ids.entries()) await kms('CreateAlias', { AliasName: `alias/page/${at}`, TargetKeyId: id })
  const seen: string[] = []
  let Marker: string | undefined
  do {
    const page = await kms('ListKeys', { Limit: 2, ...(Marker !== undefined && { Marker }) })
    seen.push(...page.Keys.map((one: { KeyId: string }) => one.KeyId))
    assert.equal(page.Truncated, page.NextMarker !== undefined)
    Marker = page.NextMarker
  } while (Marker !== undefined)
  assert.equal(new Set(seen).size, seen.length)
  for (const id of ids) assert.ok(seen.includes(id))
  const { Aliases } = await kms('ListAliases', { KeyId: ids[1] })
  assert.deepEqual(
    Aliases.map((one: { AliasName: string }) => one.AliasName),
    ['alias/page/1'],
  )
  await assert.rejects(kms('ListKeys', { Marker: 'x' }), refusal('InvalidMarkerException'))
})

test('names of keys that are not there, or are none', async () => {
  const { kms } = lab
  const gone = '11111111-2222-4333-8444-555555555555'
  const cases: [string, string, string][] = [
    [gone, 'NotFoundException', `Key '${arnOf(gone)}' does not exist`],
    [arnOf(gone), 'NotFoundException', `Key '${arnOf(gone)}' does not exist`],
    ['fake-key-id', 'NotFoundException', "Invalid keyId 'fake-key-id'"],
    ['134f2428cec14b25a1ae9048164dba47', 'NotFoundException', "Invalid keyId '134f2428cec14b25a1ae9048164dba47'"],
    ['mrk-fake-key-id', 'NotFoundException', "Invalid keyId 'mrk-fake-key-id'"],
    [arnOf(gone, 'ap-southeast-1'), 'NotFoundException', 'Invalid arn ap-southeast-1'],
    ['alias/none', 'NotFoundException', 'Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found.'],
    ['arn:aws:iam::123456789012:role/x', 'InvalidArnException', 'Invalid arn arn:aws:iam::123456789012:role/x'],
  ]
  for (const [KeyId, code, message] of cases)
    await assert.rejects(kms('DescribeKey', { KeyId }), refusal(code, message))
  await assert.rejects(kms('EnableKey', { KeyId: 'alias/x' }), refusal('NotFoundException', "Invalid keyId 'alias/x'"))
  const arn = arnOf(gone).replace('123456789012', '999999999999')
  await assert.rejects(
    kms('DescribeKey', { KeyId: arn }),
    refusal('AccessDeniedException', / because no resource-based policy allows the kms:DescribeKey action$/),
  )
})

test('aliases move between keys of one kind, and AWS has its own', async () => {
  const { kms, key } = lab
  const [one, other] = [await key(), await key()]
  const mac = await key({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  const AliasName = 'alias/moves'
  await kms('CreateAlias', { AliasName, TargetKeyId: one })
  await assert.rejects(
    kms('CreateAlias', { AliasName, TargetKeyId: other }),
    refusal(
      'AlreadyExistsException',
      `An alias with the name arn:aws:kms:us-east-1:123456789012:${AliasName} already exists`,
    ),
  )
  await kms('UpdateAlias', { AliasName, TargetKeyId: other })
  assert.equal((await kms('DescribeKey', { KeyId: AliasName })).KeyMetadata.KeyId, other)
  assert.deepEqual((await kms('ListAliases', { KeyId: one })).Aliases, [])
  await assert.rejects(kms('UpdateAlias', { AliasName, TargetKeyId: mac }), refusal('ValidationException'))
  await kms('DeleteAlias', { AliasName })
  await assert.rejects(kms('DeleteAlias', { AliasName }), refusal('NotFoundException', /is not found\.$/))
  await assert.rejects(
    kms('CreateAlias', { AliasName: 'moves', TargetKeyId: one }),
    refusal('ValidationException', /^Alias must start with the prefix "alias\/"\. Please see /),
  )
  await assert.rejects(
    kms('CreateAlias', { AliasName: 'alias/aws/s3', TargetKeyId: one }),
    refusal('NotAuthorizedException'),
  )
})

test('a disabled key does nothing, an enabled one again', async () => {
  const { kms, key } = lab
  const KeyId = await key()
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
  await kms('DisableKey', { KeyId })
  for (const [operation, input] of [
    ['Encrypt', { KeyId, Plaintext }],
    ['Decrypt', { CiphertextBlob }],
    ['GenerateDataKey', { KeyId, KeySpec: 'AES_256' }],
    ['CreateGrant', { KeyId, GranteePrincipal: '123456789012', Operations: ['Decrypt'] }],
    ['EnableKeyRotation', { KeyId }],
  ] as const)
    await assert.rejects(kms(operation, input), refusal('DisabledException', `${arnOf(KeyId)} is disabled.`))
  assert.equal((await kms('DescribeKey', { KeyId })).KeyMetadata.KeyState, 'Disabled')
  await kms('EnableKey', { KeyId })
  assert.deepEqual((await kms('Decrypt', { CiphertextBlob })).Plaintext, Plaintext)
})

test('deletion waits, can be called off, and then happens', async () => {
  const { kms, key, wait, server } = lab
  const KeyId = await key()
  const { CiphertextBlob } = await kms('Encrypt', { KeyId, Plaintext })
  await kms('CreateAlias', { AliasName: 'alias/doomed', TargetKeyId: KeyId })
  await kms('CreateGrant', { KeyId, GranteePrincipal: '123456789012', Operations: ['Decrypt'] })
  await assert.rejects(kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 6 }), refusal('ValidationException'))
  const scheduled = await kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
  assert.deepEqual(
    { ...scheduled, DeletionDate: Math.round(scheduled.DeletionDate - server.world.now() / 1000) },
    { KeyId: arnOf(KeyId), DeletionDate: 7 * 86_400, KeyState: 'PendingDeletion', PendingWindowInDays: 7 },
  )
  const pending = refusal('KMSInvalidStateException', `${arnOf(KeyId)} is pending deletion.`)
  await assert.rejects(kms('Decrypt', { CiphertextBlob }), pending)
  await assert.rejects(kms('EnableKey', { KeyId }), pending)
  await assert.rejects(kms('ScheduleKeyDeletion', { KeyId }), pending)
  await kms('CancelKeyDeletion', { KeyId })
  assert.equal((await kms('DescribeKey', { KeyId })).KeyMetadata.KeyState, 'Disabled')
  wait(8)
  assert.equal((await kms('DescribeKey', { KeyId })).KeyMetadata.KeyState, 'Disabled')
  await kms('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
  wait(6.9)
  assert.equal((await kms('DescribeKey', { KeyId })).KeyMetadata.KeyState, 'PendingDeletion')
  wait(0.2)
  await assert.rejects(
    kms('DescribeKey', { KeyId }),
    refusal('NotFoundException', `Key '${arnOf(KeyId)}' does not exist`),
  )
  await assert.rejects(kms('CancelKeyDeletion', { KeyId }), refusal('NotFoundException'))
  await assert.rejects(
    kms('Decrypt', { CiphertextBlob }),
    refusal('AccessDeniedException', /^The ciphertext refers to a/),
  )
  for (const kind of ['kms/key', 'kms/grant', 'kms/alias'])
    assert.ok(!server.world.store.list(kind).some((row) => JSON.stringify(row).includes(KeyId)), kind)
})

test('rotation: each year, on demand, and what was encrypted before still opens', async () => {
  const { kms, key, wait } = lab
  const KeyId = await key()
  const blobs = [(await kms('Encrypt', { KeyId, Plaintext })).CiphertextBlob]
  const material = async () => (await kms('DescribeKey', { KeyId })).KeyMetadata.CurrentKeyMaterialId as string
  const seen = [await material()]
  assert.equal((await kms('GetKeyRotationStatus', { KeyId })).KeyRotationEnabled, false)
  await kms('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 })
  wait(89)
  assert.equal(await material(), seen[0])
  wait(2)
  seen.push(await material())
  blobs.push((await kms('Encrypt', { KeyId, Plaintext })).CiphertextBlob)
  assert.equal((await kms('RotateKeyOnDemand', { KeyId })).KeyId, KeyId)
  seen.push(await material())
  blobs.push((await kms('Encrypt', { KeyId, Plaintext })).CiphertextBlob)
  assert.equal(new Set(seen).size, 3)
  for (const [at, CiphertextBlob] of blobs.entries()) {
    const opened = await kms('Decrypt', { CiphertextBlob })
    assert.deepEqual([opened.Plaintext, opened.KeyMaterialId], [Plaintext, seen[at]])
  }
  const { Rotations } = await kms('ListKeyRotations', { KeyId })
  assert.deepEqual(
    Rotations.map((one: any) => [one.KeyMaterialId, one.RotationType]),
    [
      [seen[1], 'AUTOMATIC'],
      [seen[2], 'ON_DEMAND'],
    ],
  )
  const all = await kms('ListKeyRotations', { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })
  assert.deepEqual(
    all.Rotations.map((one: any) => one.KeyMaterialState),
    ['NON_CURRENT', 'NON_CURRENT', 'CURRENT'],
  )
  const status = await kms('GetKeyRotationStatus', { KeyId })
  assert.deepEqual([status.KeyRotationEnabled, status.RotationPeriodInDays], [true, 90])
  await kms('DisableKeyRotation', { KeyId })
  wait(200)
  assert.equal(await material(), seen[2])
  const rsa = await key({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
  await assert.rejects(kms('EnableKeyRotation', { KeyId: rsa }), refusal('UnsupportedOperationException'))
})

test('data keys and pairs open to what was handed out', async () => {
  const { kms, key } = lab
  const KeyId = await key()
  const EncryptionContext = { 'aws:s3:arn': 'arn:aws:s3:::bucket' }
  for (const [size, bytes] of [
    [{ KeySpec: 'AES_256' }, 32],
    [{ KeySpec: 'AES_128' }, 16],
    [{ NumberOfBytes: 64 }, 64],
  ] as const) {
    const made = await kms('GenerateDataKey', { KeyId, EncryptionContext, ...size })
    assert.equal(made.Plaintext.length, bytes)
    const { CiphertextBlob } = made
    assert.deepEqual((await kms('Decrypt', { CiphertextBlob, EncryptionContext })).Plaintext, made.Plaintext)
    await assert.rejects(kms('Decrypt', { CiphertextBlob }), refusal('InvalidCiphertextException', ''))
    const silent = await kms('GenerateDataKeyWithoutPlaintext', { KeyId, EncryptionContext, ...size })
    assert.equal(silent.Plaintext, undefined)
    const opened = await kms('Decrypt', { CiphertextBlob: silent.CiphertextBlob, EncryptionContext })
    assert.equal(opened.Plaintext.length, bytes)
  }
  await assert.rejects(kms('GenerateDataKey', { KeyId }), refusal('ValidationException'))
  for (const KeyPairSpec of ['RSA_2048', 'ECC_NIST_P384', 'ECC_SECG_P256K1']) {
    const pair = await kms('GenerateDataKeyPair', { KeyId, KeyPairSpec })
    const { Plaintext: der } = await kms('Decrypt', { CiphertextBlob: pair.PrivateKeyCiphertextBlob })
    assert.deepEqual(der, pair.PrivateKeyPlaintext)
    const publicKey = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
    assert.deepEqual(publicKey.export({ type: 'spki', format: 'der' }), pair.PublicKey)
  }
  await assert.rejects(kms('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'SM2' }), refusal('NotImplemented', /SM2/))
  assert.equal((await kms('GenerateRandom', { NumberOfBytes: 91 })).Plaintext.length, 91)
  await assert.rejects(kms('GenerateRandom', {}), refusal('ValidationException', 'NumberOfBytes is required.'))
})

test('ReEncrypt moves a ciphertext to another key and context', async () => {
  const { kms, key } = lab
  const [from, to] = [await key(), await key()]
  const { CiphertextBlob } = await kms('Encrypt', { KeyId: from, Plaintext, EncryptionContext: { a: '1' } })
  const moved = await kms('ReEncrypt', {
    CiphertextBlob,
    SourceEncryptionContext: { a: '1' },
    DestinationKeyId: to,
    DestinationEncryptionContext: { b: '2' },
  })
  assert.deepEqual([moved.SourceKeyId, moved.KeyId], [arnOf(from), arnOf(to)])
  const opened = await kms('Decrypt', { CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { b: '2' } })
  assert.deepEqual(opened.Plaintext, Plaintext)
  await assert.rejects(
    kms('Decrypt', { CiphertextBlob, KeyId: to, EncryptionContext: { a: '1' } }),
    refusal(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    ),
  )
})

test('RSA: others encrypt with the public key, KMS decrypts; and to its limits', async () => {
  const { kms, key } = lab
  const KeyId = await key({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
  const { PublicKey, EncryptionAlgorithms } = await kms('GetPublicKey', { KeyId })
  assert.deepEqual(EncryptionAlgorithms, ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'])
  const publicKey = createPublicKey({ key: PublicKey, format: 'der', type: 'spki' })
  for (const [EncryptionAlgorithm, oaepHash, most] of [
    ['RSAES_OAEP_SHA_1', 'sha1', 214],
    ['RSAES_OAEP_SHA_256', 'sha256', 190],
  ] as const) {
    const CiphertextBlob = publicEncrypt({ key: publicKey, oaepHash }, Plaintext)
    assert.deepEqual((await kms('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm })).Plaintext, Plaintext)
    const full = Buffer.alloc(most, 7)
    const sealed = await kms('Encrypt', { KeyId, Plaintext: full, EncryptionAlgorithm })
    const opened = await kms('Decrypt', { KeyId, CiphertextBlob: sealed.CiphertextBlob, EncryptionAlgorithm })
    assert.deepEqual(opened.Plaintext, full)
    await assert.rejects(
      kms('Encrypt', { KeyId, Plaintext: Buffer.alloc(most + 1), EncryptionAlgorithm }),
      refusal(
        'ValidationException',
        `Algorithm ${EncryptionAlgorithm} and key spec RSA_2048 cannot encrypt data larger than ${most} bytes.`,
      ),
    )
  }
  await assert.rejects(
    kms('Encrypt', { KeyId, Plaintext }),
    refusal('InvalidKeyUsageException', 'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.'),
  )
})

test('signatures verify with the public key, here and elsewhere', async () => {
  const { kms, key } = lab
  for (const [KeySpec, SigningAlgorithm, hash] of [
    ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
    ['ECC_NIST_P521', 'ECDSA_SHA_512', 'sha512'],
    ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'sha256'],
  ] as const) {
    const KeyId = await key({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
    const { PublicKey } = await kms('GetPublicKey', { KeyId })
    const Message = Buffer.from('signed')
    const { Signature } = await kms('Sign', { KeyId, Message, SigningAlgorithm })
    assert.ok(verify(hash, Message, createPublicKey({ key: PublicKey, format: 'der', type: 'spki' }), Signature))
    assert.equal((await kms('Verify', { KeyId, Message, SigningAlgorithm, Signature })).SignatureValid, true)
    await assert.rejects(
      kms('Verify', { KeyId, Message: Buffer.from('other'), SigningAlgorithm, Signature }),
      refusal('KMSInvalidSignatureException', ''),
    )
    await assert.rejects(
      kms('Sign', { KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm }),
      refusal('ValidationException', `Digest is invalid length for algorithm ${SigningAlgorithm}.`),
    )
    await assert.rejects(
      kms('Encrypt', { KeyId, Plaintext }),
      refusal('InvalidKeyUsageException', `${arnOf(KeyId)} key usage is SIGN_VERIFY which is not valid for Encrypt.`),
    )
  }
})

test('HMAC: right ones and no others', async () => {
  const { kms, key, server } = lab
  for (const bits of [224, 256, 384, 512]) {
    const KeyId = await key({ KeySpec: `HMAC_${bits}`, KeyUsage: 'GENERATE_VERIFY_MAC' })
    const MacAlgorithm = `HMAC_SHA_${bits}`
    const Message = Buffer.from('message')
    const { Mac } = await kms('GenerateMac', { KeyId, Message, MacAlgorithm })
    const { materials } = server.world.store.get<any>('kms/key', `123456789012/us-east-1/${KeyId}`)
    const secret = server.world.vault.open('kms/material', `${KeyId}/${materials[0].id}`, materials[0].sealed)
    assert.deepEqual(Mac, createHmac(`sha${bits}`, secret).update(Message).digest())
    assert.equal((await kms('VerifyMac', { KeyId, Message, MacAlgorithm, Mac })).MacValid, true)
    await assert.rejects(
      kms('VerifyMac', { KeyId, Message: Buffer.from('other'), MacAlgorithm, Mac }),
      refusal('KMSInvalidMacException', ''),
    )
    const other = `HMAC_SHA_${bits === 256 ? 512 : 256}`
    await assert.rejects(
      kms('GenerateMac', { KeyId, Message, MacAlgorithm: other }),
      refusal('InvalidKeyUsageException', `Algorithm ${other} is incompatible with key spec HMAC_${bits}.`),
    )
  }
})

test('key agreement: both sides have one secret', async () => {
  const { kms, key } = lab
  const KeyId = await key({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'KEY_AGREEMENT' })
  const { PublicKey } = await kms('GetPublicKey', { KeyId })
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
  const mine = publicKey.export({ type: 'spki', format: 'der' })
  const answer = await kms('DeriveSharedSecret', { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: mine })
  const theirs = createPublicKey({ key: PublicKey, format: 'der', type: 'spki' })
  assert.deepEqual(answer.SharedSecret, diffieHellman({ privateKey, publicKey: theirs }))
  const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey
  await assert.rejects(
    kms('DeriveSharedSecret', {
      KeyId,
      KeyAgreementAlgorithm: 'ECDH',
      PublicKey: stranger.export({ type: 'spki', format: 'der' }),
    }),
    refusal('ValidationException'),
  )
})

test('CreateKey refuses what does not go together, and by name what is not built', async () => {
  const { kms } = lab
  const words = 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.'
  await assert.rejects(kms('CreateKey', { KeySpec: 'HMAC_256' }), refusal('ValidationException', words))
  await assert.rejects(
    kms('CreateKey', { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'KEY_AGREEMENT' }),
    refusal('ValidationException'),
  )
  await assert.rejects(kms('CreateKey', { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }), refusal('NotImplemented', /SM2/))
  await assert.rejects(kms('CreateKey', { Origin: 'AWS_CLOUDHSM' }), refusal('NotImplemented', /custom key store/))
})

test('DryRun changes nothing and says what would have been', async () => {
  const { kms, key } = lab
  const KeyId = await key()
  const would = refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.')
  await assert.rejects(kms('Encrypt', { KeyId, Plaintext, DryRun: true }), would)
  await assert.rejects(
    kms('CreateGrant', { KeyId, GranteePrincipal: '123456789012', Operations: ['Decrypt'], DryRun: true }),
    would,
  )
  assert.deepEqual((await kms('ListGrants', { KeyId })).Grants, [])
})
