import type { ListKeysCommandInput, ListKeysCommandOutput } from '@aws-sdk/client-kms'
import { type Key, keyArn, KEYS } from './key.ts'
import { kmsOperation } from './kms-operation.ts'
import { onAll } from './needs.ts'
import { page } from './page.ts'

/** "The default value is 100": API reference, ListKeys: Limit. */
const PAGE = 100

/** ResourceOwners is younger than the SDK's types. */
type Input = ListKeysCommandInput & { ResourceOwners?: string[] }

export const listKeys = kmsOperation<Input, ListKeysCommandOutput>('ListKeys', {
  needs: onAll('ListKeys'),
  perform: (input, { call, world }) => {
    // Keys are not shared here: another account's come by their policies, and those are not listed.
    const own = !input.ResourceOwners || input.ResourceOwners.includes('SELF')
    const keys = own ? world.store.list<Key>(KEYS, { prefix: `${call.account}/${call.region}/` }) : []
    const { items, more } = page(keys, ({ value }) => value.id, input, PAGE)
    return { Keys: items.map(({ value }) => ({ KeyId: value.id, KeyArn: keyArn(value) })), ...more }
  },
})
