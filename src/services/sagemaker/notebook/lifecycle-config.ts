import type { DescribeNotebookInstanceLifecycleConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Place, Resource } from '../resources.ts'

export type LifecycleConfig = Resource<Shape<DescribeNotebookInstanceLifecycleConfigCommandOutput>>

export const lifecycleConfigs = new Resources<LifecycleConfig>(
  'notebook-instance-lifecycle-config',
  ({ description: one }) => ({ created: one.CreationTime!, modified: one.LastModifiedTime! }),
  (arn) => unable('describe', `'${arn}'`, 'does not exist'),
)

/** Second-hand sentences (moto). inferred: for verbs other than create and describe */
export function unable(verb: 'create' | 'describe' | 'update' | 'delete', arn: string, why: string): AwsError {
  return new AwsError(
    'ValidationException',
    `Unable to ${verb} Notebook Instance Lifecycle Config ${arn}. (Details: Notebook Instance Lifecycle Config ${why}.)`,
  )
}

export function mustBeThere(store: Store, at: Place, name: string, verb: 'update' | 'delete'): LifecycleConfig {
  const found = lifecycleConfigs.find(store, at, name)
  if (!found) throw unable(verb, `'${lifecycleConfigs.arn(at, name)}'`, 'does not exist')
  return found
}
