import { clientFlow } from './flow.ts'
import { jsSdk } from './js-sdk.ts'

clientFlow('the AWS SDK for JavaScript', jsSdk, 's3')
