import type { CreateServiceLinkedRoleCommandInput, CreateServiceLinkedRoleCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { findEntity, iamArn, invalidInput, type Role, saveEntity } from './entities.ts'
import { uniqueId } from './ids.ts'
import { bindTrust } from './trust.ts'
import { roleView } from './views.ts'

/** What AWS calls a service's own role, and the managed policy that it hangs there (AWS Managed Policy Reference). */
const linkedRoles: Readonly<Record<string, { role: string; policy: string }>> = {
  'sagemaker.amazonaws.com': {
    role: 'AWSServiceRoleForAmazonSageMakerNotebooks',
    policy: 'AmazonSageMakerNotebooksServiceRolePolicy',
  },
  'sagemaker.application-autoscaling.amazonaws.com': {
    role: 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
    policy: 'AWSApplicationAutoscalingSageMakerEndpointPolicy',
  },
}

/** A role that only its service can assume and only AWS can change; SCPs do not bind it. */
export const createServiceLinkedRole = operation<
  CreateServiceLinkedRoleCommandInput,
  CreateServiceLinkedRoleCommandOutput
>('iam', 'CreateServiceLinkedRole', {
  needs: ({ AWSServiceName: service }, call) => {
    const name = linkedRoles[service]?.role ?? '*'
    const arn = iamArn(call.account, 'role', `/aws-service-role/${service}/`, name)
    return [need('iam:CreateServiceLinkedRole', arn, { context: { 'iam:AWSServiceName': service } })]
  },
  perform: ({ AWSServiceName: service, Description, CustomSuffix }, { call, world }) => {
    const linked = Object.hasOwn(linkedRoles, service) ? linkedRoles[service] : undefined
    if (!linked) throw new AwsError('NotImplemented', `No service-linked role is built for ${service}.`, 501)
    if (CustomSuffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`)
    const { account } = call
    const name = linked.role
    if (findEntity(world.store, 'role', account, name)) {
      throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`)
    }
    const path = `/aws-service-role/${service}/`
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
      attached: [`arn:aws:iam::aws:policy/aws-service-role/${linked.policy}`],
      maxSessionDuration: 3600,
      trust: bindTrust(world.store, trustFor(service)),
      ...(Description !== undefined && { description: Description }),
    }
    saveEntity(world.store, role)
    return { Role: roleView(world.store, role) }
  },
})

function trustFor(service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
  })
}
