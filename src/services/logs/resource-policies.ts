import type {
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput,
  DescribeResourcePoliciesCommandInput,
  DescribeResourcePoliciesCommandOutput,
  PutResourcePolicyCommandInput,
  PutResourcePolicyCommandOutput,
  ResourcePolicy,
} from '@aws-sdk/client-cloudwatch-logs'
import { need } from '../../door/call.ts'
import { parsePolicy } from '../../policy/parse.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { bindPrincipals, shownText } from '../iam/bound-principals.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { page } from './page.ts'
import { policiesOf, policyKey, type LogsResourcePolicy } from './resource-policy.ts'

/** Ten a Region (API Reference, PutResourcePolicy). */
const POLICIES_MAX = 10

interface Scoped {
  resourceArn?: string
  policyScope?: string
  expectedRevisionId?: string
}

/** Policies that hang on one group or delivery are another kind. */
function accountOnly({ resourceArn, policyScope, expectedRevisionId }: Scoped): void {
  if (resourceArn !== undefined || expectedRevisionId !== undefined || policyScope === 'RESOURCE') {
    throw new AwsError('NotImplemented', 'Resource policies of single resources (resourceArn) are not built.', 501)
  }
}

function named(policyName: string | undefined): string {
  if (policyName === undefined) throw invalidParameter('policyName must be specified.') // inferred: sentence
  return policyName
}

export const putResourcePolicy = operation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput>(
  'logs',
  'PutResourcePolicy',
  {
    needs: () => [need('logs:PutResourcePolicy', '*')],
    perform: (input, { call, world: { store } }) => {
      accountOnly(input)
      const name = named(input.policyName)
      const text = input.policyDocument ?? ''
      try {
        parsePolicy(text, 'resource')
      } catch (error) {
        throw invalidParameter(`Invalid policy document: ${(error as Error).message}`) // inferred: sentence
      }
      const { principals, stranger } = bindPrincipals(store, text)
      if (stranger !== undefined) throw invalidParameter(`Invalid principal in policy: ${stranger}`) // inferred: sentence
      return store.transaction(() => {
        const others = policiesOf(store, call).filter((policy) => policy.name !== name)
        if (others.length >= POLICIES_MAX) throw new AwsError('LimitExceededException', 'Resource limit exceeded.')
        const policy: LogsResourcePolicy = { name, text, principals, lastUpdatedTime: call.time }
        store.put('logs/resource-policy', policyKey(call, name), policy)
        return { resourcePolicy: view(store, policy) }
      })
    },
  },
)

function view(store: Store, policy: LogsResourcePolicy): Shape<ResourcePolicy> {
  return {
    policyName: policy.name,
    policyDocument: shownText(store, policy),
    lastUpdatedTime: policy.lastUpdatedTime,
    policyScope: 'ACCOUNT',
  }
}

export const describeResourcePolicies = operation<
  DescribeResourcePoliciesCommandInput,
  DescribeResourcePoliciesCommandOutput
>('logs', 'DescribeResourcePolicies', {
  needs: () => [need('logs:DescribeResourcePolicies', '*')],
  perform: (input, { call, world: { store } }) => {
    accountOnly(input)
    const { items, nextToken } = page(policiesOf(store, call), ({ name }) => name, input)
    return {
      resourcePolicies: items.map((policy) => view(store, policy)),
      ...(nextToken !== undefined && { nextToken }),
    }
  },
})

export const deleteResourcePolicy = operation<DeleteResourcePolicyCommandInput, DeleteResourcePolicyCommandOutput>(
  'logs',
  'DeleteResourcePolicy',
  {
    needs: () => [need('logs:DeleteResourcePolicy', '*')],
    perform: (input, { call, world: { store } }) => {
      accountOnly(input)
      const name = named(input.policyName)
      if (store.delete('logs/resource-policy', policyKey(call, name))) return {}
      // inferred: sentence
      throw new AwsError('ResourceNotFoundException', `Policy with name [${name}] does not exist.`)
    },
  },
)
