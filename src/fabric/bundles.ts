/**
 * Where programs keep the certificates that they trust: the system's bundle, and those that Python packages bring of their
 * own. AWS CLI, boto3 and requests look into the latter only.
 */
import { dirname, join } from 'node:path'
import { insideOf } from './inside.ts'
import type { Inside } from './inside.ts'

/** What a program sees of a file system. */
export interface View {
  /** Its `/`. */
  readonly root: string
  /** Folders of which it sees nothing. */
  readonly hidden?: readonly string[]
  readonly home?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Alpine, Arch
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL, Amazon Linux
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/certs/ca-bundle.crt', // NixOS
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/ssl/cert.pem',
]

/** Variables that name a bundle of one's own. */
export const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
]

/** `~` is the home folder. Each is a prefix as Python means it: `lib/python3.x/site-packages` lies below. */
const PREFIXES = ['/usr', '/usr/local', '~/.local', '~/miniconda3', '~/anaconda3', '~/miniforge3']
/** Folders whose children are such prefixes. */
const FOLDERS_OF_PREFIXES = [
  '/opt',
  '/opt/conda/envs',
  '/opt/pipx/venvs',
  '/usr/local/aws-cli/v2',
  '~/.local/aws-cli/v2',
  '~/.pyenv/versions',
  '~/.asdf/installs/python',
  '~/.virtualenvs',
  '~/.local/pipx/venvs',
  '~/.local/share/pipx/venvs',
  '~/.local/share/uv/tools',
  '~/.local/share/uv/python',
  '~/.local/share/mise/installs/python',
  '~/miniconda3/envs',
  '~/anaconda3/envs',
  '~/miniforge3/envs',
]
const ENVIRONMENTS = ['.venv', 'venv', 'env']
const PACKAGES = ['botocore', 'awscli/botocore', 'certifi', 'pip/_vendor/certifi'].map((name) => `${name}/cacert.pem`)
/** Of a prefix itself: the AWS CLI's installer, conda's OpenSSL. */
const OWN_BUNDLES = ['dist/awscli/botocore/cacert.pem', 'ssl/cacert.pem', 'ssl/cert.pem']

/** A machine may have any number of environments; these are looked at, in the order above, nearest first. */
const PREFIXES_MAX = 256

export interface Bundles {
  /** The system's own. */
  readonly system: readonly string[]
  /** All others that a program may come to trust. */
  readonly others: readonly string[]
}

/** The bundles of a view, where they really lie. */
export function bundlesOf(view: View): Bundles {
  const inside = insideOf(view.root)
  const system = seen(view, inside, SYSTEM_BUNDLES)
  const named = BUNDLE_VARIABLES.flatMap((variable) => view.env?.[variable] ?? [])
  const prefixes = [...prefixesOf(view, inside)].slice(0, PREFIXES_MAX)
  const found = prefixes.flatMap((prefix) => bundlesBelow(inside, prefix))
  const others = seen(view, inside, [...named.filter((path) => path.startsWith('/')), ...found])
  return { system, others: others.filter((path) => !system.includes(path)) }
}

function prefixesOf({ home, cwd, env = {} }: View, inside: Inside): Set<string> {
  const at = (path: string): string[] => (path.startsWith('~') ? (home ? [home + path.slice(1)] : []) : [path])
  const onPath = (env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  // A link on the PATH leads to where its program is installed.
  const programs = onPath.flatMap((folder) =>
    ['aws', 'python3', 'python'].flatMap((name) => inside.real(join(folder, name)) ?? []),
  )
  const ways = cwd === undefined ? [] : ancestors(cwd)
  const near = [
    ...[env['VIRTUAL_ENV'], env['CONDA_PREFIX']].flatMap((path) => (path?.startsWith('/') ? path : [])),
    ...ways.flatMap((folder) => ENVIRONMENTS.map((name) => join(folder, name))),
    ...onPath.map((folder) => dirname(folder)),
    ...programs.map((path) => dirname(dirname(path))),
  ]
  const folders = FOLDERS_OF_PREFIXES.flatMap(at)
  const children = folders.flatMap((folder) => inside.names(folder).map((name) => join(folder, name)))
  return new Set([...near, ...PREFIXES.flatMap(at), ...children].map((path) => inside.real(path) ?? path))
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestors(parent)]
}

function bundlesBelow(inside: Inside, prefix: string): string[] {
  const libraries = ['lib', 'lib64'].flatMap((lib) =>
    inside
      .names(join(prefix, lib))
      .filter((name) => name.startsWith('python'))
      .flatMap((name) => ['site-packages', 'dist-packages'].map((folder) => join(prefix, lib, name, folder))),
  )
  return [
    ...OWN_BUNDLES.map((path) => join(prefix, path)),
    ...libraries.flatMap((library) => PACKAGES.map((path) => join(library, path))),
  ]
}

/** Those that are there and not hidden, by their real paths, each once. */
function seen({ hidden = [] }: View, inside: Inside, paths: readonly string[]): string[] {
  const there = paths.filter((path) => inside.isFile(path)).flatMap((path) => inside.real(path) ?? [])
  return [...new Set(there)].filter(
    (path) => !hidden.some((folder) => path === folder || path.startsWith(`${folder}/`)),
  )
}
