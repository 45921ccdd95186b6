import type { Workforce as WorkforceDescription } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'

/** A private workforce: who may be asked to label, by Amazon Cognito or an OIDC provider. The secret of its client is not kept. */
export type Workforce = Resource<Shape<WorkforceDescription>>

export const workforces = new Resources<Workforce>(
  'workforce',
  ({ description: { CreateDate: created = 0, LastUpdatedDate: modified = created, Status: status } }) => ({
    created,
    modified,
    status,
  }),
  // inferred: sentence
  (arn) => new AwsError('ValidationException', `Could not find workforce "${arn}".`),
)
