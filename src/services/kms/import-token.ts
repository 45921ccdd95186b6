import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { AlgorithmSpec } from '@aws-sdk/client-kms'
import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { type Key, keyArn } from './key.ts'

const PURPOSE = 'kms/import-token'

/** Of GetParametersForImport: which key may import, and the private half that opens what is imported. */
export interface ImportToken {
  algorithm: AlgorithmSpec
  privateKey: KeyObject
  /** Epoch seconds. */
  validTo: number
}

/** The server keeps none of it: it is sealed in the token itself, for that key. */
export function makeImportToken(world: World, key: Key, { algorithm, privateKey, validTo }: ImportToken): Buffer {
  const head = Buffer.from(JSON.stringify([algorithm, validTo]))
  const der = privateKey.export({ type: 'pkcs8', format: 'der' })
  const plain = Buffer.concat([Buffer.from([head.length]), head, der])
  return Buffer.from(world.vault.seal(PURPOSE, keyArn(key), plain), 'base64')
}

/** InvalidImportTokenException for what is no token of this key, ExpiredImportTokenException after its day. */
export function readImportToken(world: World, key: Key, token: Uint8Array): ImportToken {
  const plain = opened(world, key, token)
  const [algorithm, validTo] = JSON.parse(plain.toString('utf8', 1, 1 + plain[0]!)) as [AlgorithmSpec, number]
  // inferred: both sentences.
  if (validTo <= world.now() / 1000) throw new AwsError('ExpiredImportTokenException', 'The import token has expired.')
  const privateKey = createPrivateKey({ key: plain.subarray(1 + plain[0]!), format: 'der', type: 'pkcs8' })
  return { algorithm, validTo, privateKey }
}

function opened(world: World, key: Key, token: Uint8Array): Buffer {
  try {
    return world.vault.open(PURPOSE, keyArn(key), Buffer.from(token).toString('base64'))
  } catch {
    throw new AwsError('InvalidImportTokenException', 'The import token is invalid or belongs to another KMS key.')
  }
}
