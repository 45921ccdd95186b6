import type { Store } from '../../store/store.ts'
import { type Key, keyKey } from './key.ts'

/** Document `kms/due`, keyed `TIME/account/region/id`; TIME is epoch seconds in 12 digits. */
export interface Due {
  account: string
  region: string
  id: string
}

export const DUE = 'kms/due'

export const stamp = (at: number) => String(Math.ceil(at)).padStart(12, '0')

/** When something next happens to the key by itself, in epoch seconds. */
function nextDue({ deletion, rotation, materials }: Key): number | undefined {
  if (deletion) return deletion.date
  const times = materials.flatMap(({ sealed, validTo }) =>
    sealed !== undefined && validTo !== undefined ? [validTo] : [],
  )
  if (rotation?.enabled) times.push(rotation.next)
  return times.length > 0 ? Math.min(...times) : undefined
}

/** Puts down when the key is to be looked after. To be called in the transaction that changed it. */
export function plan(store: Store, key: Key): void {
  const at = nextDue(key)
  if (at === undefined) return
  const { account, region, id } = key
  store.put<Due>(DUE, `${stamp(at)}/${keyKey(key)}`, { account, region, id })
}
