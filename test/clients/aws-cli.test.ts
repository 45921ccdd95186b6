import { awsCli } from './aws-cli.ts'
import { clientFlow } from './flow.ts'

clientFlow('the AWS CLI', awsCli, 'default')
