import { need, type Need } from '../../door/call.ts'
import { fabricOf } from '../../fabric/fabric.ts'
import type { Attachment } from '../../fabric/fabric.ts'
import { authorityOf, trustFolder } from '../../fabric/parts.ts'
import { LOWER_FIDELITY } from '../../fabric/lower-fidelity.ts'
import { FabricError } from '../../fabric/router.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { estateOf, type Estate } from '../ec2/estate.ts'
import { deviceIndex, interfacesOf } from '../ec2/instance/instance-interfaces.ts'
import { on } from '../ec2/needs.ts'
import { attachTo } from '../ec2/network-interface/attachment.ts'
import { createNetworkInterface } from '../ec2/network-interface/create-network-interface.ts'
import { groupsFor, makeInterface } from '../ec2/network-interface/make-interface.ts'
import { instances, networkInterfaces, subnets } from '../ec2/nouns.ts'
import { operation } from '../operation.ts'
import { assumeRole } from '../sts/assume-role.ts'
import { roleInput, roleSession } from './program-role.ts'
import { hostNameOnPremises, keysOf, premisesNeeds, startOnPremises } from './on-premises.ts'
import { noteProgram, processOf, startProgramAt } from './programs.ts'

interface Input {
  /** Where its interface is made; or it lives on premises, and no interface is. */
  SubnetId?: string
  /** `vpn-…:192.168.1.7` or `vgw-…:192.168.1.7`. */
  HostOnPremises?: string
  SecurityGroupIds?: string[]
  /** Whose credentials the program is given. */
  RoleArn?: string
  /** The instance that it is to be a program of: the interface becomes one of its own, and finds its metadata. */
  InstanceId?: string
  /** The interface lives as long as this process of the server's machine. */
  ProcessId: number
}

/** What a program has to be started with to be in its place. */
export interface ProgramPlace {
  NetworkInterfaceId: string
  PrivateIpAddress: string
  HostName: string
  /** The command that enters the namespace. */
  Enter: string[]
  /** Files to show instead of the machine's own. */
  Mounts: { From: string; To: string }[]
  Environment: Record<string, string>
  /** Folders that it must not see. */
  Hidden: string[]
  /** The authority that AWS's host names are vouched for by; PEM. */
  Certificate: string
  /** Where the program's view of certificate bundles may be kept. */
  TrustFolder: string
  /** The process that keeps the namespace, and the user who may enter it. */
  Keeper: { ProcessId: number; StartTime: number; BootId: string; UserId: number }
  /** Why the place is less than a VPC: then there is no namespace, and all is in the environment. */
  Notice?: string
}

/** A place in a VPC for a program of the caller's: a network interface, made as EC2 makes it, and a role's credentials. */
export const startProgram = operation<Input, ProgramPlace>('sallyport', 'StartProgram', {
  needs: (input, call): Need[] => [
    ...(input.HostOnPremises !== undefined
      ? premisesNeeds(input.HostOnPremises)
      : createNetworkInterface.needs({ SubnetId: input.SubnetId ?? '', Groups: input.SecurityGroupIds ?? [] }, call)),
    ...(input.InstanceId ? attachNeeds(estateOf(call), input.InstanceId) : []),
    ...(input.RoleArn ? assumeRole.needs(roleInput(input.RoleArn), call) : []),
  ],
  async perform(input, permit): Promise<ProgramPlace> {
    const { call, world } = permit
    assertOnePlace(input)
    const process = processOf(input.ProcessId)
    if (!process)
      throw new AwsError('ValidationException', `There is no process ${input.ProcessId} on this machine.`, 400)
    if (world.config.fabric !== 'proxy') await unlessUnavailable(() => fabricOf(world).ready(), BY_PROXY)
    const role = input.RoleArn ? await roleSession(input.RoleArn, call) : undefined
    if (input.HostOnPremises !== undefined) {
      const program = startOnPremises(call, input.HostOnPremises, process)
      const attachment = await unlessUnavailable(() => startProgramAt(call, program))
      const env = { ...attachment.env, ...(role && (await keysOf(role))) }
      return placeOf(world, { ...attachment, env }, hostNameOnPremises(program.networkInterfaceId))
    }
    const { eni, program } = world.store.transaction(() => {
      const estate = estateOf(call)
      const subnet = estate.get(subnets, input.SubnetId ?? '')
      const made = makeInterface(estate, subnet, {
        Groups: groupsFor(estate, subnet, input.SecurityGroupIds),
        Description: 'sallyport exec',
      })
      const { account, region } = call
      const noted = { account, region, networkInterfaceId: made.NetworkInterfaceId, process }
      noteProgram(world, noted)
      const { InstanceId } = input
      if (InstanceId) attachTo(estate, made.NetworkInterfaceId, InstanceId, freeDevice(estate, InstanceId))
      return { eni: made, program: noted }
    })
    const attachment = await unlessUnavailable(() => startProgramAt(call, program, role))
    return placeOf(world, attachment, {
      NetworkInterfaceId: eni.NetworkInterfaceId,
      PrivateIpAddress: eni.PrivateIpAddress,
      HostName: eni.PrivateDnsName ?? `ip-${eni.PrivateIpAddress.replaceAll('.', '-')}`,
    })
  },
})

type Named = Pick<ProgramPlace, 'NetworkInterfaceId' | 'PrivateIpAddress' | 'HostName'>

function placeOf(world: World, attachment: Attachment, named: Named): ProgramPlace {
  const keeper = processOf(attachment.keeper)
  return {
    ...named,
    Enter: attachment.enter,
    Mounts: attachment.mounts.map(({ from, to }) => ({ From: from, To: to })),
    Environment: attachment.env,
    Hidden: [world.config.dataDir],
    Certificate: authorityOf(world).certificate,
    TrustFolder: trustFolder(world),
    ...(world.config.fabric === 'proxy' && { Notice: LOWER_FIDELITY }),
    Keeper: {
      ProcessId: attachment.keeper,
      StartTime: keeper?.startTime ?? 0,
      BootId: keeper?.boot ?? '',
      UserId: globalThis.process.getuid?.() ?? 0,
    },
  }
}

function assertOnePlace({ SubnetId, HostOnPremises, SecurityGroupIds = [], InstanceId }: Input): void {
  if ((SubnetId === undefined) === (HostOnPremises === undefined))
    throw new AwsError('ValidationException', 'Say where: either SubnetId or HostOnPremises.', 400)
  if (HostOnPremises !== undefined && (SecurityGroupIds.length > 0 || InstanceId !== undefined))
    throw new AwsError(
      'ValidationException',
      'Security groups and instances are of a VPC, not of a host on premises.',
      400,
    )
}

/** The interface is not there yet to be asked about by its own id. */
function attachNeeds(estate: Estate, instanceId: string): Need[] {
  return [
    on(estate, 'AttachNetworkInterface', instances, instanceId),
    need('ec2:AttachNetworkInterface', estate.arn(networkInterfaces.type, '*')),
  ]
}

function freeDevice(estate: Estate, instanceId: string): number {
  const taken = new Set(interfacesOf(estate, instanceId).map(deviceIndex))
  for (let index = 1; ; index++) if (!taken.has(index)) return index
}

const BY_PROXY = ' A server that is started with --fabric proxy places programs by a proxy, with lower fidelity.'

async function unlessUnavailable<T>(work: () => Promise<T>, hint = ''): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FabricError) throw new AwsError('FabricUnavailable', error.message + hint, 501)
    throw error
  }
}
