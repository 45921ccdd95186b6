import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import { throwAway } from '../s3/garbage.ts'
import type { LayerContent } from './layer-content.ts'

/**
 * Document `ecr/blob`, keyed `sha256:…`: bytes that one or more repositories have as a layer, of whatever account. Who may
 * see a layer is told by the repositories' own documents (layer.ts); that a blob is there already is told to nobody: each
 * push uploads its bytes, and only then it shows that they need no second place.
 */
export interface Blob {
  bytes: LayerContent
  /** How many repositories have it. */
  layers: number
}

const BLOBS = 'ecr/blob'

export function findBlob(store: Store, digest: string): Blob | undefined {
  return store.get<Blob>(BLOBS, digest)
}

/** One repository more has these bytes; what is there already is kept, and the new ones thrown away. Inside a transaction. */
export function keepBlob(world: World, digest: string, bytes: LayerContent, damaged?: Blob): void {
  const kept = findBlob(world.store, digest)
  if (!kept) {
    world.store.put<Blob>(BLOBS, digest, { bytes, layers: 1 })
    return
  }
  world.store.put<Blob>(BLOBS, digest, { ...kept, layers: kept.layers + 1 })
  healBlob(world, digest, bytes, damaged)
}

/** Damaged bytes are healed by whoever brings good ones; others are not needed. Inside a transaction. */
export function healBlob(world: World, digest: string, bytes: LayerContent, damaged: Blob | undefined): void {
  const kept = findBlob(world.store, digest)
  if (!kept || kept.bytes.id !== damaged?.bytes.id) return throwAway(world, [bytes])
  world.store.put<Blob>(BLOBS, digest, { ...kept, bytes })
  throwAway(world, [kept.bytes])
}

/** One repository more has a blob that is there. Inside a transaction. */
export function shareBlob(world: World, digest: string): void {
  const kept = findBlob(world.store, digest)
  if (kept) world.store.put<Blob>(BLOBS, digest, { ...kept, layers: kept.layers + 1 })
}

/** One repository less has it; with the last its bytes go. Inside a transaction. */
export function releaseBlob(world: World, digest: string): void {
  const kept = findBlob(world.store, digest)
  if (!kept) return
  if (kept.layers > 1) world.store.put<Blob>(BLOBS, digest, { ...kept, layers: kept.layers - 1 })
  else {
    world.store.delete(BLOBS, digest)
    throwAway(world, [kept.bytes])
  }
}
