import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What makes VPCs real on Linux, a client of registries, and what runs containers; and the Debian packages that bring them. */
const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  bwrap: 'bubblewrap',
  skopeo: 'skopeo',
  // A container engine, and what runs and reaps in its containers: only root's tests start it.
  ...(isRoot() && { podman: 'podman', runc: 'runc', catatonit: 'catatonit' }),
}

const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin']

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function missing(): string[] {
  const tools = Object.keys(packages)
  return tools.filter((tool) => !folders.some((folder) => existsSync(`${folder}/${tool}`)))
}

/** The system's tools that the tests need: installed where we may, asked for where we may not. */
export function ensureTools(): void {
  if (missing().length === 0) return
  const wanted = missing().map((tool) => packages[tool]!)
  process.stdout.write(`── system packages (${wanted.join(' ')})\n`)
  const commands = [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...wanted],
  ]
  if (isRoot())
    for (const [command = '', ...args] of commands) spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (missing().length === 0) return
  process.stderr.write(
    `the tests need ${missing().join(', ')} (on Debian and Ubuntu: sudo apt install ${wanted.join(' ')})\n`,
  )
  process.exit(1)
}
