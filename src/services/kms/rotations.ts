import type {
  ListKeyRotationsCommandInput,
  ListKeyRotationsCommandOutput,
  RotateKeyOnDemandCommandInput,
  RotateKeyOnDemandCommandOutput,
  RotationsListEntry,
} from '@aws-sdk/client-kms'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { invalidState, limitExceeded } from './errors.ts'
import { currentMaterial, findKey, type Key, keyArn, type Material, seconds } from './key.ts'
import { openKey, parseKeyOnly } from './key-id.ts'
import { requireNotManaged, requireUsable } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { makeSymmetric } from './material.ts'
import { onOwnKey } from './needs.ts'
import { page } from './page.ts'
import { saveWithReplicas } from './replicas.ts'
import { requirePrimary, requireRotatableOnDemand } from './rotation.ts'

/** "On-demand rotation of a KMS key": a key's quota. */
const ON_DEMAND_MAX = 25

/** Done at once; on AWS it is under way for a while. */
export const rotateKeyOnDemand = kmsOperation<RotateKeyOnDemandCommandInput, RotateKeyOnDemandCommandOutput>(
  'RotateKeyOnDemand',
  {
    needs: onOwnKey('RotateKeyOnDemand'),
    perform: ({ KeyId }, { call, world }) =>
      world.store.transaction(() => {
        const key = findKey(world.store, parseKeyOnly(KeyId, call))
        requireNotManaged(key)
        requireUsable(key)
        requireRotatableOnDemand(key)
        requirePrimary(key)
        // inferred: the sentence.
        if (key.materials.filter(({ rotation }) => rotation === 'ON_DEMAND').length >= ON_DEMAND_MAX)
          throw limitExceeded(`${keyArn(key)} has reached the limit of ${ON_DEMAND_MAX} on-demand rotations.`)
        saveWithReplicas(world.store, rotated(world, key, seconds(call)))
        return { KeyId: key.id }
      }),
  },
)

function rotated(world: World, key: Key, now: number): Key {
  const turn = { rotation: 'ON_DEMAND', rotatedAt: now } as const
  if (key.origin === 'AWS_KMS')
    return { ...key, materials: [...key.materials, { ...makeSymmetric(world, key.id, now), ...turn }] }
  const waiting = key.materials.find(({ pending }) => pending)
  // inferred: the sentence.
  if (waiting?.sealed === undefined) throw invalidState(`${keyArn(key)} has no key material that is pending rotation.`)
  const { pending: _pending, ...material } = waiting
  return { ...key, materials: [...key.materials.filter((one) => one !== waiting), { ...material, ...turn }] }
}

/** IncludeKeyMaterial is ROTATIONS_ONLY by default: then what has been there from the beginning is left out. */
export const listKeyRotations = kmsOperation<ListKeyRotationsCommandInput, ListKeyRotationsCommandOutput>(
  'ListKeyRotations',
  {
    needs: onOwnKey('ListKeyRotations'),
    perform: (input, { call, world }) => {
      const key = openKey(world, parseKeyOnly(input.KeyId, call))
      requireRotatableOnDemand(key)
      const all = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL'
      const shown = key.materials
        .map((material, at) => ({ material, at: String(at).padStart(6, '0') }))
        .filter(({ material }) => all || material.rotation !== undefined)
      const { items, more } = page(shown, ({ at }) => at, input, 100)
      return { Rotations: items.map(({ material }) => entry(key, material, all)), ...more }
    },
  },
)

function entry(key: Key, material: Material, all: boolean): Shape<RotationsListEntry> {
  const { id, pending, rotation, rotatedAt, description, expirationModel, validTo, sealed } = material
  const state = pending ? 'PENDING_ROTATION' : material === currentMaterial(key) ? 'CURRENT' : 'NON_CURRENT'
  return {
    KeyId: key.id,
    KeyMaterialId: id,
    ...(rotatedAt !== undefined && { RotationDate: rotatedAt }),
    ...(rotation && { RotationType: rotation }),
    ...(all && { KeyMaterialState: state }),
    ...(key.origin === 'EXTERNAL' && {
      ImportState: sealed === undefined ? ('PENDING_IMPORT' as const) : ('IMPORTED' as const),
      ...(description !== undefined && { KeyMaterialDescription: description }),
      ...(expirationModel && { ExpirationModel: expirationModel }),
      ...(validTo !== undefined && { ValidTo: validTo }),
    }),
  }
}
