import type { DescribeAppImageConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources, type Resource } from '../resources.ts'

export type AppImageConfig = Resource<Shape<DescribeAppImageConfigCommandOutput>>

export const appImageConfigs = new Resources<AppImageConfig>(
  'app-image-config',
  ({ description }) => ({ created: description.CreationTime!, modified: description.LastModifiedTime! }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `AppImageConfig [${arn}] does not exist.`),
)

/** For which apps an image is described: one of these. */
export const imageConfigMembers = [
  'KernelGatewayImageConfig',
  'JupyterLabAppImageConfig',
  'CodeEditorAppImageConfig',
] as const

/** inferred: sentence */
export function refuseSeveralConfigs(input: Partial<Record<(typeof imageConfigMembers)[number], unknown>>): void {
  if (imageConfigMembers.filter((member) => input[member] !== undefined).length <= 1) return
  throw new AwsError('ValidationException', `Only one of ${imageConfigMembers.join(', ')} can be specified.`)
}
