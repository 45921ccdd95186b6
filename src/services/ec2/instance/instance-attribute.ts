import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  InstanceAttributeName,
  ModifyInstanceAttributeRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { InstanceDocument, NetworkInterfaceDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValue, invalidValueOf } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { attributes, on } from '../needs.ts'
import { groupsFor } from '../network-interface/make-interface.ts'
import { instances, networkInterfaces, securityGroups } from '../nouns.ts'
import { without } from '../without.ts'
import { interfacesOf } from './instance-interfaces.ts'
import { incorrectState, requireInstance, requireLive } from './instance-state.ts'
import { instanceTypes } from './instance-types.ts'
import { givenUserData } from './user-data.ts'

type Answer = Shape<InstanceAttribute>
type Place = NetworkInterfaceDocument | undefined

/** What DescribeInstanceAttribute answers to each attribute; the last three have no use here and are as of every instance. */
const told: Readonly<Record<InstanceAttributeName, (instance: InstanceDocument, primary: Place) => Answer>> = {
  blockDeviceMapping: () => ({ BlockDeviceMappings: [] }),
  disableApiStop: (one) => ({ DisableApiStop: { Value: one.DisableApiStop } }),
  disableApiTermination: (one) => ({ DisableApiTermination: { Value: one.DisableApiTermination } }),
  ebsOptimized: (one) => ({ EbsOptimized: { Value: one.EbsOptimized ?? false } }),
  enaSupport: (one) => ({ EnaSupport: { Value: one.EnaSupport ?? true } }),
  enclaveOptions: () => ({ EnclaveOptions: { Enabled: false } }),
  groupSet: (_, primary) => ({ Groups: primary?.Groups ?? [] }),
  instanceInitiatedShutdownBehavior: (one) => ({
    InstanceInitiatedShutdownBehavior: { Value: one.InstanceInitiatedShutdownBehavior },
  }),
  instanceType: (one) => ({ InstanceType: { Value: one.InstanceType } }),
  productCodes: () => ({ ProductCodes: [] }),
  rootDeviceName: (one) => ({ RootDeviceName: { Value: one.RootDeviceName ?? '' } }),
  sourceDestCheck: (_, primary) => ({ SourceDestCheck: { Value: primary?.SourceDestCheck ?? true } }),
  userData: (one) => ({ UserData: one.UserData === undefined ? {} : { Value: one.UserData } }),
  kernel: () => ({ KernelId: {} }),
  ramdisk: () => ({ RamdiskId: {} }),
  sriovNetSupport: () => ({ SriovNetSupport: {} }),
}

export const describeInstanceAttribute = ec2Operation<DescribeInstanceAttributeRequest, InstanceAttribute>(
  'DescribeInstanceAttribute',
  {
    needs: (input, estate) => [on(estate, 'DescribeInstanceAttribute', instances, input.InstanceId)],
    perform(input, estate) {
      const instance = requireInstance(estate, input.InstanceId)
      const read = Object.hasOwn(told, input.Attribute ?? '') ? told[input.Attribute] : undefined
      if (!read) throw invalidValueOf(input.Attribute, 'attribute', 'Unknown instance attribute.')
      return { InstanceId: instance.InstanceId, ...read(instance, interfacesOf(estate, instance.InstanceId)[0]) }
    },
  },
)

type Change = Omit<Shape<ModifyInstanceAttributeRequest>, 'InstanceId' | 'DryRun' | 'Attribute' | 'Value'>

/** The older spelling `Attribute`, `Value` said in the newer one. */
function changeOf(input: Shape<ModifyInstanceAttributeRequest>): Change {
  const change: Change = without(input, 'InstanceId', 'DryRun', 'Attribute', 'Value')
  const { Attribute, Value } = input
  if (Attribute === undefined) return change
  const yes = { Value: Value === 'true' }
  switch (Attribute) {
    case 'instanceType':
      return { ...change, InstanceType: { Value: Value! } }
    case 'userData':
      return { ...change, UserData: { Value: Buffer.from(Value ?? '', 'base64') } }
    case 'instanceInitiatedShutdownBehavior':
      return { ...change, InstanceInitiatedShutdownBehavior: { Value: Value! } }
    case 'disableApiTermination':
      return { ...change, DisableApiTermination: yes }
    case 'disableApiStop':
      return { ...change, DisableApiStop: yes }
    case 'sourceDestCheck':
      return { ...change, SourceDestCheck: yes }
    case 'ebsOptimized':
      return { ...change, EbsOptimized: yes }
    default:
      throw new AwsError('NotImplemented', `ModifyInstanceAttribute of ${Attribute} is not built.`, 501)
  }
}

/** One attribute at a time. What belongs to the place changes on the interface, of which the instance may have only one then. */
export const modifyInstanceAttribute = ec2Operation<ModifyInstanceAttributeRequest, object>('ModifyInstanceAttribute', {
  needs: (input, estate) => [
    on(
      estate,
      'ModifyInstanceAttribute',
      instances,
      input.InstanceId,
      attributes(input.Attribute ? { [input.Attribute]: input.Value ?? '' } : without(input, 'InstanceId', 'DryRun')),
    ),
    ...(input.Groups ?? []).map((id) => on(estate, 'ModifyInstanceAttribute', securityGroups, id)),
  ],
  perform(input, estate) {
    const instance = requireLive(estate, input.InstanceId)
    const entries = Object.entries(changeOf(input)).filter(([, value]) => value !== undefined)
    const [[name, value] = ['', undefined], ...more] = entries
    if (name === '') throw invalidCombination('No attributes specified.')
    if (more.length > 0) throw invalidCombination('Fields for multiple attribute types specified')
    const change = changes[name as keyof Change]
    if (!change) throw new AwsError('NotImplemented', `ModifyInstanceAttribute of ${name} is not built.`, 501)
    change(estate, instance, value as never)
    return {}
  },
})

type Flag = { Value?: boolean }
type Text = { Value?: string }

const changes: Partial<Record<keyof Change, (estate: Estate, instance: InstanceDocument, value: never) => void>> = {
  DisableApiTermination: (estate, instance, { Value }: Flag) =>
    save(estate, { ...instance, DisableApiTermination: Value ?? false }),
  DisableApiStop: (estate, instance, { Value }: Flag) => save(estate, { ...instance, DisableApiStop: Value ?? false }),
  EbsOptimized: (estate, instance, { Value }: Flag) =>
    save(estate, { ...stopped(instance), EbsOptimized: Value ?? false }),
  Groups: (estate, instance, ids: readonly string[]) => {
    const eni = onlyInterface(estate, instance)
    estate.save(networkInterfaces, { ...eni, Groups: groupsFor(estate, eni, ids) })
  },
  InstanceInitiatedShutdownBehavior: (estate, instance, { Value }: Text) => {
    if (Value !== 'stop' && Value !== 'terminate') {
      throw invalidValue(`Invalid value '${Value}' for instanceInitiatedShutdownBehavior.`) // inferred: the sentence.
    }
    save(estate, { ...instance, InstanceInitiatedShutdownBehavior: Value })
  },
  InstanceType: (estate, instance, { Value }: Text) => {
    const type = instanceTypes.get(Value ?? '')
    if (!type || type.architecture !== instance.Architecture) {
      throw invalidValue(`Invalid value '${Value}' for InstanceType.`)
    }
    const interfaces = interfacesOf(estate, instance.InstanceId)
    if (interfaces.length > type.interfaces) {
      throw new AwsError(
        'AttachmentLimitExceeded',
        `Interface count ${interfaces.length} exceeds the limit for ${type.name}`,
      )
    }
    save(estate, { ...stopped(instance), InstanceType: type.name as never })
  },
  SourceDestCheck: (estate, instance, { Value }: Flag) =>
    void estate.save(networkInterfaces, { ...onlyInterface(estate, instance), SourceDestCheck: Value ?? true }),
  UserData: (estate, instance, { Value }: { Value?: Uint8Array }) =>
    save(estate, { ...stopped(instance), UserData: givenUserData(Buffer.from(Value ?? []).toString('base64')) }),
}

const save = (estate: Estate, instance: InstanceDocument): void => void estate.save(instances, instance)

function stopped(instance: InstanceDocument): InstanceDocument {
  if (instance.State.Name !== 'stopped') {
    throw incorrectState(`The instance '${instance.InstanceId}' is not in the 'stopped' state.`)
  }
  return instance
}

function onlyInterface(estate: Estate, { InstanceId }: InstanceDocument): NetworkInterfaceDocument {
  const [eni, ...more] = interfacesOf(estate, InstanceId)
  if (!eni || more.length > 0) {
    throw new AwsError(
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`,
    )
  }
  return eni
}
