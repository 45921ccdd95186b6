import type {
  CreateAccountStatus,
  DescribeCreateAccountStatusCommandInput,
  DescribeCreateAccountStatusCommandOutput,
  ListCreateAccountStatusCommandInput,
  ListCreateAccountStatusCommandOutput,
} from '@aws-sdk/client-organizations'
import type { Shape } from '../../wire/shape.ts'
import { type Creation, CREATIONS } from './documents.ts'
import { creationNotFound } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'

export const describeCreateAccountStatus = organizationOperation<
  DescribeCreateAccountStatusCommandInput,
  DescribeCreateAccountStatusCommandOutput
>('DescribeCreateAccountStatus', {
  audience: 'delegates',
  perform: ({ CreateAccountRequestId: id }, { store, organization }) => {
    const creation = store.get<Creation>(CREATIONS, `${organization.id}/${id}`)
    if (!creation) throw creationNotFound()
    return { CreateAccountStatus: statusView(creation) }
  },
})

export const listCreateAccountStatus = organizationOperation<
  ListCreateAccountStatusCommandInput,
  ListCreateAccountStatusCommandOutput
>('ListCreateAccountStatus', {
  audience: 'delegates',
  perform: ({ States, ...paging }, { store, organization }) => {
    const creations = store
      .list<Creation>(CREATIONS, { prefix: `${organization.id}/` })
      .map(({ value }) => value)
      .filter(({ state }) => States?.includes(state) ?? true)
    const { items, ...rest } = page(creations, ({ id }) => id, paging)
    return { CreateAccountStatuses: items.map(statusView), ...rest }
  },
})

function statusView(creation: Creation): Shape<CreateAccountStatus> {
  const { id, accountName, state, requestedAt, accountId, failureReason } = creation
  return {
    Id: id,
    AccountName: accountName,
    State: state,
    RequestedTimestamp: requestedAt,
    CompletedTimestamp: requestedAt,
    ...(accountId !== undefined && { AccountId: accountId }),
    ...(failureReason && { FailureReason: failureReason }),
  }
}
