import type {
  DescribeDataQualityJobDefinitionCommandInput,
  DescribeDataQualityJobDefinitionCommandOutput,
  DescribeModelBiasJobDefinitionCommandInput,
  DescribeModelBiasJobDefinitionCommandOutput,
  DescribeModelExplainabilityJobDefinitionCommandInput,
  DescribeModelExplainabilityJobDefinitionCommandOutput,
  DescribeModelQualityJobDefinitionCommandInput,
  DescribeModelQualityJobDefinitionCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { jobDefinitions } from './job-definition.ts'

export const describeDataQualityJobDefinition = operation<
  DescribeDataQualityJobDefinitionCommandInput,
  DescribeDataQualityJobDefinitionCommandOutput
>('sagemaker', 'DescribeDataQualityJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.DataQuality.arn(call, input.JobDefinitionName)),
  // It is the request with two members more, kept as it came.
  perform: (input, { call, world }) =>
    jobDefinitions.DataQuality.must(world.store, call, input.JobDefinitionName).description as never,
})

export const describeModelQualityJobDefinition = operation<
  DescribeModelQualityJobDefinitionCommandInput,
  DescribeModelQualityJobDefinitionCommandOutput
>('sagemaker', 'DescribeModelQualityJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.ModelQuality.arn(call, input.JobDefinitionName)),
  // It is the request with two members more, kept as it came.
  perform: (input, { call, world }) =>
    jobDefinitions.ModelQuality.must(world.store, call, input.JobDefinitionName).description as never,
})

export const describeModelBiasJobDefinition = operation<
  DescribeModelBiasJobDefinitionCommandInput,
  DescribeModelBiasJobDefinitionCommandOutput
>('sagemaker', 'DescribeModelBiasJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.ModelBias.arn(call, input.JobDefinitionName)),
  // It is the request with two members more, kept as it came.
  perform: (input, { call, world }) =>
    jobDefinitions.ModelBias.must(world.store, call, input.JobDefinitionName).description as never,
})

export const describeModelExplainabilityJobDefinition = operation<
  DescribeModelExplainabilityJobDefinitionCommandInput,
  DescribeModelExplainabilityJobDefinitionCommandOutput
>('sagemaker', 'DescribeModelExplainabilityJobDefinition', {
  needs: (input, call) => onResource(call, jobDefinitions.ModelExplainability.arn(call, input.JobDefinitionName)),
  // It is the request with two members more, kept as it came.
  perform: (input, { call, world }) =>
    jobDefinitions.ModelExplainability.must(world.store, call, input.JobDefinitionName).description as never,
})
