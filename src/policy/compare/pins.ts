/** What a caller's identity says about condition keys. IAM User Guide: "Properties of the principal". */
import type { Principal } from '../types.ts'
import type { Value } from './key-classes.ts'

export function pinsOf({ kind, account, arn, principalArn, service }: Principal): Map<string, Value> {
  const types: Readonly<Record<Principal['kind'], string | undefined>> = {
    root: 'Account',
    user: 'User',
    'role-session': 'AssumedRole',
    'federated-user': 'FederatedUser',
    anonymous: 'Anonymous',
    service: undefined,
  }
  return new Map<string, Value>([
    ['aws:principalarn', principalArn || undefined],
    ...(account ? ([['aws:principalaccount', account]] as const) : []),
    ['aws:principaltype', types[kind]],
    ['aws:username', kind === 'user' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined],
    ['aws:principalisawsservice', kind === 'anonymous' ? undefined : String(kind === 'service')],
    ['aws:principalservicename', service],
  ])
}
