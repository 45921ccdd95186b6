import type { DeleteEndpointConfigCommandInput, DeleteEndpointConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { endpointConfigs } from './endpoint-config.ts'
import { onResource } from '../resource-needs.ts'

/** Endpoints that were made of it stay (API_DeleteEndpointConfig). */
export const deleteEndpointConfig = operation<DeleteEndpointConfigCommandInput, DeleteEndpointConfigCommandOutput>(
  'sagemaker',
  'DeleteEndpointConfig',
  {
    needs: (input, call) => onResource(call, endpointConfigs.arn(call, input.EndpointConfigName)),
    perform(input, { call, world }) {
      deleteResource(world.store, endpointConfigs, call, input.EndpointConfigName)
      return {}
    },
  },
)
