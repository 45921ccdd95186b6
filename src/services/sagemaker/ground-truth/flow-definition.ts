import type { DescribeFlowDefinitionCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { deleteResource } from '../delete-resource.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'
import type { Settle } from '../settling.ts'

export type FlowDefinition = Resource<Shape<DescribeFlowDefinitionCommandOutput>>

export const flowDefinitions = new Resources<FlowDefinition>(
  'flow-definition',
  ({ description: { CreationTime: at, FlowDefinitionStatus: status } }) => ({ created: at, modified: at, status }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `Could not find flow definition "${arn}".`),
)

/** Initializing → Active; Deleting → gone. The role is first used when a human loop starts. */
export const settleFlowDefinition: Settle = ({ store }, at) => {
  const status = flowDefinitions.find(store, at, at.name)?.description.FlowDefinitionStatus
  if (status === 'Deleting') deleteResource(store, flowDefinitions, at, at.name)
  if (status !== 'Initializing') return
  flowDefinitions.change(store, at, ({ description }) => {
    description.FlowDefinitionStatus = 'Active'
  })
}
