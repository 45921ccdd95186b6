import type {
  ListDataQualityJobDefinitionsCommandInput,
  ListDataQualityJobDefinitionsCommandOutput,
  ListModelBiasJobDefinitionsCommandInput,
  ListModelBiasJobDefinitionsCommandOutput,
  ListModelExplainabilityJobDefinitionsCommandInput,
  ListModelExplainabilityJobDefinitionsCommandOutput,
  ListModelQualityJobDefinitionsCommandInput,
  ListModelQualityJobDefinitionsCommandOutput,
  MonitoringType,
} from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import type { ListInput } from '../resources.ts'
import { jobDefinitions } from './job-definition.ts'

type Input = ListInput & { EndpointName?: string }

export const listDataQualityJobDefinitions = operation<
  ListDataQualityJobDefinitionsCommandInput,
  ListDataQualityJobDefinitionsCommandOutput
>('sagemaker', 'ListDataQualityJobDefinitions', {
  needs: (_, call) => toList(call),
  perform: (input, permit) => list('DataQuality', input, permit),
})

export const listModelQualityJobDefinitions = operation<
  ListModelQualityJobDefinitionsCommandInput,
  ListModelQualityJobDefinitionsCommandOutput
>('sagemaker', 'ListModelQualityJobDefinitions', {
  needs: (_, call) => toList(call),
  perform: (input, permit) => list('ModelQuality', input, permit),
})

export const listModelBiasJobDefinitions = operation<
  ListModelBiasJobDefinitionsCommandInput,
  ListModelBiasJobDefinitionsCommandOutput
>('sagemaker', 'ListModelBiasJobDefinitions', {
  needs: (_, call) => toList(call),
  perform: (input, permit) => list('ModelBias', input, permit),
})

export const listModelExplainabilityJobDefinitions = operation<
  ListModelExplainabilityJobDefinitionsCommandInput,
  ListModelExplainabilityJobDefinitionsCommandOutput
>('sagemaker', 'ListModelExplainabilityJobDefinitions', {
  needs: (_, call) => toList(call),
  perform: (input, permit) => list('ModelExplainability', input, permit),
})

/** A definition of a batch transform job has no endpoint to show, and yet the model asks for one. */
function list(type: MonitoringType, { EndpointName, ...input }: Input, { call, world }: Permit) {
  const { items, next } = jobDefinitions[type].page(world.store, call, input, {
    ...(EndpointName && { keep: ({ inputs }) => inputs.EndpointInput?.EndpointName === EndpointName }),
  })
  return {
    JobDefinitionSummaries: items.map(({ description: definition, inputs }) => ({
      MonitoringJobDefinitionName: definition.JobDefinitionName,
      MonitoringJobDefinitionArn: definition.JobDefinitionArn,
      CreationTime: definition.CreationTime,
      EndpointName: inputs.EndpointInput?.EndpointName ?? '',
    })),
    ...(next !== undefined && { NextToken: next }),
  }
}
