/** AWS's own managed policies are the largest sample of policies that work: what is an error there is probably ours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lint } from '../../src/policy/policy.ts'
import { managedPolicyArns, managedPolicyText } from '../../src/services/iam/managed-policies.ts'
import { serviceReference } from '../../src/services/iam/service-reference.ts'

/** Errors that AWS's policies do have, each seen to be one, or a thing that its reference does not document. */
const justified = new Set([
  // Services that were closed (DeepRacer, IoT 1-Click, Mobile Hub, WorkDocs as Zocalo), and actions that are not documented.
  'INVALID_ACTION',
  'INVALID_SERVICE',
  'INVALID_SERVICE_IN_ACTION',
  // `events:detail-type` has many values in the reference.
  'MISSING_QUALIFIER',
  // `lakeformation:GlueARN`.
  'INVALID_SERVICE_CONDITION_KEY',
  // `arn:aws:states:*:*:statemachine:…`, `arn:*:kms:*:::*`, `arn:aws:sagemaker:*:*:endpointconfig/*`: they match nothing.
  'INVALID_ARN_RESOURCE',
  'MISSING_ARN_ACCOUNT',
  // `ec2:DescribeInstances` by a tag: never allowed.
  'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
  // The three root task policies name `arn:aws:iam::*:root`, which IAM does not let customers do.
  'MALFORMED_POLICY_DOCUMENT',
])

test('AWS-managed policies have few errors, and only such as are theirs', () => {
  const reference = serviceReference()
  const arns = managedPolicyArns()
  const wrong: string[] = []
  let policies = 0
  for (const arn of arns) {
    const errors = lint(managedPolicyText(arn)!, { reference }).filter(({ severity }) => severity === 'ERROR')
    if (errors.length > 0) policies++
    for (const { code, path, message } of errors) {
      if (!justified.has(code)) wrong.push(`${arn} ${path} ${code} ${message}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(policies < arns.length * 0.07, `${policies} of ${arns.length} policies have errors`)
})
