import type { DeleteAppCommandInput, DeleteAppCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { appName, apps, mustFindApp } from './app.ts'
import { ownerKeys } from './create-app.ts'
import { changeAndSettle } from './settle.ts'
import { settleApp } from './settle-app.ts'

export const deleteApp = operation<DeleteAppCommandInput, DeleteAppCommandOutput>('sagemaker', 'DeleteApp', {
  needs: (input, call) => onResource(call, apps.arn(call, appName(input)), ownerKeys(call, input)),
  perform(input, { call, world }) {
    const app = mustFindApp(world, call, input)
    const { Status } = app.description
    // inferred: sentence
    if (Status === 'Deleted') throw new AwsError('ResourceNotFound', `App [${app.arn}] does not exist.`)
    if (Status !== 'Deleting') {
      changeAndSettle(world, apps, settleApp, app, ({ description }) => void (description.Status = 'Deleting'))
    }
    return {}
  },
})
