import type { CreateServiceLinkedRoleCommandInput, CreateServiceLinkedRoleCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { findEntity, iamArn, invalidInput, type Role, saveEntity } from './entities.ts'
import { uniqueId } from './ids.ts'
import { linkedRoles } from './service-linked-roles.ts'
import { bindTrust } from './trust.ts'
import { roleView } from './views.ts'

/** A role that only its service can assume and only AWS can change; SCPs do not bind it. */
export const createServiceLinkedRole = operation<
  CreateServiceLinkedRoleCommandInput,
  CreateServiceLinkedRoleCommandOutput
>('iam', 'CreateServiceLinkedRole', {
  needs: ({ AWSServiceName: service, CustomSuffix }, call) => {
    const name = nameOf(service, CustomSuffix) ?? '*'
    const arn = iamArn(call.account, 'role', pathOf(service), name)
    return [need('iam:CreateServiceLinkedRole', arn, { context: { 'iam:AWSServiceName': service } })]
  },
  perform: ({ AWSServiceName: service, Description, CustomSuffix }, { call, world }) => {
    const { account } = call
    const linked = linkedRoles.get(service)
    const name = nameOf(service, CustomSuffix)
    if (!linked || name === undefined) throw unknownService(service)
    if (CustomSuffix !== undefined && !linked.suffix) throw invalidInput(`Custom suffix is not allowed for ${service}`)
    if (findEntity(world.store, 'role', account, name)) {
      throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`)
    }
    const path = pathOf(service)
    const role: Role = {
      type: 'role',
      account,
      name,
      path,
      id: uniqueId(world, 'AROA'),
      arn: iamArn(account, 'role', path, name),
      createDate: Math.floor(call.time / 1000),
      tags: [],
      inline: [],
      attached: [linked.policy],
      maxSessionDuration: 3600,
      trust: bindTrust(world.store, trustFor(service)),
      ...(Description !== undefined && { description: Description }),
    }
    saveEntity(world.store, role)
    return { Role: roleView(world.store, role) }
  },
})

function nameOf(service: string, suffix: string | undefined): string | undefined {
  const name = linkedRoles.get(service)?.name
  return name === undefined || suffix === undefined ? name : `${name}_${suffix}`
}

const pathOf = (service: string): string => `/aws-service-role/${service}/`

/** AWS has more services with such roles than the list knows: those are not built, everything else is no service. */
function unknownService(service: string): AwsError {
  // inferred: the second sentence.
  return /^[a-z\d.-]+\.amazonaws\.com$/.test(service)
    ? new AwsError('NotImplemented', `No service-linked role is built for ${service}.`, 501)
    : invalidInput(`Invalid Service Principal: ${service}`)
}

function trustFor(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
}
