import { AwsError } from '../../../wire/aws-error.ts'
import type { ImageDocument } from '../documents.ts'
import { invalidCombination, invalidValue, noFreeAddresses } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { instances, networkInterfaces, subnets, vpcs } from '../nouns.ts'
import { addressesInUse, freeCount } from '../subnet/free-addresses.ts'
import { defaultVpc } from '../vpc/default-vpc.ts'
import { instanceTypes, VCPU_LIMIT, type InstanceType } from './instance-types.ts'
import { addressCount, interfaceSpecifications, type Launch } from './launch-interfaces.ts'

/** inferred: the three sentences; the codes are from EC2's table of error codes. */
export function countsOf({ MinCount, MaxCount }: Launch) {
  if (MinCount < 1)
    throw invalidValue(`Value (${MinCount}) for parameter minCount is invalid. Expecting a value greater than 0.`)
  if (MaxCount < MinCount) {
    throw invalidCombination(`The parameter minCount (${MinCount}) must not be greater than maxCount (${MaxCount})`)
  }
  return { MinCount, MaxCount }
}

export function typeFor(name: string, image: ImageDocument): InstanceType {
  const type = instanceTypes.get(name)
  if (!type) throw invalidValue(`Invalid value '${name}' for InstanceType.`)
  if (type.architecture !== image.Architecture) {
    throw invalidValue(
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    )
  }
  return type
}

export function checkPlacement(estate: Estate, input: Launch): void {
  const specifications = interfaceSpecifications(estate, input)
  const [first] = specifications
  if (first && !first.SubnetId && !first.NetworkInterfaceId) throw noDefaultSubnet(estate)
  const { AvailabilityZone, Tenancy, ...rest } = input.Placement ?? {}
  const unbuilt = Object.keys(rest)[0] ?? (Tenancy === 'host' ? 'Tenancy' : undefined)
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

/** In a VPC of dedicated tenancy every instance is (EC2 User Guide, "Dedicated Instance basics"). */
export function tenancyOf(estate: Estate, vpcId: string | undefined, { Placement }: Launch): 'default' | 'dedicated' {
  const byVpc = estate.find(vpcs, vpcId)?.InstanceTenancy === 'dedicated'
  return byVpc || Placement?.Tenancy === 'dedicated' ? 'dedicated' : 'default'
}

/** T2 has neither dedicated hardware nor EBS optimization (EC2 User Guide, "Dedicated Instance basics", "EBS-optimized instances"). */
export function checkConfiguration(estate: Estate, input: Launch, { name }: InstanceType): void {
  if (!name.startsWith('t2.')) return
  if (input.EbsOptimized)
    throw unsupported('EBS-optimized instances are not supported for your requested configuration.')
  const vpcIds = interfaceSpecifications(estate, input).map((one) => estate.find(subnets, one.SubnetId)?.VpcId)
  if (vpcIds.some((id) => tenancyOf(estate, id, input) === 'dedicated')) {
    throw unsupported('The requested configuration is currently not supported.')
  }
}

const unsupported = (sentence: string): AwsError =>
  new AwsError('Unsupported', `${sentence} Please check the documentation for supported configurations.`)

function noDefaultSubnet(estate: Estate): AwsError {
  const vpc = defaultVpc(estate)
  return vpc
    ? new AwsError('MissingInput', `No subnets found for the default VPC '${vpc.VpcId}'. Please specify a subnet.`)
    : new AwsError(
        'VPCIdNotSpecified',
        'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
      )
}

/** How many instances the subnets still have addresses for; an error when those asked for at least do not fit. */
export function roomFor(estate: Estate, input: Launch, type: InstanceType, least: number): number {
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

export function vcpuRoom(estate: Estate, type: InstanceType, least: number): number {
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
