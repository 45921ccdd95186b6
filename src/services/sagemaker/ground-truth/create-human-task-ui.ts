import { createHash } from 'node:crypto'
import type { CreateHumanTaskUiCommandInput, CreateHumanTaskUiCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { humanTaskUis } from './human-task-ui.ts'

export const createHumanTaskUi = operation<CreateHumanTaskUiCommandInput, CreateHumanTaskUiCommandOutput>(
  'sagemaker',
  'CreateHumanTaskUi',
  {
    needs: (input, call) => toCreate(call, humanTaskUis.arn(call, input.HumanTaskUiName), input.Tags),
    perform(input, { call, world }) {
      const { HumanTaskUiName: name, UiTemplate, Tags } = input
      const { account, region } = call
      const arn = humanTaskUis.arn(call, name)
      const template = UiTemplate.Content
      world.store.transaction(() => {
        if (humanTaskUis.find(world.store, call, name)) {
          // inferred: sentence
          throw new AwsError('ResourceInUse', `A human task UI with the name ${name} already exists (${arn}).`)
        }
        humanTaskUis.save(world.store, {
          account,
          region,
          name,
          arn,
          template,
          description: {
            HumanTaskUiArn: arn,
            HumanTaskUiName: name,
            HumanTaskUiStatus: 'Active',
            CreationTime: call.time / 1000,
            // Where AWS keeps the template is a bucket of its own, to which it gives a URL; here there is none.
            UiTemplate: { ContentSha256: createHash('sha256').update(template).digest('hex') },
          },
        })
        putTags(world.store, arn, Tags)
      })
      return { HumanTaskUiArn: arn }
    },
  },
)
