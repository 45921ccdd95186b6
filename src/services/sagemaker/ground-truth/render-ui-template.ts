import type { RenderUiTemplateCommandInput, RenderUiTemplateCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { humanTaskUis } from './human-task-ui.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { grantReadAccess } from './grant-read-access.ts'
import { LiquidError } from './liquid/lexer.ts'
import { renderLiquid } from './liquid/liquid.ts'
import { checkTaskUi } from './task-ui.ts'

type Output = Shape<RenderUiTemplateCommandOutput>

/**
 * API_RenderUiTemplate: "Renders the UI template so that you can preview the worker's experience." It has no resource
 * (Service Authorization Reference). The role "has access to the S3 objects that are used by the template".
 */
export const renderUiTemplate = operation<RenderUiTemplateCommandInput, RenderUiTemplateCommandOutput>(
  'sagemaker',
  'RenderUiTemplate',
  {
    needs: (input, call) => [
      need('sagemaker:RenderUiTemplate', '*', { shownAs: null }),
      ...passesRole(call, input.RoleArn),
    ],
    async perform(input, { call, world }) {
      const { RoleArn: roleArn, UiTemplate: given, HumanTaskUiArn: ui } = input
      const { account, region } = call
      refuseForeignRole(call, roleArn)
      if (!given === !ui) {
        // inferred: sentence
        throw new AwsError('ValidationException', 'Exactly one of UiTemplate and HumanTaskUiArn must be given.')
      }
      const task = taskOf(input.Task.Input)
      const template = given?.Content ?? checkTaskUi(world.store, call, ui!).template
      // inferred: AWS does not tell for which ARN the role is assumed.
      const arn = ui ?? humanTaskUis.arn(call, '*')
      const acting = new Acting(world, { roleArn, arn, account, region })
      await checkTrust(acting, roleArn)
      const { credentials } = await acting.session()
      return rendered(template, task, grantReadAccess(call, credentials))
    },
  },
)

function taskOf(input: string): unknown {
  try {
    return JSON.parse(input)
  } catch {
    throw new AwsError('ValidationException', 'Task.Input is not a valid JSON object.') // inferred: sentence
  }
}

/** What is wrong with a template is told in the answer. inferred: its code. */
function rendered(template: string, task: unknown, grant_read_access: (value: unknown) => string): Output {
  try {
    return { RenderedContent: renderLiquid(template, { task: { input: task } }, { grant_read_access }), Errors: [] }
  } catch (error) {
    if (!(error instanceof LiquidError)) throw error
    const where = error.line > 0 ? ` (line ${error.line})` : ''
    return {
      RenderedContent: '',
      Errors: [{ Code: 'TemplateRenderingError', Message: `Liquid error${where}: ${error.message}` }],
    }
  }
}
