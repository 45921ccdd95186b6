import { createHash } from 'node:crypto'
import type {
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult,
  ServiceDetail,
} from '@aws-sdk/client-ec2'
import { serviceByName, serviceCatalogue, type EndpointService } from '../../../network/services.ts'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { zonesOf } from '../zones.ts'
import { noSuchService } from './create-vpc-endpoint.ts'
import { supportedIpAddressTypes } from './ip-address-type.ts'

const filters: FilterTable<Shape<ServiceDetail>> = {
  owner: (service) => service.Owner,
  'service-name': (service) => service.ServiceName,
  'service-region': (service) => service.ServiceRegion,
  'service-type': (service) => service.ServiceType?.map((one) => one.ServiceType),
  'supported-ip-address-types': (service) => service.SupportedIpAddressTypes,
}

export const describeVpcEndpointServices = ec2Operation<
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult
>('DescribeVpcEndpointServices', {
  needs: (_, estate) => describing(estate, 'DescribeVpcEndpointServices'),
  perform(input, { region }) {
    const all = serviceCatalogue(region).map((service) => detailOf(service, region))
    for (const name of input.ServiceNames ?? []) {
      if (!all.some((service) => service.ServiceName === name)) throw noSuchService(name)
    }
    const here = input.ServiceRegions?.length ? input.ServiceRegions.includes(region) : true
    const named = all.filter(
      (one) => here && (!input.ServiceNames?.length || input.ServiceNames.includes(one.ServiceName!)),
    )
    const passing = named.filter(filterOf({ tagMember: 'Tags' }, filters, input.Filters))
    const sortKey = (service: Shape<ServiceDetail>) => `${service.ServiceName} ${service.ServiceId}`
    const sorted = passing.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    const { things, ...page } = pageOf(sorted, sortKey, 'services', input.MaxResults, input.NextToken)
    return { ServiceNames: things.map((one) => one.ServiceName!), ServiceDetails: things, ...page }
  },
})

function detailOf(service: EndpointService, region: string): Shape<ServiceDetail> {
  const [PrivateDnsName] = service.privateDnsNames
  return {
    ServiceName: service.serviceName,
    ServiceId: serviceId(service),
    ServiceType: [{ ServiceType: service.serviceType }],
    ServiceRegion: region,
    AvailabilityZones: [...service.availabilityZones],
    AvailabilityZoneIds: zonesOf(region).map((zone) => zone.id),
    Owner: 'amazon',
    BaseEndpointDnsNames: [service.baseEndpointDnsName],
    ...(PrivateDnsName
      ? {
          PrivateDnsName,
          PrivateDnsNames: service.privateDnsNames.map((name) => ({ PrivateDnsName: name })),
          PrivateDnsNameVerificationState: 'verified' as const,
        }
      : {}),
    VpcEndpointPolicySupported: service.policySupported,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: supportedIpAddressTypes(
      serviceByName(region, service.serviceName)!,
      service.serviceType,
    ) as ('ipv4' | 'ipv6')[],
    Tags: [],
  }
}

/** Stand-in for AWS's own ids: always the same for a service. */
function serviceId({ serviceName, serviceType }: EndpointService): string {
  return `vpce-svc-${createHash('sha256').update(`${serviceName} ${serviceType}`).digest('hex').slice(0, 17)}`
}
