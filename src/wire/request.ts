/** A request as it came, before anything was decoded: signatures are made over these very bytes. */
export interface HttpRequest {
  readonly method: string
  /** Raw and undecoded, without the query. */
  readonly path: string
  /** Raw, without the question mark; empty when there is none. */
  readonly query: string
  /** Lower-cased names; the values of a repeated header are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
  /** As node:http gives them: name, value, name, value … */
  readonly rawHeaders: readonly string[]
}

/** An answer before it is written to the socket. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body?: string | Buffer | import('node:stream').Readable
}
