/** Which bundles are extended in which file system, and that real programs then trust the authority without any setting. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openAuthority } from '../../src/fabric/authority.ts'
import type { View } from '../../src/fabric/bundles.ts'
import { guestFiles } from '../../src/fabric/guest-files.ts'
import { tlsOptions } from '../../src/fabric/tls.ts'
import { hostView, trustMounts } from '../../src/fabric/trust.ts'
import type { Mount } from '../../src/runners/runner.ts'
import { JOB, smallNetwork } from './network.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
after(() => rmSync(folder, { recursive: true }))
const authority = openAuthority(folder)

/** A file system with these files (path to text) and links (path to target). */
function rootWith(files: Record<string, string>, links: Record<string, string> = {}): string {
  const root = mkdtempSync(join(folder, 'root-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    symlinkSync(target, join(root, path))
  }
  return root
}

const targets = (view: View) => trustMounts(authority, join(folder, 'trust'), view).mounts.map(({ to }) => to)
const DEBIAN = '/etc/ssl/certs/ca-certificates.crt'
const FEDORA = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'
const OWN = '/run/sallyport/ca.pem'

describe('bundles', () => {
  const cases: { what: string; view: View; expect: string[] }[] = [
    { what: 'Debian’s', view: { root: rootWith({ [DEBIAN]: 'x' }) }, expect: [DEBIAN] },
    {
      what: 'Fedora’s, once, where its links lead',
      view: {
        root: rootWith(
          { [FEDORA]: 'x' },
          { '/etc/pki/tls/certs/ca-bundle.crt': FEDORA, '/etc/ssl/cert.pem': '../pki/tls/certs/ca-bundle.crt' },
        ),
      },
      expect: [FEDORA],
    },
    { what: 'none: the CA alone, for Node.js', view: { root: rootWith({}) }, expect: [OWN] },
    {
      what: 'what Python packages bring, in the places of pip, pyenv, pipx, conda and the AWS CLI’s installer',
      view: {
        home: '/home/me',
        root: rootWith(
          Object.fromEntries(
            [
              DEBIAN,
              '/usr/lib/python3/dist-packages/certifi/cacert.pem',
              '/usr/local/lib/python3.11/site-packages/botocore/cacert.pem',
              '/usr/local/lib/python3.11/site-packages/pip/_vendor/certifi/cacert.pem',
              '/home/me/.local/lib/python3.12/site-packages/certifi/cacert.pem',
              '/home/me/.pyenv/versions/3.13.0/lib/python3.13/site-packages/botocore/cacert.pem',
              '/home/me/.local/share/pipx/venvs/awscli/lib/python3.12/site-packages/awscli/botocore/cacert.pem',
              '/opt/conda/lib/python3.10/site-packages/certifi/cacert.pem',
              '/opt/conda/ssl/cacert.pem',
              '/usr/local/aws-cli/v2/2.30.0/dist/awscli/botocore/cacert.pem',
              '/usr/lib/python3/dist-packages/elsewhere/cacert.pem',
            ].map((path) => [path, path]),
          ),
          { '/usr/local/aws-cli/v2/current': '/usr/local/aws-cli/v2/2.30.0', '/opt/conda/ssl/cert.pem': 'cacert.pem' },
        ),
      },
      expect: [
        DEBIAN,
        '/home/me/.local/lib/python3.12/site-packages/certifi/cacert.pem',
        '/home/me/.local/share/pipx/venvs/awscli/lib/python3.12/site-packages/awscli/botocore/cacert.pem',
        '/home/me/.pyenv/versions/3.13.0/lib/python3.13/site-packages/botocore/cacert.pem',
        '/opt/conda/lib/python3.10/site-packages/certifi/cacert.pem',
        '/opt/conda/ssl/cacert.pem',
        '/usr/lib/python3/dist-packages/certifi/cacert.pem',
        '/usr/local/aws-cli/v2/2.30.0/dist/awscli/botocore/cacert.pem',
        '/usr/local/lib/python3.11/site-packages/botocore/cacert.pem',
        '/usr/local/lib/python3.11/site-packages/pip/_vendor/certifi/cacert.pem',
      ],
    },
    {
      what: 'environments above the working folder and on the PATH, and bundles that variables name',
      view: {
        cwd: '/srv/app/deep',
        env: { PATH: 'relative:/tools/bin:/bin', REQUESTS_CA_BUNDLE: '/etc/corp.pem', SSL_CERT_FILE: 'relative.pem' },
        root: rootWith(
          Object.fromEntries(
            [
              DEBIAN,
              '/etc/corp.pem',
              '/srv/app/.venv/lib/python3.11/site-packages/certifi/cacert.pem',
              '/tools/lib/python3.11/site-packages/certifi/cacert.pem',
              '/pkg/aws/lib/python3.11/site-packages/botocore/cacert.pem',
              '/pkg/aws/bin/aws',
            ].map((path) => [path, path]),
          ),
          { '/bin/aws': '/pkg/aws/bin/aws' },
        ),
      },
      expect: [
        '/etc/corp.pem',
        DEBIAN,
        '/pkg/aws/lib/python3.11/site-packages/botocore/cacert.pem',
        '/srv/app/.venv/lib/python3.11/site-packages/certifi/cacert.pem',
        '/tools/lib/python3.11/site-packages/certifi/cacert.pem',
      ],
    },
    {
      what: 'nothing in folders that the program does not see',
      view: {
        home: '/root',
        hidden: ['/root'],
        root: rootWith({ [DEBIAN]: 'x', '/root/.local/lib/python3.11/site-packages/certifi/cacert.pem': 'x' }),
      },
      expect: [DEBIAN],
    },
    {
      what: 'links that lead in circles',
      view: { root: rootWith({}, { [DEBIAN]: 'b', '/etc/ssl/certs/b': 'ca-certificates.crt' }) },
      expect: [OWN],
    },
    {
      what: 'links that would lead out of an image',
      view: { root: rootWith({}, { [DEBIAN]: '../../../../../../../../../etc/passwd' }) },
      expect: [OWN],
    },
  ]
  for (const { what, view, expect } of cases)
    it(what, () => assert.deepEqual(targets(view).toSorted(), expect.toSorted()))

  it('a copy has all that was there and the authority’s certificate', () => {
    const root = rootWith({ [DEBIAN]: readFileSync(DEBIAN, 'latin1') })
    const { mounts } = trustMounts(authority, join(folder, 'trust'), { root })
    const copy = readFileSync(mounts[0]!.from, 'latin1')
    assert.ok(copy.startsWith(readFileSync(DEBIAN, 'latin1').trimEnd()))
    const last = new X509Certificate(copy.slice(copy.lastIndexOf('-----BEGIN')))
    assert.equal(last.fingerprint256, new X509Certificate(authority.certificate).fingerprint256)
  })
  it('a bundle that changed is copied anew, others share their copy', () => {
    const [one, two] = [rootWith({ [DEBIAN]: 'old' }), rootWith({ [DEBIAN]: 'old' })]
    const from = (root: string) => trustMounts(authority, join(folder, 'trust'), { root }).mounts[0]!.from
    assert.equal(from(one), from(two))
    writeFileSync(join(one, DEBIAN), 'changed')
    assert.match(readFileSync(from(one), 'latin1'), /^changed/)
    assert.match(readFileSync(from(two), 'latin1'), /^old/)
  })
  it('Node.js is told, unless it was told another bundle', () => {
    const env = (view: View) => trustMounts(authority, join(folder, 'trust'), view).env['NODE_EXTRA_CA_CERTS']
    assert.equal(env({ root: rootWith({ [DEBIAN]: 'x' }) }), DEBIAN)
    assert.equal(env({ root: rootWith({}) }), OWN)
    const view = { root: rootWith({ '/corp.pem': 'x' }), env: { NODE_EXTRA_CA_CERTS: '/corp.pem' } }
    assert.deepEqual([env(view), targets(view)], ['/corp.pem', ['/corp.pem']])
  })
})

describe('the files of a guest', () => {
  const filesIn = (view: View) =>
    guestFiles(smallNetwork(), JOB, authority, mkdtempSync(join(folder, 'guest-')), { view })
  const textOf = (mounts: readonly Mount[], to: string) =>
    readFileSync(mounts.find((mount) => mount.to === to)?.from ?? '', 'utf8')

  it('names come from the VPC', async () => {
    const { mounts } = await filesIn({ root: rootWith({ '/etc/resolv.conf': 'x' }) })
    assert.match(textOf(mounts, '/etc/resolv.conf'), /nameserver 10\.0\.0\.2/)
    assert.match(textOf(mounts, '/etc/nsswitch.conf'), /^hosts: files dns$/m)
    assert.match(textOf(mounts, '/etc/hosts'), /^127\.0\.0\.1\tlocalhost$/m)
  })
  it('a resolv.conf that is a link into a masked folder stands in the mask', async () => {
    const stub = '/run/systemd/resolve/stub-resolv.conf'
    const root = rootWith(
      { [stub]: 'x', '/run/systemd/resolve/io.systemd.Resolve': 'x' },
      { '/etc/resolv.conf': `..${stub}` },
    )
    const { mounts } = await filesIn({ root })
    const mask = mounts.find(({ to }) => to === '/run/systemd/resolve')!
    assert.match(readFileSync(join(mask.from, 'stub-resolv.conf'), 'utf8'), /nameserver 10\.0\.0\.2/)
    assert.ok(!mounts.some(({ to }) => to === '/etc/resolv.conf' || to === stub))
    assert.throws(() => readFileSync(join(mask.from, 'io.systemd.Resolve')), { code: 'ENOENT' })
    const { mounts: hidden } = await filesIn({ root, hidden: ['/run'] })
    assert.match(textOf(hidden, stub), /nameserver/, 'nothing to mask: the file is put where the link leads')
  })
  it('sockets of the machine are masked where they are, links to them included', async () => {
    const root = rootWith(
      { '/run/docker.sock': '', '/run/nscd/socket': '', '/run/user/1000/bus': '', '/run/dbus/system_bus_socket': '' },
      { '/var/run': '/run' },
    )
    const masked = (await filesIn({ root })).mounts.flatMap(({ to }) =>
      /^\/(var\/)?run\//.test(to) && to !== OWN ? to : [],
    )
    assert.deepEqual(masked.toSorted(), ['/run/dbus', '/run/docker.sock', '/run/nscd', '/run/user'])
  })
})

describe('programs as they are', async () => {
  const name = 'sts.us-east-1.amazonaws.com'
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDA</UserId><Account>123456789012</Account>
    </GetCallerIdentityResult></GetCallerIdentityResponse>`
  const server = createServer(tlsOptions(authority), (_message, response) => response.end(body))
  const bin = join(import.meta.dirname, '../../.venv/bin')
  let url = ''
  let mounts: Mount[] = []
  let env: Record<string, string> = {}
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `https://${name}:${(server.address() as AddressInfo).port}/`
    const view = { ...hostView(), env: { ...process.env, VIRTUAL_ENV: dirname(bin) } }
    const trust = trustMounts(authority, join(folder, 'real'), view)
    const hosts = join(folder, 'hosts')
    writeFileSync(hosts, `127.0.0.1 localhost ${name}\n`)
    mounts = [...trust.mounts, { from: hosts, to: '/etc/hosts' }]
    env = trust.env
  })
  after(() => server.close().closeAllConnections())

  /** Runs a command in a mount namespace of its own, with nothing in its environment about certificates. */
  async function inside(command: string[], more: Record<string, string> = {}): Promise<string> {
    const script = 'set -e; while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done; shift; exec "$@"'
    const pairs = mounts.flatMap(({ from, to }) => [from, to])
    const args = ['--mount', '--map-root-user', '--', '/bin/sh', '-c', script, 'sh', ...pairs, '--', ...command]
    const keys = {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_DEFAULT_REGION: 'us-east-1',
    }
    const own = { PATH: process.env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...keys, ...more }
    return (await run('unshare', args, { env: own })).stdout
  }
  const fetching = (python: string) => `import sys\n${python}`

  it('curl', async () => assert.match(await inside(['curl', '-sS', url]), /user\/me/))
  it('Python’s own library', async () => {
    const program = fetching('import urllib.request as r; print(r.urlopen(sys.argv[1]).read())')
    assert.match(await inside(['python3', '-c', program, url]), /user\/me/)
  })
  it('requests', async () => {
    const program = fetching('from pip._vendor import requests; print(requests.get(sys.argv[1]).text)')
    assert.match(await inside([join(bin, 'python'), '-c', program, url]), /user\/me/)
  })
  it('boto3', async () => {
    const program = fetching(
      'import boto3; print(boto3.client("sts", endpoint_url=sys.argv[1]).get_caller_identity()["Arn"])',
    )
    assert.match(await inside([join(bin, 'python'), '-c', program, url]), /user\/me/)
  })
  it('AWS CLI', async () =>
    assert.match(await inside([join(bin, 'aws'), 'sts', 'get-caller-identity', '--endpoint-url', url]), /user\/me/))
  it('Node.js, by the variable', async () => {
    const program = 'fetch(process.argv[1]).then((r) => r.text()).then(console.log)'
    assert.match(await inside([process.execPath, '-e', program, url], env), /user\/me/)
    await assert.rejects(inside([process.execPath, '-e', program, url]), /UNABLE_TO_VERIFY|unable to verify/)
  })
})
