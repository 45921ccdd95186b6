import { AwsError } from '../../src/wire/aws-error.ts'

/** What a call through the door is refused with. Fails the test when it is not refused. */
export async function refused(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('the call was not refused')
}
