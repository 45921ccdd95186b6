import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { perObject } from '../network/memo.ts'
import type { Mount } from '../runners/runner.ts'
import { boundedCache } from '../services/iam/bounded-cache.ts'
import type { Authority } from './authority.ts'
import { bundlesOf } from './bundles.ts'
import type { View } from './bundles.ts'

/** Where programs find the CA alone, if there is no bundle of the system. */
export const OWN_PATH = '/run/sallyport/ca.pem'

/** This machine, as this process sees it. */
export const hostView = (): View => ({ root: '/', home: homedir(), cwd: process.cwd(), env: process.env })

/**
 * Makes a program trust the authority without any setting of its own: over each bundle that it may read lies a copy with
 * the authority's certificate added. Copies are kept in `folder` by their content, so that many programs share them.
 * Node.js has its bundle inside and is told by NODE_EXTRA_CA_CERTS; it reads the file when it first makes a connection.
 * Java has a store of its own form: its programs need one with the certificate in it.
 */
export function trustMounts(
  authority: Pick<Authority, 'certificate'>,
  folder: string,
  view: View = hostView(),
): { mounts: Mount[]; env: Record<string, string> } {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const { system, others } = bundlesOf(view)
  const mounts = [...system, ...others].flatMap((to): Mount[] => {
    const from = extended(authority, folder, join(view.root, to))
    return from === undefined ? [] : [{ from, to }]
  })
  const chosen = view.env?.['NODE_EXTRA_CA_CERTS']
  const bundle = system.find((path) => mounts.some(({ to }) => to === path))
  if (!chosen && bundle === undefined) mounts.push({ from: keep(folder, authority.certificate), to: OWN_PATH })
  return { mounts, env: { NODE_EXTRA_CA_CERTS: chosen || bundle || OWN_PATH } }
}

/** The system's bundle with the authority's certificate added, or that alone, as one file: for programs that are told by variables. */
export function trustFile(authority: Pick<Authority, 'certificate'>, folder: string, view: View = hostView()): string {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const made = bundlesOf(view).system.flatMap((path) => extended(authority, folder, join(view.root, path)) ?? [])
  return made[0] ?? keep(folder, authority.certificate)
}

/** Copies that were made of a file as it was then. */
const copies = perObject((_authority: Pick<Authority, 'certificate'>) =>
  boundedCache<string, { stamp: string; path: string }>(4096),
)

/** Path of the copy; undefined when the file cannot be read, by the program no more than by us. */
function extended(authority: Pick<Authority, 'certificate'>, folder: string, bundle: string): string | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(bundle)
    const stamp = `${mtimeMs} ${size} ${ino}`
    const key = `${folder}\0${bundle}`
    const kept = copies(authority).get(key)
    if (kept?.stamp === stamp && existsSync(kept.path)) return kept.path
    const own = readFileSync(bundle, 'latin1')
    const path = keep(folder, `${own.trimEnd()}\n\n# Sallyport\n${authority.certificate}`)
    copies(authority).set(key, { stamp, path }, 1)
    return path
  } catch (error) {
    if (['EACCES', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** Writes a file that is named by its content, whole or not at all. */
function keep(folder: string, text: string): string {
  const path = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 24)}.pem`)
  if (existsSync(path)) return path
  const part = `${path}.${process.pid}`
  writeFileSync(part, text, { encoding: 'latin1', mode: 0o644 })
  renameSync(part, path)
  return path
}
