import type { ListImageReferrersCommandInput, ListImageReferrersCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { imagesOf } from './image.ts'
import { page } from './page.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

const PAGE_DEFAULT = 50

/**
 * What names an image its subject. "The IAM principal invoking this operation must have the ecr:BatchGetImage permission"
 * (Amazon ECR API Reference). Nothing is ever archived here, so that every artifact is active.
 */
export const listImageReferrers = operation<ListImageReferrersCommandInput, ListImageReferrersCommandOutput>(
  'ecr',
  'ListImageReferrers',
  {
    needs: onRepository('BatchGetImage'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      findRepository(world, id)
      const { artifactTypes, artifactStatus = 'ACTIVE' } = input.filter ?? {}
      const found = imagesOf(world, id).filter(
        ({ subject, artifactType = '' }) =>
          subject === input.subjectId.imageDigest &&
          (!artifactTypes?.length || artifactTypes.includes(artifactType)) &&
          (artifactStatus === 'ACTIVE' || artifactStatus === 'ANY'),
      )
      const { items, nextToken } = page(found, (image) => image.imageDigest, { maxResults: PAGE_DEFAULT, ...input })
      return {
        referrers: items.map(({ imageDigest, imageManifest, imageManifestMediaType, artifactType, annotations }) => ({
          digest: imageDigest,
          mediaType: imageManifestMediaType,
          ...(artifactType !== undefined && { artifactType }),
          size: Buffer.byteLength(imageManifest),
          ...(annotations && { annotations: { ...annotations } }),
          artifactStatus: 'ACTIVE' as const,
        })),
        ...(nextToken !== undefined && { nextToken }),
      }
    },
  },
)
