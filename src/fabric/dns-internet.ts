import { hostOnPremises } from '../network/on-premises.ts'
import type { Network } from '../network/types.ts'
import type { DnsAnswer } from './arrivals.ts'
import { packReply, parseQuery, rcodes } from './dns-message.ts'
import { answerDns } from './dns-server.ts'
import type { PacketLimit } from './dns-limit.ts'
import type { Internet } from './internet.ts'

/** The resolver, asked for names of the internet as well: those that it says do not exist, and the allow-list has. */
export function answerWithInternet(
  network: Network,
  networkInterfaceId: string,
  packet: Buffer,
  transport: 'udp' | 'tcp',
  internet: Internet | undefined,
  admits?: PacketLimit,
): DnsAnswer {
  const own = answerDns(network, networkInterfaceId, packet, transport, admits)
  // A network on premises has a way of its own to the internet, which is not ours to know.
  if (!internet || !own || hostOnPremises(networkInterfaceId) || (own.readUInt8(3) & 15) !== rcodes.NXDOMAIN) return own
  const query = parseQuery(packet)
  if (query === undefined || 'refused' in query) return own
  const reply = internet.resolve(networkInterfaceId, query.name, query.type)
  return reply ? reply.then((found) => packReply(query, found, transport)) : own
}
