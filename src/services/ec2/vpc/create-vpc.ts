import type { CreateVpcRequest, CreateVpcResult } from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter, refuseUnbuilt } from '../errors.ts'
import { making } from '../needs.ts'
import { vpcs } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { vpcView } from './describe-vpcs.ts'
import { givenVpcBlock, makeVpc } from './make-vpc.ts'

/** Accounts start without a default VPC here, as they do on AWS once it has been deleted: see create-default-vpc.ts. */
export const createVpc = ec2Operation<CreateVpcRequest, CreateVpcResult>('CreateVpc', {
  needs: (input, estate) => making(estate, 'CreateVpc', vpcs, input.TagSpecifications),
  perform(input, estate) {
    refuseUnbuilt(
      input,
      'Ipv4IpamPoolId',
      'Ipv4NetmaskLength',
      'Ipv6IpamPoolId',
      'Ipv6NetmaskLength',
      'Ipv6Pool',
      'Ipv6CidrBlock',
      'VpcEncryptionControl',
    )
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
    const vpc = makeVpc(estate, givenVpcBlock(input.CidrBlock), {
      InstanceTenancy: input.InstanceTenancy ?? 'default',
      Tags: givenTags(vpcs, input.TagSpecifications),
      ipv6: input.AmazonProvidedIpv6CidrBlock ?? false,
    })
    return { Vpc: vpcView(vpc) }
  },
})
