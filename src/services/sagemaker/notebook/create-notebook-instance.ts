import type { CreateNotebookInstanceCommandInput, CreateNotebookInstanceCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call, Permit } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { putTags } from '../tags.ts'
import { checkCreateRequest, given, notebookKeys, secretNeeds } from './check-notebook-request.ts'
import type { CreateRequest } from './check-notebook-request.ts'
import { checkNotebookRole } from './notebook-role.ts'
import { askedBy, notebookInstances } from './notebook-instance.ts'
import type { NotebookInstance } from './notebook-instance.ts'
import { settleNotebookInstance } from './settle-notebook-instance.ts'

/**
 * Answers before anything is made: interface and volume key come by the caller's own permissions, and what those lack fails
 * the instance (facts: errors.md A9, B1).
 */
export const createNotebookInstance = operation<
  CreateNotebookInstanceCommandInput,
  CreateNotebookInstanceCommandOutput
>('sagemaker', 'CreateNotebookInstance', {
  needs(input, call) {
    const arn = notebookInstances.arn(call, input.NotebookInstanceName)
    return [
      ...toCreate(call, arn, input.Tags, creationKeys(input, call)),
      ...passesRole(call, input.RoleArn),
      ...secretNeeds(input, call),
    ]
  },
  async perform(input, permit) {
    const { call, world } = permit
    const { store } = world
    refuseForeignRole(call, input.RoleArn)
    refuseTaken(permit, input.NotebookInstanceName)
    checkCreateRequest(input, call)
    const arn = notebookInstances.arn(call, input.NotebookInstanceName)
    await checkNotebookRole(world, { arn, account: call.account, region: call.region, roleArn: input.RoleArn })
    const notebook = newNotebook(input, call, arn)
    store.transaction(() => {
      refuseTaken(permit, input.NotebookInstanceName)
      checkCreateRequest(input, call)
      notebookInstances.save(store, notebook)
      putTags(store, arn, input.Tags)
      putUnsettled(store, notebook)
    })
    settleSoon(world, notebook, settleNotebookInstance)
    return { NotebookInstanceArn: arn }
  },
})

/** What is not said has its default, so that a condition on it holds either way. */
function creationKeys(input: CreateRequest, call: Call): ContextValues {
  return {
    'sagemaker:RootAccess': 'Enabled',
    'sagemaker:MinimumInstanceMetadataServiceVersion': '1',
    'sagemaker:DirectInternetAccess': input.DirectInternetAccess ?? 'Enabled',
    ...notebookKeys(input, call),
    ...given({
      'sagemaker:VolumeKmsKey': input.KmsKeyId,
      'sagemaker:VolumeKmsKeyArn': input.KmsKeyId,
      'sagemaker:VpcSubnets': input.SubnetId && [input.SubnetId],
      'sagemaker:VpcSecurityGroupIds': input.SecurityGroupIds?.length ? input.SecurityGroupIds : undefined,
    }),
  }
}

/** inferred: second-hand sentence (moto). */
function refuseTaken({ call, world }: Permit, name: string): void {
  const taken = notebookInstances.find(world.store, call, name)
  if (taken) throw new AwsError('ValidationException', `Cannot create a duplicate Notebook Instance (${taken.arn})`)
}

/** Defaults: API_CreateNotebookInstance. */
function newNotebook(input: CreateRequest, call: Call, arn: string): NotebookInstance {
  const { account, region, world } = call
  const { NotebookInstanceName: name, LifecycleConfigName: config, SecurityGroupIds: groups } = input
  const { Tags: _tags, LifecycleConfigName: _config, SecurityGroupIds: _groups, ...request } = input
  const now = call.time / 1000
  return {
    account,
    region,
    name,
    arn,
    askedBy: askedBy(call),
    token: world.hex(32),
    volumeId: `vol-0${world.hex(16)}`,
    description: {
      ...request,
      NotebookInstanceArn: arn,
      NotebookInstanceStatus: 'Pending',
      Url: `${name.toLowerCase()}.notebook.${region}.sagemaker.aws`,
      ...(groups && { SecurityGroups: groups }),
      ...(config && { NotebookInstanceLifecycleConfigName: config }),
      DirectInternetAccess: input.DirectInternetAccess ?? 'Enabled',
      RootAccess: input.RootAccess ?? 'Enabled',
      VolumeSizeInGB: input.VolumeSizeInGB ?? 5,
      PlatformIdentifier: input.PlatformIdentifier ?? 'notebook-al2023-v1',
      IpAddressType: input.IpAddressType ?? 'ipv4',
      InstanceMetadataServiceConfiguration: input.InstanceMetadataServiceConfiguration ?? {
        MinimumInstanceMetadataServiceVersion: '1',
      },
      CreationTime: now,
      LastModifiedTime: now,
    },
  }
}
