import type { CreatePolicyCommandInput, CreatePolicyCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { alreadyExists, iamArn, keyOf, POLICIES, type Policy } from './entities.ts'
import { uniqueId } from './ids.ts'
import { toCreate } from './needs.ts'
import { checkManagedPolicy, customerView, savePolicy } from './policies.ts'
import { requireRoom } from './quotas.ts'
import { checkTags } from './tags.ts'
import { policyView } from './views.ts'

export const createPolicy = operation<CreatePolicyCommandInput, CreatePolicyCommandOutput>('iam', 'CreatePolicy', {
  needs: ({ PolicyName, Path, Tags }, call) =>
    toCreate(call, 'CreatePolicy', 'policy', { name: PolicyName, path: Path, tags: Tags }),
  perform: (input, { call, world }) => {
    const { PolicyName: name, Path: path = '/', PolicyDocument: text, Description: description } = input
    const { account } = call
    checkManagedPolicy(text)
    if (world.store.get(POLICIES, keyOf(account, name))) {
      throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`)
    }
    requireRoom('PoliciesPerAccount', world.store.count(POLICIES, `${account}/`))
    const now = Math.floor(call.time / 1000)
    const policy: Policy = {
      account,
      name,
      path,
      id: uniqueId(world, 'ANPA'),
      arn: iamArn(account, 'policy', path, name),
      createDate: now,
      updateDate: now,
      defaultVersionId: 'v1',
      versions: [{ id: 'v1', text, createDate: now }],
      lastVersion: 1,
      tags: checkTags(input.Tags, 'by case'),
      ...(description !== undefined && { description }),
    }
    savePolicy(world.store, policy)
    return {
      Policy: {
        ...policyView(world.store, account, customerView(policy)),
        ...(policy.tags.length > 0 && { Tags: [...policy.tags] }),
      },
    }
  },
})
