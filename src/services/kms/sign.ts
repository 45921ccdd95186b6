import { createPublicKey } from 'node:crypto'
import type {
  MessageType,
  SignCommandInput,
  SignCommandOutput,
  SigningAlgorithmSpec,
  VerifyCommandInput,
  VerifyCommandOutput,
} from '@aws-sdk/client-kms'
import { AwsError } from '../../wire/aws-error.ts'
import { dryRun, validation, wrongAlgorithm, wrongUsage } from './errors.ts'
import { checkGrantTokens } from './grant-token.ts'
import { currentMaterial, type Key, keyArn } from './key.ts'
import { openKey, parseKeyId } from './key-id.ts'
import { specs } from './key-spec.ts'
import { requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { openPrivateKey } from './material.ts'
import { onKey } from './needs.ts'
import { digestLength, signPrehashed, signRaw, verifyPrehashed, verifyRaw } from './signing.ts'

interface Asked {
  KeyId: string
  SigningAlgorithm: SigningAlgorithmSpec
  MessageType?: MessageType
  Message: Uint8Array
}

const keys = ({ SigningAlgorithm, MessageType = 'RAW' }: Asked) => ({
  context: { 'kms:SigningAlgorithm': SigningAlgorithm, 'kms:MessageType': MessageType },
})

function requireSigner(key: Key, operation: string, { SigningAlgorithm, MessageType = 'RAW', Message }: Asked): void {
  requireUsable(key)
  if (key.usage !== 'SIGN_VERIFY') throw wrongUsage(keyArn(key), key.usage, operation)
  if (!specs[key.spec]!.signing?.includes(SigningAlgorithm)) throw wrongAlgorithm(SigningAlgorithm, key.spec)
  if (MessageType === 'EXTERNAL_MU')
    throw validation(`Message type ${MessageType} is incompatible with key spec ${key.spec}.`)
  if (MessageType === 'DIGEST' && Message.length !== digestLength(SigningAlgorithm))
    throw validation(`Digest is invalid length for algorithm ${SigningAlgorithm}.`)
}

export const sign = kmsOperation<SignCommandInput, SignCommandOutput>('Sign', {
  needs: onKey('Sign', keys),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, parseKeyId(input.KeyId, call))
    requireSigner(key, 'Sign', input)
    if (input.DryRun) throw dryRun()
    const { SigningAlgorithm: algorithm, Message, MessageType } = input
    const privateKey = openPrivateKey(world, key, currentMaterial(key)!)
    const make = MessageType === 'DIGEST' ? signPrehashed : signRaw
    return { KeyId: keyArn(key), Signature: make(algorithm, privateKey, Message), SigningAlgorithm: algorithm }
  },
})

export const verify = kmsOperation<VerifyCommandInput, VerifyCommandOutput>('Verify', {
  needs: onKey('Verify', keys),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    const key = openKey(world, parseKeyId(input.KeyId, call))
    requireSigner(key, 'Verify', input)
    const { SigningAlgorithm: algorithm, Message, MessageType, Signature } = input
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey!, 'base64'), format: 'der', type: 'spki' })
    const check = MessageType === 'DIGEST' ? verifyPrehashed : verifyRaw
    // AWS gives no message.
    if (!check(algorithm, publicKey, Message, Signature)) throw new AwsError('KMSInvalidSignatureException', '')
    if (input.DryRun) throw dryRun()
    return { KeyId: keyArn(key), SignatureValid: true, SigningAlgorithm: algorithm }
  },
})
