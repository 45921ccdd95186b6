/** Texts that no policy author would send: valid JSON bent, cut, doubled and stuffed, and things that never were JSON. */
import type { Random } from './random.ts'

const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '\\u00e4',
  '\\u4e2d',
  '\\x',
  'null',
  'true',
  '-0',
  '1e999',
  '0.1e-5',
  '01',
  'NaN',
  '\u0000',
  '\u001f',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ud83d\ude00',
  '\ud800',
  '/*',
  '*',
  '?',
  '${',
  '${aws:username',
  '"__proto__":{}',
  '"constructor":"x"',
  '"Effect":"Allow"',
  '"Effect":"allow"',
  '"Sid":"S0"',
  '"Version":"2012-10-17"',
  '"Condition":{}',
  '"NotAction":[]',
  '"Principal":"*"',
  '"Resource":[]',
  '"toString":1',
]

const bends: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => text.slice(0, random.below(text.length + 1)),
  (random, text) => text.slice(random.below(text.length + 1)),
  (random, text) => replaceAt(random, text, () => ''),
  (random, text) => replaceAt(random, text, (piece) => piece + piece),
  (random, text) => replaceAt(random, text, () => random.pick(tokens)),
  (random, text) => replaceAt(random, text, (piece) => piece + random.pick(tokens)),
  (random, text) => replaceAt(random, text, (piece) => piece.toUpperCase()),
  (random, text) => replaceAt(random, text, (piece) => Array.from(piece).toReversed().join('')),
  (random, text) => replaceAt(random, text, () => String.fromCharCode(random.below(0x120))),
  // A member once more, as it stands or under another spelling.
  (random, text) =>
    text.replace(
      /"(\w+)":("[^"]*")/,
      (all, key: string, value) =>
        `${all},"${random.chance(0.5) ? key : `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`}":${value}`,
    ),
  // White space where there was none.
  (random, text) => text.replaceAll(/[:,]/g, (mark) => mark + random.pick(['', ' ', '\n', '\t\r', '\f'])),
  // A value becomes another kind of value.
  (random, text) =>
    text.replace(/"[^"]*"(?=[,\]}])/, () =>
      random.pick(['1', 'null', '[]', '{}', '[[]]', 'true', '""', '[null]', '{"a":1}']),
    ),
  (random, text) => {
    const depth = random.pick([1, 10, 23, 24, 25, 1000, 50_000])
    return text.replace(/"\*"/, () => '['.repeat(depth) + '"*"' + ']'.repeat(depth))
  },
  (random, text) =>
    text.replace('"Statement":', `"Statement":${random.pick(['{"a":'.repeat(2000), '['.repeat(3000), '"', ''])}`),
]

function replaceAt(random: Random, text: string, by: (piece: string) => string): string {
  const from = random.below(text.length + 1)
  const to = from + random.below(random.chance(0.7) ? 3 : 40)
  return text.slice(0, from) + by(text.slice(from, to)) + text.slice(to)
}

/** A document's text, bent up to three times, or no document at all. */
export function hostileText(random: Random, text: string): string {
  if (random.chance(0.03)) return random.several(0, 30, () => random.pick(tokens)).join('')
  let bent = text
  for (let times = 1 + random.below(3); times > 0; times--) bent = random.pick(bends)(random, bent)
  return bent
}
