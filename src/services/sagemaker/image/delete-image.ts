import type { DeleteImageCommandInput, DeleteImageCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { domains } from '../studio/domain.ts'
import { changeAndSettle } from '../studio/settle.ts'
import { customImages } from '../studio/settings.ts'
import { userProfiles } from '../studio/user-profile.ts'
import { images } from './image.ts'
import { settleImage } from './settle-image.ts'

/** "Deletes a SageMaker AI image and all versions of the image. The container images aren't deleted." (API_DeleteImage) */
export const deleteImage = operation<DeleteImageCommandInput, DeleteImageCommandOutput>('sagemaker', 'DeleteImage', {
  needs: (input, call) => onResource(call, images.arn(call, input.ImageName)),
  perform(input, { call, world }) {
    const image = images.must(world.store, call, input.ImageName)
    const user = [...domains.all(world.store, call), ...userProfiles.all(world.store, call)].find(({ description }) =>
      customImages(description).some(({ ImageName }) => ImageName === input.ImageName),
    )
    // inferred: sentence. The guide has images detached from domains before they are deleted.
    if (user) throw new AwsError('ResourceInUse', `Image [${image.arn}] is in use by [${user.arn}].`)
    changeAndSettle(world, images, settleImage, image, ({ description }) => {
      description.ImageStatus = 'DELETING'
    })
    return {}
  },
})
