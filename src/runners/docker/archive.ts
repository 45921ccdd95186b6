import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { Pack } from 'tar-stream'
import { hashing } from '../layers.ts'
import { RunnerError } from '../runner.ts'
import type { Image, ImageLayer } from '../runner.ts'

/**
 * An image as `docker save` writes it and every engine loads it (moby: image/spec/v1.2, "Combined Image JSON + Filesystem
 * Changeset Format"): manifest.json, the configuration, and the layers as the registry keeps them, compressed or not. The
 * stream fails when a layer is not what its digest says.
 */
export function dockerArchive(image: Image, tag: string): AsyncIterable<Uint8Array> {
  const tar = pack()
  const config = JSON.stringify(image.config)
  const layers = image.layers.map(({ digest }, index) => `${index}-${digest.replace('sha256:', '')}.tar`)
  const add = async () => {
    tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: CONFIG, RepoTags: [tag], Layers: layers }]))
    tar.entry({ name: CONFIG }, config)
    for (const [index, layer] of image.layers.entries()) await addLayer(tar, layers[index]!, layer)
  }
  add().then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  )
  return tar as AsyncIterable<Uint8Array>
}

const CONFIG = 'config.json'

async function addLayer(tar: Pack, name: string, layer: ImageLayer): Promise<void> {
  const { digest, size } = layer
  if (size === undefined) throw new RunnerError(`the size of the layer ${digest} is not known`)
  const hash = createHash('sha256')
  await pipeline(hashing(layer.open(), hash), tar.entry({ name, size }))
  const actual = `sha256:${hash.digest('hex')}`
  if (actual !== digest) throw new RunnerError(`layer ${digest} has the digest ${actual}`)
}
