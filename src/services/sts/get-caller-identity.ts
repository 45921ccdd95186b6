import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'

/** "No permissions are required", and no explicit deny keeps anyone from it (STS API reference). */
export const getCallerIdentity = operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput>(
  'sts',
  'GetCallerIdentity',
  {
    needs: (_input, { caller }) => {
      if (caller.kind !== 'anonymous') return []
      throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
    },
    perform: (_input, { call: { caller } }) => ({ UserId: caller.userId, Account: caller.account, Arn: caller.arn }),
  },
)
