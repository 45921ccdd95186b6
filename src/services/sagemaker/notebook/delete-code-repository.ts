import type { DeleteCodeRepositoryCommandInput, DeleteCodeRepositoryCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { codeRepositories } from './code-repository.ts'

/** "Deletes the specified Git repository from your account": SageMaker's entry of it, that is. */
export const deleteCodeRepository = operation<DeleteCodeRepositoryCommandInput, DeleteCodeRepositoryCommandOutput>(
  'sagemaker',
  'DeleteCodeRepository',
  {
    needs: (input, call) => onResource(call, codeRepositories.arn(call, input.CodeRepositoryName)),
    perform(input, { call, world }) {
      deleteResource(world.store, codeRepositories, call, input.CodeRepositoryName)
      return {}
    },
  },
)
