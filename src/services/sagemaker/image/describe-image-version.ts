import type {
  DescribeImageVersionCommandInput,
  DescribeImageVersionCommandOutput,
  ListAliasesCommandInput,
  ListAliasesCommandOutput,
  ListImageVersionsCommandInput,
  ListImageVersionsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { page } from '../page.ts'
import { onResource } from '../resource-needs.ts'
import { images } from './image.ts'
import { mustFindVersion, onVersion, versionsOf, type ImageVersion } from './image-version.ts'

export const describeImageVersion = operation<DescribeImageVersionCommandInput, DescribeImageVersionCommandOutput>(
  'sagemaker',
  'DescribeImageVersion',
  {
    needs: (input, call) => onVersion(call, input),
    perform: (input, { call, world }) => mustFindVersion(world.store, call, input).description,
  },
)

const sortKeys: Readonly<Record<string, (version: ImageVersion) => number>> = {
  CREATION_TIME: ({ description }) => description.CreationTime!,
  LAST_MODIFIED_TIME: ({ description }) => description.LastModifiedTime!,
  VERSION: ({ description }) => description.Version!,
}

/** API_ListImageVersions: newest first unless asked otherwise. */
export const listImageVersions = operation<ListImageVersionsCommandInput, ListImageVersionsCommandOutput>(
  'sagemaker',
  'ListImageVersions',
  {
    needs: (input, call) => onResource(call, images.arn(call, input.ImageName)),
    perform(input, { call, world }) {
      const image = images.must(world.store, call, input.ImageName)
      const key = sortKeys[input.SortBy ?? 'CREATION_TIME']!
      const sign = input.SortOrder === 'ASCENDING' ? 1 : -1
      const wanted = versionsOf(world.store, image)
        .filter((one) => isWanted(one, input))
        .sort((a, b) => sign * (key(a) - key(b) || a.description.Version! - b.description.Version!))
      const { items, next } = page(wanted, input, 10)
      return { ImageVersions: items.map(summary), ...(next !== undefined && { NextToken: next }) } as never
    },
  },
)

type Times = Partial<
  Record<'CreationTimeAfter' | 'CreationTimeBefore' | 'LastModifiedTimeAfter' | 'LastModifiedTimeBefore', number>
>

function isWanted({ description: { CreationTime, LastModifiedTime } }: ImageVersion, input: Times): boolean {
  return (
    CreationTime! > (input.CreationTimeAfter ?? -Infinity) &&
    CreationTime! < (input.CreationTimeBefore ?? Infinity) &&
    LastModifiedTime! > (input.LastModifiedTimeAfter ?? -Infinity) &&
    LastModifiedTime! < (input.LastModifiedTimeBefore ?? Infinity)
  )
}

function summary({ description: one }: ImageVersion) {
  return {
    CreationTime: one.CreationTime,
    ...(one.FailureReason !== undefined && { FailureReason: one.FailureReason }),
    ImageArn: one.ImageArn,
    ImageVersionArn: one.ImageVersionArn,
    ImageVersionStatus: one.ImageVersionStatus,
    LastModifiedTime: one.LastModifiedTime,
    Version: one.Version,
  }
}

/** Of one version, by number or alias, or of all that the image has. */
export const listAliases = operation<ListAliasesCommandInput, ListAliasesCommandOutput>('sagemaker', 'ListAliases', {
  needs: (input, call) =>
    input.Version === undefined && input.Alias === undefined
      ? onResource(call, images.arn(call, input.ImageName))
      : onVersion(call, input),
  perform(input, { call, world }) {
    const image = images.must(world.store, call, input.ImageName)
    const versions =
      input.Version === undefined && input.Alias === undefined
        ? versionsOf(world.store, image)
        : [mustFindVersion(world.store, call, input)]
    const { items, next } = page(versions.flatMap(({ aliases }) => aliases).sort(), input, 10)
    return { SageMakerImageVersionAliases: items, ...(next !== undefined && { NextToken: next }) }
  },
})
