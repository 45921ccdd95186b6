import type {
  DescribeSpaceCommandInput,
  DescribeSpaceCommandOutput,
  ListSpacesCommandInput,
  ListSpacesCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { spaces, type Space } from './space.ts'

export const describeSpace = operation<DescribeSpaceCommandInput, DescribeSpaceCommandOutput>(
  'sagemaker',
  'DescribeSpace',
  {
    needs: (input, call) => onResource(call, spaces.arn(call, `${input.DomainId}/${input.SpaceName}`)),
    perform: (input, { call, world }) =>
      spaces.must(world.store, call, `${input.DomainId}/${input.SpaceName}`).description,
  },
)

/** API_ListSpaces: oldest first unless asked otherwise. */
export const listSpaces = operation<ListSpacesCommandInput, ListSpacesCommandOutput>('sagemaker', 'ListSpaces', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { DomainIdEquals: domain, SpaceNameContains: part } = input
    const { items, next } = spaces.page(world.store, call, input, {
      sortOrder: 'Ascending',
      keep: ({ description: one }) =>
        (domain === undefined || one.DomainId === domain) &&
        (part === undefined || one.SpaceName!.toLowerCase().includes(part.toLowerCase())),
    })
    return { Spaces: items.map(details), ...(next !== undefined && { NextToken: next }) }
  },
})

function details({ description: one }: Space) {
  const { SpaceSettings: settings, SpaceSharingSettings: sharing, OwnershipSettings: ownership } = one
  return {
    DomainId: one.DomainId,
    SpaceName: one.SpaceName,
    Status: one.Status,
    CreationTime: one.CreationTime,
    LastModifiedTime: one.LastModifiedTime,
    ...(one.SpaceDisplayName !== undefined && { SpaceDisplayName: one.SpaceDisplayName }),
    ...(settings && {
      SpaceSettingsSummary: {
        ...(settings.AppType && { AppType: settings.AppType }),
        ...(settings.RemoteAccess && { RemoteAccess: settings.RemoteAccess }),
        ...(settings.SpaceStorageSettings && { SpaceStorageSettings: settings.SpaceStorageSettings }),
      },
    }),
    ...(sharing && { SpaceSharingSettingsSummary: sharing }),
    ...(ownership && { OwnershipSettingsSummary: ownership }),
  }
}
