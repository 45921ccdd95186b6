/**
 * What S3 refuses, and how it says so (S3 API Reference, "List of error codes" and the errors of each operation; sentences as
 * clients quote them). `{…}` stands for what the set-up made.
 */
export interface Row {
  /** `METHOD /path?query`, as it is sent. */
  ask: string
  status: number
  /** None: an answer to HEAD, or 304. */
  code?: string
  message?: string | RegExp
  /** Elements beside Code, Message, RequestId and HostId: these and no others. */
  fields?: Record<string, string | RegExp>
  /** Headers of the answer. */
  answers?: Record<string, string>
  headers?: Record<string, string>
  body?: string
  /** Default: admin. */
  as?: 'nobody' | 'outsider' | 'powerless'
  region?: string
  /** Signed so many milliseconds ago. */
  ago?: number
  /** Headers that change after the request was signed. */
  tamper?: Record<string, string>
  host?: string
}

export const malformed = 'The XML you provided was not well-formed or did not validate against our published schema'
export const notAllowed = 'The specified method is not allowed against this resource.'
export const noKey = 'The specified key does not exist.'
export const noBucket = 'The specified bucket does not exist'
export const noUpload =
  'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.'
export const precondition = 'At least one of the pre-conditions you specified did not hold'
export const md5 = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }
export const xml = (name: string, content: string) =>
  `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`
export const acl = (permission: string, id: string) =>
  `<Owner><ID>{owner}</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${id && `<ID>${id}</ID>`}</Grantee><Permission>${permission}</Permission></Grant></AccessControlList>`
export const expiring = (where: string) =>
  `<Rule>${where}<Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>`
export const missing = (
  ask: string,
  code: string,
  message: string,
  fields: Row['fields'] = { BucketName: 'errors' },
): Row => ({
  ask,
  status: 404,
  code,
  message,
  fields,
})
export const argument = (
  ask: string,
  message: string | RegExp,
  name: string,
  value: string,
  more: Partial<Row> = {},
): Row => ({
  ask,
  status: 400,
  code: 'InvalidArgument',
  message,
  fields: { ArgumentName: name, ArgumentValue: value },
  ...more,
})
export const methodNot = (ask: string, type: string): Row => ({
  ask,
  status: 405,
  code: 'MethodNotAllowed',
  message: notAllowed,
  fields: { Method: ask.split(' ')[0]!, ResourceType: type },
})
