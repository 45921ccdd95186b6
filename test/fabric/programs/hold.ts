/** `hold.ts HOST PORT`: keeps one connection; sends each line of its input by it and prints the answer, or `lost`. */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [host = '', port] = process.argv.slice(2)
const PATIENCE_MS = 1000

const socket = connect({ host, port: Number(port) })
socket.setEncoding('utf8')
socket.once('connect', () => process.stdout.write('ready\n'))
socket.on('error', (error) => process.stdout.write(`${error.message}\n`))
for await (const line of createInterface({ input: process.stdin })) {
  const answered = new Promise<string>((resolve) => {
    socket.once('data', (text: string) => resolve(text))
    setTimeout(() => resolve('lost\n'), PATIENCE_MS)
  })
  socket.write(`${line}\n`)
  process.stdout.write(await answered)
}
