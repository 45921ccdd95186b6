import type { ListPoliciesCommandInput, ListPoliciesCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { POLICIES, type Policy } from './entities.ts'
import { managedPolicyArns } from './managed-policies.ts'
import { page } from './page.ts'
import { attachmentsOf, requirePolicyView } from './policies.ts'
import { policyView } from './views.ts'

/** The account's own managed policies, then AWS's, each in order of their ARNs. */
export const listPolicies = operation<ListPoliciesCommandInput, ListPoliciesCommandOutput>('iam', 'ListPolicies', {
  needs: ({ PathPrefix = '/' }) => [need('iam:ListPolicies', '*', { shownAs: `policy path ${PathPrefix}` })],
  perform: (input, { call, world: { store } }) => {
    const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter: usage, ...paging } = input
    const own = Scope === 'AWS' ? [] : store.list<Policy>(POLICIES, { prefix: `${call.account}/` })
    const arns = own.map(({ value }) => value.arn).toSorted()
    if (Scope !== 'Local') arns.push(...managedPolicyArns())

    const { attached, boundaries } = attachmentsOf(store, call.account)
    // AWS looks at the usage only beside OnlyAttached, which without one means either (observed: radkawar/stackd,
    // testdata/aws/iam/policy_management.json).
    const isUsed = (arn: string) =>
      (usage !== 'PermissionsBoundary' && attached.has(arn)) || (usage !== 'PermissionsPolicy' && boundaries.has(arn))
    const wanted = arns.filter((arn) => pathOf(arn).startsWith(PathPrefix) && (!OnlyAttached || isUsed(arn)))

    const { items, ...rest } = page(wanted, inOrder, paging)
    return {
      Policies: items.map((arn) => policyView(store, call.account, requirePolicyView(store, arn))),
      ...rest,
    }
  },
})

/** Sorts AWS's policies after the account's. */
function inOrder(arn: string): string {
  return `${arn.startsWith('arn:aws:iam::aws:') ? 1 : 0}${arn}`
}

function pathOf(arn: string): string {
  const resource = arn.slice(arn.indexOf(':policy/') + ':policy'.length)
  return resource.slice(0, resource.lastIndexOf('/') + 1)
}
