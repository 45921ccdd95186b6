import { errorStyle } from '../wire/identify.ts'
import type { HttpRequest } from '../wire/request.ts'

/** What only browsers send to S3, and what only they want to hear. Light: it is asked of every request. */

/** A form's upload: `POST /bucket`, of a form that has a file. */
export function isPostObject({ method, headers }: HttpRequest): boolean {
  if (method !== 'POST' || headers.has('authorization') || headers.has('x-amz-target')) return false
  return headers.get('content-type')?.toLowerCase().startsWith('multipart/form-data') === true
}

/** A preflight to S3. */
export function isPreflight(request: HttpRequest): boolean {
  return request.method === 'OPTIONS' && errorStyle(request).service === 's3'
}

/** Whose answer a page of another origin may want to read. */
export function isCrossOrigin(request: HttpRequest): boolean {
  return request.headers.has('origin') && request.method !== 'OPTIONS' && errorStyle(request).service === 's3'
}
