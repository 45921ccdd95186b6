import type { UpdateNotebookInstanceCommandInput, UpdateNotebookInstanceCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { onResource } from '../resource-needs.ts'
import { settleSoon } from '../settling.ts'
import { checkUpdateRequest, notebookKeys, secretNeeds } from './check-notebook-request.ts'
import type { UpdateRequest } from './check-notebook-request.ts'
import { notebookInstances, requireWayTo, setOut } from './notebook-instance.ts'
import type { NotebookDescription } from './notebook-instance.ts'
import { checkNotebookRole } from './notebook-role.ts'
import { settleNotebookInstance } from './settle-notebook-instance.ts'

/** Of an instance that is stopped; what is new holds from its next start (API_UpdateNotebookInstance). */
export const updateNotebookInstance = operation<
  UpdateNotebookInstanceCommandInput,
  UpdateNotebookInstanceCommandOutput
>('sagemaker', 'UpdateNotebookInstance', {
  needs(input, call) {
    const arn = notebookInstances.arn(call, input.NotebookInstanceName)
    return [
      ...onResource(call, arn, notebookKeys(input, call)),
      ...passesRole(call, input.RoleArn),
      ...secretNeeds(input, call),
    ]
  },
  async perform(input, { call, world }) {
    const notebook = notebookInstances.must(world.store, call, input.NotebookInstanceName)
    refuseForeignRole(call, input.RoleArn)
    requireWayTo('Updating', notebook)
    checkUpdateRequest(input, call, notebook.description.VolumeSizeInGB!)
    const { arn, account, region } = notebook
    if (input.RoleArn) await checkNotebookRole(world, { arn, account, region, roleArn: input.RoleArn })
    const changed = setOut(call, notebook.name, 'Updating', (description) => {
      checkUpdateRequest(input, call, description.VolumeSizeInGB!)
      apply(description, input)
    })
    settleSoon(world, changed, settleNotebookInstance)
    return {}
  },
})

function apply(description: NotebookDescription, request: UpdateRequest): void {
  const { LifecycleConfigName: config } = request
  const members = {
    ...withMembers(request),
    ...(config !== undefined && { NotebookInstanceLifecycleConfigName: config }),
  }
  Object.assign(description, members)
  if (request.DisassociateLifecycleConfig) delete description.NotebookInstanceLifecycleConfigName
  if (request.DisassociateAcceleratorTypes) delete description.AcceleratorTypes
  if (request.DisassociateDefaultCodeRepository) delete description.DefaultCodeRepository
  if (request.DisassociateAdditionalCodeRepositories) delete description.AdditionalCodeRepositories
}

/** Members of the request that the description has under the same name. */
function withMembers(request: UpdateRequest): Partial<NotebookDescription> {
  const {
    NotebookInstanceName: _name,
    LifecycleConfigName: _config,
    DisassociateLifecycleConfig: _noConfig,
    DisassociateAcceleratorTypes: _noTypes,
    DisassociateDefaultCodeRepository: _noDefault,
    DisassociateAdditionalCodeRepositories: _noMore,
    ...same
  } = request
  return same
}
