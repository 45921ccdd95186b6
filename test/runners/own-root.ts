import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { packFolder } from '../../src/tarball.ts'
import type { Image, ImageConfig } from '../../src/runners/runner.ts'
import { newDataFolder } from './programs.ts'

/** An image with an operating system of its own, of programs of this machine: a shell, and another layer that takes a file away. */
export async function ownRootImage(config: ImageConfig): Promise<Image> {
  const [lower, upper] = [newDataFolder(), newDataFolder()]
  for (const path of ['/bin/sh', '/bin/cat', '/bin/ls', '/usr/bin/id'].flatMap((tool) => [tool, ...librariesOf(tool)]))
    copyInto(lower, path)
  write(lower, 'etc/passwd', 'root:x:0:0::/root:/bin/sh\ntrainer:x:1234:1234::/home/trainer:/bin/sh\n')
  write(lower, 'etc/group', 'root:x:0:\ntrainer:x:1234:\n')
  write(lower, 'srv/below', 'of the lower layer')
  write(lower, 'srv/gone', '')
  write(upper, 'srv/above', 'of the upper layer')
  write(upper, 'srv/.wh.gone', '')
  const layers = await Promise.all(
    [lower, upper].map((folder) => buffer(packFolder(folder, { deterministic: true })).then(layerOf)),
  )
  return {
    config: {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    } as Image['config'],
    layers: layers.map(({ digest, bytes }) => ({
      digest,
      size: bytes.length,
      open: () => Readable.from([bytes]),
    })),
  }
}

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

function layerOf(tar: Buffer) {
  const bytes = gzipSync(tar)
  return { diffId: sha256(tar), digest: sha256(bytes), bytes }
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function copyInto(folder: string, path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  copyFileSync(path, join(folder, path))
}

/** Shared libraries of a program, its loader among them. */
function librariesOf(program: string): string[] {
  const told = execFileSync('ldd', [program], { encoding: 'utf8' })
  return told.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? [])
}
