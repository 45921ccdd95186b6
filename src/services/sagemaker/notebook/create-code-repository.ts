import type { CreateCodeRepositoryCommandInput, CreateCodeRepositoryCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { codeRepositories } from './code-repository.ts'

/** A record of where a Git repository is; nothing is fetched before a notebook is opened. */
export const createCodeRepository = operation<CreateCodeRepositoryCommandInput, CreateCodeRepositoryCommandOutput>(
  'sagemaker',
  'CreateCodeRepository',
  {
    needs: (input, call) => toCreate(call, codeRepositories.arn(call, input.CodeRepositoryName), input.Tags),
    perform(input, { call, world: { store } }) {
      const { account, region } = call
      const { CodeRepositoryName: name, GitConfig } = input
      const arn = codeRepositories.arn(call, name)
      const now = call.time / 1000
      store.transaction(() => {
        if (codeRepositories.find(store, call, name)) {
          // inferred: sentence
          throw new AwsError('ValidationException', `Cannot create already existing code repository "${arn}".`)
        }
        const description = {
          CodeRepositoryName: name,
          CodeRepositoryArn: arn,
          GitConfig,
          CreationTime: now,
          LastModifiedTime: now,
        }
        codeRepositories.save(store, { account, region, name, arn, description })
        putTags(store, arn, input.Tags)
      })
      return { CodeRepositoryArn: arn }
    },
  },
)
