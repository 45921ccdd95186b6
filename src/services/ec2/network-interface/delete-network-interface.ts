import type { DeleteNetworkInterfaceRequest } from '@aws-sdk/client-ec2'
import { addresses, networkInterfacePermissions, networkInterfaces } from '../nouns.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { unbindAddress } from '../address/bind-address.ts'

/** An interface of AWS's own is always in use, so this cannot take an endpoint's or a NAT gateway's away. */
export const deleteNetworkInterface = ec2Operation<DeleteNetworkInterfaceRequest, object>('DeleteNetworkInterface', {
  needs: (input, estate) => [on(estate, 'DeleteNetworkInterface', networkInterfaces, input.NetworkInterfaceId)],
  perform(input, estate) {
    const eni = estate.get(networkInterfaces, input.NetworkInterfaceId)
    const foreign = eni.RequesterManaged && estate.call.caller.kind !== 'service'
    if (foreign || eni.Attachment)
      throw invalidValue(`Network interface '${eni.NetworkInterfaceId}' is currently in use.`)
    removeInterface(estate, eni.NetworkInterfaceId)
    return {}
  },
})

/** Takes an interface away with its permissions; its address becomes free, routes to it turn black. */
export function removeInterface(estate: Estate, id: string): void {
  const eni = estate.find(networkInterfaces, id)
  if (!eni) return
  for (const address of estate.list(addresses)) if (address.NetworkInterfaceId === id) unbindAddress(estate, address)
  for (const permission of estate.list(networkInterfacePermissions)) {
    if (permission.NetworkInterfaceId === id) {
      estate.remove(networkInterfacePermissions, permission.NetworkInterfacePermissionId)
    }
  }
  estate.remove(networkInterfaces, id)
  setRouteState(estate, 'NetworkInterfaceId', id, eni.VpcId, 'blackhole')
}
