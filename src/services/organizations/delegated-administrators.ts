import type {
  DeregisterDelegatedAdministratorCommandInput,
  DeregisterDelegatedAdministratorCommandOutput,
  ListDelegatedAdministratorsCommandInput,
  ListDelegatedAdministratorsCommandOutput,
  ListDelegatedServicesForAccountCommandInput,
  ListDelegatedServicesForAccountCommandOutput,
  RegisterDelegatedAdministratorCommandInput,
  RegisterDelegatedAdministratorCommandOutput,
} from '@aws-sdk/client-organizations'
import { requireMember } from './accounts.ts'
import { type Delegate, DELEGATES } from './documents.ts'
import { alreadyRegistered, constraint, notRegistered } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { onTarget } from './resources.ts'
import { checkServicePrincipal, servicePrincipalKey } from './service-access.ts'
import { accountView } from './views.ts'

/** Lets a member account administer a service, and look at the whole organization. */
export const registerDelegatedAdministrator = organizationOperation<
  RegisterDelegatedAdministratorCommandInput,
  RegisterDelegatedAdministratorCommandOutput
>('RegisterDelegatedAdministrator', {
  audience: 'management',
  resources: ({ AccountId }, scene) => [onTarget(scene, AccountId)],
  keys: ({ ServicePrincipal }) => servicePrincipalKey(ServicePrincipal),
  perform: ({ AccountId: account, ServicePrincipal: service }, { store, organization, call }) => {
    checkServicePrincipal(organization, service)
    const { status } = requireMember(store, organization, account)
    if (account === organization.managementAccount) {
      throw constraint(
        'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
        'You cannot register master account/yourself as delegated administrator for your organization.',
      )
    }
    // inferred: the sentences of these two.
    if (status === 'SUSPENDED') {
      throw constraint(
        'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR',
        'You cannot register a suspended account as a delegated administrator.',
      )
    }
    if (!Object.hasOwn(organization.services, service)) {
      throw constraint(
        'SERVICE_ACCESS_NOT_ENABLED',
        'You must enable service access before you register a delegated administrator.',
      )
    }
    const key = `${organization.id}/${account}`
    const services = store.get<Delegate>(DELEGATES, key)?.services ?? {}
    if (Object.hasOwn(services, service)) throw alreadyRegistered()
    const since = Math.floor(call.time / 1000)
    store.put<Delegate>(DELEGATES, key, { account, services: { ...services, [service]: since } })
    return {}
  },
})

export const deregisterDelegatedAdministrator = organizationOperation<
  DeregisterDelegatedAdministratorCommandInput,
  DeregisterDelegatedAdministratorCommandOutput
>('DeregisterDelegatedAdministrator', {
  audience: 'management',
  resources: ({ AccountId }, scene) => [onTarget(scene, AccountId)],
  keys: ({ ServicePrincipal }) => servicePrincipalKey(ServicePrincipal),
  perform: ({ AccountId: account, ServicePrincipal: service }, { store, organization }) => {
    checkServicePrincipal(organization, service)
    requireMember(store, organization, account)
    const key = `${organization.id}/${account}`
    const { [service]: since, ...services } = store.get<Delegate>(DELEGATES, key)?.services ?? {}
    if (since === undefined) throw notRegistered()
    if (Object.keys(services).length > 0) store.put<Delegate>(DELEGATES, key, { account, services })
    else store.delete(DELEGATES, key)
    return {}
  },
})

export const listDelegatedAdministrators = organizationOperation<
  ListDelegatedAdministratorsCommandInput,
  ListDelegatedAdministratorsCommandOutput
>('ListDelegatedAdministrators', {
  audience: 'delegates',
  keys: ({ ServicePrincipal }) => servicePrincipalKey(ServicePrincipal),
  perform: ({ ServicePrincipal: service, ...paging }, { store, organization }) => {
    const delegates = store
      .list<Delegate>(DELEGATES, { prefix: `${organization.id}/` })
      .map(({ value }) => value)
      .filter(({ services }) => service === undefined || Object.hasOwn(services, service))
    const { items, ...rest } = page(delegates, ({ account }) => account, paging)
    return {
      DelegatedAdministrators: items.map(({ account, services }) => {
        const { Paths: _, ...view } = accountView(store, organization, requireMember(store, organization, account))
        return { ...view, DelegationEnabledDate: Math.min(...Object.values(services)) }
      }),
      ...rest,
    }
  },
})

export const listDelegatedServicesForAccount = organizationOperation<
  ListDelegatedServicesForAccountCommandInput,
  ListDelegatedServicesForAccountCommandOutput
>('ListDelegatedServicesForAccount', {
  audience: 'delegates',
  resources: ({ AccountId }, scene) => [onTarget(scene, AccountId)],
  perform: ({ AccountId, ...paging }, { store, organization }) => {
    requireMember(store, organization, AccountId)
    const delegate = store.get<Delegate>(DELEGATES, `${organization.id}/${AccountId}`)
    if (!delegate) throw notRegistered()
    const services = Object.entries(delegate.services).sort(([a], [b]) => (a < b ? -1 : 1))
    const { items, ...rest } = page(services, ([service]) => service, paging)
    return {
      DelegatedServices: items.map(([ServicePrincipal, DelegationEnabledDate]) => ({
        ServicePrincipal,
        DelegationEnabledDate,
      })),
      ...rest,
    }
  },
})
