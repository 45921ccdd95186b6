import { lstatSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Network } from '../network/types.ts'
import type { Mount } from '../runners/runner.ts'
import type { Authority } from './authority.ts'
import type { View } from './bundles.ts'
import { resolvConf } from './dns-server.ts'
import { insideOf } from './inside.ts'
import { corporateResolvConf } from './premises.ts'
import { hostView, trustMounts } from './trust.ts'

/** Names come from files and DNS alone: other sources ask the machine's own resolver by sockets, past the VPC. */
const NSSWITCH = `passwd: files
group: files
shadow: files
hosts: files dns
networks: files
protocols: files
services: files
`

/**
 * Sockets of the machine by which a program would get names, or programs of its own, outside its network: unix sockets
 * that have a path do not care for network namespaces.
 */
const MASKED = [
  // name services
  '/run/systemd/resolve',
  '/run/nscd',
  '/run/avahi-daemon',
  '/var/lib/sss/pipes',
  // whoever runs programs on request
  '/run/docker.sock',
  '/run/docker',
  '/run/podman',
  '/run/containerd',
  '/run/crio',
  '/run/dbus',
  '/run/systemd/private',
  '/run/user',
  '/run/libvirt',
  '/run/snapd.socket',
  '/run/snapd-snap.socket',
  '/var/lib/incus/unix.socket',
  '/var/snap/lxd/common/lxd/unix.socket',
]

interface Files {
  mounts: Mount[]
  env: Record<string, string>
}

/**
 * What a program on an interface reads instead of the machine's own files: names by the VPC's DNS, our authority among
 * those it trusts, and nothing where the machine's sockets were. Made in `folder`; copies of bundles in `shared`.
 * `peers` are more lines of /etc/hosts. Mounts are in the order in which they are to be made.
 */
export async function guestFiles(
  network: Network,
  networkInterfaceId: string,
  authority: Pick<Authority, 'certificate'>,
  folder: string,
  {
    view = hostView(),
    shared = join(folder, 'trust'),
    peers = '',
  }: { view?: View; shared?: string; peers?: string } = {},
): Promise<Files> {
  const eni = network.documents.NetworkInterfaces.find((one) => one.NetworkInterfaceId === networkInterfaceId)
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const masks = await maskMounts(folder, view)
  const names = await nameMounts(folder, view, masks, {
    '/etc/resolv.conf': corporateResolvConf(networkInterfaceId) ?? resolvConf(network, networkInterfaceId),
    '/etc/nsswitch.conf': NSSWITCH,
    '/etc/hosts': hosts(eni?.PrivateIpAddress, eni?.PrivateDnsName) + peers,
  })
  const trust = trustMounts(authority, shared, view)
  return { mounts: [...masks, ...names, ...trust.mounts], env: trust.env }
}

function hosts(address: string | undefined, name: string | undefined): string {
  const own = address && name ? `${address}\t${name} ${name.split('.')[0]}\n` : ''
  return `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${own}`
}

/** Over each socket an empty file, over each folder of sockets an empty folder, that nothing can be put into. */
async function maskMounts(folder: string, view: View): Promise<Mount[]> {
  const inside = insideOf(view.root)
  const runs = MASKED.filter((path) => path.startsWith('/run/')).map((path) => `/var${path}`)
  const all = [...new Set([...MASKED, ...runs].map((path) => inside.real(path) ?? path))]
  const masks = all.flatMap((to, index) => {
    if (hides(view, to)) return []
    const found = lstatSync(join(view.root, to), { throwIfNoEntry: false })
    return found ? [{ from: join(folder, `mask-${index}`), to, isFolder: found.isDirectory() }] : []
  })
  await Promise.all(
    masks.map(({ from, isFolder }) =>
      isFolder ? mkdir(from, { recursive: true, mode: 0o755 }) : writeFile(from, '', { mode: 0o444 }),
    ),
  )
  return masks.map(({ from, to }) => ({ from, to }))
}

const hides = ({ hidden = [] }: View, path: string): boolean =>
  hidden.some((folder) => path === folder || path.startsWith(`${folder}/`))

/** Files often are links into a folder that is masked: then they are put into the mask itself. */
async function nameMounts(
  folder: string,
  view: View,
  masks: readonly Mount[],
  files: Record<string, string>,
): Promise<Mount[]> {
  const inside = insideOf(view.root)
  const put = async ([path, text]: [string, string]): Promise<Mount[]> => {
    const to = inside.real(path) ?? path
    const mask = masks.find((one) => to.startsWith(`${one.to}/`))
    const from = mask ? join(mask.from, to.slice(mask.to.length)) : join(folder, path.replaceAll('/', '-').slice(1))
    if (mask) await mkdir(dirname(from), { recursive: true, mode: 0o755 })
    await writeFile(from, text)
    await chmod(from, 0o644)
    return mask ? [] : [{ from, to }]
  }
  return (await Promise.all(Object.entries(files).map(put))).flat()
}
