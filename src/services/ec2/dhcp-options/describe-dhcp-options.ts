import type { DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult } from '@aws-sdk/client-ec2'
import { describe, type FilterTable } from '../describe.ts'
import type { DhcpOptionsDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { dhcpOptions } from '../nouns.ts'

const filters: FilterTable<DhcpOptionsDocument> = {
  'dhcp-options-id': (options) => options.DhcpOptionsId,
  key: (options) => options.DhcpConfigurations.map((one) => one.Key),
  value: (options) => options.DhcpConfigurations.flatMap((one) => one.Values?.map((value) => value.Value)),
  'owner-id': (options) => options.OwnerId,
}

export const describeDhcpOptions = ec2Operation<DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult>(
  'DescribeDhcpOptions',
  {
    needs: (_, estate) => describing(estate, 'DescribeDhcpOptions'),
    perform(input, estate) {
      const { things, ...page } = describe(estate, dhcpOptions, filters, {
        ids: input.DhcpOptionsIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { DhcpOptions: things, ...page }
    },
  },
)
