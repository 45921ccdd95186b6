import type {
  SetSecurityTokenServicePreferencesCommandInput,
  SetSecurityTokenServicePreferencesCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'

/** Which tokens the global endpoint of STS hands out: 1, good in the default Regions, or 2, good in all. */
type TokenVersion = 1 | 2

const PREFERENCES = 'iam/sts-preferences'
const keyOf = (account: string): string => `${account}/GlobalEndpointTokenVersion`

export function globalEndpointTokenVersion(store: Store, account: string): TokenVersion {
  return store.get<{ version: TokenVersion }>(PREFERENCES, keyOf(account))?.version ?? 1
}

/** Every Region here takes every token; the choice is kept and shown by GetAccountSummary. */
export const setSecurityTokenServicePreferences = operation<
  SetSecurityTokenServicePreferencesCommandInput,
  SetSecurityTokenServicePreferencesCommandOutput
>('iam', 'SetSecurityTokenServicePreferences', {
  needs: () => [need('iam:SetSecurityTokenServicePreferences', '*')],
  perform: ({ GlobalEndpointTokenVersion }, { call, world: { store } }) => {
    const version = GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1
    store.put<{ version: TokenVersion }>(PREFERENCES, keyOf(call.account), { version })
    return {}
  },
})
