import { setFlagsFromString } from 'node:v8'

// Patterns come from callers, messages too: no pair of them may hold up the server. V8 runs expressions with the flag `l`
// in time linear in the text, and refuses those that it cannot (look-ahead, back references).
setFlagsFromString('--enable-experimental-regexp-engine')

const linear = 'l'

/** Compiles a regular expression of a caller; undefined where it is none, or cannot be run in linear time. */
export function linearRegex(source: string): RegExp | undefined {
  try {
    return new RegExp(source, linear)
  } catch {
    return undefined
  }
}

/** `(?i)`: the linear engine has no flag for it, so each letter becomes the class of both its forms. */
export function withoutCase(source: string): string {
  let inClass = false
  return source.replace(
    /\\.|\(\?<[A-Za-z_]\w*>|([A-Za-z])-([A-Za-z])|([A-Za-z])|[[\]]/gs,
    (text, from: string | undefined, to: string | undefined, letter: string | undefined) => {
      if (text === '[') inClass = true
      if (text === ']') inClass = false
      if (from !== undefined && to !== undefined) {
        const both = `${from}-${to}`
        return inClass ? both.toLowerCase() + both.toUpperCase() : `${either(from)}-${either(to)}`
      }
      if (letter === undefined) return text
      return inClass ? letter.toLowerCase() + letter.toUpperCase() : either(letter)
    },
  )
}

const either = (letter: string) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`

/** What `%…%` may consist of (CloudWatch Logs User Guide, "Supported regular expressions (regex) syntax"). */
const allowed = /^(?:\\[^\s]|[A-Za-z0-9:_#=@/;, \-^$?[\]{}|*+.])*$/

/** The expression of a filter pattern, without its percent signs. */
export function filterRegex(source: string): RegExp | undefined {
  if (source === '' || !allowed.test(source) || /\\[1-9kbBpPu]/.test(source)) return undefined
  return linearRegex(source)
}
