import type {
  GrantListEntry,
  ListGrantsCommandInput,
  ListGrantsCommandOutput,
  ListRetirableGrantsCommandInput,
  ListRetirableGrantsCommandOutput,
} from '@aws-sdk/client-kms'
import type { Shape } from '../../wire/shape.ts'
import { partition } from '../partition.ts'
import { isForAwsResource } from './create-grant.ts'
import { notBuilt, validation } from './errors.ts'
import { type Grant, grantPrefix, GRANTS } from './grant.ts'
import { keyArn } from './key.ts'
import { openKey, parseKeyOnly } from './key-id.ts'
import { requireNotDeleted } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onAll, onOwnKey } from './needs.ts'
import { page } from './page.ts'

const PAGE = 50

export const listGrants = kmsOperation<ListGrantsCommandInput, ListGrantsCommandOutput>('ListGrants', {
  needs: onOwnKey('ListGrants', {
    crossAccount: true,
    options: (_input, call) => ({ context: { 'kms:GrantIsForAWSResource': String(isForAwsResource(call)) } }),
  }),
  perform: (input, { call, world }) => {
    const key = openKey(world, parseKeyOnly(input.KeyId, call))
    requireNotDeleted(key)
    const { GrantId, GranteePrincipal } = input
    const service = (input as { GranteeServicePrincipal?: string }).GranteeServicePrincipal
    const grantee = GranteePrincipal ?? service
    const grants = world.store
      .list<Grant>(GRANTS, { prefix: grantPrefix(key) })
      .map(({ value }) => value)
      .filter(({ id }) => GrantId === undefined || id === GrantId)
      .filter((grant) => grantee === undefined || grant.grantee === grantee)
    const { items, more } = page(grants, ({ id }) => id, input, PAGE)
    return { Grants: items.map(entry), ...more }
  },
})

/** Grants in this Region, of whichever account's keys. */
export const listRetirableGrants = kmsOperation<ListRetirableGrantsCommandInput, ListRetirableGrantsCommandOutput>(
  'ListRetirableGrants',
  {
    needs: onAll('ListRetirableGrants'),
    perform: (input, { call, world }) => {
      if ('RetiringServicePrincipal' in input) throw notBuilt('kms:ListRetirableGrants with RetiringServicePrincipal')
      const retiring = input.RetiringPrincipal
      // "You can specify any principal in your Amazon Web Services account." inferred: the sentence.
      if (retiring?.split(':')[4] !== call.account)
        throw validation('RetiringPrincipal must be a principal of your own account.')
      const grants = world.store
        .list<Grant>(GRANTS)
        .map(({ value }) => value)
        .filter((grant) => grant.region === call.region && grant.retiring === retiring)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      const { items, more } = page(grants, ({ id }) => id, input, PAGE)
      return { Grants: items.map(entry), ...more }
    },
  },
)

function entry(grant: Grant): Shape<GrantListEntry> {
  const { id, keyId, account, region, name, grantee, retiring, issuingAccount, operations, constraints } = grant
  return {
    KeyId: keyArn({ account, region, id: keyId }),
    GrantId: id,
    Name: name ?? '',
    CreationDate: grant.createdAt,
    GranteePrincipal: grantee,
    ...(retiring !== undefined && { RetiringPrincipal: retiring }),
    IssuingAccount: `arn:${partition(region)}:iam::${issuingAccount}:root`,
    Operations: operations,
    ...(constraints && { Constraints: constraints }),
  }
}
