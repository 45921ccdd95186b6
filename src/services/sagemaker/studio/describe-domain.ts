import type {
  DescribeDomainCommandInput,
  DescribeDomainCommandOutput,
  ListDomainsCommandInput,
  ListDomainsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { domains } from './domain.ts'

export const describeDomain = operation<DescribeDomainCommandInput, DescribeDomainCommandOutput>(
  'sagemaker',
  'DescribeDomain',
  {
    needs: (input, call) => onResource(call, domains.arn(call, input.DomainId)),
    perform: (input, { call, world }) => domains.must(world.store, call, input.DomainId).description,
  },
)

export const listDomains = operation<ListDomainsCommandInput, ListDomainsCommandOutput>('sagemaker', 'ListDomains', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { items, next } = domains.page(world.store, call, input)
    return {
      Domains: items.map(({ description: one }) => ({
        DomainArn: one.DomainArn!,
        DomainId: one.DomainId!,
        DomainName: one.DomainName!,
        Status: one.Status!,
        CreationTime: one.CreationTime!,
        LastModifiedTime: one.LastModifiedTime!,
        Url: one.Url!,
      })),
      ...(next !== undefined && { NextToken: next }),
    }
  },
})
