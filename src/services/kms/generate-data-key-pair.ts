import type {
  GenerateDataKeyPairCommandInput,
  GenerateDataKeyPairCommandOutput,
  GenerateDataKeyPairWithoutPlaintextCommandInput,
  GenerateDataKeyPairWithoutPlaintextCommandOutput,
} from '@aws-sdk/client-kms'
import type { Permit } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { encryptBy } from './cipher.ts'
import { dryRun, notBuilt } from './errors.ts'
import { requireSymmetric } from './generate-data-key.ts'
import { checkGrantTokens } from './grant-token.ts'
import { keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { isAsymmetric } from './key-spec.ts'
import { kmsOperation } from './kms-operation.ts'
import { makeMaterial } from './material.ts'
import { onKey } from './needs.ts'

type Input = Shape<GenerateDataKeyPairWithoutPlaintextCommandInput>

const keys = ({ EncryptionContext, KeyPairSpec }: Input) => ({
  ...(EncryptionContext && { encryptionContext: EncryptionContext }),
  context: { 'kms:DataKeyPairSpec': KeyPairSpec, 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' },
})

export const generateDataKeyPair = kmsOperation<GenerateDataKeyPairCommandInput, GenerateDataKeyPairCommandOutput>(
  'GenerateDataKeyPair',
  {
    needs: onKey('GenerateDataKeyPair', keys),
    perform: async (input, permit) => {
      if (input.Recipient) throw notBuilt('kms:GenerateDataKeyPair with Recipient')
      const { plain, ...answer } = await dataKeyPair('GenerateDataKeyPair', input, permit)
      return { ...answer, PrivateKeyPlaintext: plain }
    },
  },
)

export const generateDataKeyPairWithoutPlaintext = kmsOperation<
  GenerateDataKeyPairWithoutPlaintextCommandInput,
  GenerateDataKeyPairWithoutPlaintextCommandOutput
>('GenerateDataKeyPairWithoutPlaintext', {
  needs: onKey('GenerateDataKeyPairWithoutPlaintext', keys),
  perform: async (input, permit) => {
    const { plain: _plain, ...answer } = await dataKeyPair('GenerateDataKeyPairWithoutPlaintext', input, permit)
    return answer
  },
})

async function dataKeyPair(operation: string, input: Input, { call, world }: Permit) {
  checkGrantTokens(world, input.GrantTokens)
  const { KeyPairSpec: spec, EncryptionContext: context } = input
  const key = openKey(world, parseKeyId(input.KeyId, call))
  requireSymmetric(key, operation)
  if (!isAsymmetric(spec)) throw notBuilt(`kms:${operation} with KeyPairSpec ${spec}`)
  if (input.DryRun) throw dryRun()
  const { secret, publicKey } = await makeMaterial(spec)
  const { blob, material } = encryptBy(world, key, secret, context && { context })
  return {
    PrivateKeyCiphertextBlob: blob,
    PublicKey: publicKey!,
    KeyId: keyArn(key),
    KeyPairSpec: spec,
    KeyMaterialId: material.id,
    plain: secret,
  }
}
