import { createHash, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type {
  DeleteImportedKeyMaterialCommandInput,
  DeleteImportedKeyMaterialCommandOutput,
  GetParametersForImportCommandInput,
  GetParametersForImportCommandOutput,
  ImportKeyMaterialCommandInput,
  ImportKeyMaterialCommandOutput,
} from '@aws-sdk/client-kms'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalidCiphertext, notBuilt, unsupported, validation } from './errors.ts'
import { makeImportToken, readImportToken } from './import-token.ts'
import { currentMaterial, findKey, type Key, keyArn, type Material, saveKey, seconds } from './key.ts'
import { openKey, parseKeyOnly } from './key-id.ts'
import { requireNotDeleted } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { sealMaterial } from './material.ts'
import { onOwnKey } from './needs.ts'
import { plan } from './plan.ts'
import { readMaterial, unwrap } from './unwrap.ts'

const DAY = 86_400
const keyPair = promisify(generateKeyPair)

/** The sentence is captured. */
function requireImportable(key: Key): void {
  if (key.origin !== 'EXTERNAL')
    throw unsupported(`${keyArn(key)} origin is ${key.origin} which is not valid for this operation.`)
  requireNotDeleted(key)
}

export const getParametersForImport = kmsOperation<
  GetParametersForImportCommandInput,
  GetParametersForImportCommandOutput
>('GetParametersForImport', {
  needs: onOwnKey('GetParametersForImport', {
    options: ({ WrappingAlgorithm, WrappingKeySpec }) => ({
      context: { 'kms:WrappingAlgorithm': WrappingAlgorithm, 'kms:WrappingKeySpec': WrappingKeySpec },
    }),
  }),
  perform: async ({ KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: spec }, { call, world }) => {
    const key = openKey(world, parseKeyOnly(KeyId, call))
    requireImportable(key)
    if (algorithm === 'SM2PKE' || spec === 'SM2') throw notBuilt('kms:GetParametersForImport with SM2')
    // "As of October 10, 2023, AWS KMS does not support the RSAES_PKCS1_V1_5 wrapping algorithm." inferred: the sentence.
    if (algorithm === 'RSAES_PKCS1_V1_5') throw unsupported('The RSAES_PKCS1_V1_5 wrapping algorithm is not supported.')
    // "You must use an RSA_AES_KEY_WRAP_* algorithm to import RSA private keys." inferred: the sentence.
    if (key.spec.startsWith('RSA_') && !algorithm.startsWith('RSA_AES_KEY_WRAP'))
      throw unsupported(`${algorithm} cannot wrap key material of key spec ${key.spec}.`)
    const { privateKey, publicKey } = await keyPair('rsa', { modulusLength: Number(spec.slice('RSA_'.length)) })
    const validTo = seconds(call) + DAY
    return {
      KeyId: keyArn(key),
      ImportToken: makeImportToken(world, key, { algorithm, privateKey, validTo }),
      PublicKey: publicKey.export({ type: 'spki', format: 'der' }),
      ParametersValidTo: validTo,
    }
  },
})

type Input = Shape<ImportKeyMaterialCommandInput>

export const importKeyMaterial = kmsOperation<ImportKeyMaterialCommandInput, ImportKeyMaterialCommandOutput>(
  'ImportKeyMaterial',
  {
    needs: onOwnKey('ImportKeyMaterial', {
      options: ({ ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }) => ({
        context: {
          'kms:ExpirationModel': ExpirationModel,
          ...(ValidTo !== undefined && { 'kms:ValidTo': new Date(ValidTo * 1000).toISOString() }),
        },
      }),
    }),
    perform: (input, { call, world }) =>
      world.store.transaction(() => {
        const key = findKey(world.store, parseKeyOnly(input.KeyId, call))
        requireImportable(key)
        const expiry = expiryOf(input, seconds(call))
        const { algorithm, privateKey } = readImportToken(world, key, input.ImportToken)
        const secret = unwrapped(() => unwrap(algorithm, privateKey, input.EncryptedKeyMaterial))
        const read = readMaterial(key.spec, secret)
        if (!read) throw incorrectMaterial()
        const id = materialId(key, secret)
        const sealed = sealMaterial(world, key.id, id, secret)
        const { KeyMaterialDescription: description } = input
        const material: Material = {
          id,
          sealed,
          createdAt: seconds(call),
          ...expiry,
          ...(description !== undefined && { description }),
        }
        const changed: Key = {
          ...key,
          materials: placed(key, material, input),
          ...(read.publicKey && { publicKey: read.publicKey.toString('base64') }),
          ...(key.materials.length === 0 && { enabled: true }),
        }
        saveKey(world.store, changed)
        plan(world.store, changed)
        return { KeyId: keyArn(key), KeyMaterialId: id }
      }),
  },
)

/** The first sentence is captured; inferred: the second. */
function expiryOf({ ExpirationModel = 'KEY_MATERIAL_EXPIRES', ValidTo }: Input, now: number) {
  if (ExpirationModel === 'KEY_MATERIAL_DOES_NOT_EXPIRE') return { expirationModel: ExpirationModel }
  if (ValidTo === undefined)
    throw validation('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES')
  if (ValidTo <= now || ValidTo > now + 365 * DAY)
    throw validation('The validTo date must be in the future, and no more than 365 days from now.')
  return { expirationModel: ExpirationModel, validTo: ValidTo }
}

/** The material's own fingerprint, so that the same bytes are known when they come again; a key has 128 bits at the least. */
function materialId(key: Key, secret: Buffer): string {
  return createHash('sha256').update(`kms/imported/${key.id}/`).update(secret).digest('hex')
}

/**
 * Where it goes: the first of all, in the place of the same material that was there before, or beside it until it is
 * rotated to. "You must reimport the same key material" in all other cases.
 */
function placed(key: Key, material: Material, { ImportType, KeyMaterialId }: Input): Material[] {
  const { materials } = key
  const before = materials.find(({ id }) => id === material.id)
  if (KeyMaterialId !== undefined && KeyMaterialId !== material.id) throw incorrectMaterial()
  if (materials.length === 0) return [material]
  if (ImportType === 'NEW_KEY_MATERIAL') {
    if (before || key.spec !== 'SYMMETRIC_DEFAULT') throw incorrectMaterial()
    return [...materials.filter(({ pending }) => !pending), { ...material, pending: true }]
  }
  if (!before) throw incorrectMaterial()
  const { expirationModel: _model, validTo: _until, ...kept } = before
  return materials.map((one) => (one === before ? { ...kept, ...material, createdAt: one.createdAt } : one))
}

/** inferred: the sentence. */
const incorrectMaterial = () =>
  new AwsError(
    'IncorrectKeyMaterialException',
    'The key material in the request does not match the key spec of the KMS key or the key material that was imported into it before.',
  )

function unwrapped(work: () => Buffer): Buffer {
  try {
    return work()
  } catch {
    throw invalidCiphertext()
  }
}

export const deleteImportedKeyMaterial = kmsOperation<
  DeleteImportedKeyMaterialCommandInput,
  DeleteImportedKeyMaterialCommandOutput
>('DeleteImportedKeyMaterial', {
  needs: onOwnKey('DeleteImportedKeyMaterial'),
  perform: ({ KeyId, KeyMaterialId }, { call, world }) =>
    world.store.transaction(() => {
      const key = findKey(world.store, parseKeyOnly(KeyId, call))
      requireImportable(key)
      const id = KeyMaterialId ?? currentMaterial(key)?.id
      const gone = key.materials.find((one) => one.id === id)
      if (KeyMaterialId !== undefined && !gone)
        throw new AwsError('NotFoundException', `Key material '${KeyMaterialId}' does not exist`)
      if (gone)
        saveKey(world.store, { ...key, materials: key.materials.flatMap((one) => (one === gone ? emptied(one) : one)) })
      return { KeyId: keyArn(key), ...(id !== undefined && { KeyMaterialId: id }) }
    }),
})

/** What never was current leaves nothing behind. */
function emptied({ sealed: _sealed, expirationModel: _model, validTo: _until, ...rest }: Material): Material[] {
  return rest.pending ? [] : [rest]
}
