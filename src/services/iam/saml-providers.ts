import type {
  CreateSAMLProviderCommandInput,
  CreateSAMLProviderCommandOutput,
  DeleteSAMLProviderCommandInput,
  DeleteSAMLProviderCommandOutput,
  GetSAMLProviderCommandInput,
  GetSAMLProviderCommandOutput,
  ListSAMLProvidersCommandInput,
  ListSAMLProvidersCommandOutput,
  UpdateSAMLProviderCommandInput,
  UpdateSAMLProviderCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need, type Need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { alreadyExists } from './entities.ts'
import {
  findSamlProvider,
  providerKey,
  requireSamlProvider,
  SAML_PROVIDERS,
  type SamlProvider,
  saveSamlProvider,
} from './identity-providers.ts'
import { base32 } from './ids.ts'
import { onArn, toMake } from './needs.ts'
import { requireRoom } from './quotas.ts'
import { parseSamlMetadata, type SamlMetadata } from './saml-metadata.ts'
import { checkTags } from './tags.ts'

/** SAML 2.0 providers: whose assertions sts:AssumeRoleWithSAML takes. */

export const createSAMLProvider = operation<CreateSAMLProviderCommandInput, CreateSAMLProviderCommandOutput>(
  'iam',
  'CreateSAMLProvider',
  {
    needs: ({ Name, Tags }, call) => toMake('CreateSAMLProvider', arnOf(call.account, Name), Tags),
    async perform(input, { call, world }) {
      const { Name: name, SAMLMetadataDocument: metadata } = input
      const { store } = world
      const { account } = call
      refuseEncryption(input)
      const parsed = await parseSamlMetadata(metadata)
      const provider: SamlProvider = {
        account,
        name,
        arn: arnOf(account, name),
        // inferred: the form, but for its letters and its length (API_GetSAMLProvider).
        uuid: `SAML${base32(world.hex(36), 28)}`,
        metadata,
        validUntil: endOf(parsed),
        createDate: Math.floor(call.time / 1000),
        tags: checkTags(input.Tags, 'by case'),
      }
      if (findSamlProvider(store, provider.arn)) throw alreadyExists(`Provider with name ${name} already exists.`)
      requireRoom('SAMLProvidersPerAccount', store.count(SAML_PROVIDERS, `${account}/`))
      saveSamlProvider(store, provider)
      return { SAMLProviderArn: provider.arn, ...(provider.tags.length > 0 && { Tags: [...provider.tags] }) }
    },
  },
)

export const getSAMLProvider = operation<GetSAMLProviderCommandInput, GetSAMLProviderCommandOutput>(
  'iam',
  'GetSAMLProvider',
  {
    needs: (input, call) => [onProvider(call, 'GetSAMLProvider', input)],
    perform: ({ SAMLProviderArn }, { call, world: { store } }) => {
      const provider = requireSamlProvider(store, call.account, SAMLProviderArn)
      return {
        SAMLProviderUUID: provider.uuid,
        SAMLMetadataDocument: provider.metadata,
        CreateDate: provider.createDate,
        ValidUntil: provider.validUntil,
        Tags: [...provider.tags],
        AssertionEncryptionMode: 'Allowed' as const,
        PrivateKeyList: [],
      }
    },
  },
)

/** Not in pages. */
export const listSAMLProviders = operation<ListSAMLProvidersCommandInput, ListSAMLProvidersCommandOutput>(
  'iam',
  'ListSAMLProviders',
  {
    needs: () => [need('iam:ListSAMLProviders', '*')],
    perform: (_input, { call, world: { store } }) => ({
      SAMLProviderList: store
        .list<SamlProvider>(SAML_PROVIDERS, { prefix: `${call.account}/` })
        .map(({ value: { arn, validUntil, createDate } }) => ({
          Arn: arn,
          ValidUntil: validUntil,
          CreateDate: createDate,
        })),
    }),
  },
)

export const updateSAMLProvider = operation<UpdateSAMLProviderCommandInput, UpdateSAMLProviderCommandOutput>(
  'iam',
  'UpdateSAMLProvider',
  {
    needs: (input, call) => [onProvider(call, 'UpdateSAMLProvider', input)],
    async perform(input, { call, world: { store } }) {
      const { SAMLProviderArn: arn, SAMLMetadataDocument: metadata } = input
      refuseEncryption(input)
      const parsed = metadata === undefined ? undefined : await parseSamlMetadata(metadata)
      const provider = requireSamlProvider(store, call.account, arn)
      if (metadata !== undefined && parsed)
        saveSamlProvider(store, { ...provider, metadata, validUntil: endOf(parsed) })
      return { SAMLProviderArn: arn }
    },
  },
)

export const deleteSAMLProvider = operation<DeleteSAMLProviderCommandInput, DeleteSAMLProviderCommandOutput>(
  'iam',
  'DeleteSAMLProvider',
  {
    needs: (input, call) => [onProvider(call, 'DeleteSAMLProvider', input)],
    perform: ({ SAMLProviderArn }, { call, world: { store } }) => {
      store.delete(SAML_PROVIDERS, providerKey(requireSamlProvider(store, call.account, SAMLProviderArn).arn))
      return {}
    },
  },
)

function onProvider(call: Call, action: string, { SAMLProviderArn: arn }: { SAMLProviderArn: string }): Need {
  return onArn(action, arn, findSamlProvider(call.world.store, arn))
}

const arnOf = (account: string, name: string): string => `arn:aws:iam::${account}:saml-provider/${name}`

/** inferred: where the document names no end, its last signing certificate does. */
function endOf({ validUntil, signingCertificates }: SamlMetadata): number {
  const ends = signingCertificates.map(({ validToDate }) => Math.floor(validToDate.getTime() / 1000))
  return validUntil ?? Math.max(...ends)
}

/** Nobody here can open an encrypted assertion. */
function refuseEncryption(input: {
  AssertionEncryptionMode?: string
  AddPrivateKey?: string
  RemovePrivateKey?: string
}) {
  const asked =
    (input.AssertionEncryptionMode === 'Required' && 'AssertionEncryptionMode') ||
    (input.AddPrivateKey !== undefined && 'AddPrivateKey') ||
    (input.RemovePrivateKey !== undefined && 'RemovePrivateKey')
  if (asked) throw new AwsError('NotImplemented', `${asked}: encrypted SAML assertions are not built.`, 501)
}
