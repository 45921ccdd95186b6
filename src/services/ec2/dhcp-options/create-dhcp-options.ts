import type { CreateDhcpOptionsRequest, CreateDhcpOptionsResult } from '@aws-sdk/client-ec2'
import { parseIpv4 } from '../../../network/addresses.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValue, invalidValueOf, missingParameter } from '../errors.ts'
import { making } from '../needs.ts'
import { dhcpOptions } from '../nouns.ts'
import { givenTags } from '../tags.ts'

const isAddress = (value: string): boolean => parseIpv4(value) !== undefined

/** Options that EC2 knows and what their values must be (API reference, CreateDhcpOptions). */
const known: Readonly<Record<string, (value: string) => boolean>> = {
  'domain-name': (value) => value.length > 0,
  'domain-name-servers': (value) => value === 'AmazonProvidedDNS' || isAddress(value),
  'ntp-servers': isAddress,
  'netbios-name-servers': isAddress,
  'netbios-node-type': (value) => /^[1248]$/.test(value),
  'ipv6-address-preferred-lease-time': (value) => /^\d+$/.test(value),
}

export const createDhcpOptions = ec2Operation<CreateDhcpOptionsRequest, CreateDhcpOptionsResult>('CreateDhcpOptions', {
  needs: (input, estate) => making(estate, 'CreateDhcpOptions', dhcpOptions, input.TagSpecifications),
  perform(input, estate) {
    if (!input.DhcpConfigurations?.length) throw missingParameter('dhcpConfiguration')
    const configurations = input.DhcpConfigurations.map(({ Key = '', Values = [] }) => {
      const valid = known[Key]
      if (!valid) throw invalidValue(`Value (${Key}) for parameter key is invalid. Unknown DHCP option`)
      // The CLI's shorthand sends one value with commas in it.
      const values = Values.flatMap((value) => (Key === 'domain-name' ? value : value.split(',')))
      for (const value of values) if (!valid(value)) throw invalidValueOf(value, 'value', 'Invalid DHCP option value')
      if (Key.endsWith('-servers') && values.length > 4)
        throw invalidValue(`At most four values may be given for ${Key}`)
      return { Key, Values: values.map((Value) => ({ Value })) }
    })
    const options = estate.save(dhcpOptions, {
      DhcpOptionsId: estate.mint(dhcpOptions.prefix),
      DhcpConfigurations: configurations,
      OwnerId: estate.account,
      Tags: givenTags(dhcpOptions, input.TagSpecifications),
    })
    return { DhcpOptions: options }
  },
})
