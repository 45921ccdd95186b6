import type {
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult,
  PeeringConnectionOptions,
  PeeringConnectionOptionsRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { vpcPeeringConnections } from '../gateway-nouns.ts'
import { attributes, on } from '../needs.ts'
import { vpcs } from '../nouns.ts'
import { getPeering, isActive, isSide, savePeering, wrongState, type PeerInfo } from './peering.ts'

/** DNS resolution from the peer; each side's options are changed by its own account in its own Region. ClassicLink is gone. */
export const modifyVpcPeeringConnectionOptions = ec2Operation<
  ModifyVpcPeeringConnectionOptionsRequest,
  ModifyVpcPeeringConnectionOptionsResult
>('ModifyVpcPeeringConnectionOptions', {
  needs: ({ VpcPeeringConnectionId, AccepterPeeringConnectionOptions, RequesterPeeringConnectionOptions }, estate) => [
    on(
      estate,
      'ModifyVpcPeeringConnectionOptions',
      vpcPeeringConnections,
      VpcPeeringConnectionId,
      attributes(
        Object.fromEntries(
          Object.entries({ AccepterPeeringConnectionOptions, RequesterPeeringConnectionOptions }).flatMap(
            ([name, options]) =>
              options ? [[name, String(options.AllowDnsResolutionFromRemoteVpc ?? false)] as const] : [],
          ),
        ),
      ),
    ),
  ],
  perform(input, estate) {
    const { AccepterPeeringConnectionOptions: accepter, RequesterPeeringConnectionOptions: requester } = input
    const peering = getPeering(estate, input.VpcPeeringConnectionId)
    if (!accepter && !requester) throw invalidCombination('No options were specified')
    if (!isActive(peering)) throw wrongState(peering)
    const AccepterVpcInfo = changed(estate, peering.AccepterVpcInfo, accepter)
    const RequesterVpcInfo = changed(estate, peering.RequesterVpcInfo, requester)
    savePeering(estate, { ...peering, AccepterVpcInfo, RequesterVpcInfo })
    return {
      ...(accepter ? { AccepterPeeringConnectionOptions: told(AccepterVpcInfo) } : {}),
      ...(requester ? { RequesterPeeringConnectionOptions: told(RequesterVpcInfo) } : {}),
    }
  },
})

const told = (side: PeerInfo): Shape<PeeringConnectionOptions> => ({ ...side.PeeringOptions })

function changed(
  estate: Estate,
  side: PeerInfo,
  options: Shape<PeeringConnectionOptionsRequest> | undefined,
): PeerInfo {
  if (!options) return side
  if (!isSide(estate, side)) {
    // inferred: the sentence (VPC Peering Guide: each owner modifies the options of their own side).
    throw new AwsError(
      'OperationNotPermitted',
      `The options of ${side.VpcId} are changed by account ${side.OwnerId} in ${side.Region}`,
    )
  }
  const { AllowDnsResolutionFromRemoteVpc, ...classicLink } = options
  if (Object.values(classicLink).some((value) => value)) {
    throw invalidParameter('ClassicLink options are not supported for VPC peering connections')
  }
  const vpc = estate.get(vpcs, side.VpcId!)
  if (AllowDnsResolutionFromRemoteVpc && !(vpc.EnableDnsHostnames && vpc.EnableDnsSupport)) {
    // inferred: the sentence; the code is EC2's.
    throw new AwsError(
      'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
      `DNS hostname support must be enabled for ${vpc.VpcId}`,
    )
  }
  if (AllowDnsResolutionFromRemoteVpc === undefined) return side
  return { ...side, PeeringOptions: { ...side.PeeringOptions, AllowDnsResolutionFromRemoteVpc } }
}
