import { randomBytes } from 'node:crypto'
import type {
  GenerateDataKeyCommandInput,
  GenerateDataKeyCommandOutput,
  GenerateDataKeyWithoutPlaintextCommandInput,
  GenerateDataKeyWithoutPlaintextCommandOutput,
} from '@aws-sdk/client-kms'
import type { Permit } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { encryptBy } from './cipher.ts'
import { dryRun, notBuilt, validation, wrongUsage } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { type Key, keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onKey } from './needs.ts'

type Input = Shape<GenerateDataKeyWithoutPlaintextCommandInput>

const encryptionContext = ({ EncryptionContext }: { KeyId: string; EncryptionContext?: Record<string, string> }) => ({
  ...(EncryptionContext && { encryptionContext: EncryptionContext }),
  context: { 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' },
})

export const generateDataKey = kmsOperation<GenerateDataKeyCommandInput, GenerateDataKeyCommandOutput>(
  'GenerateDataKey',
  {
    needs: onKey('GenerateDataKey', encryptionContext),
    perform: (input, permit) => {
      if (input.Recipient) throw notBuilt('kms:GenerateDataKey with Recipient')
      const { plain, ...answer } = dataKey('GenerateDataKey', input, permit)
      return { ...answer, Plaintext: plain }
    },
  },
)

export const generateDataKeyWithoutPlaintext = kmsOperation<
  GenerateDataKeyWithoutPlaintextCommandInput,
  GenerateDataKeyWithoutPlaintextCommandOutput
>('GenerateDataKeyWithoutPlaintext', {
  needs: onKey('GenerateDataKeyWithoutPlaintext', encryptionContext),
  perform: (input, permit) => {
    const { plain: _plain, ...answer } = dataKey('GenerateDataKeyWithoutPlaintext', input, permit)
    return answer
  },
})

function dataKey(operation: string, input: Input, { call, world }: Permit) {
  checkGrantTokens(world, input.GrantTokens)
  const bytes = lengthOf(input)
  const key = openKey(world, parseKeyId(input.KeyId, call))
  requireSymmetric(key, operation)
  if (input.DryRun) throw dryRun()
  const plain = randomBytes(bytes)
  const { blob, material } = encryptBy(
    world,
    key,
    plain,
    input.EncryptionContext && { context: input.EncryptionContext },
  )
  return { CiphertextBlob: blob, KeyId: keyArn(key), KeyMaterialId: material.id, plain }
}

/** "You must specify either KeySpec or NumberOfBytes, but not both." */
function lengthOf({ KeySpec, NumberOfBytes }: Input): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined))
    throw validation('Please specify either number of bytes or key spec.')
  return NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32)
}

/** Data keys are encrypted by symmetric encryption keys only. */
export function requireSymmetric(key: Key, operation: string): void {
  requireUsable(key)
  if (key.spec !== 'SYMMETRIC_DEFAULT') throw wrongUsage(keyArn(key), key.usage, operation)
}
