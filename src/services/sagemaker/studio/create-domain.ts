import type { CreateDomainCommandInput, CreateDomainCommandOutput } from '@aws-sdk/client-sagemaker'
import { need, type Call, type Permit } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { domains, newDomainId, type Domain } from './domain.ts'
import { endGrant, grantByCaller } from './key-grant.ts'
import { checkPlace, ensureLinkedRole } from './linked-role.ts'
import { checkTrusts } from './role.ts'
import { checkSettings, passesRoles, settingsKeys } from './settings.ts'
import { saveAndSettle } from './settle.ts'
import { settleDomain } from './settle-domain.ts'

type Request = Shape<CreateDomainCommandInput>

const firstUid = 200_000

/**
 * The caller's rights: API permissions reference, CreateDomain (facts: errors.md B1). Then the roles' trust, the service-linked
 * role, the place, and with a key the caller's rights on it; the execution role's rights on the key are asked at CreateApp.
 */
export const createDomain = operation<CreateDomainCommandInput, CreateDomainCommandOutput>(
  'sagemaker',
  'CreateDomain',
  {
    needs: (input, call) => [
      ...toCreate(call, domains.arn(call, newDomainId(call)), input.Tags, domainKeys(input)),
      ...passesRoles(call, rolesOf(input)),
      // AWS makes the file system with the caller's rights when the key is the caller's.
      ...(keyOf(input) === undefined
        ? []
        : [
            need(
              'elasticfilesystem:CreateFileSystem',
              `arn:aws:elasticfilesystem:${call.region}:${call.account}:file-system/*`,
            ),
          ]),
    ],
    async perform(input, permit) {
      const { call, world } = permit
      const id = newDomainId(call)
      const arn = domains.arn(call, id)
      const at = { account: call.account, region: call.region, arn }
      refuseUnbuiltDomain(call.operation, input.DomainSettings)
      checkRequest(input, call, permit)
      refuseTaken(permit, input.DomainName)
      await checkTrusts(world, at, rolesOf(input))
      await ensureLinkedRole(world, call)
      const { VpcId: vpcId, SubnetIds: subnetIds } = input
      if (vpcId && subnetIds) await checkPlace(world, at, { vpcId, subnetIds, securityGroupIds: groupsOf(input) })
      const key = keyOf(input)
      const grant = key === undefined ? undefined : await grantByCaller(world, call, key, arn)

      try {
        const { Url } = saveAndSettle(world, domains, settleDomain, () => {
          refuseTaken(permit, input.DomainName)
          putTags(world.store, arn, input.Tags)
          return { ...newDomain(input, permit, id), ...(grant && { grant }) }
        }).description
        return { DomainArn: arn, DomainId: id, Url: Url! }
      } catch (error) {
        await endGrant(world, at, grant)
        throw error
      }
    },
  },
)

const rolesOf = ({ DefaultUserSettings: user, DefaultSpaceSettings: space }: Request) => [
  user.ExecutionRole,
  space?.ExecutionRole,
]

/** HomeEfsFileSystemKmsKeyId is the former name of KmsKeyId (API_CreateDomain). */
const keyOf = ({ KmsKeyId, HomeEfsFileSystemKmsKeyId }: Request) => KmsKeyId || HomeEfsFileSystemKmsKeyId || undefined

const groupsOf = ({ DefaultUserSettings: user, DefaultSpaceSettings: space, DomainSettings: domain }: Request) => [
  ...new Set([user.SecurityGroups, space?.SecurityGroups, domain?.SecurityGroupIds].flatMap((one) => one ?? [])),
]

/** SageMaker's condition keys of the request (facts: errors.md B5). */
export function domainKeys(input: Request): ContextValues {
  const key = keyOf(input)
  return {
    ...settingsKeys([input.DefaultUserSettings, input.DefaultSpaceSettings, input.DomainSettings]),
    'sagemaker:AppNetworkAccessType': input.AppNetworkAccessType ?? 'PublicInternetOnly',
    'sagemaker:AuthMode': input.AuthMode,
    ...(key !== undefined && { 'sagemaker:VolumeKmsKey': key, 'sagemaker:VolumeKmsKeyArn': key }),
    ...(input.SubnetIds && { 'sagemaker:VpcSubnets': input.SubnetIds }),
  }
}

/** What changes whom apps act as, and is nothing before they run. */
export function refuseUnbuiltDomain(
  operation: string,
  settings: Partial<NonNullable<Request['DomainSettings']>> | undefined,
): void {
  refuseNotBuilt(operation, {
    'DomainSettings.RStudioServerProDomainSettings': settings?.RStudioServerProDomainSettings,
    'DomainSettings.ExecutionRoleIdentityConfig USER_PROFILE_NAME':
      settings?.ExecutionRoleIdentityConfig === 'USER_PROFILE_NAME',
    'DomainSettings.TrustedIdentityPropagationSettings ENABLED':
      settings?.TrustedIdentityPropagationSettings?.Status === 'ENABLED',
  })
}

/** Rules between members, which the model cannot state. Sentences inferred. */
function checkRequest(input: Request, call: Call, { world }: Permit): void {
  checkSettings(world.store, call, input.DefaultUserSettings, rolesOf(input))
  checkSettings(world.store, call, input.DefaultSpaceSettings, [])
  if (input.KmsKeyId && input.HomeEfsFileSystemKmsKeyId) {
    throw new AwsError('ValidationException', 'Specify KmsKeyId or HomeEfsFileSystemKmsKeyId, not both.')
  }
  if (input.AppNetworkAccessType === 'VpcOnly' && !(input.VpcId && input.SubnetIds)) {
    throw new AwsError('ValidationException', 'VpcId and Subnet IDs are required for VpcOnly mode.')
  }
  if ((input.VpcId === undefined) !== (input.SubnetIds === undefined)) {
    throw new AwsError('ValidationException', 'VpcId and Subnet IDs must be specified together.')
  }
}

/** inferred: sentence */
function refuseTaken({ call, world }: Permit, name: string): void {
  if (domains.all(world.store, call).some(({ description }) => description.DomainName === name)) {
    throw new AwsError('ResourceInUse', `Domain with name [${name}] already exists.`)
  }
}

function newDomain({ Tags: _, ...input }: Request, { call, world }: Permit, id: string): Domain {
  const now = call.time / 1000
  const key = keyOf(input)
  const home = input.VpcId !== undefined && input.HomeEfsFileSystemCreation !== 'Disabled'
  const { HomeEfsFileSystemKmsKeyId: _old, ...request } = input
  return {
    account: call.account,
    region: call.region,
    name: id,
    arn: domains.arn(call, id),
    nextUid: firstUid,
    description: {
      ...request,
      DomainArn: domains.arn(call, id),
      DomainId: id,
      Url: `https://${id}.studio.${call.region}.sagemaker.aws`,
      Status: 'Pending',
      CreationTime: now,
      LastModifiedTime: now,
      AppNetworkAccessType: input.AppNetworkAccessType ?? 'PublicInternetOnly',
      ...(key !== undefined && { KmsKeyId: key, HomeEfsFileSystemKmsKeyId: key }),
      // The name of the domain's home. EFS has no API here, so nobody can be told that there is a file system of that name.
      ...(home && { HomeEfsFileSystemId: `fs-${world.hex(17)}` }),
    },
  }
}
