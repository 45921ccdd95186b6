import type { Repository as ApiRepository } from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import type { Call, Need } from '../../door/call.ts'
import { compile } from '../../policy/compile.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { type BoundPolicy, boundText, shownText } from '../iam/bound-principals.ts'
import { partition } from '../partition.ts'
import { repositoryNotFound } from './errors.ts'
import type { RepositoryKey } from './repository-key.ts'
import { registrySettings, type RegistrySettings } from './registry-settings.ts'
import { compileRepositoryPolicy, joinedText } from './repository-policy-text.ts'

/** Document `ecr/repository`, keyed `account/region/name`. */
export interface Repository {
  repository: Shape<ApiRepository>
  tags: Record<string, string>
  /** Where a KMS key protects it (repository-key.ts). */
  key?: RepositoryKey
  /** As its author wrote it; absent: none is set. */
  policyText?: string
  /** Who was meant by it: principal as written -> unique id. */
  policyPrincipals?: BoundPolicy['principals']
}

export interface RepositoryId {
  account: string
  region: string
  name: string
}

/** What every repository-level request carries. An absent registryId means the caller's own registry. */
interface RepositoryInput {
  registryId?: string
  repositoryName?: string
}

export const repositoryKey = (id: RepositoryId) => `${id.account}/${id.region}/${id.name}`

/** Prefix of the keys of what lies in a repository; `@` cannot stand in a repository's name. */
export const contentPrefix = (id: RepositoryId) => `${repositoryKey(id)}@`

export const repositoryId = (input: RepositoryInput, call: Call): RepositoryId => ({
  account: input.registryId ?? call.account,
  region: call.region,
  name: input.repositoryName ?? '',
})

export function repositoryArn({ account, region, name }: RepositoryId): string {
  return `arn:${partition(region)}:ecr:${region}:${account}:repository/${name}`
}

export function registryHost({ account, region }: Pick<RepositoryId, 'account' | 'region'>): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** The repository or RepositoryNotFoundException. */
export function findRepository(world: World, id: RepositoryId): Repository {
  const found = world.store.get<Repository>('ecr/repository', repositoryKey(id))
  if (!found) throw repositoryNotFound(id)
  return found
}

/** The one need of an operation on one repository: its ARN, its tags, its own policy. */
export function repositoryNeed(action: string, id: RepositoryId, call: Call, context: Need['context'] = {}): Need {
  const { store } = call.world
  const found = store.get<Repository>('ecr/repository', repositoryKey(id))
  const resourcePolicy = withRegistryPolicy(store, id, found)
  return need(`ecr:${action}`, repositoryArn(id), {
    context: { ...context, ...(found && resourceTagKeys(found.tags)) },
    ...(resourcePolicy && { resourcePolicy }),
  })
}

/** `needs` of an operation whose input names one repository. */
export const onRepository =
  (action: string) =>
  (input: RepositoryInput, call: Call): Need[] => [repositoryNeed(action, repositoryId(input, call), call)]

/** Condition keys of tags in a request: aws:RequestTag/KEY and aws:TagKeys. */
export function requestTagKeys(tags: readonly { Key?: string; Value?: string }[] = []): Need['context'] {
  if (tags.length === 0) return {}
  const context: Record<string, string | string[]> = { 'aws:TagKeys': tags.map((tag) => tag.Key ?? '') }
  for (const tag of tags) context[`aws:RequestTag/${tag.Key}`] = tag.Value ?? ''
  return context
}

function resourceTagKeys(tags: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`ecr:ResourceTag/${key}`, value],
    ]),
  )
}

/** Compiled once per stored version: the store hands out the same frozen document until it changes. */
const compiled = new WeakMap<Repository, CompiledPolicy>()

/** The compiled policy of a repository, or undefined when it has none. */
export function compiledRepositoryPolicy(document: Repository): CompiledPolicy | undefined {
  const written = boundPolicy(document)
  if (!written) return undefined
  let policy = compiled.get(document)
  if (!policy) {
    const { text } = written
    policy = { ...compileRepositoryPolicy(boundText(written), document.repository.repositoryArn ?? ''), text }
    compiled.set(document, policy)
  }
  return policy
}

/**
 * What hangs on a repository: its own policy, and that of its registry, which stands beside it for every action (Amazon ECR
 * User Guide, "Private registry permissions", version 2; version 1 was about three actions of AWS's own doing only).
 */
export function withRegistryPolicy(
  store: Store,
  { account, region, name }: RepositoryId,
  document: Repository | undefined,
): CompiledPolicy | undefined {
  const own = document && compiledRepositoryPolicy(document)
  const settings = registrySettings(store, { account, region })
  const { policyText, policyPrincipals: principals = {}, settings: { REGISTRY_POLICY_SCOPE: scope } = {} } = settings
  if (policyText === undefined || scope === 'V1') return own
  const registrys = boundText({ text: policyText, principals })
  if (!own) return compiledRegistryPolicy(settings, registrys, account)
  let both = together.get(own)
  if (both?.settings !== settings) {
    const arn = repositoryArn({ account, region, name })
    const text = joinedText(boundText(boundPolicy(document)!), registrys)
    both = { settings, policy: { ...compileRepositoryPolicy(text, arn), id: `${own.id}+registry-policy:${account}` } }
    together.set(own, both)
  }
  return both.policy
}

const registryPolicies = new WeakMap<RegistrySettings, CompiledPolicy>()
/** Repository's policy -> with the registry's. */
const together = new WeakMap<CompiledPolicy, { settings: RegistrySettings; policy: CompiledPolicy }>()

function compiledRegistryPolicy(settings: RegistrySettings, text: string, account: string): CompiledPolicy {
  let policy = registryPolicies.get(settings)
  if (!policy) {
    policy = compile(text, { id: `registry-policy:${account}`, managed: false, grammar: 'resource' })
    registryPolicies.set(settings, policy)
  }
  return policy
}

/** The policy of a repository as it reads today, or undefined when it has none. */
export function shownRepositoryPolicy(store: Store, document: Repository): string | undefined {
  const written = boundPolicy(document)
  return written && shownText(store, written)
}

function boundPolicy({ policyText: text, policyPrincipals: principals = {} }: Repository): BoundPolicy | undefined {
  return text === undefined ? undefined : { text, principals }
}
