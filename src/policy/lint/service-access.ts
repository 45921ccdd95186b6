/** Conditions of single services that do not do what they seem to. */
import type { Desk, StatementCheck } from './report.ts'
import { isNegated } from './view.ts'
import type { Statement } from './view.ts'

export const serviceAccessChecks: readonly StatementCheck[] = [dynamodbAttributes, s3Prefix]

/** A read without a projection returns whole items, and asks for no attributes. */
function dynamodbAttributes({ effect, clauses }: Statement, { report }: Desk): void {
  const attributes = clauses.find(({ lowerCasedKey }) => lowerCasedKey === 'dynamodb:attributes')
  const selects = clauses.some(({ lowerCasedKey }) => lowerCasedKey === 'dynamodb:select')
  if (attributes && !selects && effect === 'Allow')
    report('DYNAMODB_ATTRIBUTES_WITHOUT_SELECT', attributes.path, {}, { atKey: true })
}

/** A shorter prefix lists the same objects, and does not match. */
function s3Prefix({ effect, clauses }: Statement, { report }: Desk): void {
  for (const { name, lowerCasedKey, path } of clauses) {
    if (lowerCasedKey !== 's3:prefix' || !name?.base.startsWith('String')) continue
    if ((effect === 'Deny') !== isNegated(name)) report('S3_PREFIX_IN_NEGATIVE_CONTEXT', path, {}, { atKey: true })
  }
}
