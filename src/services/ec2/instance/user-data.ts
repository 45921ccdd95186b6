import { AwsError } from '../../../wire/aws-error.ts'
import { invalidValue } from '../errors.ts'

/** EC2 User Guide, "User data": 16 KB before it is base64-encoded. */
const MOST = 16_384

/** User data as it is given, base64, once that was checked. */
export function givenUserData(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/\s/g, ''))) {
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')
  }
  if (Buffer.from(text, 'base64').length > MOST) throw invalidValue(`User data is limited to ${MOST} bytes`)
  return text
}
