import type {
  AddClientIDToOpenIDConnectProviderCommandInput,
  AddClientIDToOpenIDConnectProviderCommandOutput,
  CreateOpenIDConnectProviderCommandInput,
  CreateOpenIDConnectProviderCommandOutput,
  DeleteOpenIDConnectProviderCommandInput,
  DeleteOpenIDConnectProviderCommandOutput,
  GetOpenIDConnectProviderCommandInput,
  GetOpenIDConnectProviderCommandOutput,
  ListOpenIDConnectProvidersCommandInput,
  ListOpenIDConnectProvidersCommandOutput,
  RemoveClientIDFromOpenIDConnectProviderCommandInput,
  RemoveClientIDFromOpenIDConnectProviderCommandOutput,
  UpdateOpenIDConnectProviderThumbprintCommandInput,
  UpdateOpenIDConnectProviderThumbprintCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need, type Need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { alreadyExists, invalidInput, noSuchEntity, validationError } from './entities.ts'
import {
  findOpenIdConnectProvider,
  hasIssuerHost,
  OPEN_ID_CONNECT_PROVIDERS,
  type OpenIdConnectProvider,
  providerKey,
  requireOpenIdConnectProvider,
  saveOpenIdConnectProvider,
} from './identity-providers.ts'
import { onArn, toMake } from './needs.ts'
import { requireRoom, requireWithin } from './quotas.ts'
import { checkTags } from './tags.ts'

/** OpenID Connect providers: whose tokens sts:AssumeRoleWithWebIdentity takes, and for which audiences. */

export const createOpenIDConnectProvider = operation<
  CreateOpenIDConnectProviderCommandInput,
  CreateOpenIDConnectProviderCommandOutput
>('iam', 'CreateOpenIDConnectProvider', {
  needs: ({ Url, Tags }, call) => toMake('CreateOpenIDConnectProvider', arnOf(call.account, Url), Tags),
  perform: ({ Url, ClientIDList = [], ThumbprintList = [], Tags }, { call, world: { store } }) => {
    const { account } = call
    checkUrl(Url)
    const clientIds = [...new Set(ClientIDList)]
    requireWithin('ClientIdsPerOpenIdConnectProvider', clientIds.length)
    const provider: OpenIdConnectProvider = {
      account,
      arn: arnOf(account, Url),
      url: withoutScheme(Url),
      clientIds,
      thumbprints: checkThumbprints(ThumbprintList),
      createDate: Math.floor(call.time / 1000),
      tags: checkTags(Tags, 'by case'),
    }
    if (findOpenIdConnectProvider(store, provider.arn)) throw alreadyExists(`Provider with url ${Url} already exists.`)
    requireRoom('OpenIdConnectProvidersPerAccount', store.count(OPEN_ID_CONNECT_PROVIDERS, `${account}/`))
    saveOpenIdConnectProvider(store, provider)
    return {
      OpenIDConnectProviderArn: provider.arn,
      ...(provider.tags.length > 0 && { Tags: [...provider.tags] }),
    }
  },
})

export const getOpenIDConnectProvider = operation<
  GetOpenIDConnectProviderCommandInput,
  GetOpenIDConnectProviderCommandOutput
>('iam', 'GetOpenIDConnectProvider', {
  needs: (input, call) => [onProvider(call, 'GetOpenIDConnectProvider', input)],
  perform: ({ OpenIDConnectProviderArn }, { call, world: { store } }) => {
    const provider = requireOpenIdConnectProvider(store, call.account, OpenIDConnectProviderArn)
    return {
      Url: provider.url,
      ClientIDList: [...provider.clientIds],
      ThumbprintList: [...provider.thumbprints],
      CreateDate: provider.createDate,
      Tags: [...provider.tags],
    }
  },
})

/** Not in pages, and nothing but ARNs. */
export const listOpenIDConnectProviders = operation<
  ListOpenIDConnectProvidersCommandInput,
  ListOpenIDConnectProvidersCommandOutput
>('iam', 'ListOpenIDConnectProviders', {
  needs: () => [need('iam:ListOpenIDConnectProviders', '*')],
  perform: (_input, { call, world: { store } }) => ({
    OpenIDConnectProviderList: store
      .list<OpenIdConnectProvider>(OPEN_ID_CONNECT_PROVIDERS, { prefix: `${call.account}/` })
      .map(({ value }) => ({ Arn: value.arn })),
  }),
})

/** The list that is given takes the place of the old one. */
export const updateOpenIDConnectProviderThumbprint = operation<
  UpdateOpenIDConnectProviderThumbprintCommandInput,
  UpdateOpenIDConnectProviderThumbprintCommandOutput
>('iam', 'UpdateOpenIDConnectProviderThumbprint', {
  needs: (input, call) => [onProvider(call, 'UpdateOpenIDConnectProviderThumbprint', input)],
  perform: ({ OpenIDConnectProviderArn, ThumbprintList }, { call, world: { store } }) => {
    const provider = requireOpenIdConnectProvider(store, call.account, OpenIDConnectProviderArn)
    saveOpenIdConnectProvider(store, { ...provider, thumbprints: checkThumbprints(ThumbprintList) })
    return {}
  },
})

/** Adding what is there already changes nothing, and neither does removing what is not. */
export const addClientIDToOpenIDConnectProvider = operation<
  AddClientIDToOpenIDConnectProviderCommandInput,
  AddClientIDToOpenIDConnectProviderCommandOutput
>('iam', 'AddClientIDToOpenIDConnectProvider', {
  needs: (input, call) => [onProvider(call, 'AddClientIDToOpenIDConnectProvider', input)],
  perform: ({ OpenIDConnectProviderArn, ClientID }, { call, world: { store } }) => {
    const provider = requireOpenIdConnectProvider(store, call.account, OpenIDConnectProviderArn)
    const clientIds = [...new Set([...provider.clientIds, ClientID])]
    requireWithin('ClientIdsPerOpenIdConnectProvider', clientIds.length)
    saveOpenIdConnectProvider(store, { ...provider, clientIds })
    return {}
  },
})

export const removeClientIDFromOpenIDConnectProvider = operation<
  RemoveClientIDFromOpenIDConnectProviderCommandInput,
  RemoveClientIDFromOpenIDConnectProviderCommandOutput
>('iam', 'RemoveClientIDFromOpenIDConnectProvider', {
  needs: (input, call) => [onProvider(call, 'RemoveClientIDFromOpenIDConnectProvider', input)],
  perform: ({ OpenIDConnectProviderArn, ClientID }, { call, world: { store } }) => {
    const provider = requireOpenIdConnectProvider(store, call.account, OpenIDConnectProviderArn)
    saveOpenIdConnectProvider(store, { ...provider, clientIds: provider.clientIds.filter((id) => id !== ClientID) })
    return {}
  },
})

export const deleteOpenIDConnectProvider = operation<
  DeleteOpenIDConnectProviderCommandInput,
  DeleteOpenIDConnectProviderCommandOutput
>('iam', 'DeleteOpenIDConnectProvider', {
  needs: (input, call) => [onProvider(call, 'DeleteOpenIDConnectProvider', input)],
  perform: ({ OpenIDConnectProviderArn: arn }, { call, world: { store } }) => {
    if (findOpenIdConnectProvider(store, arn)?.account !== call.account) {
      throw noSuchEntity(`OpenId connect Provider ${arn} cannot be found.`)
    }
    store.delete(OPEN_ID_CONNECT_PROVIDERS, providerKey(arn))
    return {}
  },
})

function onProvider(call: Call, action: string, { OpenIDConnectProviderArn: arn }: Named): Need {
  return onArn(action, arn, findOpenIdConnectProvider(call.world.store, arn))
}

interface Named {
  OpenIDConnectProviderArn: string
}

const arnOf = (account: string, url: string): string => `arn:aws:iam::${account}:oidc-provider/${withoutScheme(url)}`

const withoutScheme = (url: string): string => url.replace(/^https:\/\//i, '')

/**
 * `https://`, no query and no fragment (API_CreateOpenIDConnectProvider). AWS wants no port either; here one may be given,
 * because an issuer on one's own machine hardly has 443.
 */
function checkUrl(url: string): void {
  const plain = /^https:\/\/[^?#\s]+$/i.test(url) && URL.canParse(url) && hasIssuerHost(withoutScheme(url))
  if (!plain) throw validationError('Invalid Open ID Connect Provider URL')
}

/** At most five; none at all where the issuer's certificate is vouched for otherwise. */
function checkThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > 5) throw invalidInput('Thumbprint list must contain fewer than 5 entries.')
  // inferred: the sentence.
  if (thumbprints.some((one) => !/^[\da-f]{40}$/i.test(one))) throw invalidInput('Invalid thumbprint.')
  return [...new Set(thumbprints.map((one) => one.toLowerCase()))]
}
