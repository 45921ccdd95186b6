/**
 * An answer to the caller: AWS's code, HTTP status and words (facts: errors.md A1).
 * Anything else that is thrown is our own bug and becomes a 500 with a trace id.
 */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  /** Members beside code and message, e.g. S3's `BucketName`, ECR's modelled fields. */
  readonly fields: Record<string, string>
  /** Headers of its own, which S3's answers to HEAD have nothing else to say it with. */
  headers: Record<string, string> = {}
  /** Request id of the call that it answers, once the door has recorded it. */
  requestId?: string
  /** Request id of an inner call whose refusal led to this one. */
  causedBy?: string

  constructor(code: string, message: string, status = 400, fields: Record<string, string> = {}) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.fields = fields
  }
}
