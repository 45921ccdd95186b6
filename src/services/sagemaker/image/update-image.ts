import type { UpdateImageCommandInput, UpdateImageCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { operation } from '../../operation.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { onResource } from '../resource-needs.ts'
import { changeAndSettle } from '../studio/settle.ts'
import { imageActing, images } from './image.ts'
import { settleImage } from './settle-image.ts'

/** A role that is given anew is passed anew. */
export const updateImage = operation<UpdateImageCommandInput, UpdateImageCommandOutput>('sagemaker', 'UpdateImage', {
  needs: (input, call) => [...onResource(call, images.arn(call, input.ImageName)), ...passesRole(call, input.RoleArn)],
  async perform(input, { call, world }) {
    refuseForeignRole(call, input.RoleArn)
    const image = images.must(world.store, call, input.ImageName)
    const { ImageStatus } = image.description
    if (ImageStatus === 'CREATING' || ImageStatus === 'UPDATING' || ImageStatus === 'DELETING') {
      throw new AwsError('ResourceInUse', `Image [${image.arn}] is in the ${ImageStatus} state.`) // inferred: sentence
    }
    const { DeleteProperties, ImageName: _, ...given } = input
    // The model lets only these two through.
    const deleted = (DeleteProperties ?? []) as ('Description' | 'DisplayName')[]
    for (const property of deleted) {
      if (given[property] === undefined) continue
      // inferred: sentence
      throw new AwsError('ValidationException', `${property} cannot be both updated and deleted.`)
    }
    const { RoleArn: roleArn } = input
    if (roleArn !== undefined) await checkTrust(imageActing(world, { ...image, roleArn }, 'image'), roleArn)
    changeAndSettle(world, images, settleImage, image, ({ description }) => {
      for (const property of deleted) delete description[property]
      Object.assign(description, given, { ImageStatus: 'UPDATING', LastModifiedTime: world.now() / 1000 })
    })
    return { ImageArn: image.arn }
  },
})
