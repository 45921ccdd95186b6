import type { Store } from '../../store/store.ts'
import { keyOf, noSuchEntity, type Tag } from './entities.ts'

/** A certificate for a server. Its private key was looked at when it came, and is kept nowhere: nobody asks for it. */
export interface ServerCertificate {
  readonly account: string
  readonly name: string
  readonly path: string
  /** ASCA… */
  readonly id: string
  readonly arn: string
  readonly uploadDate: number
  readonly expiration: number
  /** PEM, as it was given. */
  readonly body: string
  readonly chain?: string
  readonly tags: readonly Tag[]
}

export const SERVER_CERTIFICATES = 'iam/server-certificate'

export function findServerCertificate(store: Store, account: string, name: string): ServerCertificate | undefined {
  return store.get<ServerCertificate>(SERVER_CERTIFICATES, keyOf(account, name))
}

/** Throws AWS's NoSuchEntity. */
export function requireServerCertificate(store: Store, account: string, name: string): ServerCertificate {
  const certificate = findServerCertificate(store, account, name)
  if (!certificate) throw noSuchEntity(`The Server Certificate with name ${name} cannot be found.`)
  return certificate
}

export function saveServerCertificate(store: Store, certificate: ServerCertificate): void {
  store.put<ServerCertificate>(SERVER_CERTIFICATES, keyOf(certificate.account, certificate.name), certificate)
}

export function deleteServerCertificate(store: Store, { account, name }: ServerCertificate): void {
  store.delete(SERVER_CERTIFICATES, keyOf(account, name))
}
