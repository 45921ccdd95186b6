import type { DescribeStudioLifecycleConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources, type Resource } from '../resources.ts'

export type StudioLifecycleConfig = Resource<Shape<DescribeStudioLifecycleConfigCommandOutput>>

export const studioLifecycleConfigs = new Resources<StudioLifecycleConfig>(
  'studio-lifecycle-config',
  ({ description }) => ({ created: description.CreationTime!, modified: description.LastModifiedTime! }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `StudioLifecycleConfig [${arn}] does not exist.`),
)
