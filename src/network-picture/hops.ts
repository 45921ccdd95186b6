import type { Connection, Hop, Protocol } from '../network/types.ts'

/** A hop as it is shown. `beyond`: would pass, but lies behind something that stops the packets. */
export interface Step {
  readonly hop: Hop
  readonly state: 'passed' | 'blocked' | 'beyond'
  /** On the way back. */
  readonly reply: boolean
}

/** The hops of a connection in their order, with what lies behind a block told apart. */
export function stepsOf({ hops }: Connection): Step[] {
  let stopped = false
  return hops.map((hop) => {
    const blocked = hop.disposition === 'blocked'
    const state = blocked ? 'blocked' : stopped ? 'beyond' : 'passed'
    stopped ||= blocked
    return { hop, state, reply: isReply(hop) }
  })
}

/** Groups are stateful; network ACLs and the routes of the other side are asked about replies, and their texts say so. */
function isReply({ text }: Hop): boolean {
  return /^replies\b|\bdrops replies to /.test(text)
}

/** Words of kinds and ways as AWS spells them. */
const SPELLING: Readonly<Record<string, string>> = { dns: 'DNS', acl: 'ACL', nat: 'NAT', vpc: 'VPC', vpn: 'VPN' }

/** `nat-gateway` → `NAT gateway`. */
export function spelled(kind: string): string {
  return kind
    .split('-')
    .map((word) => SPELLING[word] ?? word)
    .join(' ')
}

/** `tcp 443`; an echo request has no port. */
export function portText({ protocol, port }: { protocol: Protocol; port: number }): string {
  return protocol === 'icmp' ? protocol : `${protocol} ${port}`
}

/** The condition keys that a path sets, as AWS writes them; contexts have them in lower case. */
const KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  ['aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:VpcSourceIp'].map((key) => [
    key.toLowerCase(),
    key,
  ]),
)

export function contextKey(key: string): string {
  return KEYS[key] ?? key
}

/** What a program is told when its connection ends so. */
export interface Symptom {
  /** After "the client". */
  readonly sentence: string
  /** By program; the sentences are curl's, botocore's and Node's own. */
  readonly programs: Readonly<Record<string, string>>
}

/** @see https://curl.se/libcurl/c/libcurl-errors.html and botocore's exceptions */
export const SYMPTOMS: Readonly<Record<Connection['verdict'], Symptom>> = {
  allowed: { sentence: 'connects', programs: {} },
  timeout: {
    sentence: 'hears nothing and waits until it times out',
    programs: {
      curl: '(28) Connection timed out',
      boto3: 'ConnectTimeoutError: Connect timeout on endpoint URL (60 s, then retries)',
      node: 'ETIMEDOUT',
    },
  },
  refused: {
    sentence: 'is refused at once: nothing listens there',
    programs: {
      curl: '(7) Connection refused',
      boto3: 'EndpointConnectionError: Could not connect to the endpoint URL',
      node: 'ECONNREFUSED',
    },
  },
  nxdomain: {
    sentence: 'fails at once: the name does not resolve (NXDOMAIN)',
    programs: {
      curl: '(6) Could not resolve host',
      boto3: 'EndpointConnectionError: Could not connect to the endpoint URL',
      node: 'ENOTFOUND',
    },
  },
  noanswer: {
    sentence: 'fails after a while: no DNS server answers',
    programs: {
      curl: '(6) Could not resolve host',
      boto3: 'EndpointConnectionError: Could not connect to the endpoint URL',
      node: 'EAI_AGAIN',
    },
  },
}
