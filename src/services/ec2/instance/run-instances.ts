import { createHash } from 'node:crypto'
import type { Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { ImageDocument, InstanceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { requireImage } from '../image/catalogue.ts'
import { requireKeyPair } from '../key-pair/key-pair.ts'
import { instances } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { interfacesOf } from './instance-interfaces.ts'
import { requireProfile } from './instance-profile.ts'
import { forgetTerminated, stateOf } from './instance-state.ts'
import { DEFAULT_TYPE, type InstanceType } from './instance-types.ts'
import { instanceView } from './instance-view.ts'
import { checkConfiguration, checkPlacement, countsOf, roomFor, tenancyOf, typeFor, vcpuRoom } from './launch-checks.ts'
import { checkInterfaces, interfaceSpecifications, launchInterface, type Launch } from './launch-interfaces.ts'
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
    if (again) {
      if (again.Request !== requestHash(input)) throw idempotentMismatch()
      return reservation(estate, again.ReservationId)
    }
    const { MinCount, MaxCount } = countsOf(input)
    if (!input.ImageId) throw missingParameter('ImageId')
    const image = requireImage(estate.region, input.ImageId)
    const type = typeFor(input.InstanceType ?? DEFAULT_TYPE, image)
    if (input.KeyName) requireKeyPair(estate, input.KeyName)
    checkPlacement(estate, input)
    checkConfiguration(estate, input, type)
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

type Plan = Omit<InstanceDocument, 'InstanceId' | 'SubnetId' | 'VpcId' | 'PrivateIpAddress'>

function documentOf(estate: Estate, input: Launch, image: ImageDocument, type: InstanceType): Plan {
  const profile = input.IamInstanceProfile && requireProfile(estate, input.IamInstanceProfile)
  return {
    ReservationId: estate.mint('r-'),
    OwnerId: estate.account,
    Request: requestHash(input),
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
    Placement: {
      AvailabilityZone,
      AvailabilityZoneId: AvailabilityZoneId!,
      GroupName: '',
      Tenancy: tenancyOf(estate, VpcId, input),
    },
    ...(plan.ProfileAssociation
      ? { ProfileAssociation: { ...plan.ProfileAssociation, AssociationId: estate.mint('iip-assoc-') } }
      : {}),
  })
}

function requestHash(input: Launch): string {
  const members = Object.entries(input).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(members)).digest('hex')
}

const idempotentMismatch = (): AwsError =>
  new AwsError(
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  )

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
