import type {
  GenerateServiceLastAccessedDetailsCommandInput,
  GenerateServiceLastAccessedDetailsCommandOutput,
  GetServiceLastAccessedDetailsCommandInput,
  GetServiceLastAccessedDetailsCommandOutput,
  GetServiceLastAccessedDetailsWithEntitiesCommandInput,
  GetServiceLastAccessedDetailsWithEntitiesCommandOutput,
  ListPoliciesGrantingServiceAccessCommandInput,
  ListPoliciesGrantingServiceAccessCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need, type Need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { type Entity, invalidInput } from './entities.ts'
import { grantsService } from './granted-services.ts'
import { onEntity, onPolicy } from './needs.ts'
import { page, pageOf } from './page.ts'
import {
  type AccessReport,
  currentEntity,
  findReport,
  isPolicy,
  latest,
  makeReport,
  type ReportedService,
} from './service-last-accessed-report.ts'
import { serviceReference } from './service-reference.ts'
import { ownPolicySource, parsePolicySource, type Source, sourceId, sourcesOf } from './simulate-sources.ts'

/** AWS gives so many services a page, although its reference says 100. */
const SERVICES_PER_PAGE = 200

export const generateServiceLastAccessedDetails = operation<
  GenerateServiceLastAccessedDetailsCommandInput,
  GenerateServiceLastAccessedDetailsCommandOutput
>('iam', 'GenerateServiceLastAccessedDetails', {
  needs: ({ Arn }, call) => [onSubject(call, 'GenerateServiceLastAccessedDetails', Arn)],
  perform: ({ Arn, Granularity = 'SERVICE_LEVEL' }, { call, world }) => ({
    JobId: makeReport(world, call, Arn, Granularity),
  }),
})

export const getServiceLastAccessedDetails = operation<
  GetServiceLastAccessedDetailsCommandInput,
  GetServiceLastAccessedDetailsCommandOutput
>('iam', 'GetServiceLastAccessedDetails', {
  needs: () => [need('iam:GetServiceLastAccessedDetails', '*')],
  perform: ({ JobId, MaxItems = SERVICES_PER_PAGE, ...paging }, { call, world: { store } }) => {
    const report = findReport(store, call, JobId)
    if (call.time < report.readyAt) return pending<GetServiceLastAccessedDetailsCommandOutput>(report)
    const { items, ...rest } = page(report.services, ({ namespace }) => namespace, { MaxItems, ...paging })
    return {
      ...completed(report),
      JobType: report.granularity,
      ServicesLastAccessed: items.map((service) => serviceView(report, service)),
      ...rest,
    }
  },
})

/** Who could have used a service, the latest user first; names and paths as they are now, without those who are gone. */
export const getServiceLastAccessedDetailsWithEntities = operation<
  GetServiceLastAccessedDetailsWithEntitiesCommandInput,
  GetServiceLastAccessedDetailsWithEntitiesCommandOutput
>('iam', 'GetServiceLastAccessedDetailsWithEntities', {
  needs: () => [need('iam:GetServiceLastAccessedDetailsWithEntities', '*')],
  perform: ({ JobId, ServiceNamespace, ...paging }, { call, world: { store } }) => {
    requireNamespace(ServiceNamespace)
    const report = findReport(store, call, JobId)
    if (call.time < report.readyAt) return pending<GetServiceLastAccessedDetailsWithEntitiesCommandOutput>(report)
    const service = report.services.find(({ namespace }) => namespace === ServiceNamespace)
    const uses = new Map(service?.uses.map((use) => [use.entity, use]))
    const entities = (service ? report.entities : [])
      .flatMap((one, index) => {
        const entity = currentEntity(store, one)
        return entity ? [{ entity, time: uses.get(index)?.time }] : []
      })
      .toSorted((a, b) => (b.time ?? 0) - (a.time ?? 0) || (a.entity.arn < b.entity.arn ? -1 : 1))
    const { items, ...rest } = pageOf(entities, paging)
    return {
      ...completed(report),
      EntityDetailsList: items.map(({ entity, time }) => ({
        EntityInfo: entityInfo(entity),
        ...(time !== undefined && { LastAuthenticated: time }),
      })),
      ...rest,
    }
  },
})

/** Each policy for itself; AWS gives all of them at once, so there never is a second page. */
export const listPoliciesGrantingServiceAccess = operation<
  ListPoliciesGrantingServiceAccessCommandInput,
  ListPoliciesGrantingServiceAccessCommandOutput
>('iam', 'ListPoliciesGrantingServiceAccess', {
  needs: ({ Arn }, call) => {
    const { type, name } = ownPolicySource(call.account, Arn)
    return [onEntity(call, 'ListPoliciesGrantingServiceAccess', type, name)]
  },
  perform: ({ Arn, ServiceNamespaces, Marker }, { call, world: { store } }) => {
    if (Marker !== undefined) throw invalidInput('Invalid marker for pagination.') // inferred
    const namespaces = [...new Set(ServiceNamespaces)]
    namespaces.forEach(requireNamespace)
    const { identity } = sourcesOf(store, call.account, Arn)
    return {
      PoliciesGrantingServiceAccess: namespaces.map((namespace) => ({
        ServiceNamespace: namespace,
        Policies: identity.filter(({ policy }) => grantsService(policy, namespace)).map(grantingPolicy),
      })),
      IsTruncated: false,
    }
  },
})

function onSubject(call: Call, action: string, arn: string): Need {
  if (isPolicy(arn)) return onPolicy(call, action, arn)
  const { account, type, name } = parsePolicySource(arn)
  return account === call.account ? onEntity(call, action, type, name) : need(`iam:${action}`, arn)
}

/** Namespaces are AWS's service prefixes. Throws InvalidInput. */
function requireNamespace(namespace: string): void {
  // inferred: the sentence.
  if (serviceReference().service(namespace)?.prefix !== namespace) throw invalidInput('Invalid service namespace.')
}

/** AWS leaves out what its model says is always there. */
function pending<O>({ createdAt }: AccessReport): Shape<O> {
  return { JobStatus: 'IN_PROGRESS', JobCreationDate: createdAt / 1000, IsTruncated: false } as unknown as Shape<O>
}

function completed({ createdAt, readyAt }: AccessReport) {
  return { JobStatus: 'COMPLETED' as const, JobCreationDate: createdAt / 1000, JobCompletionDate: readyAt / 1000 }
}

function serviceView({ entities }: AccessReport, { namespace, name, uses, actions }: ReportedService) {
  const last = latest(uses)
  return {
    ServiceName: name,
    ServiceNamespace: namespace,
    ...(last && {
      LastAuthenticated: last.time,
      LastAuthenticatedEntity: entities[last.entity]!.arn,
      LastAuthenticatedRegion: last.region,
    }),
    TotalAuthenticatedEntities: uses.length,
    ...(actions && {
      TrackedActionsLastAccessed: actions.map((action) => ({
        ActionName: action.name,
        ...(action.last && {
          LastAccessedEntity: entities[action.last.entity]!.arn,
          LastAccessedTime: action.last.time,
          LastAccessedRegion: action.last.region,
        }),
      })),
    }),
  }
}

function entityInfo({ arn, name, type, id, path }: Entity) {
  return { Arn: arn, Name: name, Type: type === 'role' ? ('ROLE' as const) : ('USER' as const), Id: id, Path: path }
}

function grantingPolicy({ policy, owner }: Source) {
  if (!owner) return { PolicyName: sourceId(policy), PolicyType: 'MANAGED' as const, PolicyArn: policy.id }
  return {
    PolicyName: policy.id.slice(`${owner.type}_${owner.name}_`.length),
    PolicyType: 'INLINE' as const,
    EntityType: owner.type.toUpperCase() as 'USER' | 'GROUP' | 'ROLE',
    EntityName: owner.name,
  }
}
