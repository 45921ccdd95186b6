import type { EncryptCommandInput, EncryptCommandOutput } from '@aws-sdk/client-kms'
import { encryptBy, requireCipher } from './cipher.ts'
import { dryRun } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { kmsOperation } from './kms-operation.ts'
import { onKey } from './needs.ts'

export const encrypt = kmsOperation<EncryptCommandInput, EncryptCommandOutput>('Encrypt', {
  needs: onKey('Encrypt', ({ EncryptionContext, EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' }) => ({
    ...(EncryptionContext && { encryptionContext: EncryptionContext }),
    context: { 'kms:EncryptionAlgorithm': EncryptionAlgorithm },
  })),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, parseKeyId(input.KeyId, call))
    const { EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT', EncryptionContext: context } = input
    requireCipher(key, 'Encrypt', algorithm)
    if (input.DryRun) throw dryRun()
    const { blob } = encryptBy(world, key, input.Plaintext, { algorithm, ...(context && { context }) })
    return { CiphertextBlob: blob, KeyId: keyArn(key), EncryptionAlgorithm: algorithm }
  },
})
