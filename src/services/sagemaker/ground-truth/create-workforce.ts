import type { CreateWorkforceCommandInput, CreateWorkforceCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call, Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { workforces, type Workforce } from './workforce.ts'

type Input = Shape<CreateWorkforceCommandInput>

/** API_CreateWorkforce: "you can only create one private workforce per AWS Region"; by Cognito or by OIDC, never both. */
export const createWorkforce = operation<CreateWorkforceCommandInput, CreateWorkforceCommandOutput>(
  'sagemaker',
  'CreateWorkforce',
  {
    needs: (input, call) => toCreate(call, workforces.arn(call, input.WorkforceName), input.Tags),
    perform(input, permit) {
      const { call, world } = permit
      refuseNotBuilt('CreateWorkforce', { WorkforceVpcConfig: input.WorkforceVpcConfig })
      if (!input.CognitoConfig === !input.OidcConfig) {
        // inferred: sentence
        throw new AwsError('ValidationException', 'Exactly one of CognitoConfig and OidcConfig must be given.')
      }
      const workforce = newWorkforce(input, call, permit)
      world.store.transaction(() => {
        const [other] = workforces.all(world.store, call)
        if (other) {
          // inferred: sentence
          throw new AwsError(
            'ValidationException',
            `Only one private workforce is allowed in each AWS Region; ${other.arn} already exists.`,
          )
        }
        workforces.save(world.store, workforce)
        putTags(world.store, workforce.arn, input.Tags)
      })
      return { WorkforceArn: workforce.arn }
    },
  },
)

/** Without a VPC there is nothing to wait for: it is Active at once. */
export function newWorkforce(
  { WorkforceName, CognitoConfig, OidcConfig, SourceIpConfig, IpAddressType }: Omit<Input, 'Tags'>,
  { account, region, time }: Call,
  { world }: Permit,
): Workforce {
  const arn = workforces.arn({ account, region }, WorkforceName)
  const { ClientSecret: _, ...provider } = OidcConfig ?? { ClientSecret: undefined }
  return {
    account,
    region,
    name: WorkforceName,
    arn,
    description: {
      WorkforceName: WorkforceName,
      WorkforceArn: arn,
      LastUpdatedDate: time / 1000,
      SourceIpConfig: SourceIpConfig ?? { Cidrs: ['0.0.0.0/0'] },
      SubDomain: `${world.hex(10)}.labeling.${region}.sagemaker.aws`,
      ...(CognitoConfig && { CognitoConfig }),
      ...(OidcConfig && { OidcConfig: provider }),
      CreateDate: time / 1000,
      Status: 'Active',
      ...(IpAddressType && { IpAddressType }),
    },
  }
}
