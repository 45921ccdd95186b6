import type { CreateLabelingJobCommandInput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { accountOf } from '../arns.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { checkTaskUi } from './task-ui.ts'
import { mustHaveWorkteam } from './workteam.ts'

type Input = Shape<CreateLabelingJobCommandInput>

/** Rules between members, and what names others' resources. Sentences inferred. */
export function checkLabelingRequest(input: Input, { call, world }: Permit): void {
  const { InputConfig, OutputConfig, HumanTaskConfig: task } = input
  const source = InputConfig.DataSource
  const prepares = task.PreHumanTaskLambdaArn
  refuseNotBuilt('CreateLabelingJob', {
    LabelingJobAlgorithmsConfig: input.LabelingJobAlgorithmsConfig,
    'InputConfig.DataSource.SnsDataSource': source.SnsDataSource,
    'OutputConfig.SnsTopicArn': OutputConfig.SnsTopicArn,
    // Lambda is not served: a function of one's own cannot be invoked, and those who label would not see what it makes.
    'HumanTaskConfig.PreHumanTaskLambdaArn of a function of your own': prepares && !isBuiltIn(prepares, call.account),
    'HumanTaskConfig.PublicWorkforceTaskPrice': task.PublicWorkforceTaskPrice,
  })
  if (!source.S3DataSource) invalid('InputConfig.DataSource must have an S3DataSource or an SnsDataSource.')
  const { UiTemplateS3Uri: template, HumanTaskUiArn: ui } = task.UiConfig
  if (!template === !ui) invalid('UiConfig must have exactly one of UiTemplateS3Uri and HumanTaskUiArn.')
  for (const uri of [source.S3DataSource.ManifestS3Uri, OutputConfig.S3OutputPath, template]) {
    if (uri !== undefined) parseS3Uri(uri)
  }
  if (input.LabelCategoryConfigS3Uri !== undefined) parseS3Uri(input.LabelCategoryConfigS3Uri)
  // API_CreateLabelingJob, LabelAttributeName: "can't end with "-metadata"".
  if (input.LabelAttributeName.endsWith('-metadata')) invalid("LabelAttributeName can't end with '-metadata'.")
  mustHaveWorkteam(world.store, call, task.WorkteamArn)
  if (ui !== undefined) checkTaskUi(world.store, call, ui)
}

/**
 * AWS's functions for its own task types hand each data object on as it is (API_HumanTaskConfig, PreHumanTaskLambdaArn:
 * `arn:aws:lambda:us-east-1:432418664414:function:PRE-BoundingBox`), which asks the role for nothing.
 */
const isBuiltIn = (arn: string, account: string): boolean =>
  accountOf(arn) !== account && (arn.split(':', 7)[6] ?? '').startsWith('PRE-')

function invalid(message: string): never {
  throw new AwsError('ValidationException', message)
}
