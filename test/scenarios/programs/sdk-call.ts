/** One call by the AWS SDK for JavaScript, with nothing set but patience: `sdk-call.ts SERVICE OPERATION JSON`; tells how it ended, as JSON. */
const [service, operation, given] = process.argv.slice(2) as [string, string, string]
const sdk = await import(`@aws-sdk/client-${service}`)
const Client = Object.values(sdk).find(
  (one: any) => /^[A-Z]\w+Client$/.test(one?.name ?? '') && one.name !== '__Client',
) as any
const connectionTimeout = 1000 * Number(process.env['PATIENCE'])
const client = new Client({ maxAttempts: 1, requestHandler: { connectionTimeout, requestTimeout: 30_000 } })

const codes: Record<string, string> = {
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no answer to its question',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
}

function told(error: any): object {
  const { name, message, code, $metadata } = error
  if (name === 'TimeoutError' || codes[code] !== undefined) return { seen: codes[code] ?? 'timeout' }
  return { seen: { error: name, says: message }, status: $metadata?.httpStatusCode, requestId: $metadata?.requestId }
}

try {
  const { $metadata } = await client.send(new sdk[`${operation}Command`](JSON.parse(given)))
  process.stdout.write(JSON.stringify({ seen: 'answer', requestId: $metadata.requestId }))
} catch (error) {
  process.stdout.write(JSON.stringify(told(error)))
}
process.exit()
