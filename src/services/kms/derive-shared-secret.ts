import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import type { DeriveSharedSecretCommandInput, DeriveSharedSecretCommandOutput } from '@aws-sdk/client-kms'
import { dryRun, notBuilt, validation, wrongUsage } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { currentMaterial, type Key, keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { specs } from './key-spec.ts'
import { requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { openPrivateKey } from './material.ts'
import { onKey } from './needs.ts'

/** The raw secret: the x coordinate of the common point (API reference, DeriveSharedSecret). */
export const deriveSharedSecret = kmsOperation<DeriveSharedSecretCommandInput, DeriveSharedSecretCommandOutput>(
  'DeriveSharedSecret',
  {
    needs: onKey('DeriveSharedSecret', ({ KeyAgreementAlgorithm }) => ({
      context: { 'kms:KeyAgreementAlgorithm': KeyAgreementAlgorithm },
    })),
    perform: (input, { call, world }) => {
      if (input.Recipient) throw notBuilt('kms:DeriveSharedSecret with Recipient')
      checkGrantTokens(world, input.GrantTokens)
      const key = openKey(world, parseKeyId(input.KeyId, call))
      requireUsable(key)
      if (key.usage !== 'KEY_AGREEMENT') throw wrongUsage(keyArn(key), key.usage, 'DeriveSharedSecret')
      const publicKey = otherSide(key, input.PublicKey)
      if (input.DryRun) throw dryRun()
      const privateKey = openPrivateKey(world, key, currentMaterial(key)!)
      return {
        KeyId: keyArn(key),
        SharedSecret: diffieHellman({ privateKey, publicKey }),
        KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
        KeyOrigin: key.origin,
      }
    },
  },
)

/** "The public key in your peer's key pair […] must be on the same curve". inferred: the sentence. */
function otherSide(key: Key, der: Uint8Array): KeyObject {
  const maker = specs[key.spec]!.maker
  try {
    const publicKey = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
    if (maker.kind === 'ec' && publicKey.asymmetricKeyDetails?.namedCurve === maker.curve) return publicKey
  } catch {}
  throw validation(`The public key is not a valid public key of key spec ${key.spec}.`)
}
