import type { ReEncryptCommandInput, ReEncryptCommandOutput } from '@aws-sdk/client-kms'
import type { Call } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { decryptBy, encryptBy, requireCipher } from './cipher.ts'
import { decryptingKey } from './decrypt.ts'
import { dryRun, notBuilt } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { keyArn } from './key.ts'
import { openKey, parseKeyId, peekKey } from './key-id.ts'
import { kmsOperation } from './kms-operation.ts'
import { keyNeed } from './needs.ts'

type Input = Shape<ReEncryptCommandInput>

export const reEncrypt = kmsOperation<ReEncryptCommandInput, ReEncryptCommandOutput>('ReEncrypt', {
  needs: (input, call) => {
    const { source, destination } = keysOf(call, input)
    const [from, to] = [peekKey(call.world, source), peekKey(call.world, destination)]
    const same = from !== undefined && to !== undefined && keyArn(from) === keyArn(to)
    const { SourceEncryptionContext: before, DestinationEncryptionContext: after } = input
    return [
      keyNeed(call, 'ReEncryptFrom', source, {
        ...(before && { encryptionContext: before }),
        context: {
          'kms:ReEncryptOnSameKey': String(same),
          'kms:EncryptionAlgorithm': input.SourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
        },
      }),
      keyNeed(call, 'ReEncryptTo', destination, {
        ...(after && { encryptionContext: after }),
        context: {
          'kms:ReEncryptOnSameKey': String(same),
          'kms:EncryptionAlgorithm': input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
        },
      }),
    ]
  },
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const { source, destination } = keysOf(call, input)
    const [from, to] = [openKey(world, source), openKey(world, destination)]
    const { SourceEncryptionContext: before, DestinationEncryptionContext: after } = input
    const { SourceEncryptionAlgorithm: old = 'SYMMETRIC_DEFAULT' } = input
    const { DestinationEncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT' } = input
    requireCipher(from, 'ReEncrypt', old)
    requireCipher(to, 'ReEncrypt', algorithm)
    // Without a ciphertext, which a DryRun may do without, nothing can be tried.
    if (!input.CiphertextBlob) throw notBuilt('kms:ReEncrypt without CiphertextBlob')
    const { plain, material } = decryptBy(world, from, input.CiphertextBlob, {
      algorithm: old,
      ...(before && { context: before }),
    })
    if (input.DryRun) throw dryRun()
    const sealed = encryptBy(world, to, plain, { algorithm, ...(after && { context: after }) })
    return {
      CiphertextBlob: sealed.blob,
      SourceKeyId: keyArn(from),
      KeyId: keyArn(to),
      SourceEncryptionAlgorithm: old,
      DestinationEncryptionAlgorithm: algorithm,
      ...(old === 'SYMMETRIC_DEFAULT' && { SourceKeyMaterialId: material.id }),
      ...(algorithm === 'SYMMETRIC_DEFAULT' && { DestinationKeyMaterialId: sealed.material.id }),
    }
  },
})

function keysOf(call: Call, input: Input) {
  const { SourceKeyId, SourceEncryptionAlgorithm, CiphertextBlob, DestinationKeyId } = input
  return {
    source: decryptingKey(call, {
      ...(SourceKeyId !== undefined && { KeyId: SourceKeyId }),
      ...(SourceEncryptionAlgorithm && { EncryptionAlgorithm: SourceEncryptionAlgorithm }),
      ...(CiphertextBlob && { CiphertextBlob }),
    }),
    destination: parseKeyId(DestinationKeyId, call),
  }
}
