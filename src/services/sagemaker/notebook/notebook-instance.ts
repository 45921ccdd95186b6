import type { DescribeNotebookInstanceCommandOutput, NotebookInstanceStatus } from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { VolumeGrant } from '../job.ts'
import { Resources } from '../resources.ts'
import type { Place, Resource } from '../resources.ts'
import { putUnsettled } from '../settling.ts'
import type { AskedBy } from './as-asker.ts'

export type NotebookDescription = Shape<DescribeNotebookInstanceCommandOutput>

export interface NotebookInstance extends Resource<NotebookDescription> {
  /** Who asked for what is under way: by its permissions the place is made and taken away. */
  askedBy: AskedBy
  /** Of this making of the place: tried again after a crash, it makes nothing twice. */
  token: string
  /** Of its storage volume, for EBS's encryption context. */
  volumeId: string
  /** SageMaker's own grants on the volume's key, while the instance stands. */
  grants?: VolumeGrant[]
}

/** The sentence is the live service's (facts: errors.md A8). */
export const notebookInstances = new Resources<NotebookInstance>(
  'notebook-instance',
  ({ description: one }) => ({
    created: one.CreationTime!,
    modified: one.LastModifiedTime!,
    status: one.NotebookInstanceStatus,
  }),
  () => new AwsError('ValidationException', 'RecordNotFound'),
)

/** From which states each state that passes is entered (live sentences: github.com/aws/amazon-sagemaker-examples/issues/1094). */
const ENTERED_FROM = {
  Pending: ['Stopped', 'Failed'],
  Stopping: ['InService'],
  Updating: ['Stopped', 'Failed'],
  Deleting: ['Stopped', 'Failed'],
} as const satisfies Partial<Record<NotebookInstanceStatus, readonly NotebookInstanceStatus[]>>

export type PassingStatus = keyof typeof ENTERED_FROM

/** Throws ValidationException in a state that does not lead to `to`. */
export function requireWayTo(to: PassingStatus, { arn, description }: NotebookInstance): void {
  const from: readonly string[] = ENTERED_FROM[to]
  const status = description.NotebookInstanceStatus!
  if (from.includes(status)) return
  throw new AwsError(
    'ValidationException',
    `Status (${status}) not in ([${from.join(', ')}]). Unable to transition to (${to}) for Notebook Instance (${arn}).`,
  )
}

/** Puts an instance on its way in the caller's name; `settleNotebookInstance` brings it to the end. */
export function setOut(
  call: Call,
  name: string,
  to: PassingStatus,
  change: (description: NotebookDescription) => void = () => {},
): NotebookInstance {
  const { store } = call.world
  return store.transaction(() => {
    requireWayTo(to, notebookInstances.must(store, call, name))
    const changed = notebookInstances.change(store, { ...call, name }, (notebook) => {
      change(notebook.description)
      notebook.askedBy = askedBy(call)
      notebook.token = call.world.hex(32)
      toStatus(notebook, to, call.time)
    })
    putUnsettled(store, changed)
    return changed
  })
}

export function askedBy({ caller, requestId }: Call): AskedBy {
  return { accessKeyId: caller.accessKeyId ?? '', requestId }
}

export function toStatus({ description }: NotebookInstance, status: NotebookInstanceStatus, timeMs: number): void {
  description.NotebookInstanceStatus = status
  description.LastModifiedTime = timeMs / 1000
  delete description.FailureReason
}

/** Names of notebook instances that `matches` holds of. */
export function namesOf(store: Store, at: Place, matches: (description: NotebookDescription) => boolean): string[] {
  return notebookInstances.all(store, at).flatMap(({ name, description }) => (matches(description) ? [name] : []))
}
