import type {
  DescribeUserProfileCommandInput,
  DescribeUserProfileCommandOutput,
  ListUserProfilesCommandInput,
  ListUserProfilesCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { userProfiles } from './user-profile.ts'

export const describeUserProfile = operation<DescribeUserProfileCommandInput, DescribeUserProfileCommandOutput>(
  'sagemaker',
  'DescribeUserProfile',
  {
    needs: (input, call) => onResource(call, userProfiles.arn(call, `${input.DomainId}/${input.UserProfileName}`)),
    perform: (input, { call, world }) =>
      userProfiles.must(world.store, call, `${input.DomainId}/${input.UserProfileName}`).description,
  },
)

/** API_ListUserProfiles: oldest first unless asked otherwise. */
export const listUserProfiles = operation<ListUserProfilesCommandInput, ListUserProfilesCommandOutput>(
  'sagemaker',
  'ListUserProfiles',
  {
    needs: (_input, call) => toList(call),
    perform(input, { call, world }) {
      const { DomainIdEquals: domain, UserProfileNameContains: part } = input
      const { items, next } = userProfiles.page(world.store, call, input, {
        sortOrder: 'Ascending',
        keep: ({ description: one }) =>
          (domain === undefined || one.DomainId === domain) &&
          (part === undefined || one.UserProfileName!.toLowerCase().includes(part.toLowerCase())),
      })
      return {
        UserProfiles: items.map(({ description: one }) => ({
          DomainId: one.DomainId!,
          UserProfileName: one.UserProfileName!,
          Status: one.Status!,
          CreationTime: one.CreationTime!,
          LastModifiedTime: one.LastModifiedTime!,
        })),
        ...(next !== undefined && { NextToken: next }),
      }
    },
  },
)
