import { readFileSync } from 'node:fs'
import { toolPath } from '../runners/isolation.ts'
import { openRouter } from './router.ts'

/** With the rights of root, or in a user namespace of one's own. */
export type Mode = 'root' | 'rootless'

/** Whether a VPC can be made real on this machine. */
export interface FabricProbe {
  available: boolean
  mode: Mode
  /** One sentence for each thing that is missing, with the next step. */
  missing: string[]
}

const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  unshare: 'util-linux',
  nsenter: 'util-linux',
}

let probed: Promise<FabricProbe> | undefined

/** Tries to make a namespace with a link and a packet filter, as a VPC needs them; once, if that works. */
export function probeFabric(): Promise<FabricProbe> {
  probed ??= probe().then((found) => {
    // What was missing may be there the next time.
    if (!found.available) probed = undefined
    return found
  })
  return probed
}

async function probe(): Promise<FabricProbe> {
  const mode: Mode = process.getuid?.() === 0 ? 'root' : 'rootless'
  if (process.platform !== 'linux')
    return { available: false, mode, missing: ['A VPC is made of network namespaces, which only Linux has.'] }
  const missing = Object.entries(packages)
    .filter(([tool]) => toolPath(tool) === undefined)
    .map(([tool, name]) => `${tool} is not installed: apt install ${name}`)
  if (missing.length > 0) return { available: false, mode, missing }
  try {
    const router = await openRouter(mode)
    try {
      await router.run(trial)
    } finally {
      await router.close()
    }
    return { available: true, mode, missing: [] }
  } catch (error) {
    return { available: false, mode, missing: [(error as Error).message, ...nextSteps(mode)] }
  }
}

const trial = `ip netns add trial
ip link add e0 type veth peer name eth0 netns trial
nft -f - <<'END'
table inet trial {
  chain raw { type filter hook prerouting priority raw
    fib saddr type local ct state established accept
  }
}
END`

/** What usually stands in the way of namespaces. */
function nextSteps(mode: Mode): string[] {
  if (mode === 'root') return ['Root lacks CAP_SYS_ADMIN or CAP_NET_ADMIN here; a container needs --privileged.']
  return Object.entries({
    'kernel/apparmor_restrict_unprivileged_userns': '1',
    'kernel/unprivileged_userns_clone': '0',
    'user/max_user_namespaces': '0',
  })
    .filter(([name, closed]) => setting(name) === closed)
    .map(([name, closed]) => {
      const open = name === 'user/max_user_namespaces' ? '10000' : closed === '1' ? '0' : '1'
      return `User namespaces are closed: sudo sysctl ${name.replaceAll('/', '.')}=${open}, or run the server as root.`
    })
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'latin1').trim()
  } catch {
    return undefined // this kernel has no such switch
  }
}
