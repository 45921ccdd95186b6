import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'
import { pasted } from '../pasted.ts'
import { removeTags, tagsOf } from '../tags.ts'
import type { Settle } from '../settling.ts'
import { apps, type App, type AppId } from './app.ts'
import { appOwner } from './app-owner.ts'
import { endGrant, grantByRole, type KeyGrant } from './key-grant.ts'
import { checkPlace } from './linked-role.ts'
import { studioActing } from './role.ts'

/**
 * From Pending to InService or Failed, from Deleting to Deleted. InService says that the role lets itself be assumed, that
 * it may use the domain's key, and that the app's place is there; no program is started for it yet.
 */
export const settleApp: Settle = async (world, at) => {
  const app = apps.find(world.store, at, at.name)
  if (app?.description.Status === 'Pending') await begin(world, app)
  if (app?.description.Status === 'Deleting') {
    await endGrant(world, app, app.grant)
    world.store.transaction(() => {
      apps.change(world.store, app, (changed) => {
        changed.description.Status = 'Deleted'
        changed.deletedAt = world.now() / 1000
        delete changed.grant
      })
      removeTags(world.store, app.arn, Object.keys(tagsOf(world.store, app.arn)))
    })
  }
}

async function begin(world: World, app: App): Promise<void> {
  try {
    const grant = await prepare(world, app)
    apps.change(world.store, app, (changed) => {
      if (grant) changed.grant = grant
      if (changed.description.Status === 'Pending') changed.description.Status = 'InService'
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    apps.change(world.store, app, ({ description }) => {
      description.FailureReason = error.message.slice(0, 1024)
      if (description.Status === 'Pending') description.Status = 'Failed'
    })
  }
}

async function prepare(world: World, app: App): Promise<KeyGrant | undefined> {
  const owner = appOwner(world.store, app, app.description as AppId)
  const { roleArn, securityGroupIds } = owner
  const { KmsKeyId: key, AuthMode, DefaultUserSettings, VpcId: vpcId, SubnetIds: subnetIds } = owner.domain
  if (roleArn === undefined) throw refused('No ExecutionRole is specified for the app.') // inferred: sentence
  if (owner.domain.AppNetworkAccessType === 'VpcOnly' && securityGroupIds.length === 0) {
    throw refused('SecurityGroups are required when AppNetworkAccessType is VpcOnly.') // inferred: sentence
  }
  await session(world, app, roleArn)
  if (vpcId && subnetIds) await checkPlace(world, app, { vpcId, subnetIds, securityGroupIds })
  if (!key) return undefined
  // Seed 003, "CreateDomain API": the domain's role with IAM Identity Center, the user's with IAM.
  const keyRole = AuthMode === 'SSO' ? DefaultUserSettings?.ExecutionRole : roleArn
  if (keyRole === undefined) throw refused('No ExecutionRole is specified for the domain.') // inferred: sentence
  const acting = await session(world, app, keyRole)
  try {
    return await grantByRole(acting, app.region, key, app.arn)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // KMS's sentence names the action. inferred: that it is told as it is
    throw refused(error.message + pasted('AWSKMS', error))
  }
}

/** The live service's sentence of a role that may not create apps, here of one that cannot be assumed. inferred */
async function session(world: World, app: App, roleArn: string) {
  const acting = studioActing(world, { ...app, roleArn })
  try {
    await acting.session()
    return acting
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw refused(
      `SageMaker is unable to use your associated ExecutionRole [${roleArn}] to create app. Verify that your associated ExecutionRole has a trust relationship that allows 'sagemaker.amazonaws.com' to perform sts:AssumeRole.${pasted('AWSSecurityTokenService', error)}`,
    )
  }
}

const refused = (sentence: string) => new AwsError('ValidationException', sentence)
