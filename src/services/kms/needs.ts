import { type Call, need, type Need } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import { contextKeys, type EncryptionContext } from './encryption-context.ts'
import { grantsFor } from './grant-policies.ts'
import type { GrantDraft } from './grant.ts'
import { type Key, keyArn } from './key.ts'
import { aliasArn, parseKeyId, parseKeyOnly, peekKey, type Reference } from './key-id.ts'
import { keyPolicy } from './key-policy-text.ts'

export interface KeyNeedOptions {
  context?: ContextValues
  encryptionContext?: EncryptionContext
  /** Of CreateGrant: who may only by a grant may hand on no more than that grant gives. */
  draft?: GrantDraft
}

/**
 * The need of an operation on one key: the key's ARN whatever it was called by, its policy, which alone opens the
 * account's IAM, its grants, and its condition keys. Who names a key that is not there is asked by his own policies; of
 * other accounts' nobody hears whether it is.
 */
export function keyNeed(call: Call, action: string, reference: Reference, options: KeyNeedOptions = {}): Need {
  const key = peekKey(call.world, reference)
  const context = { ...callKeys(call), ...contextKeys(options.encryptionContext), ...options.context }
  if (!key) {
    const arn = reference.kind === 'key' ? keyArn(reference) : aliasArn(reference)
    return need(`kms:${action}`, arn, { context, resourcePolicyRequired: reference.account !== call.account })
  }
  return need(`kms:${action}`, keyArn(key), {
    context: { ...context, ...keyKeys(key), ...(reference.kind === 'alias' && { 'kms:RequestAlias': reference.name }) },
    resourcePolicy: keyPolicy(key),
    resourcePolicyRequired: true,
    grants: grantsFor(call.world.store, key, action, options),
  })
}

/** `needs` of an operation on a key that may be called by an alias, and may be another account's. */
export const onKey =
  <I extends { KeyId: string }>(action: string, options: (input: I) => KeyNeedOptions = () => ({})) =>
  (input: I, call: Call): Need[] => [keyNeed(call, action, parseKeyId(input.KeyId, call), options(input))]

/** `needs` of an operation that takes a key id or key ARN only; of the caller's own account unless `crossAccount`. */
export const onOwnKey =
  <I extends { KeyId: string }>(
    action: string,
    {
      crossAccount = false,
      ...more
    }: { crossAccount?: boolean; options?: (input: I, call: Call) => KeyNeedOptions } = {},
  ) =>
  (input: I, call: Call): Need[] => {
    const reference = parseKeyOnly(input.KeyId, call)
    const one = keyNeed(call, action, reference, more.options?.(input, call))
    if (crossAccount || reference.account === call.account) return [one]
    // "Cross-account use: No": whatever the key's policy says.
    const { resourcePolicy: _policy, grants: _grants, ...rest } = one
    return [rest]
  }

/** `needs` of an operation on no key in particular. */
export const onAll =
  <I>(action: string, context: (input: I) => ContextValues = () => ({})) =>
  (input: I, call: Call): Need[] => [need(`kms:${action}`, '*', { context: { ...callKeys(call), ...context(input) } })]

/** Condition keys of every call (AWS KMS Developer Guide, "AWS KMS condition keys"). */
export function callKeys({ caller, calledVia, region }: Call): ContextValues {
  const service = calledVia?.at(-1)?.replace(/\.amazonaws\.com$/, '')
  return {
    ...(caller.account && { 'kms:CallerAccount': caller.account }),
    ...(service !== undefined && { 'kms:ViaService': `${service}.${region}.amazonaws.com` }),
  }
}

/** Condition keys that tell about the key. */
export function keyKeys(key: Key): ContextValues {
  const { multiRegion: copies } = key
  return {
    ...specKeys(key),
    ...(copies && { 'kms:MultiRegionKeyType': copies.primary === key.region ? 'PRIMARY' : 'REPLICA' }),
    ...(key.aliases.length > 0 && { 'kms:ResourceAliases': key.aliases }),
    ...Object.fromEntries(Object.entries(key.tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value])),
  }
}

/** Of a key that is there, or that CreateKey shall make. */
export function specKeys(key: Pick<Key, 'spec' | 'usage' | 'origin' | 'multiRegion'>): ContextValues {
  return {
    'kms:KeySpec': key.spec,
    'kms:KeyUsage': key.usage,
    'kms:CustomerMasterKeySpec': key.spec,
    'kms:CustomerMasterKeyUsage': key.usage,
    'kms:KeyOrigin': key.origin,
    'kms:MultiRegion': String(key.multiRegion !== undefined),
  }
}

/** aws:RequestTag/… and aws:TagKeys. */
export function requestTagKeys(tags: readonly { TagKey?: string; TagValue?: string }[] = []): ContextValues {
  if (tags.length === 0) return {}
  return {
    ...Object.fromEntries(tags.map(({ TagKey, TagValue }) => [`aws:RequestTag/${TagKey}`, TagValue ?? ''])),
    'aws:TagKeys': tags.map(({ TagKey }) => TagKey ?? ''),
  }
}
