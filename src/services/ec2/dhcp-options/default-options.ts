import type { DhcpOptionsDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { dhcpOptions } from '../nouns.ts'

/** `ec2.internal` in us-east-1, `R.compute.internal` elsewhere (VPC User Guide, "DHCP option sets"). */
export function internalDomain(region: string): string {
  return region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`
}

const AMAZON_DNS = 'AmazonProvidedDNS'

/** The Region's default set: found by its content, made when the first VPC needs it. */
export function defaultDhcpOptions(estate: Estate): DhcpOptionsDocument {
  const domain = internalDomain(estate.region)
  const configurations = [
    { Key: 'domain-name', Values: [{ Value: domain }] },
    { Key: 'domain-name-servers', Values: [{ Value: AMAZON_DNS }] },
  ]
  const wanted = JSON.stringify(configurations)
  const existing = estate.list(dhcpOptions).find((options) => JSON.stringify(options.DhcpConfigurations) === wanted)
  return (
    existing ??
    estate.save(dhcpOptions, {
      DhcpOptionsId: estate.mint(dhcpOptions.prefix),
      DhcpConfigurations: configurations,
      OwnerId: estate.account,
      Tags: [],
    })
  )
}
