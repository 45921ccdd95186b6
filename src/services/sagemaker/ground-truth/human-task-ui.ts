import type { DescribeHumanTaskUiCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'

export interface HumanTaskUi extends Resource<Shape<DescribeHumanTaskUiCommandOutput>> {
  /** The Liquid template. */
  template: string
}

export const humanTaskUis = new Resources<HumanTaskUi>(
  'human-task-ui',
  ({ description: { CreationTime: at, HumanTaskUiStatus: status } }) => ({ created: at, modified: at, status }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `Could not find human task UI "${arn}".`),
)
