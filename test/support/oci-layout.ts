import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { packFolder } from '../../src/tarball.ts'

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/** Writes an OCI image layout `FOLDER/layout` of one image, `v1`: a program that any shell runs, on the host's root file system. */
export async function writeLayout(folder: string, script = '#!/bin/sh\nexit 0\n'): Promise<void> {
  const [program, layout] = [join(folder, 'program'), join(folder, 'layout')]
  mkdirSync(program)
  writeFileSync(join(program, 'train'), script)
  chmodSync(join(program, 'train'), 0o755)
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  const blob = (mediaType: string, content: Uint8Array | string) => {
    const hex = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(layout, 'blobs/sha256', hex), content)
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) }
  }
  const tar = await buffer(packFolder(program, { prefix: '/opt/program', deterministic: true }))
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['./train'], WorkingDir: '/opt/program', Labels: { 'dev.sallyport.rootfs': 'host' } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(tar).digest('hex')}`] },
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: blob('application/vnd.oci.image.config.v1+json', JSON.stringify(config)),
    layers: [blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar))],
  }
  const annotations = { 'org.opencontainers.image.ref.name': 'v1' }
  const manifests = [{ ...blob(MANIFEST, JSON.stringify(manifest)), annotations }]
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
}
