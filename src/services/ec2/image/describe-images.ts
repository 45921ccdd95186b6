import type { DescribeImagesRequest, DescribeImagesResult } from '@aws-sdk/client-ec2'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import type { ImageDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { publicImages, requireImage } from './catalogue.ts'

const filters: FilterTable<ImageDocument> = {
  architecture: (image) => image.Architecture,
  'creation-date': (image) => image.CreationDate,
  description: (image) => image.Description,
  'ena-support': (image) => image.EnaSupport,
  hypervisor: (image) => image.Hypervisor,
  'image-id': (image) => image.ImageId,
  'image-type': (image) => image.ImageType,
  'is-public': (image) => image.Public,
  name: (image) => image.Name,
  'owner-alias': (image) => image.ImageOwnerAlias,
  'owner-id': (image) => image.OwnerId,
  'root-device-name': (image) => image.RootDeviceName,
  'root-device-type': (image) => image.RootDeviceType,
  state: (image) => image.State,
  'virtualization-type': (image) => image.VirtualizationType,
}

/** The built-in public images; nobody has images of their own here. Owners by account id, alias, or `self`. */
export const describeImages = ec2Operation<DescribeImagesRequest, DescribeImagesResult>('DescribeImages', {
  needs: (_, estate) => describing(estate, 'DescribeImages'),
  perform(input, { account, region }) {
    const named = input.ImageIds?.length
      ? [...new Set(input.ImageIds)].map((id) => requireImage(region, id))
      : publicImages(region)
    // Launch permissions of public images are everyone's.
    const launchable = !input.ExecutableUsers?.length || input.ExecutableUsers.includes('all')
    const owners = input.Owners?.map((owner) => (owner === 'self' ? account : owner))
    const passes = filterOf({ tagMember: 'Tags' }, filters, input.Filters)
    const found = named
      .filter((image) => !owners?.length || owners.includes(image.OwnerId) || owners.includes(image.ImageOwnerAlias!))
      .filter((image) => launchable && passes(image))
      .toSorted((a, b) => (a.ImageId < b.ImageId ? -1 : 1))
    const { things, ...page } = pageOf(found, (image) => image.ImageId, 'images', input.MaxResults, input.NextToken)
    return { Images: things, ...page }
  },
})
