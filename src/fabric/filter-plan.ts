/** Where an interface may begin a flow to. Ports only for TCP (6) and UDP (17); protocol -1 is every protocol. */
export interface Reach {
  cidr: string
  protocol: number
  fromPort: number
  toPort: number
}

/** One entry of a network ACL; the first that matches decides, and without one the packet is dropped. */
export interface AclRule extends Reach {
  allow: boolean
}

/** An address of the fabric itself: an endpoint's interface, a public address of AWS. */
export interface Served {
  cidr: string
  ports: readonly number[]
}

export interface InterfacePlan {
  /** Name of the router's end of its link. */
  device: string
  /** All that it may send from. */
  addresses: readonly string[]
  allow: readonly Reach[]
  /** Where it may begin a flow to on premises: never what the fabric itself answers at. */
  onPremises: readonly Reach[]
  /** Where of `allow` it is led by a NAT gateway, which forgets idle connections. */
  translated: readonly string[]
  /** Where of `allow` the ACL of the destination's subnet is not asked, as a transit gateway stands in that subnet itself. */
  uncrossed: readonly string[]
  /** On premises: there is no Amazon resolver, no metadata. */
  premises?: true
}

/** What of the real internet is open to whom the way there is. In this order: a block that comes first decides. */
export interface InternetPlan {
  /** The model's own addresses: VPCs' and those that EC2 gives out. Nothing real is behind them. */
  own: readonly string[]
  /** Names' addresses, and private ones that an entry names. */
  named: readonly Served[]
  /** Private addresses and the host's own, closed for entries that merely include them. */
  guarded: readonly string[]
  blocks: readonly Served[]
}

/** All that the packet filter of a VPC enforces. */
export interface FilterPlan {
  /** Addresses of the Amazon resolver beside the link-local ones. */
  resolvers: readonly string[]
  /** enableDnsSupport is off: the Amazon resolver takes no packet of either protocol. */
  isResolverOff: boolean
  /** Seconds after which a NAT gateway forgets an idle connection. */
  natIdleSeconds: number
  subnets: readonly { name: string; cidr: string; ingress: readonly AclRule[]; egress: readonly AclRule[] }[]
  served: readonly Served[]
  /** The same list every time: what is made of it is kept. */
  publicServices: readonly Served[]
  interfaces: readonly InterfacePlan[]
  /** Absent: closed. */
  internet?: InternetPlan
}
