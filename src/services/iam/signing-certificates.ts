import type {
  DeleteSigningCertificateCommandInput,
  DeleteSigningCertificateCommandOutput,
  ListSigningCertificatesCommandInput,
  ListSigningCertificatesCommandOutput,
  UpdateSigningCertificateCommandInput,
  UpdateSigningCertificateCommandOutput,
  UploadSigningCertificateCommandInput,
  UploadSigningCertificateCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { parseCertificate } from './certificate.ts'
import { noSuchEntity } from './entities.ts'
import { base32 } from './ids.ts'
import { onUserOrCaller } from './needs.ts'
import { deleteOwned, findOwned, listOwned, type Owned, type Owner, ownerOf, saveOwned } from './owner.ts'
import { page } from './page.ts'
import { requireRoom } from './quotas.ts'
import { requireStatus } from './status.ts'

/** An X.509 certificate by which a user signs SOAP requests; kept, although nothing here speaks SOAP. */
export interface SigningCertificate extends Owned {
  /** SHA-256 of the certificate, by which one is known again. */
  readonly fingerprint: string
  /** PEM, as it was given. */
  readonly body: string
  readonly status: 'Active' | 'Inactive'
  readonly uploadDate: number
}

export const SIGNING_CERTIFICATES = 'iam/signing-certificate'

export const uploadSigningCertificate = operation<
  UploadSigningCertificateCommandInput,
  UploadSigningCertificateCommandOutput
>('iam', 'UploadSigningCertificate', {
  needs: ({ UserName }, call) => [onUserOrCaller(call, 'UploadSigningCertificate', UserName)],
  perform: ({ UserName, CertificateBody: body }, { call, world }) => {
    const { store } = world
    const owner = ownerOf(store, call, UserName)
    const parsed = parseCertificate(body)
    if (!parsed) throw new AwsError('MalformedCertificate', `Certificate ${body} is malformed.`)
    requireRoom('CertificatesPerUser', signingCertificatesOf(store, owner).length)
    const fingerprint = parsed.fingerprint256
    const all = store.list<SigningCertificate>(SIGNING_CERTIFICATES, { prefix: `${call.account}/` })
    if (all.some(({ value }) => value.fingerprint === fingerprint)) {
      // inferred: the sentence.
      throw new AwsError('DuplicateCertificate', 'The certificate is already associated with a user.', 409)
    }
    const certificate: SigningCertificate = {
      account: owner.account,
      ownerId: owner.id,
      id: base32(world.hex(40), 32),
      fingerprint,
      body,
      status: 'Active',
      uploadDate: Math.floor(call.time / 1000),
    }
    saveOwned(store, SIGNING_CERTIFICATES, certificate)
    return { Certificate: view(owner, certificate) }
  },
})

export const listSigningCertificates = operation<
  ListSigningCertificatesCommandInput,
  ListSigningCertificatesCommandOutput
>('iam', 'ListSigningCertificates', {
  needs: ({ UserName }, call) => [onUserOrCaller(call, 'ListSigningCertificates', UserName)],
  perform: ({ UserName, ...paging }, { call, world: { store } }) => {
    const owner = ownerOf(store, call, UserName)
    const { items, ...rest } = page(signingCertificatesOf(store, owner), ({ id }) => id, paging)
    return { Certificates: items.map((certificate) => view(owner, certificate)), ...rest }
  },
})

export const updateSigningCertificate = operation<
  UpdateSigningCertificateCommandInput,
  UpdateSigningCertificateCommandOutput
>('iam', 'UpdateSigningCertificate', {
  needs: ({ UserName }, call) => [onUserOrCaller(call, 'UpdateSigningCertificate', UserName)],
  perform: ({ UserName, CertificateId, Status }, { call, world: { store } }) => {
    const certificate = requireCertificate(store, ownerOf(store, call, UserName), CertificateId)
    saveOwned(store, SIGNING_CERTIFICATES, { ...certificate, status: requireStatus(Status) })
    return {}
  },
})

export const deleteSigningCertificate = operation<
  DeleteSigningCertificateCommandInput,
  DeleteSigningCertificateCommandOutput
>('iam', 'DeleteSigningCertificate', {
  needs: ({ UserName }, call) => [onUserOrCaller(call, 'DeleteSigningCertificate', UserName)],
  perform: ({ UserName, CertificateId }, { call, world: { store } }) => {
    deleteOwned(store, SIGNING_CERTIFICATES, requireCertificate(store, ownerOf(store, call, UserName), CertificateId))
    return {}
  },
})

export function signingCertificatesOf(store: Store, owner: Pick<Owner, 'account' | 'id'>): SigningCertificate[] {
  return listOwned<SigningCertificate>(store, SIGNING_CERTIFICATES, owner)
}

function requireCertificate(store: Store, owner: Owner, id: string): SigningCertificate {
  const certificate = findOwned<SigningCertificate>(store, SIGNING_CERTIFICATES, owner, id)
  if (!certificate) throw noSuchEntity(`The Certificate with id ${id} cannot be found.`)
  return certificate
}

function view({ name }: Owner, { id, body, status, uploadDate }: SigningCertificate) {
  return { UserName: name, CertificateId: id, CertificateBody: body, Status: status, UploadDate: uploadDate }
}
