import type { DeleteSubnetRequest, ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies, invalidCombination, invalidParameter } from '../errors.ts'
import { attributes, on } from '../needs.ts'
import { networkAcls, networkInterfaces, routeTables, subnets } from '../nouns.ts'
import { without } from '../without.ts'

export const modifySubnetAttribute = ec2Operation<ModifySubnetAttributeRequest, object>('ModifySubnetAttribute', {
  needs: ({ SubnetId, MapPublicIpOnLaunch }, estate) => [
    on(estate, 'ModifySubnetAttribute', subnets, SubnetId, attributes({ MapPublicIpOnLaunch })),
  ],
  perform(input, estate) {
    const { SubnetId, MapPublicIpOnLaunch } = input
    const subnet = estate.get(subnets, SubnetId)
    const unsupported = Object.entries(
      without(input as typeof input & { DryRun?: boolean }, 'DryRun', 'SubnetId', 'MapPublicIpOnLaunch'),
    ).find(([, value]) => value !== undefined)
    if (unsupported) throw invalidParameter(`Modifying ${unsupported[0]} is not supported`)
    if (MapPublicIpOnLaunch?.Value === undefined) throw invalidCombination('No attributes specified.')
    estate.save(subnets, { ...subnet, MapPublicIpOnLaunch: MapPublicIpOnLaunch.Value })
    return {}
  },
})

export const deleteSubnet = ec2Operation<DeleteSubnetRequest, object>('DeleteSubnet', {
  needs: (input, estate) => [on(estate, 'DeleteSubnet', subnets, input.SubnetId)],
  perform(input, estate) {
    const { SubnetId } = estate.get(subnets, input.SubnetId)
    if (estate.list(networkInterfaces).some((eni) => eni.SubnetId === SubnetId)) {
      throw hasDependencies('subnet', SubnetId)
    }
    const isItsOwn = (one: { SubnetId?: string }) => one.SubnetId === SubnetId
    for (const table of estate.list(routeTables).filter((one) => one.Associations.some(isItsOwn))) {
      estate.save(routeTables, { ...table, Associations: table.Associations.filter((one) => !isItsOwn(one)) })
    }
    for (const acl of estate.list(networkAcls).filter((one) => one.Associations.some(isItsOwn))) {
      estate.save(networkAcls, { ...acl, Associations: acl.Associations.filter((one) => !isItsOwn(one)) })
    }
    estate.remove(subnets, SubnetId)
    return {}
  },
})
