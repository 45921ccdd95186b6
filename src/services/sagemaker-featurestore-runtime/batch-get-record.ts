import type { Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { groupAt } from '../sagemaker/feature-store/feature-group.ts'
import type { FeatureValue } from '../sagemaker/feature-store/record.ts'
import { onResource } from '../sagemaker/resource-needs.ts'
import { expiryText, keyFor, mustBeOnline, mustHaveGroup, readRecord } from './online-store.ts'

interface Identifier {
  FeatureGroupName: string
  RecordIdentifiersValueAsString: string[]
  FeatureNames?: string[]
}

interface Input {
  Identifiers: Identifier[]
  ExpirationTimeResponse?: 'Enabled' | 'Disabled'
}

interface Output {
  Records: {
    FeatureGroupName: string
    RecordIdentifierValueAsString: string
    Record: FeatureValue[]
    ExpiresAt?: string
  }[]
  Errors: {
    FeatureGroupName: string
    RecordIdentifierValueAsString: string
    ErrorCode: string
    ErrorMessage: string
  }[]
  UnprocessedIdentifiers: Identifier[]
}

/** API_feature_store_BatchGetRecord: each group is asked for once; what fails of one does not fail the others. */
export const batchGetRecord = operation<Input, Output>('sagemaker-featurestore-runtime', 'BatchGetRecord', {
  needs(input, call) {
    const arns = new Set(input.Identifiers.map(({ FeatureGroupName }) => groupAt(FeatureGroupName, call).arn))
    return [...arns].flatMap((arn) => onResource(call, arn))
  },
  async perform(input, permit) {
    const output: Output = { Records: [], Errors: [], UnprocessedIdentifiers: [] }
    for (const identifier of input.Identifiers) await read(permit, input, identifier, output)
    return output
  },
})

async function read(permit: Permit, input: Input, identifier: Identifier, output: Output): Promise<void> {
  const { FeatureGroupName, RecordIdentifiersValueAsString: asked, FeatureNames } = identifier
  try {
    const group = mustBeOnline(mustHaveGroup(permit.call, FeatureGroupName, ['ResourceNotFound', 404]))
    const key = await keyFor(permit, group)
    for (const RecordIdentifierValueAsString of asked) {
      const found = readRecord(permit, group, key, RecordIdentifierValueAsString, FeatureNames)
      if (!found) continue
      output.Records.push({
        FeatureGroupName,
        RecordIdentifierValueAsString,
        Record: found.record,
        ...(input.ExpirationTimeResponse === 'Enabled' &&
          found.expiresAt !== undefined && { ExpiresAt: expiryText(found.expiresAt) }),
      })
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const { code: ErrorCode, message: ErrorMessage } = error
    for (const RecordIdentifierValueAsString of asked) {
      output.Errors.push({ FeatureGroupName, RecordIdentifierValueAsString, ErrorCode, ErrorMessage })
    }
  }
}
