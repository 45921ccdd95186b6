import type { Caller } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Identified } from '../../wire/identify.ts'
import type { HttpRequest } from '../../wire/request.ts'
import { findBucket } from './bucket.ts'

/**
 * `x-amz-request-charged: requester`, which tells a stranger who said so that the request was put on its bill (S3 User Guide,
 * "Downloading objects from Requester Pays buckets"). All operations on objects answer it alike, so it is added to what they do.
 */
export function requestCharged(
  store: Store,
  request: HttpRequest,
  { service, op, labels }: Identified,
  caller: Caller,
): { RequestCharged?: 'requester' } {
  if (service !== 's3' || request.headers.get('x-amz-request-payer') !== 'requester') return {}
  if (!op.output?.members.has('RequestCharged')) return {}
  const bucket = findBucket(store, labels?.['Bucket'] ?? '')
  const charged = bucket?.requestPayment === 'Requester' && bucket.account !== caller.account
  return charged ? { RequestCharged: 'requester' } : {}
}
