import type { DeleteVpcEndpointsRequest, DeleteVpcEndpointsResult } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { removeInterface } from '../network-interface/delete-network-interface.ts'
import { vpcEndpoints } from '../nouns.ts'
import { removeEndpointRoutes } from './gateway-routes.ts'

/** What cannot be deleted is listed in the answer; the rest goes all the same. */
export const deleteVpcEndpoints = ec2Operation<DeleteVpcEndpointsRequest, DeleteVpcEndpointsResult>(
  'DeleteVpcEndpoints',
  {
    needs: (input, estate) =>
      (input.VpcEndpointIds?.length ? input.VpcEndpointIds : [undefined]).map((id) =>
        on(estate, 'DeleteVpcEndpoints', vpcEndpoints, id, {}, ['ec2:VpceServiceName', 'ec2:VpceServiceRegion']),
      ),
    perform(input, estate) {
      if (!input.VpcEndpointIds?.length) throw missingParameter('vpcEndpointId')
      return { Unsuccessful: input.VpcEndpointIds.flatMap((id) => remove(estate, id)) }
    },
  },
)

function remove(estate: Estate, id: string) {
  try {
    const endpoint = estate.get(vpcEndpoints, id)
    removeEndpointRoutes(estate, id, endpoint.RouteTableIds)
    for (const eni of endpoint.NetworkInterfaceIds) removeInterface(estate, eni)
    estate.remove(vpcEndpoints, id)
    return []
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return [{ ResourceId: id, Error: { Code: error.code, Message: error.message } }]
  }
}
