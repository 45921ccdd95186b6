import type { DeleteSubnetRequest, ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies, invalidCombination, invalidValue, refuseUnbuilt } from '../errors.ts'
import { ipv6Blocks } from '../ipv6.ts'
import { attributes, on } from '../needs.ts'
import { networkAcls, networkInterfaces, routeTables, subnets } from '../nouns.ts'
import { without } from '../without.ts'

/** One attribute a call; what belongs to Outposts and carriers is refused. */
export const modifySubnetAttribute = ec2Operation<ModifySubnetAttributeRequest, object>('ModifySubnetAttribute', {
  needs: ({ SubnetId, ...given }, estate) => [
    on(
      estate,
      'ModifySubnetAttribute',
      subnets,
      SubnetId,
      attributes(without(given as { DryRun?: boolean }, 'DryRun')),
    ),
  ],
  perform(input, estate) {
    refuseUnbuilt(
      input,
      'MapCustomerOwnedIpOnLaunch',
      'CustomerOwnedIpv4Pool',
      'EnableLniAtDeviceIndex',
      'DisableLniAtDeviceIndex',
    )
    const subnet = estate.get(subnets, input.SubnetId)
    const changes = changesIn(input)
    if (Object.keys(changes).length === 0) throw invalidCombination('No attributes specified.')
    if (Object.keys(changes).length > 1) {
      throw invalidCombination('You may not modify more than one attribute at a time.')
    }
    const { dnsNames, ...rest } = changes
    if (rest.AssignIpv6AddressOnCreation && ipv6Blocks(subnet).length === 0) {
      throw invalidValue(
        `Invalid value 'true' for assignIpv6AddressOnCreation. Subnet ${subnet.SubnetId} does not have an IPv6 CIDR block.`,
      )
    }
    estate.save(subnets, {
      ...subnet,
      ...rest,
      ...(dnsNames ? { PrivateDnsNameOptionsOnLaunch: { ...subnet.PrivateDnsNameOptionsOnLaunch, ...dnsNames } } : {}),
    })
    return {}
  },
})

/** The members that the call sets, the three about names as one. */
function changesIn(input: Shape<ModifySubnetAttributeRequest>) {
  const dnsNames = {
    ...(input.PrivateDnsHostnameTypeOnLaunch ? { HostnameType: input.PrivateDnsHostnameTypeOnLaunch } : {}),
    ...flag('EnableResourceNameDnsARecord', input.EnableResourceNameDnsARecordOnLaunch),
    ...flag('EnableResourceNameDnsAAAARecord', input.EnableResourceNameDnsAAAARecordOnLaunch),
  }
  return {
    ...flag('MapPublicIpOnLaunch', input.MapPublicIpOnLaunch),
    ...flag('AssignIpv6AddressOnCreation', input.AssignIpv6AddressOnCreation),
    ...flag('EnableDns64', input.EnableDns64),
    ...(Object.keys(dnsNames).length > 0 ? { dnsNames } : {}),
  }
}

const flag = <K extends string>(name: K, given: { Value?: boolean } | undefined): { [P in K]?: boolean } =>
  (given?.Value === undefined ? {} : { [name]: given.Value }) as { [P in K]?: boolean }

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
