import type { CreateImageVersionCommandInput, CreateImageVersionCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { parseImageUri } from '../../ecr/image-uri.ts'
import { operation } from '../../operation.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { onResource } from '../resource-needs.ts'
import { images } from './image.ts'
import { imageVersions, refuseTakenAliases, versionName, versionsOf, type ImageVersion } from './image-version.ts'
import { settleImageVersion } from './settle-image-version.ts'

/** Answers before the base image is read: that is done by the image's role (settle-image-version.ts). */
export const createImageVersion = operation<CreateImageVersionCommandInput, CreateImageVersionCommandOutput>(
  'sagemaker',
  'CreateImageVersion',
  {
    needs: (input, call) => onResource(call, images.arn(call, input.ImageName)),
    perform({ Aliases: aliases = [], ClientToken: clientToken, ImageName, ...input }, { call, world }) {
      const { account, region } = call
      const base = parseImageUri(input.BaseImage)
      // inferred: sentence. "The path is an Amazon ECR URI" (API_CreateImageVersion, BaseImage).
      if (!base) throw new AwsError('ValidationException', `Invalid BaseImage ${input.BaseImage}.`)
      const made = world.store.transaction(() => {
        const image = images.must(world.store, call, ImageName)
        const same = versionsOf(world.store, image).find((one) => one.clientToken === clientToken)
        if (same) return { version: same, isNew: false }
        if (image.description.ImageStatus !== 'CREATED') {
          // inferred: sentence
          throw new AwsError('ResourceInUse', `Image [${image.arn}] is in the ${image.description.ImageStatus} state.`)
        }
        refuseTakenAliases(world.store, image, aliases)
        const number = image.lastVersion + 1
        const name = versionName(ImageName, number)
        const now = call.time / 1000
        const arn = imageVersions.arn(call, name)
        const version: ImageVersion = {
          account,
          region,
          name,
          arn,
          imageName: ImageName,
          aliases: [...new Set(aliases)],
          clientToken: clientToken!,
          description: {
            ...input,
            ImageArn: image.arn,
            ImageVersionArn: arn,
            Version: number,
            ImageVersionStatus: 'CREATING',
            CreationTime: now,
            LastModifiedTime: now,
          },
        }
        images.change(world.store, image, (changed) => void (changed.lastVersion = number))
        imageVersions.save(world.store, version)
        putUnsettled(world.store, version)
        return { version, isNew: true }
      })
      if (made.isNew) settleSoon(world, made.version, settleImageVersion)
      return { ImageVersionArn: made.version.arn }
    },
  },
)
