/** What is asked about a random network. */
import { buildNetwork } from '../../../src/network/network.ts'
import type { NetworkDocuments } from '../../../src/network/types.ts'
import { hostOnPremises } from '../../../src/network/on-premises.ts'
import { REGION } from './ground.ts'
import { HOSTS } from './premises.ts'

/** Ports on which a program listens in every namespace. */
export const LISTENING = [443, 7000]
const PORTS = [443, 7000, 7001, 80]

export interface Probe {
  /** Interface that connects. */
  from: string
  address: string
  port: number
  protocol: 'tcp' | 'udp'
}

/** Where each interface tries to go: to all others, to endpoints, services and addresses of nobody. */
export function probesOf(documents: NetworkDocuments, runningIds: readonly string[]): Probe[] {
  const others = documents.NetworkInterfaces.flatMap((one) => [
    ...(one.PrivateIpAddresses?.map(({ PrivateIpAddress }) => PrivateIpAddress) ?? [one.PrivateIpAddress]),
    ...(one.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address) ?? []),
  ])
    .concat(Object.values(HOSTS))
    .filter((one) => one !== undefined)
  const tcp = [
    ...others.flatMap((address) => PORTS.map((port) => ({ address, port }))),
    ...[...PUBLIC].flatMap((address) => [443, 80, 22].map((port) => ({ address, port }))),
    ...NOBODY.map((address) => ({ address, port: 443 })),
    ...HYPERVISOR.map(([address, port]) => ({ address, port })),
  ].map((to) => ({ ...to, protocol: 'tcp' as const }))
  // Of UDP the interfaces alone answer; the resolver wants a question, and has tests of its own.
  const udp = others.flatMap((address) =>
    [443, 7000, 7001].map((port) => ({ address, port, protocol: 'udp' as const })),
  )
  const everywhere = [...tcp, ...udp]
  return runningIds.flatMap((from) => {
    const own = documents.NetworkInterfaces.find((one) => one.NetworkInterfaceId === from)
    const { PrivateIpAddresses = [], Ipv6Addresses = [] } = own ?? {}
    const mine = [
      hostOnPremises(from)?.ip,
      ...PrivateIpAddresses.map((one) => one.PrivateIpAddress),
      ...Ipv6Addresses.map((one) => one.Ipv6Address),
    ]
    // What is sent to oneself never leaves an interface; without an IPv6 address there is no way to begin.
    return everywhere
      .filter(({ address }) => !mine.includes(address) && (Ipv6Addresses.length > 0 || !address.includes(':')))
      .map((to) => ({ from, ...to }))
  })
}

const publicOf = (host: string) => {
  const outside = buildNetwork({}, REGION).connect({ kind: 'internet', ip: '203.0.113.9' }, host, 443)
  return outside.dns.answers
}
/** SageMaker here and elsewhere, STS, S3 here and elsewhere, SQS (ports 80 and 443), and a name with IPv6. */
const PUBLIC = new Set(
  [
    'api.sagemaker.us-east-1.amazonaws.com',
    'api.sagemaker.eu-west-1.amazonaws.com',
    'sts.us-east-1.amazonaws.com',
    'data.s3.us-east-1.amazonaws.com',
    'data.s3.us-west-2.amazonaws.com',
    'sqs.us-east-1.amazonaws.com',
    'api.sagemaker.us-east-1.api.aws',
  ].flatMap(publicOf),
)
const NOBODY = [
  '10.0.1.200',
  '10.0.77.1',
  '10.1.1.99',
  '10.9.9.9',
  '192.168.1.1',
  '192.168.0.9',
  '2600:1f18:4000:a000::77',
]
const HYPERVISOR: readonly (readonly [string, number])[] = [
  ['169.254.169.254', 80],
  ['169.254.169.254', 443],
  ['169.254.170.2', 80],
  ['169.254.169.253', 53],
  ['10.0.0.2', 53],
  ['10.0.0.2', 443],
  ['169.254.169.253', 443],
  ['fd00:ec2::253', 53],
  ['fd00:ec2::254', 80],
]
