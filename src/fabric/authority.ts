/**
 * The local certificate authority that lets programs reach AWS's host names over HTTPS inside the fabric. Its key never
 * leaves the data folder, and it is confined to AWS's domains and to private addresses: to trust it is to trust it with
 * these alone.
 */
import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { boundedCache } from '../services/iam/bounded-cache.ts'
import { certificate, nameConstraints } from './certificates.ts'

export interface Authority {
  /** Its certificate, PEM. */
  readonly certificate: string
  /** The key and certificate of a server with these names and addresses, PEM. */
  leaf(names: readonly string[]): { key: string; cert: string }
  /** For one host name, lower case, made on first use; undefined for what AWS cannot be called. */
  context(host: string): SecureContext | undefined
}

/** With all that is below them. */
export const AWS_DOMAINS = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'aws', 'aws.amazon.com']

/** Ranges that nobody has on the internet: a program may dial an endpoint by its number. */
const PRIVATE_ADDRESSES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]
const PERMITTED = [...AWS_DOMAINS, ...PRIVATE_ADDRESSES]

const DAY = 86_400_000
/** Clocks differ. */
const BACKDATED = DAY
const AUTHORITY_DAYS = 20 * 365
/** The longest that strict clients believe in. */
const LEAF_DAYS = 397
const RENEWED_DAYS_BEFORE = 30
/** Contexts of host names that are kept; every bucket is a host name. */
const CONTEXTS = 1024

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'

interface Identity {
  certificate: string
  subject: Readonly<Record<string, string>>
  publicKey: KeyObject
  privateKey: KeyObject
}

/**
 * The CA of a data folder, made at first use. Throws when its file cannot be read as one, rather than make another that
 * running programs do not trust.
 */
export function openAuthority(dataDir: string, now: () => number = Date.now): Authority {
  const path = join(dataDir, 'authority.pem')
  const ca = readIdentity(path, now()) ?? makeIdentity(dataDir, path, now())
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const leaf = (names: readonly string[]) => ({
    key,
    cert: certificate({
      subject: { [ORGANIZATION]: 'Sallyport' },
      publicKey: own.publicKey,
      use: { server: names },
      serial: randomBytes(15),
      notBefore: now() - BACKDATED,
      notAfter: now() + LEAF_DAYS * DAY,
      issuer: ca,
    }),
  })
  const contexts = boundedCache<string, { context: SecureContext; until: number }>(CONTEXTS)
  return {
    certificate: ca.certificate,
    leaf,
    context(host) {
      const kept = contexts.get(host)
      if (kept && kept.until > now()) return kept.context
      if (!isAwsHost(host)) return undefined
      const context = createSecureContext(leaf([host]))
      contexts.set(host, { context, until: now() + (LEAF_DAYS - RENEWED_DAYS_BEFORE) * DAY }, 1)
      return context
    },
  }
}

const HOST = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9-]{2,63}$/

/** Whether the CA may speak for a host name. */
export function isAwsHost(host: string): boolean {
  return HOST.test(host) && !isIP(host) && AWS_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`))
}

/** Undefined: there is none yet, it ends soon, or an earlier release confined it to other names. */
function readIdentity(path: string, now: number): Identity | undefined {
  const pem = readIfThere(path)
  if (pem === undefined) return undefined
  try {
    const x509 = new X509Certificate(pem)
    const privateKey = createPrivateKey(pem)
    if (!x509.checkPrivateKey(privateKey)) throw new Error('its key and its certificate do not belong together')
    chmodSync(path, 0o600)
    const ends = x509.validToDate.getTime() - RENEWED_DAYS_BEFORE * DAY
    if (now > ends || !x509.raw.includes(nameConstraints(PERMITTED))) return undefined
    const commonName = /^CN=(.*)$/m.exec(x509.subject)?.[1] ?? ''
    const subject = { [ORGANIZATION]: 'Sallyport', [COMMON_NAME]: commonName }
    return { certificate: x509.toString(), subject, publicKey: x509.publicKey, privateKey }
  } catch (error) {
    throw new Error(`${path} is not a certificate authority: remove it to have a new one made`, { cause: error })
  }
}

function makeIdentity(dataDir: string, path: string, now: number): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const serial = randomBytes(15)
  // A name of its own for each: two data folders' CAs may end up in one bundle.
  const subject = { [ORGANIZATION]: 'Sallyport', [COMMON_NAME]: `Sallyport local CA ${serial.toString('hex', 0, 4)}` }
  const text = certificate({
    subject,
    publicKey,
    use: { authority: PERMITTED },
    serial,
    notBefore: now - BACKDATED,
    notAfter: now + AUTHORITY_DAYS * DAY,
    issuer: { subject, publicKey, privateKey },
  })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  writeFileSync(`${path}.new`, text + key, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return { certificate: text, subject, publicKey: createPublicKey(privateKey), privateKey }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
