/** The local CA: what openssl, Node.js, curl and Python make of it, and what it cannot be used for. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { isAwsHost, openAuthority } from '../../src/fabric/authority.ts'
import { tlsOptions } from '../../src/fabric/tls.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
after(() => rmSync(folder, { recursive: true }))

const authority = openAuthority(folder)
const caFile = join(folder, 'ca.pem')
writeFileSync(caFile, authority.certificate)
const ca = new X509Certificate(authority.certificate)

const LONG = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.s3.us-east-1.amazonaws.com`

describe('openssl verify -x509_strict', () => {
  const verify = async (names: string[]): Promise<string> => {
    const path = join(folder, 'leaf.pem')
    writeFileSync(path, authority.leaf(names).cert)
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', caFile, path]
    return run('openssl', args).then(
      ({ stdout }) => stdout.trim().replace(/^.*: /, ''),
      (error: { stderr: string }) => /lookup: (.*)/.exec(error.stderr)?.[1] ?? error.stderr,
    )
  }
  const rows: [string[], string][] = [
    [['api.sagemaker.us-east-1.amazonaws.com'], 'OK'],
    [[LONG], 'OK'],
    [['sts.cn-north-1.amazonaws.com.cn'], 'OK'],
    [['nb-1.notebook.us-east-1.sagemaker.aws'], 'OK'],
    [['amazonaws.com', '*.amazonaws.com', '10.0.1.10', '127.0.0.1', 'fd00:ec2::254', '::1'], 'OK'],
    [['example.com'], 'permitted subtree violation'],
    [['amazon.com'], 'permitted subtree violation'],
    [['notamazonaws.com'], 'permitted subtree violation'],
    [['sts.amazonaws.com', 'accounts.google.com'], 'permitted subtree violation'],
    [['8.8.8.8'], 'permitted subtree violation'],
    [['2001:4860:4860::8888'], 'permitted subtree violation'],
  ]
  for (const [names, said] of rows)
    it(`${names.join(', ').slice(0, 80)}: ${said}`, async () => assert.equal(await verify(names), said))

  it('the CA signs itself, leaves for servers, and no other CAs', async () => {
    const { stdout } = await run('openssl', ['verify', '-x509_strict', '-CAfile', caFile, caFile])
    assert.match(stdout, /OK/)
    const { stdout: text } = await run('openssl', ['x509', '-in', caFile, '-noout', '-text'])
    for (const part of ['CA:TRUE, pathlen:0', 'Certificate Sign, CRL Sign', 'TLS Web Server Authentication'])
      assert.ok(text.includes(part), part)
  })
})

describe('a data folder’s authority', () => {
  const place = mkdtempSync(join(folder, 'data-'))
  const path = join(place, 'authority.pem')
  const { certificate } = openAuthority(place)

  it('stays over restarts, readable by its owner alone', () => {
    assert.equal(openAuthority(place).certificate, certificate)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const twice = new X509Certificate(openAuthority(place).leaf(['sts.amazonaws.com']).cert)
    assert.ok(twice.verify(new X509Certificate(certificate).publicKey))
    assert.ok(twice.checkIssued(new X509Certificate(certificate)))
  })
  it('differs from folder to folder', () => assert.notEqual(certificate, authority.certificate))
  it('is renewed before it ends', () => {
    const almost = new X509Certificate(certificate).validToDate.getTime() - 86_400_000
    const other = mkdtempSync(join(folder, 'old-'))
    writeFileSync(join(other, 'authority.pem'), readFileSync(path))
    const renewed = new X509Certificate(openAuthority(other, () => almost).certificate)
    assert.ok(renewed.validToDate.getTime() > almost + 86_400_000)
    assert.ok(renewed.validToDate.getFullYear() >= 2050, 'a date in the form that begins in 2050')
  })
  it('is not replaced by another when its file is damaged', () => {
    const [key] = /-----BEGIN PRIVATE[^]*/.exec(readFileSync(path, 'utf8')) ?? []
    for (const text of ['', certificate, key!, authority.certificate + key!]) {
      const other = mkdtempSync(join(folder, 'bad-'))
      writeFileSync(join(other, 'authority.pem'), text)
      assert.throws(() => openAuthority(other), /is not a certificate authority: remove it/)
    }
  })
})

describe('leaves', () => {
  it('say what they were made for and nothing else', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/)
    fc.assert(
      fc.property(fc.uniqueArray(label, { minLength: 1, maxLength: 30 }), (labels) => {
        const names = labels.map((one) => `${one}.s3.amazonaws.com`)
        const x509 = new X509Certificate(authority.leaf(names).cert)
        assert.equal(x509.subjectAltName, names.map((one) => `DNS:${one}`).join(', '))
        assert.ok(x509.verify(ca.publicKey) && !x509.ca)
      }),
      { seed: 20261123, numRuns: 100 },
    )
  })
  it('are made once for a name, and only for AWS’s', () => {
    assert.equal(authority.context('sts.amazonaws.com'), authority.context('sts.amazonaws.com'))
    for (const name of [
      'example.com',
      'amazon.com',
      'sts.amazonaws.com.',
      'a b.amazonaws.com',
      '10.0.0.1',
      '',
      `${'a.'.repeat(150)}aws`,
    ])
      assert.equal(authority.context(name), undefined, name)
    fc.assert(fc.property(fc.string(), (name) => authority.context(name) === undefined || isAwsHost(name)))
  })
  it('are forgotten when there are too many', () => {
    const small = openAuthority(folder)
    const first = small.context('first.s3.amazonaws.com')
    for (let index = 0; index < 1100; index++) small.context(`b${index}.s3.amazonaws.com`)
    assert.notEqual(small.context('first.s3.amazonaws.com'), first)
  })
  it('are renewed before they end', () => {
    let now = Date.now()
    const aging = openAuthority(folder, () => now)
    const first = aging.context('sts.amazonaws.com')
    now += 366 * 86_400_000
    assert.equal(aging.context('sts.amazonaws.com'), first)
    now += 2 * 86_400_000
    assert.notEqual(aging.context('sts.amazonaws.com'), first)
  })
})

describe('an HTTPS server for all of AWS', () => {
  const server = createServer(tlsOptions(authority, ['127.0.0.1']), (message, response) =>
    response.end(message.headers.host),
  )
  let port = 0
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close().closeAllConnections())

  const dial = async (
    options: ConnectionOptions,
  ): Promise<{ alpn: TLSSocket['alpnProtocol']; names: string | undefined }> => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, ...options })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    const dialled = { alpn: socket.alpnProtocol, names: socket.getPeerCertificate().subjectaltname }
    socket.destroy()
    return dialled
  }
  const certificateOf = async (options: ConnectionOptions) =>
    (await dial({ rejectUnauthorized: false, ...options })).names

  it('shows the certificate of the name that is asked for', async () => {
    assert.equal(await certificateOf({ servername: 'KMS.us-east-1.amazonaws.com' }), 'DNS:kms.us-east-1.amazonaws.com')
    assert.equal(await certificateOf({ servername: LONG }), `DNS:${LONG}`)
  })
  it('shows the default one to who names nobody, or somebody else', async () => {
    const own = 'DNS:amazonaws.com, DNS:*.amazonaws.com, IP Address:127.0.0.1'
    assert.equal(await certificateOf({}), own)
    assert.equal(await certificateOf({ servername: 'example.com' }), own)
    await assert.rejects(dial({ servername: 'example.com' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })
  it('speaks HTTP/1.1 over TLS 1.2 and 1.3, nothing older or newer', async () => {
    const servername = 'sts.amazonaws.com'
    assert.equal((await dial({ servername, ALPNProtocols: ['h2', 'http/1.1'] })).alpn, 'http/1.1')
    assert.ok(await dial({ servername, maxVersion: 'TLSv1.2' }))
    await assert.rejects(dial({ servername, ALPNProtocols: ['h2'] }))
    await assert.rejects(
      dial({ servername, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    )
  })
  it('is not believed by who does not trust the authority', async () => {
    await assert.rejects(dial({ servername: 'sts.amazonaws.com', ca: [] }), /self-signed|unable to/)
  })

  const host = 'bucket.s3.us-east-1.amazonaws.com'
  it('curl', async () => {
    const url = `https://${host}:${port}/`
    const { stdout } = await run('curl', ['-sS', '--cacert', caFile, '--resolve', `${host}:${port}:127.0.0.1`, url])
    assert.equal(stdout, `${host}:${port}`)
    const wrong = [
      '-sS',
      '--cacert',
      caFile,
      '--resolve',
      `example.com:${port}:127.0.0.1`,
      `https://example.com:${port}/`,
    ]
    await assert.rejects(run('curl', wrong), { code: 60 })
  })
  it('Python', async () => {
    const program = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(('127.0.0.1', int(sys.argv[2]))) as plain:
    with context.wrap_socket(plain, server_hostname=sys.argv[3]) as secure:
        print(secure.getpeercert()['subjectAltName'])
`
    const { stdout } = await run('python3', ['-c', program, caFile, String(port), host])
    assert.equal(stdout.trim(), `(('DNS', '${host}'),)`)
    await assert.rejects(
      run('python3', ['-c', program, caFile, String(port), 'example.com']),
      /CERTIFICATE_VERIFY_FAILED/,
    )
  })
})
