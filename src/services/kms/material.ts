import { createPrivateKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeySpec } from '@aws-sdk/client-kms'
import type { World } from '../../world.ts'
import { type Key, keyArn, type Material } from './key.ts'
import { specs } from './key-spec.ts'

const PURPOSE = 'kms/material'

export interface FreshMaterial {
  /** Raw bytes, or PKCS #8 DER. */
  secret: Buffer
  /** SubjectPublicKeyInfo DER. */
  publicKey?: Buffer
}

const keyPair = promisify(generateKeyPair)

/** New key material of a spec; off the main thread where it takes long. */
export async function makeMaterial(spec: KeySpec): Promise<FreshMaterial> {
  const maker = specs[spec]!.maker
  switch (maker.kind) {
    case 'aes':
      return { secret: randomBytes(32) }
    case 'hmac':
      return { secret: randomBytes(maker.bytes) }
    case 'rsa':
      return pairOf(await keyPair('rsa', { modulusLength: maker.bits, publicExponent: 65537 }))
    case 'ec':
      return pairOf(await keyPair('ec', { namedCurve: maker.curve }))
  }
}

function pairOf({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): FreshMaterial {
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'der' }),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  }
}

/** Key material as it is stored: bound to its key, so that it opens as no other's. Replicas share id and material. */
export function sealMaterial(world: World, keyId: string, materialId: string, secret: Uint8Array): string {
  return world.vault.seal(PURPOSE, `${keyId}/${materialId}`, secret)
}

export const newMaterialId = (world: World) => world.hex(64)

/** Opened material by its document, which the store gives as the same object until it changes. */
const opened = new WeakMap<Material, Buffer>()

/** The secret bytes. Throws for material that is gone: states are checked before. */
export function openMaterial(world: World, key: Key, material: Material): Buffer {
  if (material.sealed === undefined) throw new Error(`${keyArn(key)} has no key material`)
  let secret = opened.get(material)
  if (!secret) {
    secret = world.vault.open(PURPOSE, `${key.id}/${material.id}`, material.sealed)
    opened.set(material, secret)
  }
  return secret
}

const privateKeys = new WeakMap<Material, KeyObject>()

export function openPrivateKey(world: World, key: Key, material: Material): KeyObject {
  let found = privateKeys.get(material)
  if (!found) {
    found = createPrivateKey({ key: openMaterial(world, key, material), format: 'der', type: 'pkcs8' })
    privateKeys.set(material, found)
  }
  return found
}

/** First or next material of a symmetric key, sealed. */
export function makeSymmetric(world: World, keyId: string, createdAt: number): Material {
  const id = newMaterialId(world)
  return { id, sealed: sealMaterial(world, keyId, id, randomBytes(32)), createdAt }
}
