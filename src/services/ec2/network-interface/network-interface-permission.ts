import type {
  CreateNetworkInterfacePermissionRequest,
  CreateNetworkInterfacePermissionResult,
  DeleteNetworkInterfacePermissionRequest,
  DeleteNetworkInterfacePermissionResult,
  DescribeNetworkInterfacePermissionsRequest,
  DescribeNetworkInterfacePermissionsResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { partition } from '../../partition.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { NetworkInterfacePermissionDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination } from '../errors.ts'
import { describing, on } from '../needs.ts'
import { networkInterfacePermissions, networkInterfaces } from '../nouns.ts'

/** Lets another account, or an AWS service's, attach the interface: SageMaker asks for it in a customer's VPC. */
export const createNetworkInterfacePermission = ec2Operation<
  CreateNetworkInterfacePermissionRequest,
  CreateNetworkInterfacePermissionResult
>('CreateNetworkInterfacePermission', {
  needs: (input, estate) => [
    on(estate, 'CreateNetworkInterfacePermission', networkInterfaces, input.NetworkInterfaceId, {
      'ec2:Permission': input.Permission ?? '',
      ...(input.AwsService ? { 'ec2:AuthorizedService': input.AwsService } : {}),
      ...(input.AwsAccountId
        ? { 'ec2:AuthorizedUser': `arn:${partition(estate.region)}:iam::${input.AwsAccountId}:root` }
        : {}),
    }),
  ],
  perform({ NetworkInterfaceId, Permission, AwsAccountId, AwsService }, estate) {
    estate.get(networkInterfaces, NetworkInterfaceId)
    if (!AwsAccountId === !AwsService)
      throw invalidCombination('Exactly one of AwsAccountId and AwsService must be given')
    const whom = AwsAccountId ? { AwsAccountId } : { AwsService: AwsService! }
    const same = estate
      .list(networkInterfacePermissions)
      .find(
        (one) =>
          one.NetworkInterfaceId === NetworkInterfaceId &&
          one.Permission === Permission &&
          one.AwsAccountId === AwsAccountId &&
          one.AwsService === AwsService,
      )
    const InterfacePermission =
      same ??
      estate.save(networkInterfacePermissions, {
        NetworkInterfacePermissionId: estate.mint(networkInterfacePermissions.prefix),
        NetworkInterfaceId: NetworkInterfaceId,
        ...whom,
        Permission: Permission,
        PermissionState: { State: 'granted' },
      })
    return { InterfacePermission }
  },
})

const filters: FilterTable<NetworkInterfacePermissionDocument> = {
  'network-interface-permission.network-interface-permission-id': (one) => one.NetworkInterfacePermissionId,
  'network-interface-permission.network-interface-id': (one) => one.NetworkInterfaceId,
  'network-interface-permission.aws-account-id': (one) => one.AwsAccountId,
  'network-interface-permission.aws-service': (one) => one.AwsService,
  'network-interface-permission.permission': (one) => one.Permission,
}

export const describeNetworkInterfacePermissions = ec2Operation<
  DescribeNetworkInterfacePermissionsRequest,
  DescribeNetworkInterfacePermissionsResult
>('DescribeNetworkInterfacePermissions', {
  needs: (_, estate) => describing(estate, 'DescribeNetworkInterfacePermissions'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, networkInterfacePermissions, filters, {
      ids: input.NetworkInterfacePermissionIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { NetworkInterfacePermissions: things, ...page }
  },
})

export const deleteNetworkInterfacePermission = ec2Operation<
  DeleteNetworkInterfacePermissionRequest,
  DeleteNetworkInterfacePermissionResult
>('DeleteNetworkInterfacePermission', {
  needs: (input, estate) => {
    const permission = estate.find(networkInterfacePermissions, input.NetworkInterfacePermissionId)
    return [on(estate, 'DeleteNetworkInterfacePermission', networkInterfaces, permission?.NetworkInterfaceId)]
  },
  perform(input, estate) {
    const permission = estate.get(networkInterfacePermissions, input.NetworkInterfacePermissionId)
    const attached = estate.find(networkInterfaces, permission.NetworkInterfaceId)?.Attachment
    if (attached && !input.Force) {
      throw new AwsError(
        'OperationNotPermitted',
        `The network interface ${permission.NetworkInterfaceId} is attached; use force to remove its permission`,
      )
    }
    estate.remove(networkInterfacePermissions, permission.NetworkInterfacePermissionId)
    return { Return: true }
  },
})
