import type { Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { ImageDocument, InstanceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue, missingParameter, noFreeAddresses } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { requireImage } from '../image/catalogue.ts'
import { requireKeyPair } from '../key-pair/key-pair.ts'
import { instances, networkInterfaces, subnets, vpcs } from '../nouns.ts'
import { addressesInUse, freeCount } from '../subnet/free-addresses.ts'
import { givenTags } from '../tags.ts'
import { interfacesOf } from './instance-interfaces.ts'
import { requireProfile } from './instance-profile.ts'
import { forgetTerminated, stateOf } from './instance-state.ts'
import { DEFAULT_TYPE, instanceTypes, VCPU_LIMIT, type InstanceType } from './instance-types.ts'
import { instanceView } from './instance-view.ts'
import {
  addressCount,
  checkInterfaces,
  interfaceSpecifications,
  launchInterface,
  type Launch,
} from './launch-interfaces.ts'
import { launchNeeds } from './launch-needs.ts'
import { launchMetadataOptions } from './metadata-options.ts'
import { givenUserData } from './user-data.ts'

/**
 * An instance is a place on the network: interfaces, groups, a role, metadata. What runs there is put there from outside
 * (`sallyport exec --profile-instance`); there is no machine and no volume behind it.
 * The answer says `pending`; by the next call it runs.
 */
export const runInstances = ec2Operation<RunInstancesRequest, Reservation>('RunInstances', {
  needs: launchNeeds,
  perform(input, estate) {
    refuseUnbuilt(input)
    const again = estate.repeated(instances, 'RunInstances', input.ClientToken)
    if (again) return reservation(estate, again.ReservationId)
    const { MinCount, MaxCount } = countsOf(input)
    if (!input.ImageId) throw missingParameter('ImageId')
    const image = requireImage(estate.region, input.ImageId)
    const type = typeFor(input.InstanceType ?? DEFAULT_TYPE, image)
    if (input.KeyName) requireKeyPair(estate, input.KeyName)
    checkPlacement(estate, input)
    checkInterfaces(input, type)
    forgetTerminated(estate)
    const count = Math.min(MaxCount, roomFor(estate, input, type, MinCount), vcpuRoom(estate, type, MinCount))
    const plan = documentOf(estate, input, image, type)
    const made = Array.from({ length: count }, (_, AmiLaunchIndex) =>
      launch(estate, input, { ...plan, AmiLaunchIndex }),
    )
    estate.remember('RunInstances', input.ClientToken, made[0]!.InstanceId)
    return reservation(estate, plan.ReservationId)
  },
})

/** Members that are looked at; with any other the request is refused, not half obeyed. */
const built = new Set([
  'ClientToken',
  'DisableApiStop',
  'DisableApiTermination',
  'DryRun',
  'EbsOptimized',
  'IamInstanceProfile',
  'ImageId',
  'InstanceInitiatedShutdownBehavior',
  'InstanceType',
  'Ipv6AddressCount',
  'Ipv6Addresses',
  'KeyName',
  'MaintenanceOptions',
  'MaxCount',
  'MetadataOptions',
  'MinCount',
  'NetworkInterfaces',
  'Placement',
  'PrivateIpAddress',
  'SecurityGroupIds',
  'SecurityGroups',
  'SubnetId',
  'TagSpecifications',
  'UserData',
])

/** What asks for nothing when it is off. */
const offMeansNothing: Readonly<Record<string, (input: Launch) => boolean | undefined>> = {
  Monitoring: (input) => input.Monitoring?.Enabled,
  HibernationOptions: (input) => input.HibernationOptions?.Configured,
  EnclaveOptions: (input) => input.EnclaveOptions?.Enabled,
  BlockDeviceMappings: (input) => (input.BlockDeviceMappings?.length ?? 0) > 0,
}

function refuseUnbuilt(input: Launch): void {
  const unbuilt = Object.keys(input).find((name) => !built.has(name) && (offMeansNothing[name]?.(input) ?? true))
  if (unbuilt) throw new AwsError('NotImplemented', `RunInstances with ${unbuilt} is not built.`, 501)
}

/** inferred: the three sentences; the codes are from EC2's table of error codes. */
function countsOf({ MinCount, MaxCount }: Launch) {
  if (MinCount < 1)
    throw invalidValue(`Value (${MinCount}) for parameter minCount is invalid. Expecting a value greater than 0.`)
  if (MaxCount < MinCount) {
    throw invalidCombination(`The parameter minCount (${MinCount}) must not be greater than maxCount (${MaxCount})`)
  }
  return { MinCount, MaxCount }
}

function typeFor(name: string, image: ImageDocument): InstanceType {
  const type = instanceTypes.get(name)
  if (!type) throw invalidValue(`Invalid value '${name}' for InstanceType.`)
  if (type.architecture !== image.Architecture) {
    throw invalidValue(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    )
  }
  return type
}

function checkPlacement(estate: Estate, input: Launch): void {
  const specifications = interfaceSpecifications(estate, input)
  const [first] = specifications
  if (first && !first.SubnetId && !first.NetworkInterfaceId) throw noDefaultSubnet(estate)
  const { AvailabilityZone, Tenancy, ...rest } = input.Placement ?? {}
  const unbuilt = Object.keys(rest)[0] ?? (Tenancy && Tenancy !== 'default' ? 'Tenancy' : undefined)
  if (unbuilt) throw new AwsError('NotImplemented', `RunInstances with Placement.${unbuilt} is not built.`, 501)
  const zones = specifications.map((one) =>
    one.NetworkInterfaceId
      ? estate.get(networkInterfaces, one.NetworkInterfaceId).AvailabilityZone
      : estate.get(subnets, one.SubnetId!).AvailabilityZone,
  )
  // inferred: both sentences.
  if (AvailabilityZone && zones.some((zone) => zone !== AvailabilityZone)) {
    throw invalidCombination(`The subnet is not in the Availability Zone ${AvailabilityZone}`)
  }
  if (new Set(zones).size > 1) throw invalidCombination('All network interfaces must be in the same Availability Zone')
}

function noDefaultSubnet(estate: Estate): AwsError {
  const vpc = estate.list(vpcs).find((one) => one.IsDefault)
  return vpc
    ? new AwsError('MissingInput', `No subnets found for the default VPC '${vpc.VpcId}'. Please specify a subnet.`)
    : new AwsError(
        'VPCIdNotSpecified',
        'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
      )
}

/** How many instances the subnets still have addresses for; an error when those asked for at least do not fit. */
function roomFor(estate: Estate, input: Launch, type: InstanceType, least: number): number {
  const used = addressesInUse(estate.list(networkInterfaces))
  const asked = new Map<string, number>()
  for (const one of interfaceSpecifications(estate, input)) {
    if (one.NetworkInterfaceId) continue
    const count = addressCount(one)
    if (count > type.addresses) {
      throw new AwsError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.')
    }
    if ((one.PrivateIpAddress || one.PrivateIpAddresses?.length) && (input.MaxCount ?? 1) > 1) {
      // inferred: the sentence.
      throw invalidCombination('A private IP address cannot be specified when launching more than one instance')
    }
    asked.set(one.SubnetId!, (asked.get(one.SubnetId!) ?? 0) + count)
  }
  const room = [...asked].map(([id, count]) => Math.floor(freeCount(estate.get(subnets, id), used) / count))
  const most = Math.min(...room, Infinity)
  if (most < least) throw noFreeAddresses()
  return most
}

function vcpuRoom(estate: Estate, type: InstanceType, least: number): number {
  const inUse = estate
    .list(instances)
    .filter((one) => one.State.Name === 'running')
    .reduce((sum, one) => sum + (instanceTypes.get(one.InstanceType)?.vCpus ?? 0), 0)
  const most = Math.floor((VCPU_LIMIT - inUse) / type.vCpus)
  if (most < least) {
    throw new AwsError(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${VCPU_LIMIT} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    )
  }
  return most
}

type Plan = Omit<InstanceDocument, 'InstanceId' | 'SubnetId' | 'VpcId' | 'PrivateIpAddress'>

function documentOf(estate: Estate, input: Launch, image: ImageDocument, type: InstanceType): Plan {
  const profile = input.IamInstanceProfile && requireProfile(estate, input.IamInstanceProfile)
  return {
    ReservationId: estate.mint('r-'),
    OwnerId: estate.account,
    Architecture: image.Architecture,
    BlockDeviceMappings: [],
    ClientToken: input.ClientToken ?? '',
    DisableApiStop: input.DisableApiStop ?? false,
    DisableApiTermination: input.DisableApiTermination ?? false,
    EbsOptimized: input.EbsOptimized ?? false,
    EnaSupport: true,
    EnclaveOptions: { Enabled: false },
    HibernationOptions: { Configured: false },
    Hypervisor: 'xen',
    ImageId: image.ImageId,
    InstanceInitiatedShutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? 'stop',
    InstanceType: type.name as never,
    ...(input.KeyName ? { KeyName: input.KeyName } : {}),
    LaunchTime: estate.now,
    MaintenanceOptions: { AutoRecovery: input.MaintenanceOptions?.AutoRecovery ?? 'default' },
    MetadataOptions: launchMetadataOptions(input.MetadataOptions, image),
    Monitoring: { State: 'disabled' },
    Placement: {},
    PlatformDetails: image.PlatformDetails!,
    ProductCodes: [],
    RootDeviceName: image.RootDeviceName!,
    RootDeviceType: image.RootDeviceType,
    State: stateOf('running'),
    StateTransitionReason: '',
    Tags: givenTags(instances, input.TagSpecifications, 'network-interface'),
    UsageOperation: image.UsageOperation!,
    UsageOperationUpdateTime: estate.now,
    ...(input.UserData ? { UserData: givenUserData(input.UserData) } : {}),
    VirtualizationType: 'hvm',
    ...(profile
      ? {
          IamInstanceProfile: { Arn: profile.arn, Id: profile.id },
          ProfileAssociation: { AssociationId: '', Timestamp: estate.now },
        }
      : {}),
  }
}

function launch(estate: Estate, input: Launch, plan: Plan): InstanceDocument {
  const InstanceId = estate.mint(instances.prefix)
  const [primary] = interfaceSpecifications(estate, input)
    .toSorted((a, b) => (a.DeviceIndex ?? 0) - (b.DeviceIndex ?? 0))
    .map((one) => launchInterface(estate, one, input, InstanceId))
  const { AvailabilityZone, AvailabilityZoneId, SubnetId, VpcId, PrivateIpAddress } = primary!
  return estate.save(instances, {
    ...plan,
    InstanceId,
    SubnetId,
    VpcId,
    PrivateIpAddress,
    Placement: { AvailabilityZone, AvailabilityZoneId: AvailabilityZoneId!, GroupName: '', Tenancy: 'default' },
    ...(plan.ProfileAssociation
      ? { ProfileAssociation: { ...plan.ProfileAssociation, AssociationId: estate.mint('iip-assoc-') } }
      : {}),
  })
}

/** As RunInstances answers: on their way, with their attachments. */
function reservation(estate: Estate, ReservationId: string): Shape<Reservation> {
  const made = estate.list(instances).filter((one) => one.ReservationId === ReservationId)
  return {
    ReservationId,
    OwnerId: estate.account,
    Groups: [],
    Instances: made
      .toSorted((a, b) => (a.AmiLaunchIndex ?? 0) - (b.AmiLaunchIndex ?? 0))
      .map((one) => ({
        ...instanceView(estate, one, interfacesOf(estate, one.InstanceId)),
        ...(one.State.Name === 'running' ? { State: stateOf('pending') } : {}),
      })),
  }
}
