import type { DeleteImageVersionCommandInput, DeleteImageVersionCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { changeAndSettle } from '../studio/settle.ts'
import { imageVersions, mustFindVersion, onVersion } from './image-version.ts'
import { settleImageVersion } from './settle-image-version.ts'

/** "The container image the version represents isn't deleted" (API_DeleteImageVersion). */
export const deleteImageVersion = operation<DeleteImageVersionCommandInput, DeleteImageVersionCommandOutput>(
  'sagemaker',
  'DeleteImageVersion',
  {
    needs: (input, call) => onVersion(call, input),
    perform(input, { call, world }) {
      const version = mustFindVersion(world.store, call, input)
      if (version.description.ImageVersionStatus === 'CREATING') {
        throw new AwsError('ResourceInUse', `ImageVersion [${version.arn}] is in the CREATING state.`) // inferred: sentence
      }
      changeAndSettle(world, imageVersions, settleImageVersion, version, ({ description }) => {
        description.ImageVersionStatus = 'DELETING'
      })
      return {}
    },
  },
)
