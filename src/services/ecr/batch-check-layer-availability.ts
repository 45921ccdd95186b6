import type {
  BatchCheckLayerAvailabilityCommandInput,
  BatchCheckLayerAvailabilityCommandOutput,
} from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { findLayer, wantLayer } from './layer.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

type Output = BatchCheckLayerAvailabilityCommandOutput

/** An unknown layer is `UNAVAILABLE`, no failure; only what is no digest fails. */
export const batchCheckLayerAvailability = operation<BatchCheckLayerAvailabilityCommandInput, Output>(
  'ecr',
  'BatchCheckLayerAvailability',
  {
    needs: onRepository('BatchCheckLayerAvailability'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      findRepository(world, id)
      const [digests, others] = partition(input.layerDigests ?? [], (digest) => /^sha256:[0-9a-f]{64}$/.test(digest))
      return {
        layers: digests.map((layerDigest) => {
          const layer = findLayer(world, id, layerDigest)
          if (layer) wantLayer(world, id, layer)
          return layer
            ? {
                layerDigest,
                layerAvailability: 'AVAILABLE' as const,
                layerSize: layer.layerSize,
                mediaType: layer.mediaType,
              }
            : { layerDigest, layerAvailability: 'UNAVAILABLE' as const }
        }),
        failures: others.map((layerDigest) => ({
          layerDigest,
          failureCode: 'InvalidLayerDigest' as const,
          // inferred: follows the sentence about image digests.
          failureReason:
            "Invalid request parameters: layer digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        })),
      }
    },
  },
)

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
