import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { RunnerError } from '../runner.ts'
import type { Image } from '../runner.ts'
import { ML, PROGRAM } from '../sandbox.ts'
import { dockerArchive } from './archive.ts'
import { statusOf, wordsOf } from './engine.ts'
import type { Engine } from './engine.ts'
import type { HostRoot } from './mounts.ts'

/** Ours by name; no registry is of this name, so nothing is ever pulled. */
const REPOSITORY = 'sallyport.local/image'

/** So many images of ours stay in an engine, for the next job that has the same. */
const KEPT = 24

/** When this server last used an image, and what it is loading. */
const used = new Map<string, number>()
const loading = new Map<string, Promise<void>>()

/** Loads an image into the engine unless it is there; one configuration (and so its layers' contents) is one image. Its name. */
export async function loadImage(engine: Engine, image: Image): Promise<string> {
  const tag = `${REPOSITORY}:${sha256(JSON.stringify(image.config))}`
  const key = `${engine.socket} ${tag}`
  used.set(tag, Date.now())
  const under = loading.get(key) ?? load(engine, image, tag).finally(() => loading.delete(key))
  loading.set(key, under)
  await under
  return tag
}

async function load(engine: Engine, image: Image, tag: string): Promise<void> {
  if (await has(engine, tag)) return
  const archive = Readable.from(dockerArchive(image, tag), { objectMode: false })
  const broken = new AbortController()
  let why: Error | undefined
  archive.once('error', (error: Error) => {
    why = error
    broken.abort()
  })
  try {
    const said = await text(await engine.api.loadImage(archive, { quiet: true, abortSignal: broken.signal }))
    const failed = /"error":\s*("(?:[^"\\]|\\.)*")/.exec(said)?.[1]
    if (failed !== undefined) throw new RunnerError(JSON.parse(failed) as string)
    if (!(await has(engine, tag))) throw new RunnerError(said.trim())
  } catch (error) {
    archive.destroy()
    throw why ?? new RunnerError(`${engine.name} could not load the image: ${wordsOf(error)}`)
  }
  await trim(engine)
}

async function has({ api }: Engine, tag: string): Promise<boolean> {
  try {
    await api.getImage(tag).inspect()
    return true
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

/** Those that were not used for the longest go; one that a container still has stays. */
async function trim({ api }: Engine): Promise<void> {
  const listed = await api.listImages({ filters: { reference: [REPOSITORY] } })
  const tags = listed.flatMap(({ RepoTags }) => (RepoTags ?? []).filter((tag) => tag.startsWith(`${REPOSITORY}:`)))
  const oldestFirst = tags.toSorted((a, b) => (used.get(a) ?? 0) - (used.get(b) ?? 0))
  for (const tag of oldestFirst.slice(0, -KEPT)) {
    used.delete(tag)
    await api
      .getImage(tag)
      .remove()
      .catch(() => {}) // in use, or gone
  }
}

/**
 * An image of nothing but the names that the machine's own root has: its folders are mounted onto them, or empty ones, which take
 * over the mode that they find.
 */
export async function loadHostRoot(engine: Engine, root: HostRoot): Promise<string> {
  const tar = pack()
  const date = { mtime: new Date(0) }
  for (const name of new Set([...root.folders, 'tmp', 'run', 'root', 'opt', PROGRAM.slice(1), ML.slice(1)]))
    tar.entry({ ...date, name, type: 'directory', mode: 0o1777 })
  for (const { name, target } of root.links) tar.entry({ ...date, name, type: 'symlink', linkname: target })
  tar.finalize()
  const layer = Buffer.concat(await Array.fromAsync(tar as AsyncIterable<Uint8Array>))
  const digest = `sha256:${sha256(layer)}`
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digest] },
  }
  return loadImage(engine, { config, layers: [{ digest, size: layer.length, open: () => Readable.from([layer]) }] })
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
