import type { GetAccessKeyInfoCommandInput, GetAccessKeyInfoCommandOutput } from '@aws-sdk/client-sts'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { ACCESS_KEYS, type AccessKey } from '../iam/entities.ts'
import { operation } from '../operation.ts'
import { findSession } from './sessions.ts'

/** Which account a key belongs to; anybody's key may be asked about. */
export const getAccessKeyInfo = operation<GetAccessKeyInfoCommandInput, GetAccessKeyInfoCommandOutput>(
  'sts',
  'GetAccessKeyInfo',
  {
    needs: () => [need('sts:GetAccessKeyInfo', '*')],
    perform: ({ AccessKeyId }, { world: { store } }) => {
      const owner = store.get<AccessKey>(ACCESS_KEYS, AccessKeyId) ?? findSession(store, AccessKeyId)
      // inferred: AWS reads the account out of the key itself; ours holds none, so an unknown key has no answer.
      if (!owner) throw new AwsError('ValidationError', `Invalid access key id: ${AccessKeyId}`)
      return { Account: owner.account }
    },
  },
)
