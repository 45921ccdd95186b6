import type {
  DescribeAppCommandInput,
  DescribeAppCommandOutput,
  ListAppsCommandInput,
  ListAppsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { appName, apps, isShown, mustFindApp } from './app.ts'

export const describeApp = operation<DescribeAppCommandInput, DescribeAppCommandOutput>('sagemaker', 'DescribeApp', {
  needs: (input, call) => onResource(call, apps.arn(call, appName(input))),
  perform: (input, { call, world }) => mustFindApp(world, call, input).description,
})

/** API_ListApps: oldest first unless asked otherwise; deleted ones are told of for a day. */
export const listApps = operation<ListAppsCommandInput, ListAppsCommandOutput>('sagemaker', 'ListApps', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { DomainIdEquals: domain, UserProfileNameEquals: user, SpaceNameEquals: space } = input
    const { items, next } = apps.page(world.store, call, input, {
      sortOrder: 'Ascending',
      keep: (app) =>
        isShown(app, world.now() / 1000) &&
        (domain === undefined || app.description.DomainId === domain) &&
        (user === undefined || app.description.UserProfileName === user) &&
        (space === undefined || app.description.SpaceName === space),
    })
    return {
      Apps: items.map(({ description: one }) => ({
        DomainId: one.DomainId,
        ...(one.UserProfileName !== undefined && { UserProfileName: one.UserProfileName }),
        ...(one.SpaceName !== undefined && { SpaceName: one.SpaceName }),
        AppType: one.AppType,
        AppName: one.AppName,
        Status: one.Status,
        CreationTime: one.CreationTime,
        ResourceSpec: one.ResourceSpec,
      })),
      ...(next !== undefined && { NextToken: next }),
    }
  },
})
