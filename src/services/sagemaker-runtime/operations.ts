import type { InvokeEndpointCommandInput, InvokeEndpointCommandOutput } from '@aws-sdk/client-sagemaker-runtime'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { sagemakerArn } from '../sagemaker/arns.ts'

/** Endpoints cannot be created yet (CreateEndpoint answers 501): every name is one that AWS would not find (facts: errors.md A10). */
const invokeEndpoint = operation<InvokeEndpointCommandInput, InvokeEndpointCommandOutput>(
  'sagemaker-runtime',
  'InvokeEndpoint',
  {
    needs: (input, call) => [
      need('sagemaker:InvokeEndpoint', sagemakerArn(call, 'endpoint', input.EndpointName), {
        context: input.TargetModel ? { 'sagemaker:TargetModel': input.TargetModel } : {},
      }),
    ],
    perform(input, { call }) {
      throw new AwsError('ValidationError', `Endpoint ${input.EndpointName} of account ${call.account} not found.`, 400)
    },
  },
)

export const operations = { InvokeEndpoint: invokeEndpoint }
