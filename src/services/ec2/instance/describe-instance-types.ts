import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
  InstanceTypeOffering,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { zonesOf } from '../zones.ts'
import { instanceTypes, type InstanceType } from './instance-types.ts'

const filters: FilterTable<Shape<InstanceTypeInfo>> = {
  'bare-metal': (type) => type.BareMetal,
  'burstable-performance-supported': (type) => type.BurstablePerformanceSupported,
  'current-generation': (type) => type.CurrentGeneration,
  hypervisor: (type) => type.Hypervisor,
  'instance-type': (type) => type.InstanceType,
  'memory-info.size-in-mib': (type) => type.MemoryInfo?.SizeInMiB,
  'network-info.ipv4-addresses-per-interface': (type) => type.NetworkInfo?.Ipv4AddressesPerInterface,
  'network-info.maximum-network-interfaces': (type) => type.NetworkInfo?.MaximumNetworkInterfaces,
  'processor-info.supported-architecture': (type) => type.ProcessorInfo?.SupportedArchitectures,
  'supported-root-device-type': (type) => type.SupportedRootDeviceTypes,
  'supported-usage-class': (type) => type.SupportedUsageClasses,
  'supported-virtualization-type': (type) => type.SupportedVirtualizationTypes,
  'vcpu-info.default-vcpus': (type) => type.VCpuInfo?.DefaultVCpus,
}

export const describeInstanceTypes = ec2Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult>(
  'DescribeInstanceTypes',
  {
    needs: (_, estate) => describing(estate, 'DescribeInstanceTypes'),
    perform(input) {
      const strange = input.InstanceTypes?.filter((name) => !instanceTypes.has(name)) ?? []
      if (strange.length > 0) {
        throw new AwsError(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${strange.join(', ')}]`,
        )
      }
      const named = input.InstanceTypes?.length ? new Set<string>(input.InstanceTypes) : undefined
      const found = [...instanceTypes.values()]
        .filter((type) => !named || named.has(type.name))
        .map(infoOf)
        .filter(filterOf({}, filters, input.Filters))
        .toSorted((a, b) => (a.InstanceType! < b.InstanceType! ? -1 : 1))
      const { things, ...page } = pageOf(
        found,
        (type) => type.InstanceType!,
        'types',
        input.MaxResults,
        input.NextToken,
      )
      return { InstanceTypes: things, ...page }
    },
  },
)

function infoOf(type: InstanceType): Shape<InstanceTypeInfo> {
  const threads = type.architecture === 'arm64' || type.vCpus === 1 ? 1 : 2
  return {
    InstanceType: type.name as never,
    BareMetal: false,
    BurstablePerformanceSupported: type.burstable,
    CurrentGeneration: type.currentGeneration,
    Hypervisor: type.nitro ? 'nitro' : 'xen',
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    NetworkInfo: {
      DefaultNetworkCardIndex: 0,
      EnaSupport: type.nitro ? 'required' : 'supported',
      Ipv4AddressesPerInterface: type.addresses,
      Ipv6AddressesPerInterface: type.addresses,
      Ipv6Supported: true,
      MaximumNetworkCards: 1,
      MaximumNetworkInterfaces: type.interfaces,
    },
    ProcessorInfo: { SupportedArchitectures: [type.architecture] },
    SupportedBootModes:
      type.architecture === 'arm64' ? ['uefi'] : type.nitro ? ['legacy-bios', 'uefi'] : ['legacy-bios'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedUsageClasses: ['on-demand'],
    SupportedVirtualizationTypes: ['hvm'],
    VCpuInfo: {
      DefaultVCpus: type.vCpus,
      DefaultCores: type.vCpus / threads,
      DefaultThreadsPerCore: threads,
    },
  }
}

/** Every type that we know is offered in every zone. */
export const describeInstanceTypeOfferings = ec2Operation<
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult
>('DescribeInstanceTypeOfferings', {
  needs: (_, estate) => describing(estate, 'DescribeInstanceTypeOfferings'),
  perform(input, { region }) {
    const LocationType = input.LocationType ?? 'region'
    const places: Partial<Record<string, string[]>> = {
      region: [region],
      'availability-zone': zonesOf(region).map((zone) => zone.name),
      'availability-zone-id': zonesOf(region).map((zone) => zone.id),
    }
    const offered = (places[LocationType] ?? []).flatMap((Location) =>
      [...instanceTypes.keys()].map((name) => ({ InstanceType: name as never, LocationType, Location })),
    )
    const key = (one: Shape<InstanceTypeOffering>) => `${one.Location} ${one.InstanceType}`
    const found = offered
      .filter(filterOf({}, offeringFilters, input.Filters))
      .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    const { things, ...page } = pageOf(found, key, 'offerings', input.MaxResults, input.NextToken)
    return { InstanceTypeOfferings: things, ...page }
  },
})

const offeringFilters: FilterTable<Shape<InstanceTypeOffering>> = {
  'instance-type': (one) => one.InstanceType,
  location: (one) => one.Location,
}
