import type { CreateNotebookInstanceCommandInput, UpdateNotebookInstanceCommandInput } from '@aws-sdk/client-sagemaker'
import { need, type Call, type Need } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { codeRepositories } from './code-repository.ts'
import { lifecycleConfigs } from './lifecycle-config.ts'

export type CreateRequest = Shape<CreateNotebookInstanceCommandInput>
export type UpdateRequest = Shape<UpdateNotebookInstanceCommandInput>

/** Members that both requests have. */
type Common = Pick<UpdateRequest, 'LifecycleConfigName' | 'DefaultCodeRepository' | 'AdditionalCodeRepositories'>

/** Rules between members, which the model cannot state (API_CreateNotebookInstance). inferred: sentences */
export function checkCreateRequest(input: CreateRequest, call: Call): void {
  if (input.SecurityGroupIds?.length && !input.SubnetId) refuse('SecurityGroupIds requires SubnetId.')
  if (input.IpAddressType === 'dualstack' && !input.SubnetId) refuse('IpAddressType dualstack requires SubnetId.')
  if (input.DirectInternetAccess === 'Disabled' && !input.SubnetId) {
    refuse('DirectInternetAccess can be set to Disabled only if SubnetId is specified.')
  }
  checkReferences(input, call)
}

/** Rules between members, and with what is there (API_UpdateNotebookInstance). inferred: sentences */
export function checkUpdateRequest(input: UpdateRequest, call: Call, volumeSize: number): void {
  const both: [unknown, boolean | undefined, string][] = [
    [input.LifecycleConfigName, input.DisassociateLifecycleConfig, 'LifecycleConfig'],
    [input.AcceleratorTypes, input.DisassociateAcceleratorTypes, 'AcceleratorTypes'],
    [input.DefaultCodeRepository, input.DisassociateDefaultCodeRepository, 'DefaultCodeRepository'],
    [input.AdditionalCodeRepositories, input.DisassociateAdditionalCodeRepositories, 'AdditionalCodeRepositories'],
  ]
  for (const [given, disassociated, what] of both) {
    if (given !== undefined && disassociated) refuse(`You cannot both specify and disassociate ${what}.`)
  }
  if (input.VolumeSizeInGB !== undefined && input.VolumeSizeInGB < volumeSize) {
    refuse(`VolumeSizeInGB can only be increased: it is ${volumeSize} and ${input.VolumeSizeInGB} was requested.`)
  }
  checkReferences(input, call)
}

function checkReferences(input: Common, call: Call): void {
  const { store } = call.world
  if (input.LifecycleConfigName) lifecycleConfigs.must(store, call, input.LifecycleConfigName)
  const repositories = repositoriesOf(input)
  if (new Set(repositories).size < repositories.length) refuse('Code repositories must be unique.')
  for (const one of repositories) if (isName(one)) codeRepositories.must(store, call, one)
}

const repositoriesOf = ({ DefaultCodeRepository: one, AdditionalCodeRepositories: more = [] }: Common) =>
  one === undefined ? more : [one, ...more]

/** Else it is the URL of one. */
const isName = (repository: string) => !repository.startsWith('https://')

/** The caller reads the secrets of the code repositories that it names (API permissions reference; facts: errors.md B1). */
export function secretNeeds(input: Common, call: Call): Need[] {
  return repositoriesOf(input)
    .filter(isName)
    .flatMap((name) => codeRepositories.find(call.world.store, call, name)?.description.GitConfig?.SecretArn ?? [])
    .map((secret) => need('secretsmanager:GetSecretValue', secret))
}

/** SageMaker's condition keys of both requests (facts: errors.md B5); what is not asked for has no key here. */
export function notebookKeys(
  input: Pick<
    UpdateRequest,
    'AcceleratorTypes' | 'InstanceType' | 'InstanceMetadataServiceConfiguration' | 'LifecycleConfigName' | 'RootAccess'
  >,
  call: Call,
): ContextValues {
  const { LifecycleConfigName: config, InstanceMetadataServiceConfiguration: metadata } = input
  const keys: Record<string, string | readonly string[] | undefined> = {
    'sagemaker:AcceleratorTypes': input.AcceleratorTypes?.length ? input.AcceleratorTypes : undefined,
    'sagemaker:InstanceTypes': input.InstanceType && [input.InstanceType],
    'sagemaker:MinimumInstanceMetadataServiceVersion': metadata?.MinimumInstanceMetadataServiceVersion,
    'sagemaker:NotebookInstanceLifecycleConfigArns': config ? [lifecycleConfigs.arn(call, config)] : undefined,
    'sagemaker:RootAccess': input.RootAccess,
  }
  return given(keys)
}

/** Keys that have a value. */
export function given(keys: Readonly<Record<string, string | readonly string[] | undefined>>): ContextValues {
  return Object.fromEntries(
    Object.entries(keys).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined),
  )
}

function refuse(sentence: string): never {
  throw new AwsError('ValidationException', sentence)
}
