import type { UpdateImageVersionCommandInput, UpdateImageVersionCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { images } from './image.ts'
import { imageVersions, mustFindVersion, onVersion, refuseTakenAliases } from './image-version.ts'

export const updateImageVersion = operation<UpdateImageVersionCommandInput, UpdateImageVersionCommandOutput>(
  'sagemaker',
  'UpdateImageVersion',
  {
    needs: (input, call) => onVersion(call, input),
    perform(input, { call, world }) {
      const { ImageName, Version, Alias, AliasesToAdd: added = [], AliasesToDelete: deleted = [], ...given } = input
      const { store } = world
      return store.transaction(() => {
        const id = { ImageName, ...(Version !== undefined && { Version }), ...(Alias !== undefined && { Alias }) }
        const version = mustFindVersion(store, call, id)
        refuseTakenAliases(store, images.must(store, call, ImageName), added, version.name)
        imageVersions.change(store, version, (changed) => {
          changed.aliases = [...new Set([...changed.aliases.filter((one) => !deleted.includes(one)), ...added])]
          Object.assign(changed.description, given, { LastModifiedTime: world.now() / 1000 })
        })
        return { ImageVersionArn: version.arn }
      })
    },
  },
)
