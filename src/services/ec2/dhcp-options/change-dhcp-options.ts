import type { AssociateDhcpOptionsRequest, DeleteDhcpOptionsRequest } from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies } from '../errors.ts'
import { on } from '../needs.ts'
import { dhcpOptions, vpcs } from '../nouns.ts'

/** `default` takes a VPC off every set: its clients then get no options at all. */
export const associateDhcpOptions = ec2Operation<AssociateDhcpOptionsRequest, object>('AssociateDhcpOptions', {
  needs: (input, estate) => [
    on(estate, 'AssociateDhcpOptions', dhcpOptions, input.DhcpOptionsId),
    on(estate, 'AssociateDhcpOptions', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    if (input.DhcpOptionsId !== 'default') estate.get(dhcpOptions, input.DhcpOptionsId)
    estate.save(vpcs, { ...vpc, DhcpOptionsId: input.DhcpOptionsId })
    return {}
  },
})

export const deleteDhcpOptions = ec2Operation<DeleteDhcpOptionsRequest, object>('DeleteDhcpOptions', {
  needs: (input, estate) => [on(estate, 'DeleteDhcpOptions', dhcpOptions, input.DhcpOptionsId)],
  perform(input, estate) {
    const { DhcpOptionsId } = estate.get(dhcpOptions, input.DhcpOptionsId)
    if (estate.list(vpcs).some((vpc) => vpc.DhcpOptionsId === DhcpOptionsId)) {
      throw hasDependencies('dhcpOptions', DhcpOptionsId)
    }
    estate.remove(dhcpOptions, DhcpOptionsId)
    return {}
  },
})
