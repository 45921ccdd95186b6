import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  Reservation,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { InstanceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import { describing } from '../needs.ts'
import { instances } from '../nouns.ts'
import { instanceFilters } from './instance-filters.ts'
import { interfacesByInstance } from './instance-interfaces.ts'
import { isKnown, requireInstances } from './instance-state.ts'
import { instanceView, type InstanceView } from './instance-view.ts'

/** How each instance looks at this moment: one walk over the interfaces serves all. */
function viewsOf(estate: Estate): (instance: InstanceDocument) => InstanceView {
  const interfaces = interfacesByInstance(estate)
  const seen = new Map<string, InstanceView>()
  return (instance) => {
    let view = seen.get(instance.InstanceId)
    if (!view) {
      view = instanceView(estate, instance, interfaces.get(instance.InstanceId) ?? [])
      seen.set(instance.InstanceId, view)
    }
    return view
  }
}

export const describeInstances = ec2Operation<DescribeInstancesRequest, DescribeInstancesResult>('DescribeInstances', {
  needs: (_, estate) => describing(estate, 'DescribeInstances'),
  perform(input, estate) {
    const view = viewsOf(estate)
    if (input.InstanceIds?.length) requireInstances(estate, input.InstanceIds)
    const { things, ...page } = describe(
      estate,
      instances,
      instanceFilters(view),
      {
        ids: input.InstanceIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      },
      (instance) => isKnown(estate, instance),
    )
    return { Reservations: reservations(things.map(view)), ...page }
  },
})

function reservations(views: readonly InstanceView[]): Shape<Reservation>[] {
  const byId = new Map<string, Shape<Reservation> & { Instances: InstanceView[] }>()
  for (const view of views) {
    const { ReservationId, OwnerId } = view
    const found = byId.get(ReservationId)
    if (found) found.Instances.push(view)
    else byId.set(ReservationId, { ReservationId, OwnerId, Groups: [], Instances: [view] })
  }
  return [...byId.values()]
}

const statusFilters: FilterTable<InstanceDocument> = {
  'availability-zone': (one) => one.Placement.AvailabilityZone,
  'availability-zone-id': (one) => one.Placement.AvailabilityZoneId,
  'instance-state-code': (one) => one.State.Code,
  'instance-state-name': (one) => one.State.Name,
  'instance-status.reachability': (one) => (one.State.Name === 'running' ? 'passed' : undefined),
  'instance-status.status': healthOf,
  'system-status.reachability': (one) => (one.State.Name === 'running' ? 'passed' : undefined),
  'system-status.status': healthOf,
}

function healthOf({ State }: InstanceDocument): 'ok' | 'not-applicable' {
  return State.Name === 'running' ? 'ok' : 'not-applicable'
}

/** Running ones only, unless all are asked for. */
export const describeInstanceStatus = ec2Operation<DescribeInstanceStatusRequest, DescribeInstanceStatusResult>(
  'DescribeInstanceStatus',
  {
    needs: (_, estate) => describing(estate, 'DescribeInstanceStatus'),
    perform(input, estate) {
      if (input.InstanceIds?.length) requireInstances(estate, input.InstanceIds)
      const { things, ...page } = describe(
        estate,
        instances,
        statusFilters,
        {
          ids: input.InstanceIds,
          filters: input.Filters,
          maxResults: input.MaxResults,
          nextToken: input.NextToken,
        },
        (instance) => isKnown(estate, instance),
      )
      const shown = things.filter((one) => input.IncludeAllInstances || one.State.Name === 'running')
      return { InstanceStatuses: shown.map(statusOf), ...page }
    },
  },
)

function statusOf(instance: InstanceDocument) {
  const Status = healthOf(instance)
  const summary = {
    Status,
    ...(Status === 'ok' ? { Details: [{ Name: 'reachability' as const, Status: 'passed' as const }] } : {}),
  }
  return {
    AvailabilityZone: instance.Placement.AvailabilityZone!,
    AvailabilityZoneId: instance.Placement.AvailabilityZoneId!,
    InstanceId: instance.InstanceId,
    InstanceState: instance.State,
    InstanceStatus: summary,
    SystemStatus: summary,
  }
}
