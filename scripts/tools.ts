import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What makes VPCs real on Linux, and a client of registries; and the Debian packages that bring them. */
const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  bwrap: 'bubblewrap',
  skopeo: 'skopeo',
}

const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin']

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
  if (process.getuid?.() === 0)
    for (const [command = '', ...args] of commands) spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (missing().length === 0) return
  process.stderr.write(
    `the tests need ${missing().join(', ')} (on Debian and Ubuntu: sudo apt install ${wanted.join(' ')})\n`,
  )
  process.exit(1)
}
