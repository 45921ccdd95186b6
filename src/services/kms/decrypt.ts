import type { DecryptCommandInput, DecryptCommandOutput, EncryptionAlgorithmSpec } from '@aws-sdk/client-kms'
import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { decryptBy, requireCipher } from './cipher.ts'
import { readHead } from './ciphertext.ts'
import { dryRun, incorrectKey, invalidCiphertext, notBuilt, validation } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { keyArn } from './key.ts'
import { openKey, parseKeyId, peekKey, type Reference } from './key-id.ts'
import { kmsOperation } from './kms-operation.ts'
import { keyNeed } from './needs.ts'

export const decrypt = kmsOperation<DecryptCommandInput, DecryptCommandOutput>('Decrypt', {
  needs: (input, call) => {
    const { EncryptionContext, EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' } = input
    return [
      keyNeed(call, 'Decrypt', decryptingKey(call, input), {
        ...(EncryptionContext && { encryptionContext: EncryptionContext }),
        context: { 'kms:EncryptionAlgorithm': EncryptionAlgorithm },
      }),
    ]
  },
  perform: (input, { call, world }) => {
    if (input.Recipient) throw notBuilt('kms:Decrypt with Recipient')
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, decryptingKey(call, input))
    const { EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT', EncryptionContext: context } = input
    requireCipher(key, 'Decrypt', algorithm)
    if (input.DryRun && input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT')) throw dryRun()
    if (!input.CiphertextBlob) throw missingCiphertext()
    const { plain, material } = decryptBy(world, key, input.CiphertextBlob, { algorithm, ...(context && { context }) })
    if (input.DryRun) throw dryRun()
    return {
      KeyId: keyArn(key),
      Plaintext: plain,
      EncryptionAlgorithm: algorithm,
      ...(algorithm === 'SYMMETRIC_DEFAULT' && { KeyMaterialId: material.id }),
    }
  },
})

interface Decryption {
  KeyId?: string
  CiphertextBlob?: Uint8Array
  EncryptionAlgorithm?: EncryptionAlgorithmSpec
}

/**
 * Which key is to decrypt: the one that was named, else the one that the ciphertext names. A named one that is not it
 * cannot do it, whatever it is (IncorrectKeyException), and that is known before anybody's permissions are looked at:
 * inferred.
 */
export function decryptingKey(call: Call, input: Shape<Decryption>): Reference {
  const { KeyId, CiphertextBlob: blob, EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT' } = input
  const head = blob && algorithm === 'SYMMETRIC_DEFAULT' ? readHead(blob) : undefined
  if (KeyId !== undefined) {
    const named = parseKeyId(KeyId, call)
    const key = peekKey(call.world, named)
    if (head && key && (head.keyId !== key.id || head.account !== key.account)) throw incorrectKey()
    return named
  }
  // "KeyId: required only when the ciphertext was encrypted under an asymmetric KMS key." inferred: the sentence.
  if (algorithm !== 'SYMMETRIC_DEFAULT') throw validation(`KeyId must be specified when decrypting with ${algorithm}.`)
  if (!blob) throw missingCiphertext()
  if (!head) throw invalidCiphertext()
  const reference = { kind: 'key', account: head.account, region: call.region, id: head.keyId } as const
  if (!peekKey(call.world, reference)) throw unknownKey()
  return reference
}

/** errors.md A2.2; not even the account that owned the key hears more. */
const unknownKey = () =>
  new AwsError(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  )

const missingCiphertext = () =>
  validation(
    "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
  )
