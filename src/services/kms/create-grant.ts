import type { CreateGrantCommandInput, CreateGrantCommandOutput, GrantOperation } from '@aws-sdk/client-kms'
import { isDeepStrictEqual } from 'node:util'
import type { Call } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import type { Shape } from '../../wire/shape.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { entityByArn, parseArn } from '../iam/entities.ts'
import { dryRun, limitExceeded, notBuilt, validation } from './errors.ts'
import { type Grant, type GrantDraft, grantKey, grantPrefix, GRANTS } from './grant.ts'
import { checkGrantTokens, makeGrantToken } from './grant-token.ts'
import { findKey, type Key, keyArn, seconds } from './key.ts'
import { parseKeyOnly } from './key-id.ts'
import { isAsymmetric, isSymmetric } from './key-spec.ts'
import { requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onOwnKey } from './needs.ts'

/** "Grants per KMS key" (AWS KMS Developer Guide, "Resource quotas"). */
const PER_KEY = 50_000

type Input = Shape<CreateGrantCommandInput>

export const createGrant = kmsOperation<CreateGrantCommandInput, CreateGrantCommandOutput>('CreateGrant', {
  needs: onOwnKey('CreateGrant', {
    crossAccount: true,
    options: (input, call) => {
      const context = input.Constraints?.EncryptionContextEquals ?? input.Constraints?.EncryptionContextSubset
      return { context: grantKeys(input, call), draft: draftOf(input), ...(context && { encryptionContext: context }) }
    },
  }),
  perform: (input, { call, world }) => {
    checkGrantTokens(world, input.GrantTokens)
    return world.store.transaction(() => {
      const key = findKey(world.store, parseKeyOnly(input.KeyId, call))
      requireUsable(key)
      const grant = grantOf(call, key, input)
      if (input.DryRun) throw dryRun()
      const same = input.Name === undefined ? undefined : sameGrant(call, grant)
      if (same) return { GrantId: same.id, GrantToken: makeGrantToken(world, same) }
      // inferred: the sentence.
      if (world.store.count(GRANTS, grantPrefix(key)) >= PER_KEY)
        throw limitExceeded(`${keyArn(key)} has reached the limit of ${PER_KEY} grants.`)
      world.store.put<Grant>(GRANTS, grantKey(key, grant.id), grant)
      return { GrantId: grant.id, GrantToken: makeGrantToken(world, grant) }
    })
  },
})

/** kms:GrantConstraintType, kms:GrantIsForAWSResource, kms:GrantOperations, kms:GranteePrincipal, kms:RetiringPrincipal. */
function grantKeys({ Constraints, GranteePrincipal, RetiringPrincipal, Operations }: Input, call: Call): ContextValues {
  const type = Constraints && Object.keys(Constraints)[0]
  return {
    'kms:GrantOperations': Operations,
    'kms:GrantIsForAWSResource': String(isForAwsResource(call)),
    ...(GranteePrincipal !== undefined && { 'kms:GranteePrincipal': GranteePrincipal }),
    ...(RetiringPrincipal !== undefined && { 'kms:RetiringPrincipal': RetiringPrincipal }),
    ...(type !== undefined && { 'kms:GrantConstraintType': type }),
  }
}

/** Whether a service of AWS's asks, in its own name or the caller's. */
export function isForAwsResource({ caller, calledVia }: Call): boolean {
  return caller.kind === 'service' || (calledVia?.length ?? 0) > 0
}

function draftOf({ Operations, Constraints }: Input): GrantDraft {
  const { EncryptionContextEquals: same, EncryptionContextSubset: subset } = Constraints ?? {}
  return {
    operations: [...new Set(Operations)].sort(),
    ...((same ?? subset) && {
      constraints: {
        ...(same && { EncryptionContextEquals: same }),
        ...(subset && { EncryptionContextSubset: subset }),
      },
    }),
  }
}

function grantOf(call: Call, key: Key, input: Input): Grant {
  const given = input as Input & Record<'RetiringServicePrincipal' | 'GranteeServicePrincipal', string | undefined>
  const { GranteePrincipal: grantee = given.GranteeServicePrincipal, RetiringPrincipal: named } = input
  const retiring = named ?? given.RetiringServicePrincipal
  if (input.Constraints && 'SourceArn' in input.Constraints)
    throw notBuilt('kms:CreateGrant with Constraints.SourceArn')
  // inferred: the sentence.
  if (grantee === undefined) throw validation('You must specify GranteePrincipal or GranteeServicePrincipal.')
  checkOperations(key, input.Operations)
  if (input.Constraints && Object.keys(input.Constraints).length > 0 && !isSymmetric(key.spec))
    throw validation('Grant constraints are supported only for symmetric encryption KMS keys.')
  const granteeId = principalId(call, grantee)
  const retiringId = retiring === undefined ? undefined : principalId(call, retiring)
  const { account, region, id } = key
  return {
    id: call.world.hex(64),
    keyId: id,
    account,
    region,
    ...(input.Name !== undefined && { name: input.Name }),
    grantee,
    ...(granteeId !== undefined && { granteeId }),
    ...(retiring !== undefined && { retiring }),
    ...(retiringId !== undefined && { retiringId }),
    issuingAccount: call.account,
    ...draftOf(input),
    createdAt: seconds(call),
  }
}

/** The unique id of a user or role; undefined for accounts, sessions and services. InvalidArnException for nobody. */
function principalId({ world }: Call, principal: string): string | undefined {
  if (
    /^(?:\d{12}$|arn:[\w-]+:iam::\d{12}:root$|arn:[\w-]+:sts::\d{12}:(?:assumed-role|federated-user)\/)/.test(principal)
  )
    return undefined
  if (/^[\w-]+(?:\.[\w-]+)+$/.test(principal)) return undefined
  const type = parseArn(principal)?.type
  const entity = type === 'user' || type === 'role' ? entityByArn(world.store, principal) : undefined
  if (!entity) throw new AwsError('InvalidArnException', `ARN does not refer to a valid principal: ${principal}`)
  return entity.id
}

const DATA_KEYS = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]
const OF_ALL = new Set(['CreateGrant', 'RetireGrant', 'DescribeKey'])
const BY_USAGE: Readonly<Record<string, readonly string[]>> = {
  ENCRYPT_DECRYPT: ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'],
  SIGN_VERIFY: ['Sign', 'Verify'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
}

/** "The operation must be supported on the KMS key." inferred: the sentence. */
function checkOperations({ spec, usage }: Key, operations: readonly GrantOperation[]): void {
  if (operations.length === 0) throw validation('At least one grant operation must be specified.')
  const fits = (operation: string) =>
    OF_ALL.has(operation) ||
    BY_USAGE[usage]?.includes(operation) ||
    (isSymmetric(spec) && DATA_KEYS.includes(operation)) ||
    (isAsymmetric(spec) && operation === 'GetPublicKey')
  const stranger = operations.find((operation) => !fits(operation))
  if (stranger !== undefined)
    throw validation(`Operation ${stranger} is not supported for a key with key spec ${spec} and key usage ${usage}.`)
}

/** "If you use the same parameters and Name, CreateGrant returns the existing grant" (API reference, CreateGrant: Name). */
function sameGrant({ world }: Call, grant: Grant): Grant | undefined {
  const told = ({ id: _id, createdAt: _at, issuingAccount: _by, ...rest }: Grant) => rest
  return world.store
    .list<Grant>(GRANTS, { prefix: grantPrefix({ ...grant, id: grant.keyId }) })
    .map(({ value }) => value)
    .find((one) => one.name === grant.name && isDeepStrictEqual(told(one), told(grant)))
}
