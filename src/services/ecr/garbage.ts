import type { World } from '../../world.ts'
import { throwAway } from '../s3/garbage.ts'
import type { Image } from './image.ts'
import { dropLayer, type Layer, LAYERS, type Upload, UPLOADS } from './layer.ts'
import type { RepositoryId } from './repository.ts'

// inferred: AWS tells neither how long an unfinished upload is kept nor a layer that no image needs.
const KEPT_SECONDS = 24 * 3600

/**
 * Forgets uploads that nobody goes on with, and layers that no image names. A layer that was pushed, or told to be there, less
 * than a day ago stays: its image may be on its way. Each repository is looked through in one piece, so that no push comes
 * between the look and the deed.
 */
export function collectGarbage(world: World): void {
  const before = world.now() / 1000 - KEPT_SECONDS
  for (const { key, value } of world.store.list<Upload>(UPLOADS)) {
    if (value.createdAt >= before) continue
    world.store.transaction(() => {
      const current = world.store.get<Upload>(UPLOADS, key)
      if (current && world.store.delete(UPLOADS, key)) throwAway(world, current.parts)
    })
  }
  for (const id of repositoriesWithLayers(world)) world.store.transaction(() => collectLayers(world, id, before))
}

function repositoriesWithLayers({ store }: World): RepositoryId[] {
  const ids = new Map<string, RepositoryId>()
  for (const { key } of store.list(LAYERS)) {
    const repository = key.slice(0, key.indexOf('@'))
    const [account = '', region = '', ...name] = repository.split('/')
    ids.set(repository, { account, region, name: name.join('/') })
  }
  return [...ids.values()]
}

function collectLayers(world: World, id: RepositoryId, before: number): void {
  const prefix = `${id.account}/${id.region}/${id.name}@`
  const old = world.store.list<Layer>(LAYERS, { prefix }).filter(({ value }) => value.wantedAt < before)
  if (old.length === 0) return
  const needed = new Set(world.store.list<Image>('ecr/image', { prefix }).flatMap(({ value }) => value.layers))
  for (const { value } of old) if (!needed.has(value.layerDigest)) dropLayer(world, id, value.layerDigest)
}
