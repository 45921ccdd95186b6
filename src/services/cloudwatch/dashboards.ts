import type {
  DeleteDashboardsCommandInput,
  DeleteDashboardsCommandOutput,
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  ListDashboardsCommandInput,
  ListDashboardsCommandOutput,
  PutDashboardCommandInput,
  PutDashboardCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { checkBody, DASHBOARD, dashboardArn, dashboardKey, dashboardNeed, type Dashboard } from './dashboard.ts'
import { invalidValue } from './errors.ts'
import { page } from './page.ts'
import { requestTagKeys, tagsOf } from './tag-list.ts'

/** Dashboards are records here: their bodies are checked and kept, nothing is drawn. */
export const putDashboard = operation<PutDashboardCommandInput, PutDashboardCommandOutput>(
  'cloudwatch',
  'PutDashboard',
  {
    needs: (input, call) => [
      dashboardNeed('PutDashboard', input.DashboardName, call, requestTagKeys(input.Tags)),
      ...(input.Tags?.length
        ? [dashboardNeed('TagResource', input.DashboardName, call, requestTagKeys(input.Tags))]
        : []),
    ],
    perform: (input, { call, world: { store } }) => {
      const { DashboardName: name, DashboardBody: body } = input
      if (!/^[\w-]{1,255}$/.test(name)) {
        // API Reference: "Valid characters are A-Z, a-z, 0-9, "-", and "_"". inferred: sentence
        throw invalidInput('The field DashboardName must only consist of alphanumerics, dash and underscore')
      }
      const { errors, warnings } = checkBody(body)
      if (errors.length > 0) {
        throw invalidInput(
          `The dashboard body is invalid, there are ${errors.length} validation errors: ${JSON.stringify(
            errors.map(({ DataPath, Message }) => ({ dataPath: DataPath, message: Message })),
          )}`,
        )
      }
      const key = dashboardKey(call, name)
      const before = store.get<Dashboard>(DASHBOARD, key)
      const tags = tagsOf(input.Tags, before?.tags)
      store.put<Dashboard>(DASHBOARD, key, { name, body, modifiedAt: call.time / 1000, tags })
      return { DashboardValidationMessages: warnings }
    },
  },
)

export const getDashboard = operation<GetDashboardCommandInput, GetDashboardCommandOutput>(
  'cloudwatch',
  'GetDashboard',
  {
    needs: (input, call) => [dashboardNeed('GetDashboard', input.DashboardName, call)],
    perform: ({ DashboardName }, { call, world: { store } }) => {
      const found = store.get<Dashboard>(DASHBOARD, dashboardKey(call, DashboardName))
      if (!found) throw notFound(DashboardName)
      return { DashboardArn: dashboardArn(call, found.name), DashboardBody: found.body, DashboardName: found.name }
    },
  },
)

export const listDashboards = operation<ListDashboardsCommandInput, ListDashboardsCommandOutput>(
  'cloudwatch',
  'ListDashboards',
  {
    needs: () => [need('cloudwatch:ListDashboards', '*')],
    perform: ({ DashboardNamePrefix = '', NextToken: nextToken }, { call, world: { store } }) => {
      const all = store.list<Dashboard>(DASHBOARD, { prefix: `${call.account}/` }).map(({ value }) => value)
      const found = all.filter(({ name }) => name.startsWith(DashboardNamePrefix))
      const { items, NextToken } = page(found, ({ name }) => name, { nextToken, limit: 1000 })
      return {
        DashboardEntries: items.map(({ name, body, modifiedAt }) => ({
          DashboardName: name,
          DashboardArn: dashboardArn(call, name),
          LastModified: modifiedAt,
          Size: Buffer.byteLength(body),
        })),
        ...(NextToken !== undefined && { NextToken }),
      }
    },
  },
)

/** All of them or none. */
export const deleteDashboards = operation<DeleteDashboardsCommandInput, DeleteDashboardsCommandOutput>(
  'cloudwatch',
  'DeleteDashboards',
  {
    needs: ({ DashboardNames }, call) =>
      (DashboardNames.length > 0 ? DashboardNames : ['*']).map((name) => dashboardNeed('DeleteDashboards', name, call)),
    perform: ({ DashboardNames }, { call, world: { store } }) => {
      if (DashboardNames.length === 0) throw invalidValue('The collection DashboardNames must not be empty.') // inferred: sentence
      const keys = DashboardNames.map((name) => ({ name, key: dashboardKey(call, name) }))
      const gone = keys.find(({ key }) => !store.get(DASHBOARD, key))
      if (gone) throw notFound(gone.name)
      store.transaction(() => {
        for (const { key } of keys) store.delete(DASHBOARD, key)
      })
      return {}
    },
  },
)

const notFound = (name: string) => new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, 404)

const invalidInput = (message: string) => new AwsError('DashboardInvalidInputError', message)
