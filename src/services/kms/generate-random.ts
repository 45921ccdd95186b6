import { randomBytes } from 'node:crypto'
import type { GenerateRandomCommandInput, GenerateRandomCommandOutput } from '@aws-sdk/client-kms'
import { notBuilt, validation } from './errors.ts'
import { kmsOperation } from './kms-operation.ts'
import { onAll } from './needs.ts'

export const generateRandom = kmsOperation<GenerateRandomCommandInput, GenerateRandomCommandOutput>('GenerateRandom', {
  needs: onAll('GenerateRandom'),
  perform: ({ NumberOfBytes, CustomKeyStoreId, Recipient }) => {
    if (CustomKeyStoreId !== undefined) throw notBuilt('kms:GenerateRandom with CustomKeyStoreId')
    if (Recipient) throw notBuilt('kms:GenerateRandom with Recipient')
    if (NumberOfBytes === undefined) throw validation('NumberOfBytes is required.')
    return { Plaintext: randomBytes(NumberOfBytes) }
  },
})
