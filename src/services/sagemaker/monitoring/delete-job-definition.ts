import type {
  DeleteDataQualityJobDefinitionCommandInput,
  DeleteDataQualityJobDefinitionCommandOutput,
  DeleteModelBiasJobDefinitionCommandInput,
  DeleteModelBiasJobDefinitionCommandOutput,
  DeleteModelExplainabilityJobDefinitionCommandInput,
  DeleteModelExplainabilityJobDefinitionCommandOutput,
  DeleteModelQualityJobDefinitionCommandInput,
  DeleteModelQualityJobDefinitionCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { jobDefinitions } from './job-definition.ts'

export const deleteDataQualityJobDefinition = operation<
  DeleteDataQualityJobDefinitionCommandInput,
  DeleteDataQualityJobDefinitionCommandOutput
>('sagemaker', 'DeleteDataQualityJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.DataQuality.arn(call, input.JobDefinitionName)),
  perform(input, { call, world }) {
    deleteResource(world.store, jobDefinitions.DataQuality, call, input.JobDefinitionName)
    return {}
  },
})

export const deleteModelQualityJobDefinition = operation<
  DeleteModelQualityJobDefinitionCommandInput,
  DeleteModelQualityJobDefinitionCommandOutput
>('sagemaker', 'DeleteModelQualityJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.ModelQuality.arn(call, input.JobDefinitionName)),
  perform(input, { call, world }) {
    deleteResource(world.store, jobDefinitions.ModelQuality, call, input.JobDefinitionName)
    return {}
  },
})

export const deleteModelBiasJobDefinition = operation<
  DeleteModelBiasJobDefinitionCommandInput,
  DeleteModelBiasJobDefinitionCommandOutput
>('sagemaker', 'DeleteModelBiasJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.ModelBias.arn(call, input.JobDefinitionName)),
  perform(input, { call, world }) {
    deleteResource(world.store, jobDefinitions.ModelBias, call, input.JobDefinitionName)
    return {}
  },
})

export const deleteModelExplainabilityJobDefinition = operation<
  DeleteModelExplainabilityJobDefinitionCommandInput,
  DeleteModelExplainabilityJobDefinitionCommandOutput
>('sagemaker', 'DeleteModelExplainabilityJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.ModelExplainability.arn(call, input.JobDefinitionName)),
  perform(input, { call, world }) {
    deleteResource(world.store, jobDefinitions.ModelExplainability, call, input.JobDefinitionName)
    return {}
  },
})
