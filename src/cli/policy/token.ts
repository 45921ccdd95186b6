/** How long the JSON token at an offset is: a string with its quotes, a word or number, else one character. */
export function tokenLength(text: string, from: number): number {
  if (text[from] === '"') {
    for (let at = from + 1; at < text.length; at++) {
      if (text[at] === '\\') at++
      else if (text[at] === '"') return at + 1 - from
    }
    return text.length - from
  }
  return Math.max(1, /^[-+.\w]*/.exec(text.slice(from, from + 64))![0].length)
}
