import type {
  DisableAWSServiceAccessCommandInput,
  DisableAWSServiceAccessCommandOutput,
  EnableAWSServiceAccessCommandInput,
  EnableAWSServiceAccessCommandOutput,
  ListAWSServiceAccessForOrganizationCommandInput,
  ListAWSServiceAccessForOrganizationCommandOutput,
} from '@aws-sdk/client-organizations'
import { type Delegate, DELEGATES, type Organization, saveOrganization } from './documents.ts'
import { constraint, invalidInput, needsAllFeatures } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'

/** Condition key of the service that is meant. */
export function servicePrincipalKey(service: string | undefined): { 'organizations:ServicePrincipal'?: string } {
  return service === undefined ? {} : { 'organizations:ServicePrincipal': service }
}

/** inferred: AWS knows a list of its services; any that is named as they are counts here. */
export function checkServicePrincipal({ featureSet }: Organization, service: string): void {
  if (featureSet !== 'ALL') throw needsAllFeatures()
  if (/^[a-z0-9][a-z0-9.-]*\.amazonaws\.com$/.test(service)) return
  throw invalidInput('UNRECOGNIZED_SERVICE_PRINCIPAL', 'You specified an unrecognized service principal.')
}

export const enableAWSServiceAccess = organizationOperation<
  EnableAWSServiceAccessCommandInput,
  EnableAWSServiceAccessCommandOutput
>('EnableAWSServiceAccess', {
  audience: 'management',
  keys: ({ ServicePrincipal }) => servicePrincipalKey(ServicePrincipal),
  perform: ({ ServicePrincipal: service }, { store, organization, call }) => {
    checkServicePrincipal(organization, service)
    const since = organization.services[service] ?? Math.floor(call.time / 1000)
    saveOrganization(store, { ...organization, services: { ...organization.services, [service]: since } })
    return {}
  },
})

export const disableAWSServiceAccess = organizationOperation<
  DisableAWSServiceAccessCommandInput,
  DisableAWSServiceAccessCommandOutput
>('DisableAWSServiceAccess', {
  audience: 'management',
  keys: ({ ServicePrincipal }) => servicePrincipalKey(ServicePrincipal),
  perform: ({ ServicePrincipal: service }, { store, organization }) => {
    checkServicePrincipal(organization, service)
    const administered = store
      .list<Delegate>(DELEGATES, { prefix: `${organization.id}/` })
      .some(({ value }) => Object.hasOwn(value.services, service))
    // inferred: the sentence.
    if (administered) {
      throw constraint(
        'DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE',
        'You must deregister all delegated administrators of the service before you disable its access.',
      )
    }
    const { [service]: _, ...services } = organization.services
    saveOrganization(store, { ...organization, services })
    return {}
  },
})

export const listAWSServiceAccessForOrganization = organizationOperation<
  ListAWSServiceAccessForOrganizationCommandInput,
  ListAWSServiceAccessForOrganizationCommandOutput
>('ListAWSServiceAccessForOrganization', {
  audience: 'delegates',
  perform: (input, { organization }) => {
    const services = Object.entries(organization.services).sort(([a], [b]) => (a < b ? -1 : 1))
    const { items, ...rest } = page(services, ([service]) => service, input)
    return {
      EnabledServicePrincipals: items.map(([ServicePrincipal, DateEnabled]) => ({ ServicePrincipal, DateEnabled })),
      ...rest,
    }
  },
})
