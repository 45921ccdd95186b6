import { createHmac, timingSafeEqual } from 'node:crypto'
import type {
  GenerateMacCommandInput,
  GenerateMacCommandOutput,
  MacAlgorithmSpec,
  VerifyMacCommandInput,
  VerifyMacCommandOutput,
} from '@aws-sdk/client-kms'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { dryRun, wrongAlgorithm, wrongUsage } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { currentMaterial, type Key, keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { specs } from './key-spec.ts'
import { requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { openMaterial } from './material.ts'
import { onKey } from './needs.ts'

interface Asked {
  KeyId: string
  MacAlgorithm: MacAlgorithmSpec
}

const keys = ({ MacAlgorithm }: Asked) => ({ context: { 'kms:MacAlgorithm': MacAlgorithm } })

function requireMacKey(key: Key, operation: string, { MacAlgorithm }: Asked): void {
  requireUsable(key)
  if (key.usage !== 'GENERATE_VERIFY_MAC') throw wrongUsage(keyArn(key), key.usage, operation)
  if (!specs[key.spec]!.mac?.includes(MacAlgorithm)) throw wrongAlgorithm(MacAlgorithm, key.spec)
}

function macOf(world: World, key: Key, algorithm: MacAlgorithmSpec, message: Uint8Array): Buffer {
  const hash = `sha${algorithm.slice(algorithm.lastIndexOf('_') + 1)}`
  return createHmac(hash, openMaterial(world, key, currentMaterial(key)!))
    .update(message)
    .digest()
}

export const generateMac = kmsOperation<GenerateMacCommandInput, GenerateMacCommandOutput>('GenerateMac', {
  needs: onKey('GenerateMac', keys),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, parseKeyId(input.KeyId, call))
    requireMacKey(key, 'GenerateMac', input)
    if (input.DryRun) throw dryRun()
    const { MacAlgorithm, Message } = input
    return { Mac: macOf(world, key, MacAlgorithm, Message), MacAlgorithm, KeyId: keyArn(key) }
  },
})

export const verifyMac = kmsOperation<VerifyMacCommandInput, VerifyMacCommandOutput>('VerifyMac', {
  needs: onKey('VerifyMac', keys),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, parseKeyId(input.KeyId, call))
    requireMacKey(key, 'VerifyMac', input)
    const { MacAlgorithm, Message, Mac } = input
    const right = macOf(world, key, MacAlgorithm, Message)
    // AWS gives no message.
    if (Mac.length !== right.length || !timingSafeEqual(Mac, right)) throw new AwsError('KMSInvalidMacException', '')
    if (input.DryRun) throw dryRun()
    return { KeyId: keyArn(key), MacValid: true, MacAlgorithm }
  },
})
