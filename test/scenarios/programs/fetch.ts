/** Node's own fetch: `fetch.ts URL`; tells how it ended, as JSON. */
const codes: Record<string, string> = {
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'no answer to its question',
  ECONNREFUSED: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
}
try {
  const { status } = await fetch(process.argv[2]!, {
    signal: AbortSignal.timeout(1000 + 1000 * Number(process.env['PATIENCE'])),
  })
  process.stdout.write(JSON.stringify({ seen: { status } }))
} catch (error) {
  const { name, message, cause } = error as Error & { cause?: { code?: string } }
  const seen = name === 'TimeoutError' ? 'timeout' : (codes[cause?.code ?? ''] ?? `${name}: ${message} ${cause?.code}`)
  process.stdout.write(JSON.stringify({ seen }))
}
process.exit()
