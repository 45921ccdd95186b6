import type { Call, Need } from '../../door/call.ts'
import { fabricOf } from '../../fabric/fabric.ts'
import { authorityOf, trustFolder } from '../../fabric/parts.ts'
import { FabricError } from '../../fabric/router.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { createNetworkInterface } from '../ec2/network-interface/create-network-interface.ts'
import { operation } from '../operation.ts'
import { assumeRole } from '../sts/assume-role.ts'
import { roleInput, roleSession } from './program-role.ts'
import { processOf, startProgramAt } from './programs.ts'

interface Input {
  SubnetId: string
  SecurityGroupIds?: string[]
  /** Whose credentials the program is given. */
  RoleArn?: string
  /** The interface lives as long as this process of the server's machine. */
  ProcessId: number
}

/** What a program has to be started with to be in its place. */
interface Output {
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
}

const interfaceInput = ({ SubnetId, SecurityGroupIds }: Input) => ({
  SubnetId,
  Groups: SecurityGroupIds ?? [],
  Description: 'sallyport exec',
})

/** A place in a VPC for a program of the caller's: a network interface, made as EC2 makes it, and a role's credentials. */
export const startProgram = operation<Input, Output>('sallyport', 'StartProgram', {
  needs: (input, call): Need[] => [
    ...createNetworkInterface.needs(interfaceInput(input), call),
    ...(input.RoleArn ? assumeRole.needs(roleInput(input.RoleArn), call) : []),
  ],
  async perform(input, permit): Promise<Output> {
    const { call, world } = permit
    const process = processOf(input.ProcessId)
    if (!process)
      throw new AwsError('ValidationException', `There is no process ${input.ProcessId} on this machine.`, 400)
    await ready(call)
    const { NetworkInterface: eni } = await createNetworkInterface.perform(interfaceInput(input), permit)
    const { NetworkInterfaceId = '', PrivateIpAddress = '', PrivateDnsName } = eni ?? {}
    const place = { account: call.account, region: call.region, networkInterfaceId: NetworkInterfaceId }
    const role = input.RoleArn ? await roleSession(input.RoleArn, permit) : undefined
    const attachment = await startProgramAt(call, { ...place, process }, role)
    const keeper = processOf(attachment.keeper)
    return {
      NetworkInterfaceId,
      PrivateIpAddress,
      HostName: PrivateDnsName ?? `ip-${PrivateIpAddress.replaceAll('.', '-')}`,
      Enter: attachment.enter,
      Mounts: attachment.mounts.map(({ from, to }) => ({ From: from, To: to })),
      Environment: attachment.env,
      Hidden: [world.config.dataDir],
      Certificate: authorityOf(world).certificate,
      TrustFolder: trustFolder(world),
      Keeper: {
        ProcessId: attachment.keeper,
        StartTime: keeper?.startTime ?? 0,
        BootId: keeper?.boot ?? '',
        UserId: globalThis.process.getuid?.() ?? 0,
      },
    }
  },
})

/** Nothing is made where no VPC can be made real. */
async function ready({ world }: Call): Promise<void> {
  try {
    await fabricOf(world).ready()
  } catch (error) {
    if (error instanceof FabricError) throw new AwsError('FabricUnavailable', error.message, 501)
    throw error
  }
}
