import type { UpdateCodeRepositoryCommandInput, UpdateCodeRepositoryCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { codeRepositories } from './code-repository.ts'

/** Nothing but the secret can be changed (API_UpdateCodeRepository). */
export const updateCodeRepository = operation<UpdateCodeRepositoryCommandInput, UpdateCodeRepositoryCommandOutput>(
  'sagemaker',
  'UpdateCodeRepository',
  {
    needs: (input, call) => onResource(call, codeRepositories.arn(call, input.CodeRepositoryName)),
    perform(input, { call, world: { store } }) {
      const { arn } = codeRepositories.change(
        store,
        { account: call.account, region: call.region, name: input.CodeRepositoryName },
        ({ description }) => {
          const secret = input.GitConfig?.SecretArn
          if (secret) description.GitConfig!.SecretArn = secret
          description.LastModifiedTime = call.time / 1000
        },
      )
      return { CodeRepositoryArn: arn }
    },
  },
)
