import type { ModifyVpcTenancyRequest, ModifyVpcTenancyResult } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { attributes, on } from '../needs.ts'
import { vpcs } from '../nouns.ts'

/** From dedicated to default; there is no way back (API reference). */
export const modifyVpcTenancy = ec2Operation<ModifyVpcTenancyRequest, ModifyVpcTenancyResult>('ModifyVpcTenancy', {
  needs: ({ VpcId, InstanceTenancy }, estate) => [
    on(estate, 'ModifyVpcTenancy', vpcs, VpcId, attributes({ InstanceTenancy })),
  ],
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    if (input.InstanceTenancy !== 'default') {
      // inferred: the sentence; the code is EC2's.
      throw new AwsError('UnsupportedTenancy', 'You can change the tenancy of a VPC to default only.')
    }
    estate.save(vpcs, { ...vpc, InstanceTenancy: 'default' })
    return { ReturnValue: true }
  },
})
