import { boto3 } from './boto3.ts'
import { clientFlow } from './flow.ts'

clientFlow('boto3', boto3, 's3')
