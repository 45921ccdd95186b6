import type { GetPublicKeyCommandInput, GetPublicKeyCommandOutput } from '@aws-sdk/client-kms'
import { unsupported } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { isAsymmetric, specs } from './key-spec.ts'
import { requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { algorithms } from './metadata.ts'
import { onKey } from './needs.ts'

export const getPublicKey = kmsOperation<GetPublicKeyCommandInput, GetPublicKeyCommandOutput>('GetPublicKey', {
  needs: onKey('GetPublicKey'),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, parseKeyId(input.KeyId, call))
    // inferred: the sentence.
    if (!isAsymmetric(key.spec))
      throw unsupported(`${keyArn(key)} key spec is ${key.spec} which is not valid for this operation.`)
    requireUsable(key)
    return {
      KeyId: keyArn(key),
      PublicKey: Buffer.from(key.publicKey!, 'base64'),
      CustomerMasterKeySpec: key.spec as NonNullable<GetPublicKeyCommandOutput['CustomerMasterKeySpec']>,
      KeySpec: key.spec,
      KeyUsage: key.usage,
      ...algorithms(key, specs[key.spec]!),
    }
  },
})
