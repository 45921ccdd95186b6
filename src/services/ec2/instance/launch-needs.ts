import { need, type Need } from '../../../door/call.ts'
import { partition } from '../../partition.ts'
import type { ContextValues } from '../../../policy/types.ts'
import type { Estate } from '../estate.ts'
import { findImage, imageKeys } from '../image/catalogue.ts'
import { findKeyPair } from '../key-pair/key-pair.ts'
import { making, on, requestTags } from '../needs.ts'
import { instances, keyPairs, networkInterfaces, securityGroups, subnets } from '../nouns.ts'
import { findProfile, passingRole } from './instance-profile.ts'
import { DEFAULT_TYPE } from './instance-types.ts'
import { tenancyOf } from './launch-checks.ts'
import { interfaceSpecifications, type Launch } from './launch-interfaces.ts'
import { launchMetadataOptions } from './metadata-options.ts'

const OPERATION = 'RunInstances'

/**
 * Everything that RunInstances asks for: the instance, its image, subnet, groups, interfaces, root volume and key pair, the
 * right to pass the profile's role, and the tags of what is made (Service Authorization Reference, "Actions… for Amazon
 * EC2"). The groups that are asked for include the default one where none is given.
 */
export function launchNeeds(input: Launch, estate: Estate): Need[] {
  const specifications = interfaceSpecifications(estate, input)
  const image = findImage(estate.region, input.ImageId)
  const subnet = estate.find(subnets, specifications[0]?.SubnetId)
  const where: ContextValues = subnet
    ? { 'ec2:AvailabilityZone': subnet.AvailabilityZone, 'ec2:AvailabilityZoneId': subnet.AvailabilityZoneId }
    : {}
  const options = image ? attempt(() => launchMetadataOptions(input.MetadataOptions, image)) : input.MetadataOptions
  const profile = findProfile(estate, input.IamInstanceProfile)
  const rootDevice: ContextValues = image ? { 'ec2:RootDeviceType': image.RootDeviceType } : {}
  const groups = specifications.flatMap((one) => groupIds(estate, one))
  const existing = specifications.flatMap((one) => one.NetworkInterfaceId ?? [])
  return [
    ...making(estate, OPERATION, instances, input.TagSpecifications, {
      ...where,
      ...rootDevice,
      'ec2:InstanceType': input.InstanceType ?? DEFAULT_TYPE,
      'ec2:EbsOptimized': String(input.EbsOptimized ?? false),
      'ec2:InstanceMarketType': 'on-demand',
      'ec2:Tenancy': tenancyOf(estate, subnet?.VpcId, input),
      ...(options?.HttpEndpoint && { 'ec2:MetadataHttpEndpoint': options.HttpEndpoint }),
      ...(options?.HttpTokens && { 'ec2:MetadataHttpTokens': options.HttpTokens }),
      ...(options?.InstanceMetadataTags && { 'ec2:InstanceMetadataTags': options.InstanceMetadataTags }),
      ...(options?.HttpPutResponseHopLimit && {
        'ec2:MetadataHttpPutResponseHopLimit': String(options.HttpPutResponseHopLimit),
      }),
      ...(profile && { 'ec2:InstanceProfile': profile.arn }),
    }),
    need(`ec2:${OPERATION}`, `arn:${partition(estate.region)}:ec2:${estate.region}::image/${input.ImageId ?? '*'}`, {
      context: { 'ec2:Region': estate.region, ...(image && imageKeys(image)) },
    }),
    ...unique(specifications.flatMap((one) => (one.NetworkInterfaceId ? [] : [one.SubnetId ?? '*']))).map((id) =>
      on(estate, OPERATION, subnets, id),
    ),
    ...unique(groups).map((id) => on(estate, OPERATION, securityGroups, id)),
    ...existing.map((id) => on(estate, OPERATION, networkInterfaces, id)),
    ...specifications
      .filter((one) => !one.NetworkInterfaceId)
      .flatMap((one) =>
        making(estate, OPERATION, networkInterfaces, input.TagSpecifications, newInterfaceKeys(estate, one)),
      ),
    need(`ec2:${OPERATION}`, estate.arn('volume', '*'), {
      context: { 'ec2:Region': estate.region, ...where, ...requestTags([]) },
    }),
    ...(input.KeyName
      ? [on(estate, OPERATION, keyPairs, findKeyPair(estate, { KeyName: input.KeyName })?.KeyPairId ?? input.KeyName)]
      : []),
    ...passingRole(estate, input.IamInstanceProfile),
  ]
}

type Specification = ReturnType<typeof interfaceSpecifications>[number]

function groupIds(estate: Estate, one: Specification): string[] {
  if (one.NetworkInterfaceId) return []
  if (one.Groups?.length) return [...one.Groups]
  const vpcId = estate.find(subnets, one.SubnetId)?.VpcId
  const standard = estate
    .list(securityGroups)
    .find((group) => vpcId && group.VpcId === vpcId && group.GroupName === 'default')
  return [standard?.GroupId ?? '*']
}

function newInterfaceKeys(estate: Estate, one: Specification): ContextValues {
  const subnet = estate.find(subnets, one.SubnetId)
  return {
    ...(subnet && {
      'ec2:AvailabilityZone': subnet.AvailabilityZone,
      'ec2:Subnet': estate.arn('subnet', subnet.SubnetId),
      'ec2:Vpc': estate.arn('vpc', subnet.VpcId),
    }),
    ...(one.AssociatePublicIpAddress !== undefined && {
      'ec2:AssociatePublicIpAddress': String(one.AssociatePublicIpAddress),
    }),
  }
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]

/** What is wrong with the options is said after the allow. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
