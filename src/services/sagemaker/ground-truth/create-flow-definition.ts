import type { CreateFlowDefinitionCommandInput, CreateFlowDefinitionCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { putTags } from '../tags.ts'
import { flowDefinitions, settleFlowDefinition, type FlowDefinition } from './flow-definition.ts'
import { checkTaskUi } from './task-ui.ts'
import { mustHaveWorkteam, workteamKeys } from './workteam.ts'

type Input = Shape<CreateFlowDefinitionCommandInput>

/** Order of the checks: facts errors.md B2. */
export const createFlowDefinition = operation<CreateFlowDefinitionCommandInput, CreateFlowDefinitionCommandOutput>(
  'sagemaker',
  'CreateFlowDefinition',
  {
    needs: (input, call) => [
      ...toCreate(
        call,
        flowDefinitions.arn(call, input.FlowDefinitionName),
        input.Tags,
        workteamKeys(input.HumanLoopConfig?.WorkteamArn),
      ),
      ...passesRole(call, input.RoleArn),
    ],
    async perform(input, permit) {
      const { call, world } = permit
      const { account, region } = call
      const { FlowDefinitionName: name, RoleArn: roleArn, Tags, ...rest } = input
      const arn = flowDefinitions.arn(call, name)
      refuseForeignRole(call, roleArn)
      checkRequest(input, permit)
      refuseTaken(permit, name, arn)
      await checkTrust(new Acting(world, { roleArn, arn, account, region }), roleArn)

      const definition: FlowDefinition = {
        account,
        region,
        name,
        arn,
        description: {
          FlowDefinitionArn: arn,
          FlowDefinitionName: name,
          FlowDefinitionStatus: 'Initializing',
          CreationTime: call.time / 1000,
          ...rest,
          RoleArn: roleArn,
        },
      }
      world.store.transaction(() => {
        refuseTaken(permit, name, arn)
        flowDefinitions.save(world.store, definition)
        putTags(world.store, arn, Tags)
        putUnsettled(world.store, definition)
      })
      settleSoon(world, definition, settleFlowDefinition)
      return { FlowDefinitionArn: arn }
    },
  },
)

/** inferred: sentence */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (flowDefinitions.find(world.store, call, name)) {
    throw new AwsError('ResourceInUse', `A flow definition with the name ${name} already exists (${arn}).`)
  }
}

function checkRequest(input: Input, { call, world }: Permit): void {
  parseS3Uri(input.OutputConfig.S3OutputPath)
  const { HumanLoopConfig: loop, HumanLoopActivationConfig: activation } = input
  if (activation) {
    // inferred: sentences
    if (!input.HumanLoopRequestSource) {
      throw new AwsError('ValidationException', 'HumanLoopActivationConfig needs a HumanLoopRequestSource.')
    }
    const conditions: unknown = activation.HumanLoopActivationConditionsConfig?.HumanLoopActivationConditions
    if (typeof conditions === 'string' && !isJson(conditions)) {
      throw new AwsError('ValidationException', 'HumanLoopActivationConditions is not a valid JSON object.')
    }
  }
  if (!loop) return
  mustHaveWorkteam(world.store, call, loop.WorkteamArn)
  checkTaskUi(world.store, call, loop.HumanTaskUiArn)
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
