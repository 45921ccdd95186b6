import type {
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput,
  DescribeResourcePolicyCommandInput,
  DescribeResourcePolicyCommandOutput,
  PutResourcePolicyCommandInput,
  PutResourcePolicyCommandOutput,
  ResourcePolicy as ResourcePolicyView,
} from '@aws-sdk/client-organizations'
import { parsePolicy, PolicySyntaxError } from '../../policy/parse.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { bindPrincipals, type BoundPolicy, shownText } from '../iam/bound-principals.ts'
import { type Organization, type ResourcePolicy, saveOrganization } from './documents.ts'
import { invalidInput, needsAllFeatures, resourcePolicyNotFound } from './errors.ts'
import { newId, resourcePolicyArn } from './ids.ts'
import { organizationOperation } from './organization-operation.ts'
import { onResource } from './resources.ts'
import { withTags } from './tags.ts'

/** By this policy member accounts manage policies; each call of theirs must be allowed by it and by their own (organization-operation.ts). */
export const putResourcePolicy = organizationOperation<PutResourcePolicyCommandInput, PutResourcePolicyCommandOutput>(
  'PutResourcePolicy',
  {
    audience: 'management',
    resources: (_input, scene) => [onResource(scene, scene.organization.resourcePolicy?.id ?? 'rp-*')],
    perform: ({ Content: content, Tags }, { store, world, organization }) => {
      if (organization.featureSet !== 'ALL') throw needsAllFeatures()
      checkContent(content)
      const before = organization.resourcePolicy
      const resourcePolicy = {
        id: before?.id ?? newId.resourcePolicy(world),
        content,
        principals: principalsOf(store, content),
        tags: withTags(before?.tags ?? [], Tags),
      }
      saveOrganization(store, { ...organization, resourcePolicy })
      return { ResourcePolicy: view(store, organization, resourcePolicy) }
    },
  },
)

export const describeResourcePolicy = organizationOperation<
  DescribeResourcePolicyCommandInput,
  DescribeResourcePolicyCommandOutput
>('DescribeResourcePolicy', {
  audience: 'delegates',
  perform: (_input, { store, organization }) => {
    if (!organization.resourcePolicy) throw resourcePolicyNotFound()
    return { ResourcePolicy: view(store, organization, organization.resourcePolicy) }
  },
})

export const deleteResourcePolicy = organizationOperation<
  DeleteResourcePolicyCommandInput,
  DeleteResourcePolicyCommandOutput
>('DeleteResourcePolicy', {
  audience: 'management',
  perform: (_input, { store, organization }) => {
    const { resourcePolicy, ...rest } = organization
    if (!resourcePolicy) throw resourcePolicyNotFound()
    saveOrganization(store, rest)
    return {}
  },
})

function view(
  store: Store,
  organization: Organization,
  { id, content: text, principals = {} }: ResourcePolicy,
): Shape<ResourcePolicyView> {
  return {
    ResourcePolicySummary: { Id: id, Arn: resourcePolicyArn(organization, id) },
    Content: shownText(store, { text, principals }),
  }
}

function principalsOf(store: Store, content: string): BoundPolicy['principals'] {
  const { principals, stranger } = bindPrincipals(store, content)
  if (stranger === undefined) return principals
  // inferred: the sentence.
  throw invalidInput('INVALID_PRINCIPAL', `The provided resource policy has an invalid principal: ${stranger}`)
}

/** inferred: the sentences. */
function checkContent(content: string): void {
  try {
    const { Statement } = parsePolicy(content, 'resource')
    if (Statement.every(({ Action }) => Action?.every((action) => /^organizations:/i.test(action)))) return
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    throw invalidInput('INVALID_RESOURCE_POLICY_JSON', 'The provided resource policy is not valid JSON.')
  }
  throw invalidInput(
    'UNSUPPORTED_ACTION_IN_RESOURCE_POLICY',
    'The provided resource policy has an action that is not supported.',
  )
}
