import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest } from '../wire/request.ts'
import { withHoistedHeaders } from './hoisted-headers.ts'

const signed = 'X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0'
const rows: [what: string, query: string, headers: Record<string, string>][] = [
  ['names in any case', `${signed}&X-Amz-Acl=private&x-amz-meta-A=1`, { 'x-amz-acl': 'private', 'x-amz-meta-a': '1' }],
  ['values decoded once', `${signed}&x-amz-tagging=a%3Db%2520c%26d%3D`, { 'x-amz-tagging': 'a=b%20c&d=' }],
  ['the first of two', `${signed}&x-amz-acl=private&x-amz-acl=public-read`, { 'x-amz-acl': 'private' }],
  ['not over a header', `${signed}&x-amz-meta-there=2`, {}],
  ['nothing of the signature', `${signed}&X-Amz-Security-Token=t&X-Amz-Content-Sha256=h&X-Amz-Date=d`, {}],
  ['no checksum', `${signed}&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32`, {}],
  ['but whether to answer one', `${signed}&x-amz-checksum-mode=ENABLED`, { 'x-amz-checksum-mode': 'ENABLED' }],
  ['no encryption', `${signed}&x-amz-server-side-encryption=aws%3Akms`, {}],
  ['no key of the client’s', `${signed}&x-amz-server-side-encryption-customer-key=k`, {}],
  ['only what begins so', `${signed}&content-type=text%2Fplain&xx-amz-acl=private`, {}],
  ['nothing where nobody signed', 'x-amz-acl=public-read', {}],
  ['nothing of signatures of version 2', 'AWSAccessKeyId=a&Signature=b&Expires=1&x-amz-acl=public-read', {}],
  ['nothing of other services', `${signed.replace('%2Fs3%2F', '%2Fsts%2F')}&x-amz-acl=private`, {}],
]

for (const [what, query, expected] of rows) {
  test(`a presigned URL says in its query what headers would: ${what}`, () => {
    const there = { host: 'h', 'x-amz-meta-there': '1' }
    const request: HttpRequest = {
      method: 'PUT',
      path: '/b/k',
      query,
      headers: new Map(Object.entries(there)),
      rawHeaders: [],
    }
    const heard = withHoistedHeaders(request)
    assert.deepEqual(Object.fromEntries(heard.headers), { ...there, ...expected })
    assert.deepEqual(Object.fromEntries(request.headers), there)
  })
}
