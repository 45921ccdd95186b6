import type { DescribeCodeRepositoryCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'

export type CodeRepository = Resource<Shape<DescribeCodeRepositoryCommandOutput>>

/** The sentence begins as the live one, which Terraform's provider looks for; inferred: its end. */
export const codeRepositories = new Resources<CodeRepository>(
  'code-repository',
  ({ description: one }) => ({ created: one.CreationTime, modified: one.LastModifiedTime }),
  (arn) => new AwsError('ValidationException', `Cannot find CodeRepository: "${arn}".`),
)
