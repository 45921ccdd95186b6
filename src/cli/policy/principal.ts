import type { Principal } from '../../policy/policy.ts'
import { UsageError } from '../failure.ts'

/** A principal by its ARN, a service principal by its name, `anonymous`, or root by the account's id. */
export function principalOf(name: string): Principal {
  if (name === 'anonymous' || name === '*') return { kind: 'anonymous', account: '', arn: '', principalArn: '' }
  if (/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(name))
    return { kind: 'service', account: '', arn: '', principalArn: '', service: name }
  if (/^\d{12}$/.test(name)) return root(`arn:aws:iam::${name}:root`, name)
  const [, partition, service, account, kind, rest] =
    /^arn:(aws[a-z-]*):(iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)\/?(.*)$/.exec(name) ?? []
  if (!partition || !account || rest === undefined || (kind !== 'root' && rest === '')) {
    throw new UsageError(
      `${name} is no principal: give the ARN of a user, role, role session, federated user or root, a service principal, or anonymous`,
    )
  }
  const arn = name
  if (service === 'iam') {
    if (kind === 'root') return root(arn, account)
    if (kind === 'user') return { kind: 'user', account, arn, principalArn: arn }
    // A role calls by its sessions only.
    const role = rest.slice(rest.lastIndexOf('/') + 1)
    return {
      kind: 'role-session',
      account,
      arn: `arn:${partition}:sts::${account}:assumed-role/${role}/session`,
      principalArn: arn,
    }
  }
  if (kind === 'federated-user') return { kind: 'federated-user', account, arn, principalArn: arn }
  const [role = ''] = rest.split('/')
  return { kind: 'role-session', account, arn, principalArn: `arn:${partition}:iam::${account}:role/${role}` }
}

function root(arn: string, account: string): Principal {
  return { kind: 'root', account, arn, principalArn: arn }
}
