import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AwsError } from '../../../wire/aws-error.ts'
import { failureReason } from './failure-reason.ts'

const encoded = (length: number) => ` Encoded authorization failure message: ${'x'.repeat(length)}`
const told = 'You are not authorized to perform this operation.'
const who = ' User: u is not authorized to perform: ec2:CreateNetworkInterface because no policy allows it.'
const head =
  'Unable to create or start a notebook instance that can access resources in your VPC. Please check if you have ec2:CreateNetworkInterface permission. '
const tail = ' (Service: AmazonEC2; Status Code: 403; Error Code: UnauthorizedOperation; Request ID: r; Proxy: null)'

/** What of EC2's message is kept, by the length of its encoded part. */
const cases: { length: number; kept: string }[] = [
  { length: 300, kept: told + who + encoded(300) + tail },
  { length: 650, kept: told + encoded(650) + tail },
  { length: 780, kept: told + encoded(780) },
  { length: 2000, kept: told + tail },
]

describe('FailureReason', () => {
  for (const { length, kept } of cases) {
    it(`of an encoded message of ${length} characters keeps ${kept.length} of EC2's`, () => {
      const error = new AwsError('UnauthorizedOperation', told + who + encoded(length), 403)
      error.requestId = 'r'
      const reason = failureReason('ec2', 'CreateNetworkInterface', error)
      assert.equal(reason, head + kept)
      assert.ok(reason.length <= 1024)
    })
  }

  it('speaks of a permission only where one lacks', () => {
    const error = new AwsError('InvalidSubnetID.NotFound', "The subnet ID 'subnet-x' does not exist")
    assert.doesNotMatch(failureReason('ec2', 'DescribeSubnets', error), /permission/)
  })
})
