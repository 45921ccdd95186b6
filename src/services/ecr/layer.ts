import type { Readable } from 'node:stream'
import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { layerNotFound } from './errors.ts'
import { imagesOf } from './image.ts'
import { unpublishLayer } from './layer-bucket.ts'
import { contentPrefix } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** Document `ecr/layer`, keyed `account/region/name@sha256:…`. Image configurations are layers too. */
export interface Layer {
  layerDigest: string
  layerSize: number
  mediaType: string
  bytes: StoredBytes
}

/** Document `ecr/upload`, keyed `account/region/name@uploadId`: the parts so far, without gaps from byte 0. */
export interface Upload {
  uploadId: string
  /** Epoch seconds. */
  createdAt: number
  parts: readonly StoredBytes[]
}

export const contentKey = (id: RepositoryId, name: string) => contentPrefix(id) + name

export function findLayer(world: World, id: RepositoryId, layerDigest: string): Layer | undefined {
  return world.store.get<Layer>('ecr/layer', contentKey(id, layerDigest))
}

/** A layer's bytes, checked as they are read; for the job engine, after its ecr:GetDownloadUrlForLayer was allowed. */
export function readLayer(world: World, id: RepositoryId, layerDigest: string): Readable {
  const layer = findLayer(world, id, layerDigest)
  if (!layer) throw layerNotFound(id, layerDigest)
  return world.objects.read(layer.bytes)
}

/**
 * Forgets the layers that no image of the repository names any more; returns their bytes for `discard`.
 * AWS does so some time later; here a push that raced it is told by PutImage (LayersNotFoundException).
 */
export function dropUnreferencedLayers(world: World, id: RepositoryId): StoredBytes[] {
  const referenced = new Set(imagesOf(world, id).flatMap((image) => image.layers))
  return world.store
    .list<Layer>('ecr/layer', { prefix: contentPrefix(id) })
    .filter((row) => !referenced.has(row.value.layerDigest))
    .map((row) => {
      world.store.delete('ecr/layer', row.key)
      unpublishLayer(world, id, row.value.layerDigest)
      return row.value.bytes
    })
}

/** Deletes bytes whose documents are gone. What cannot be deleted is left behind and logged: the answer is already true. */
export async function discard(world: World, bytes: readonly StoredBytes[]): Promise<void> {
  const results = await Promise.allSettled(bytes.map((stored) => world.objects.delete(stored.id)))
  for (const result of results)
    if (result.status === 'rejected') world.log.warn({ err: result.reason as unknown }, 'layer bytes left behind')
}
