import type { UpdateDomainCommandInput, UpdateDomainCommandOutput } from '@aws-sdk/client-sagemaker'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { World } from '../../../world.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { appsOf, isAlive } from './app.ts'
import { refuseUnbuiltDomain } from './create-domain.ts'
import { domainInService, domains, type Domain, type DomainDescription } from './domain.ts'
import { checkPlace } from './linked-role.ts'
import { checkTrusts } from './role.ts'
import { checkSettings, passesRoles, settingsKeys } from './settings.ts'
import { changeAndSettle } from './settle.ts'
import { settleDomain } from './settle-domain.ts'

type Request = Shape<UpdateDomainCommandInput>

/** A role that is given anew is passed anew. */
export const updateDomain = operation<UpdateDomainCommandInput, UpdateDomainCommandOutput>(
  'sagemaker',
  'UpdateDomain',
  {
    needs: (input, call) => [
      ...onResource(call, domains.arn(call, input.DomainId), updateKeys(input)),
      ...passesRoles(call, rolesOf(input)),
    ],
    async perform(input, { call, world }) {
      const domain = domainInService(world.store, call, input.DomainId)
      const settings = input.DomainSettingsForUpdate
      refuseUnbuiltDomain(call.operation, settings)
      if (settings?.RStudioServerProDomainSettingsForUpdate) {
        refuseUnbuiltDomain(call.operation, { RStudioServerProDomainSettings: { DomainExecutionRoleArn: '' } })
      }
      checkSettings(world.store, call, input.DefaultUserSettings, rolesOf(input))
      checkSettings(world.store, call, input.DefaultSpaceSettings, [])
      const changed = updated(domain.description, input)
      checkNetwork(world, domain, changed)
      await checkTrusts(world, domain, rolesOf(input))
      const { VpcId: vpcId, SubnetIds: subnetIds } = changed
      if (vpcId && subnetIds) {
        await checkPlace(world, domain, { vpcId, subnetIds, securityGroupIds: groupsOf(changed) })
      }
      changeAndSettle(world, domains, settleDomain, domain, (kept) => {
        // What others have changed meanwhile stands, but for what this call names.
        kept.description = {
          ...updated(kept.description, input),
          Status: 'Updating',
          LastModifiedTime: world.now() / 1000,
        }
      })
      return { DomainArn: domain.arn }
    },
  },
)

const rolesOf = ({ DefaultUserSettings: user, DefaultSpaceSettings: space }: Request) => [
  user?.ExecutionRole,
  space?.ExecutionRole,
]

const groupsOf = ({ DefaultUserSettings: user, DefaultSpaceSettings: space, DomainSettings }: DomainDescription) => [
  ...new Set(
    [user?.SecurityGroups, space?.SecurityGroups, DomainSettings?.SecurityGroupIds].flatMap((one) => one ?? []),
  ),
]

function updateKeys(input: Request): ContextValues {
  return {
    ...settingsKeys([input.DefaultUserSettings, input.DefaultSpaceSettings, input.DomainSettingsForUpdate]),
    ...(input.AppNetworkAccessType && { 'sagemaker:AppNetworkAccessType': input.AppNetworkAccessType }),
    ...(input.SubnetIds && { 'sagemaker:VpcSubnets': input.SubnetIds }),
  }
}

/** inferred: settings that are given replace their like, one by one; the others stay */
function updated(before: DomainDescription, input: Request): DomainDescription {
  const { DomainId: _, DefaultUserSettings, DefaultSpaceSettings, DomainSettingsForUpdate, ...plain } = input
  return {
    ...before,
    ...plain,
    DefaultUserSettings: { ...before.DefaultUserSettings, ...DefaultUserSettings },
    ...((before.DefaultSpaceSettings ?? DefaultSpaceSettings) && {
      DefaultSpaceSettings: { ...before.DefaultSpaceSettings, ...DefaultSpaceSettings },
    }),
    ...((before.DomainSettings ?? DomainSettingsForUpdate) && {
      DomainSettings: { ...before.DomainSettings, ...DomainSettingsForUpdate },
    }),
  }
}

/** API_UpdateDomain: the first sentence is the live service's (facts: errors.md A8), the others are inferred. */
function checkNetwork(world: World, domain: Domain, after: DomainDescription): void {
  const before = domain.description
  if (after.AppNetworkAccessType === 'VpcOnly' && !(after.VpcId && after.SubnetIds)) {
    throw new AwsError('ValidationException', 'VpcId and Subnet IDs are required for updating domains to VpcOnly mode.')
  }
  if (before.VpcId !== undefined && after.VpcId !== before.VpcId) {
    throw new AwsError('ValidationException', 'The VPC of a domain cannot be changed.')
  }
  const fewer = before.SubnetIds?.some((id) => !after.SubnetIds?.includes(id))
  if (before.AppNetworkAccessType === after.AppNetworkAccessType && !fewer) return
  if (appsOf(world, domain).some(isAlive)) {
    throw new AwsError(
      'ResourceInUse',
      `Unable to update Domain [${domain.arn}] because App(s) are in the InService, Pending, or Deleting state.`,
    )
  }
}
