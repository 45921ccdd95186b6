import type { CreateImageCommandInput, CreateImageCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { operation } from '../../operation.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { saveAndSettle } from '../studio/settle.ts'
import { putTags } from '../tags.ts'
import { imageActing, images } from './image.ts'
import { settleImage } from './settle-image.ts'

/** The role is passed and must let itself be assumed; what it needs of ECR is asked with the first version. */
export const createImage = operation<CreateImageCommandInput, CreateImageCommandOutput>('sagemaker', 'CreateImage', {
  needs: (input, call) => [
    ...toCreate(call, images.arn(call, input.ImageName), input.Tags),
    ...passesRole(call, input.RoleArn),
  ],
  async perform({ Tags, ...input }, permit) {
    const { call, world } = permit
    const { account, region } = call
    const arn = images.arn(call, input.ImageName)
    refuseForeignRole(call, input.RoleArn)
    refuseTaken(permit, input.ImageName, arn)
    await checkTrust(imageActing(world, { account, region, arn, roleArn: input.RoleArn }, 'image'), input.RoleArn)
    saveAndSettle(world, images, settleImage, () => {
      refuseTaken(permit, input.ImageName, arn)
      putTags(world.store, arn, Tags)
      const now = call.time / 1000
      return {
        account,
        region,
        name: input.ImageName,
        arn,
        lastVersion: 0,
        description: {
          ...input,
          ImageArn: arn,
          ImageStatus: 'CREATING' as const,
          CreationTime: now,
          LastModifiedTime: now,
        },
      }
    })
    return { ImageArn: arn }
  },
})

/** Names that differ by case alone would share the ARNs of their versions, which know none. inferred: sentence */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (images.all(world.store, call).some((one) => one.name.toLowerCase() === name.toLowerCase())) {
    throw new AwsError('ResourceInUse', `Image [${arn}] already exists.`)
  }
}
