import type { Readable } from 'node:stream'
import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { findBlob, keepBlob, releaseBlob, shareBlob, type Blob } from './blob.ts'
import { layerNotFound } from './errors.ts'
import { unpublishLayer } from './layer-bucket.ts'
import { streamContent, type LayerContent } from './layer-content.ts'
import { contentPrefix } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/**
 * Document `ecr/layer`, keyed `account/region/name@sha256:…`: a repository has this blob. Image configurations are layers
 * too.
 */
export interface Layer {
  layerDigest: string
  layerSize: number
  mediaType: string
  /** Epoch seconds when it was last pushed, or a client was told that it need not push it. */
  wantedAt: number
}

/** Document `ecr/upload`, keyed `account/region/name@uploadId`: the parts so far, without gaps from byte 0. */
export interface Upload {
  uploadId: string
  /** Epoch seconds. */
  createdAt: number
  parts: readonly StoredBytes[]
  /** Its bytes came by docker's protocol, whose parts have no least size. */
  streamed?: boolean
  /** Hash (hex) of the first so many bytes, which came in one stream. */
  sum?: { size: number; sha256: string }
}

export const LAYERS = 'ecr/layer'
export const UPLOADS = 'ecr/upload'

export const contentKey = (id: RepositoryId, name: string) => contentPrefix(id) + name

/** Bytes of an upload so far. */
export const receivedBytes = ({ parts }: Upload) => parts.reduce((sum, part) => sum + part.size, 0)

export function findLayer(world: World, id: RepositoryId, layerDigest: string): Layer | undefined {
  return world.store.get<Layer>(LAYERS, contentKey(id, layerDigest))
}

/** Where a layer's bytes lie. A layer without them would be our own fault. */
export function bytesOfLayer(world: World, layerDigest: string): LayerContent {
  const blob = findBlob(world.store, layerDigest)
  if (!blob) throw new Error(`the layer ${layerDigest} has no bytes`)
  return blob.bytes
}

/** A layer's bytes, checked as they are read; for the job engine, after its ecr:GetDownloadUrlForLayer was allowed. */
export function readLayer(world: World, id: RepositoryId, layerDigest: string): Readable {
  if (!findLayer(world, id, layerDigest)) throw layerNotFound(id, layerDigest)
  return streamContent(world, bytesOfLayer(world, layerDigest))
}

/** Makes uploaded bytes a layer of a repository that has not got it yet. Inside a transaction. */
export function addLayer(world: World, id: RepositoryId, bytes: LayerContent, damaged?: Blob): void {
  const layerDigest = `sha256:${bytes.sha256}`
  keepBlob(world, layerDigest, bytes, damaged)
  world.store.put<Layer>(LAYERS, contentKey(id, layerDigest), {
    layerDigest,
    layerSize: bytes.size,
    mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    wantedAt: world.now() / 1000,
  })
}

/** Gives a repository a layer of another one. Inside a transaction. */
export function mountLayer(world: World, id: RepositoryId, layer: Layer): void {
  if (!findLayer(world, id, layer.layerDigest)) shareBlob(world, layer.layerDigest)
  world.store.put<Layer>(LAYERS, contentKey(id, layer.layerDigest), { ...layer, wantedAt: world.now() / 1000 })
}

/** Takes a layer from a repository. Inside a transaction. */
export function dropLayer(world: World, id: RepositoryId, layerDigest: string): void {
  world.store.delete(LAYERS, contentKey(id, layerDigest))
  unpublishLayer(world, id, layerDigest)
  releaseBlob(world, layerDigest)
}

const HOUR_SECONDS = 3600

/** Somebody counts on a layer that is there: it is not collected for a while (garbage.ts). */
export function wantLayer(world: World, id: RepositoryId, layer: Layer): void {
  const now = world.now() / 1000
  if (now - layer.wantedAt < HOUR_SECONDS) return
  world.store.put<Layer>(LAYERS, contentKey(id, layer.layerDigest), { ...layer, wantedAt: now })
}

/** Deletes bytes that no document ever named. What cannot be deleted is left behind and logged: the answer is already true. */
export async function discard(world: World, bytes: readonly StoredBytes[]): Promise<void> {
  const results = await Promise.allSettled(bytes.map((stored) => world.objects.delete(stored.id)))
  for (const result of results)
    if (result.status === 'rejected') world.log.warn({ err: result.reason as unknown }, 'layer bytes left behind')
}
