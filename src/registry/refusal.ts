import { AwsError } from '../wire/aws-error.ts'
import type { HttpAnswer } from '../wire/request.ts'

/** A refusal that only this protocol knows: its code and status, beside ECR's words. */
export class RegistryRefusal extends Error {
  readonly code: string
  readonly status: number
  readonly headers: Record<string, string>

  constructor(code: string, message: string, status: number, headers: Record<string, string> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.headers = headers
  }
}

/** Of a token that is not good (token-holder.ts). */
export const DENIED = 'DENIED'

/** The protocol's own word where ECR has none of its own (distribution specification, "Error Codes"). */
export const unsupported = () => new RegistryRefusal('UNSUPPORTED', 'The operation is unsupported.', 405)

export const manifestUnknown = (reason: string) => new RegistryRefusal('MANIFEST_UNKNOWN', reason, 404)

/**
 * What ECR's errors become in docker's protocol: code and status. Seen at ECR: DENIED, NAME_UNKNOWN (`name unknown: The
 * repository with name …`), MANIFEST_UNKNOWN and TAG_INVALID; inferred: the others, by the specification's table.
 */
const codes: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDenied: ['DENIED', 403],
  AccessDeniedException: ['DENIED', 403],
  KmsException: ['DENIED', 403],
  RepositoryNotFoundException: ['NAME_UNKNOWN', 404],
  ImageTagAlreadyExistsException: ['TAG_INVALID', 400],
  ImageDigestDoesNotMatchException: ['DIGEST_INVALID', 400],
  LayersNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 400],
  ReferencedImagesNotFoundException: ['MANIFEST_BLOB_UNKNOWN', 400],
  UploadNotFoundException: ['BLOB_UPLOAD_UNKNOWN', 404],
  EmptyUploadException: ['BLOB_UPLOAD_INVALID', 400],
  InvalidLayerException: ['DIGEST_INVALID', 400],
  InvalidLayerPartException: ['RANGE_INVALID', 416],
  LayerPartTooSmallException: ['SIZE_INVALID', 400],
  LimitExceededException: ['TOOMANYREQUESTS', 429],
  RequestEntityTooLarge: ['SIZE_INVALID', 413],
  InternalFailure: ['UNKNOWN', 500],
}

/** Of a parameter that breaks its constraint it is the parameter that tells. */
const parameters: readonly [RegExp, string][] = [
  [/^Invalid parameter at '(?:repositoryName|fromRepositoryName)'/i, 'NAME_INVALID'],
  [/^Invalid parameter at '(?:imageManifest|imageManifestMediaType)'/i, 'MANIFEST_INVALID'],
  [/^Invalid parameter at 'imageTag'/i, 'TAG_INVALID'],
  [/^Invalid parameter at '(?:imageDigest|layerDigest|subjectId)/i, 'DIGEST_INVALID'],
]

/** `{"errors":[{"code":"DENIED","message":"User: … is not authorized to perform: …"}]}` */
export function refusalAnswer(error: RegistryRefusal | AwsError): HttpAnswer {
  const { code, status, headers } = error instanceof AwsError ? translated(error) : error
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify({ errors: [{ code, message: error.message }] })}\n`,
  }
}

function translated(error: AwsError): Pick<RegistryRefusal, 'code' | 'status' | 'headers'> {
  const known = codes[error.code]
  if (known) return { code: known[0], status: known[1], headers: {} }
  if (error.code === DENIED) return { code: DENIED, status: error.status, headers: {} }
  const parameter =
    error.code === 'InvalidParameterException' ? parameters.find(([form]) => form.test(error.message)) : undefined
  return { code: parameter?.[1] ?? 'UNSUPPORTED', status: error.status, headers: {} }
}
