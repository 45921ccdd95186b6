/** The codes that an authenticator app would show: `totp.ts SEED [STEPS …]`, STEPS of 30 seconds from now (RFC 6238). */
import { createHmac } from 'node:crypto'

const [seed = '', ...steps] = process.argv.slice(2)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const bits = seed.replaceAll(/./g, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
const bytes = bits.match(/.{8}/g) ?? []
const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
const now = Math.floor(Date.now() / 30_000)

function codeAt(step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

console.log((steps.length > 0 ? steps : ['0']).map((step) => codeAt(now + Number(step))).join(' '))
