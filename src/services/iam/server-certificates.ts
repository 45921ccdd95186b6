import type {
  DeleteServerCertificateCommandInput,
  DeleteServerCertificateCommandOutput,
  GetServerCertificateCommandInput,
  GetServerCertificateCommandOutput,
  ListServerCertificatesCommandInput,
  ListServerCertificatesCommandOutput,
  UpdateServerCertificateCommandInput,
  UpdateServerCertificateCommandOutput,
  UploadServerCertificateCommandInput,
  UploadServerCertificateCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { requireKeyPair } from './certificate.ts'
import { alreadyExists, iamArn } from './entities.ts'
import { uniqueId } from './ids.ts'
import { onPath, onServerCertificate, toCreate } from './needs.ts'
import { storedPage } from './page.ts'
import { requireRoom } from './quotas.ts'
import {
  deleteServerCertificate as forget,
  findServerCertificate,
  requireServerCertificate,
  saveServerCertificate,
  SERVER_CERTIFICATES,
  type ServerCertificate,
} from './server-certificate.ts'
import { checkTags } from './tags.ts'

export const uploadServerCertificate = operation<
  UploadServerCertificateCommandInput,
  UploadServerCertificateCommandOutput
>('iam', 'UploadServerCertificate', {
  needs: ({ ServerCertificateName, Path, Tags }, call) =>
    toCreate(call, 'UploadServerCertificate', 'server-certificate', {
      name: ServerCertificateName,
      path: Path,
      tags: Tags,
    }),
  perform: (input, { call, world }) => {
    const { ServerCertificateName: name, Path: path = '/', CertificateBody: body, CertificateChain: chain } = input
    const { account } = call
    const tags = checkTags(input.Tags, 'by case')
    const { validToDate } = requireKeyPair({ body, privateKey: input.PrivateKey, chain })
    if (findServerCertificate(world.store, account, name)) throw nameTaken(name)
    requireRoom('ServerCertificatesPerAccount', world.store.count(SERVER_CERTIFICATES, `${account}/`))
    const certificate: ServerCertificate = {
      account,
      name,
      path,
      id: uniqueId(world, 'ASCA'),
      arn: iamArn(account, 'server-certificate', path, name),
      uploadDate: Math.floor(call.time / 1000),
      expiration: Math.floor(validToDate.getTime() / 1000),
      body,
      tags,
      ...(chain !== undefined && { chain }),
    }
    saveServerCertificate(world.store, certificate)
    return { ServerCertificateMetadata: metadata(certificate), ...(tags.length > 0 && { Tags: [...tags] }) }
  },
})

export const getServerCertificate = operation<GetServerCertificateCommandInput, GetServerCertificateCommandOutput>(
  'iam',
  'GetServerCertificate',
  {
    needs: ({ ServerCertificateName: name }, call) => [onServerCertificate(call, 'GetServerCertificate', name)],
    perform: ({ ServerCertificateName: name }, { call, world: { store } }) => {
      const certificate = requireServerCertificate(store, call.account, name)
      return {
        ServerCertificate: {
          ServerCertificateMetadata: metadata(certificate),
          CertificateBody: certificate.body,
          ...(certificate.chain !== undefined && { CertificateChain: certificate.chain }),
          Tags: [...certificate.tags],
        },
      }
    },
  },
)

export const listServerCertificates = operation<
  ListServerCertificatesCommandInput,
  ListServerCertificatesCommandOutput
>('iam', 'ListServerCertificates', {
  needs: ({ PathPrefix }, call) => [onPath(call, 'ListServerCertificates', 'server-certificate', PathPrefix)],
  perform: (input, { call, world: { store } }) => {
    const { items, ...rest } = storedPage<ServerCertificate>(store, SERVER_CERTIFICATES, call.account, input)
    return { ServerCertificateMetadataList: items.map(metadata), ...rest }
  },
})

/** Renames or moves it: the right to do so is needed on both, the certificate as it is and as it will be. */
export const updateServerCertificate = operation<
  UpdateServerCertificateCommandInput,
  UpdateServerCertificateCommandOutput
>('iam', 'UpdateServerCertificate', {
  needs: ({ ServerCertificateName: name, NewPath, NewServerCertificateName: newName }, call) => {
    const certificate = findServerCertificate(call.world.store, call.account, name)
    const path = NewPath ?? certificate?.path ?? '/'
    const target = iamArn(call.account, 'server-certificate', path, newName ?? certificate?.name ?? name)
    const source = onServerCertificate(call, 'UpdateServerCertificate', name)
    return target === source.resource ? [source] : [source, need('iam:UpdateServerCertificate', target)]
  },
  perform: (input, { call, world: { store } }) => {
    const { account } = call
    const certificate = requireServerCertificate(store, account, input.ServerCertificateName)
    const { NewPath: path = certificate.path, NewServerCertificateName: name = certificate.name } = input
    const other = findServerCertificate(store, account, name)
    if (other && other.id !== certificate.id) throw nameTaken(name)
    store.transaction(() => {
      forget(store, certificate)
      const arn = iamArn(account, 'server-certificate', path, name)
      saveServerCertificate(store, { ...certificate, name, path, arn })
    })
    return {}
  },
})

export const deleteServerCertificate = operation<
  DeleteServerCertificateCommandInput,
  DeleteServerCertificateCommandOutput
>('iam', 'DeleteServerCertificate', {
  needs: ({ ServerCertificateName: name }, call) => [onServerCertificate(call, 'DeleteServerCertificate', name)],
  perform: ({ ServerCertificateName: name }, { call, world: { store } }) => {
    forget(store, requireServerCertificate(store, call.account, name))
    return {}
  },
})

function nameTaken(name: string) {
  return alreadyExists(`The Server Certificate with name ${name} already exists.`)
}

function metadata({ path, name, id, arn, uploadDate, expiration }: ServerCertificate) {
  return {
    Path: path,
    ServerCertificateName: name,
    ServerCertificateId: id,
    Arn: arn,
    UploadDate: uploadDate,
    Expiration: expiration,
  }
}
