/** Programs on premises: behind a VPN connection, or behind a virtual private gateway that AWS Direct Connect feeds. */
import { need } from '../../door/call.ts'
import type { Call, Need } from '../../door/call.ts'
import { formatIp, parseIp } from '../../network/addresses.ts'
import { inside, modelOf } from '../../network/model.ts'
import { hostOnPremises, vpcsBehind } from '../../network/on-premises.ts'
import type { OfferedCredentials } from '../../metadata/container-credentials.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { isTaken, noteProgram } from './programs.ts'
import type { Program } from './programs.ts'

/**
 * A host behind a gateway is nobody's to allow: AWS has no action for being there. Who starts one here has to be allowed to
 * see the gateway.
 */
export function premisesNeeds(id: string): Need[] {
  const kind = id.startsWith('vgw-') ? 'DescribeVpnGateways' : 'DescribeVpnConnections'
  return [need(`ec2:${kind}`, '*', { shownAs: null })]
}

/** Notes the place of a program on premises, by the address that it is to have there. */
export function startOnPremises({ world, account, region }: Call, id: string, process: Program['process']): Program {
  const host = hostOnPremises(id)
  const address = host && parseIp(host.ip)
  if (!host || address === undefined)
    throw new AwsError('ValidationException', `${id} is no host on premises: vpn-…:IP or vgw-…:IP.`, 400)
  const { gatewayId } = host
  const network = world.network(account, region)
  const model = modelOf(network)
  const { VpnConnections, VpnGateways } = network.documents
  const known =
    VpnConnections.some((one) => one.VpnConnectionId === gatewayId && one.State !== 'deleted') ||
    VpnGateways.some((one) => one.VpnGatewayId === gatewayId && one.State !== 'deleted')
  if (!known)
    throw gatewayId.startsWith('vgw-')
      ? new AwsError('InvalidVpnGatewayID.NotFound', `The vpnGateway ID '${gatewayId}' does not exist`, 400)
      : new AwsError('InvalidVpnConnectionID.NotFound', `The vpnConnection ID '${gatewayId}' does not exist`, 400)
  const behind = vpcsBehind(model, gatewayId)
  if (behind.length === 0)
    throw new AwsError(
      'IncorrectState',
      `${gatewayId} is attached to no VPC: there is nothing that a host could reach.`,
      400,
    )
  const owner = behind.find((vpcId) => {
    const vpc = model.vpc(vpcId)
    return vpc && inside(vpc, address)
  })
  if (owner)
    throw new AwsError('ValidationException', `${host.ip} is an address of ${owner}, not one on premises.`, 400)
  const networkInterfaceId = `${gatewayId}:${formatIp(address)}`
  const program = { account, region, networkInterfaceId, process }
  world.store.transaction(() => {
    if (isTaken(world.store, program))
      throw new AwsError('InvalidIPAddress.InUse', `Another program runs at ${networkInterfaceId}.`, 400)
    noteProgram(world, program)
  })
  return program
}

export function hostNameOnPremises(id: string) {
  const { ip } = hostOnPremises(id)!
  return { NetworkInterfaceId: id, PrivateIpAddress: ip, HostName: `host-${ip.replaceAll(/[.:]+/g, '-')}` }
}

/** Outside of AWS nobody serves credentials: a host on premises has them in its environment, until they expire. */
export async function keysOf(role: OfferedCredentials): Promise<Record<string, string>> {
  const { credentials } = await role.session()
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
  }
}
