/** A real AWS client, whichever: the same flow runs on each (flow.ts). Members are named as the API's own models name them. */
export interface ApiClient {
  readonly name: string
  /** One operation; rejects with ClientError. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  call(service: string, operation: string, input?: object): Promise<any>
  /** By the client's own way of moving files. */
  upload(path: string, bucket: string, key: string): Promise<void>
  download(bucket: string, key: string, path: string): Promise<void>
  /** By the client's own waiter, until the job is over. */
  waitForJob(name: string): Promise<void>
  close(): Promise<void>
}

/** An answer of the service that is no success, as the client tells it. */
export class ClientError extends Error {
  readonly code: string
  /** Where the client tells it. */
  readonly requestId: string

  constructor(code: string, message: string, requestId = '') {
    super(message)
    this.code = code
    this.requestId = requestId
  }
}

/** What a call is refused with. Fails the test when it is not refused. */
export async function refusal(call: Promise<unknown>): Promise<ClientError> {
  try {
    await call
  } catch (error) {
    if (error instanceof ClientError) return error
    throw error
  }
  throw new Error('the call was not refused')
}

/** The refusal as tests compare it. */
export async function refused(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  const { code, message } = await refusal(call)
  return { code, message }
}
