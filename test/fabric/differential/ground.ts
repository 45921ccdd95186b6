/** What all random networks have in common. */
import { awsPrefixLists } from '../../../src/network/network.ts'

export const REGION = 'us-east-1'
export const VPC = 'vpc-0'
/** The VPC that it may be peered with. */
export const PEER = 'vpc-1'
export const BLOCK6 = '2600:1f18:4000:a000::/56'
export const S3_LIST = awsPrefixLists(REGION)[0]!

export type Doc = Record<string, unknown>

export interface SubnetDocument extends Doc {
  SubnetId: string
  CidrBlock: string
  AvailabilityZone: string
}
