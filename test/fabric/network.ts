/** A small VPC for what the fabric's servers say: two zones, a job, an API endpoint in both, a Runtime endpoint in one. */
import { buildNetwork } from '../../src/network/network.ts'
import type { Network, NetworkDocuments } from '../../src/network/types.ts'

export const REGION = 'us-east-1'
export const JOB = 'eni-job'
export const JOB_IN_B = 'eni-job-b'

type Change = (documents: Partial<NetworkDocuments>) => void

const endpointInterface = (id: string, subnet: string, address: string) => ({
  NetworkInterfaceId: id,
  SubnetId: subnet,
  VpcId: 'vpc-0',
  PrivateIpAddress: address,
  InterfaceType: 'vpc_endpoint',
})

const endpointOf = (id: string, service: string, interfaces: string[]) => ({
  VpcEndpointId: id,
  VpcEndpointType: 'Interface',
  VpcId: 'vpc-0',
  ServiceName: `com.amazonaws.${REGION}.${service}`,
  State: 'available',
  PrivateDnsEnabled: true,
  NetworkInterfaceIds: interfaces,
  DnsEntries: [
    { DnsName: `${id}-abcd1234.${service.split('.').reverse().join('.')}.${REGION}.vpce.amazonaws.com` },
    { DnsName: `${id}-abcd1234-us-east-1b.${service.split('.').reverse().join('.')}.${REGION}.vpce.amazonaws.com` },
  ],
})

/** The network, after `change` had its way with the documents; these are made anew each time. */
export function smallNetwork(change: Change = () => {}): Network {
  const documents = {
    Vpcs: [
      {
        VpcId: 'vpc-0',
        CidrBlock: '10.0.0.0/16',
        EnableDnsSupport: true,
        EnableDnsHostnames: true,
        DhcpOptionsId: 'dopt-0',
      },
    ],
    Subnets: ['a', 'b'].map((zone, index) => ({
      SubnetId: `subnet-${zone}`,
      VpcId: 'vpc-0',
      CidrBlock: `10.0.${index + 1}.0/24`,
      AvailabilityZone: `${REGION}${zone}`,
    })),
    NetworkInterfaces: [
      {
        NetworkInterfaceId: JOB,
        SubnetId: 'subnet-a',
        VpcId: 'vpc-0',
        PrivateIpAddress: '10.0.1.23',
        Association: { PublicIp: '3.210.4.5' },
      },
      { NetworkInterfaceId: JOB_IN_B, SubnetId: 'subnet-b', VpcId: 'vpc-0', PrivateIpAddress: '10.0.2.23' },
      endpointInterface('eni-api-a', 'subnet-a', '10.0.1.10'),
      endpointInterface('eni-api-b', 'subnet-b', '10.0.2.10'),
      endpointInterface('eni-runtime-b', 'subnet-b', '10.0.2.11'),
    ],
    VpcEndpoints: [
      endpointOf('vpce-api', 'sagemaker.api', ['eni-api-a', 'eni-api-b']),
      endpointOf('vpce-runtime', 'sagemaker.runtime', ['eni-runtime-b']),
    ],
    DhcpOptions: [
      {
        DhcpOptionsId: 'dopt-0',
        DhcpConfigurations: [
          { Key: 'domain-name', Values: [{ Value: 'ec2.internal' }] },
          { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
        ],
      },
    ],
  } as unknown as NetworkDocuments
  change(documents)
  return buildNetwork(documents, REGION)
}

/** Changes the one VPC. */
export const vpcWith =
  (members: object): Change =>
  (documents) =>
    Object.assign(documents.Vpcs![0]!, members)

/** The Runtime endpoint with 200 interfaces more: its addresses do not fit into 512 bytes. */
export const crowdedNetwork = smallNetwork((documents) => {
  const ids = Array.from({ length: 200 }, (_, index) => `eni-many-${index}`)
  const made = ids.map((id, index) => ({
    NetworkInterfaceId: id,
    SubnetId: 'subnet-b',
    VpcId: 'vpc-0',
    PrivateIpAddress: `10.0.2.${50 + index}`,
  }))
  Object.assign(documents.VpcEndpoints![1]!, { NetworkInterfaceIds: ['eni-api-a', ...ids] })
  Object.assign(documents, { NetworkInterfaces: [...documents.NetworkInterfaces!, ...made] })
})
