/**
 * EC2's filter patterns: `*` any run, `?` one character, a backslash takes the next character literally
 * (EC2 User Guide, "Filtering resources"). Case-sensitive; two pointers, so that no pattern is slow.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const tokens = tokenize(pattern)
  let t = 0
  let p = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    const token = tokens[p]
    if (token === ANY_RUN) {
      star = p++
      resume = t
    } else if (token === ANY_ONE || (token !== undefined && token === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (tokens[p] === ANY_RUN) p++
  return p === tokens.length
}

const ANY_RUN = Symbol('*')
const ANY_ONE = Symbol('?')

function tokenize(pattern: string): (string | symbol)[] {
  const tokens: (string | symbol)[] = []
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!
    if (character === '\\' && i + 1 < pattern.length) tokens.push(pattern[++i]!)
    else tokens.push(character === '*' ? ANY_RUN : character === '?' ? ANY_ONE : character)
  }
  return tokens
}
