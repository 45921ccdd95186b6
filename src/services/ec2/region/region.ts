import type {
  AvailabilityZone,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  Region,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing } from '../needs.ts'
import { quotas } from '../quotas.ts'
import { defaultVpc } from '../vpc/default-vpc.ts'
import { regions, zonesOf } from '../zones.ts'

const regionFilters: FilterTable<Shape<Region>> = {
  endpoint: (region) => region.Endpoint,
  'opt-in-status': (region) => region.OptInStatus,
  'region-name': (region) => region.RegionName,
}

export const describeRegions = ec2Operation<DescribeRegionsRequest, DescribeRegionsResult>('DescribeRegions', {
  needs: (_, estate) => describing(estate, 'DescribeRegions'),
  perform(input) {
    for (const name of input.RegionNames ?? []) {
      if (!regions.includes(name)) throw invalidValue(`Invalid region name: ${name}`)
    }
    const all = regions.map((RegionName) => ({
      RegionName,
      Endpoint: `ec2.${RegionName}.amazonaws.com`,
      OptInStatus: 'opt-in-not-required',
    }))
    const named = all.filter((one) => !input.RegionNames?.length || input.RegionNames.includes(one.RegionName))
    return { Regions: named.filter(filterOf({}, regionFilters, input.Filters)) }
  },
})

const zoneFilters: FilterTable<Shape<AvailabilityZone>> = {
  'group-name': (zone) => zone.GroupName,
  'opt-in-status': (zone) => zone.OptInStatus,
  'region-name': (zone) => zone.RegionName,
  state: (zone) => zone.State,
  'zone-id': (zone) => zone.ZoneId,
  'zone-name': (zone) => zone.ZoneName,
  'zone-type': (zone) => zone.ZoneType,
}

export const describeAvailabilityZones = ec2Operation<
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult
>('DescribeAvailabilityZones', {
  needs: (_, estate) => describing(estate, 'DescribeAvailabilityZones'),
  perform(input, { region }) {
    const all = zonesOf(region).map(({ name, id }) => ({
      ZoneName: name,
      ZoneId: id,
      ZoneType: 'availability-zone',
      State: 'available' as const,
      RegionName: region,
      GroupName: `${region}-zg-1`,
      NetworkBorderGroup: region,
      OptInStatus: 'opt-in-not-required' as const,
      Messages: [],
    }))
    for (const name of input.ZoneNames ?? []) {
      if (!all.some((zone) => zone.ZoneName === name)) throw invalidValue(`Invalid availability zone: [${name}]`)
    }
    for (const id of input.ZoneIds ?? []) {
      if (!all.some((zone) => zone.ZoneId === id)) throw invalidValue(`Invalid availability zone-id: [${id}]`)
    }
    const named = all.filter(
      (zone) =>
        (!input.ZoneNames?.length || input.ZoneNames.includes(zone.ZoneName)) &&
        (!input.ZoneIds?.length || input.ZoneIds.includes(zone.ZoneId)),
    )
    return { AvailabilityZones: named.filter(filterOf({}, zoneFilters, input.Filters)) }
  },
})

/** This server starts an account without a default VPC. */
const accountAttributes = (estate: Estate): Readonly<Record<string, string>> => ({
  'supported-platforms': 'VPC',
  'default-vpc': defaultVpc(estate)?.VpcId ?? 'none',
  'vpc-max-security-groups-per-interface': String(quotas.groupsPerInterface.most),
})

export const describeAccountAttributes = ec2Operation<
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult
>('DescribeAccountAttributes', {
  needs: (_, estate) => describing(estate, 'DescribeAccountAttributes'),
  perform(input, estate) {
    const known = accountAttributes(estate)
    const names: readonly string[] = input.AttributeNames?.length ? input.AttributeNames : Object.keys(known)
    return {
      AccountAttributes: names.map((name) => {
        const value = known[name]
        if (value === undefined) throw invalidValue(`The attribute '${name}' is not valid`)
        return { AttributeName: name, AttributeValues: [{ AttributeValue: value }] }
      }),
    }
  },
})
