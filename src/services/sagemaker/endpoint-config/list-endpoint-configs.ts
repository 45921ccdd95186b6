import type { ListEndpointConfigsCommandInput, ListEndpointConfigsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { endpointConfigs } from './endpoint-config.ts'
import { toList } from '../resource-needs.ts'

export const listEndpointConfigs = operation<ListEndpointConfigsCommandInput, ListEndpointConfigsCommandOutput>(
  'sagemaker',
  'ListEndpointConfigs',
  {
    needs: (_input, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = endpointConfigs.page(world.store, call, input)
      return {
        EndpointConfigs: items.map(({ description: { EndpointConfigName, EndpointConfigArn, CreationTime } }) => ({
          EndpointConfigName,
          EndpointConfigArn,
          CreationTime,
        })),
        ...(next !== undefined && { NextToken: next }),
      }
    },
  },
)
