import type { DescribeDomainCommandOutput } from '@aws-sdk/client-sagemaker'
import { createHash } from 'node:crypto'
import type { Call } from '../../../door/call.ts'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources, type Place, type Resource } from '../resources.ts'
import type { KeyGrant } from './key-grant.ts'

export type DomainDescription = Shape<DescribeDomainCommandOutput>

export interface Domain extends Resource<DomainDescription> {
  /** On the domain's key, for its home file system. */
  grant?: KeyGrant
  /** Of the next user profile or space. */
  nextUid: number
}

/** By domain id. */
export const domains = new Resources<Domain>(
  'domain',
  ({ description }) => ({
    created: description.CreationTime!,
    modified: description.LastModifiedTime!,
    status: description.Status,
  }),
  // inferred: sentence
  (_arn, id) => new AwsError('ResourceNotFound', `Domain [${id}] does not exist.`),
)

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `d-` and twelve characters, told by the request: the caller's rights are asked on the domain that it will be. */
export function newDomainId({ requestId }: Pick<Call, 'requestId'>): string {
  const digest = createHash('sha256').update(requestId).digest()
  return `d-${Array.from(digest.subarray(0, 12), (byte) => letters[byte % letters.length]).join('')}`
}

/** inferred: code and sentence; what a domain holds is made in one that stands. */
export function domainInService(store: Store, at: Place, id: string): Domain {
  const domain = domains.must(store, at, id)
  const { Status } = domain.description
  if (Status !== 'InService') {
    throw new AwsError('ValidationException', `Domain [${id}] is not in service. Its status is ${Status}.`)
  }
  return domain
}

/** The POSIX user id of a home folder; to be called in a transaction. inferred: where AWS begins to count */
export function takeUid(store: Store, domain: Domain): string {
  const { nextUid } = domains.must(store, domain, domain.name)
  domains.change(store, domain, (changed) => void (changed.nextUid = nextUid + 1))
  return String(nextUid)
}
