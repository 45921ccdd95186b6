import type { UpdateWorkforceCommandInput, UpdateWorkforceCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { onResource } from '../resource-needs.ts'
import { workforces } from './workforce.ts'
import { workteams } from './workteam.ts'

/** API_UpdateWorkforce: the OIDC provider of a workforce that has one "and no work teams", and its addresses. */
export const updateWorkforce = operation<UpdateWorkforceCommandInput, UpdateWorkforceCommandOutput>(
  'sagemaker',
  'UpdateWorkforce',
  {
    needs: (input, call) => onResource(call, workforces.arn(call, input.WorkforceName)),
    perform(input, { call, world }) {
      const { account, region } = call
      refuseNotBuilt('UpdateWorkforce', { WorkforceVpcConfig: input.WorkforceVpcConfig })
      const at = { account, region, name: input.WorkforceName }
      const { description } = workforces.change(world.store, at, ({ arn, description: workforce }) => {
        if (input.OidcConfig) {
          const teams = workteams.all(world.store, call).some((team) => team.description.WorkforceArn === arn)
          if (teams || !workforce.OidcConfig) {
            // inferred: sentence
            throw new AwsError(
              'ValidationException',
              'OidcConfig can only be updated for a workforce that was created with an OIDC provider and has no work teams.',
            )
          }
          const { ClientSecret: _, ...provider } = input.OidcConfig
          workforce.OidcConfig = provider
        }
        if (input.SourceIpConfig) workforce.SourceIpConfig = input.SourceIpConfig
        if (input.IpAddressType) workforce.IpAddressType = input.IpAddressType
        workforce.LastUpdatedDate = call.time / 1000
      })
      return { Workforce: description }
    },
  },
)
