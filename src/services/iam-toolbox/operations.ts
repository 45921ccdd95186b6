import { getRequestAuthorizationDetails } from './get-request-authorization-details.ts'

/** Everything of IAM's toolbox that is built, by its AWS name. */
export const operations = {
  GetRequestAuthorizationDetails: getRequestAuthorizationDetails,
}
