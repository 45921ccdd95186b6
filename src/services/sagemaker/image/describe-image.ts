import type {
  DescribeImageCommandInput,
  DescribeImageCommandOutput,
  ListImagesCommandInput,
  ListImagesCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { images, sorting } from './image.ts'

export const describeImage = operation<DescribeImageCommandInput, DescribeImageCommandOutput>(
  'sagemaker',
  'DescribeImage',
  {
    needs: (input, call) => onResource(call, images.arn(call, input.ImageName)),
    perform: (input, { call, world }) => images.must(world.store, call, input.ImageName).description,
  },
)

export const listImages = operation<ListImagesCommandInput, ListImagesCommandOutput>('sagemaker', 'ListImages', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { items, next } = images.page(world.store, call, { ...input, ...sorting(input) })
    return {
      Images: items.map(({ description: { RoleArn: _, ...details } }) => details),
      ...(next !== undefined && { NextToken: next }),
    } as never
  },
})
