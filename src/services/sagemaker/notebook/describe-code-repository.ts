import type { DescribeCodeRepositoryCommandInput, DescribeCodeRepositoryCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { codeRepositories } from './code-repository.ts'

export const describeCodeRepository = operation<
  DescribeCodeRepositoryCommandInput,
  DescribeCodeRepositoryCommandOutput
>('sagemaker', 'DescribeCodeRepository', {
  needs: (input, call) => onResource(call, codeRepositories.arn(call, input.CodeRepositoryName)),
  perform: (input, { call, world }) => codeRepositories.must(world.store, call, input.CodeRepositoryName).description,
})
