/** How much room text takes, so that nothing in a picture overflows. Widths are upper bounds, not averages. */

export interface Font {
  readonly size: number
  readonly mono?: boolean
  readonly bold?: boolean
}

/** Advance widths of Helvetica, which Arial and Liberation Sans share, in thousandths of the size, from U+0020 on. */
const HELVETICA = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
]

const OTHERS: Readonly<Record<string, number>> = { '…': 1000, '→': 1000, '–': 556, '·': 333, ' ': 278 }

/** The bold face is at most this much wider, letter by letter. */
const BOLD = 60

/** Any fixed-width face in use: Menlo's 0.602, Liberation Mono's 0.600. */
const MONO = 605

/** The width of a text in the units of its font's size. */
export function widthOf(text: string, { size, mono = false, bold = false }: Font): number {
  let sum = 0
  for (const char of text) {
    const code = char.codePointAt(0)!
    const known = HELVETICA[code - 0x20] ?? OTHERS[char]
    // East Asian characters and emoji are a square, at times a little more; everything else is narrower than an M.
    const wide = code >= 0x1100 ? 1400 : 900
    if (mono) sum += known !== undefined && char !== '→' && char !== '…' ? MONO : Math.max(wide, MONO)
    else sum += (known ?? wide) + (bold ? BOLD : 0)
  }
  return (sum * size) / 1000
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The text, or as much of it as fits with an ellipsis. */
export function fit(text: string, width: number, font: Font): string {
  if (widthOf(text, font) <= width) return text
  const room = width - widthOf('…', font)
  let used = 0
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment, font)
    if (used > room) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** The text in lines, broken at spaces, within a word only where it must be; the last line tells of what is left out. */
export function wrap(text: string, width: number, font: Font, most = Infinity): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer, font) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = ''
    for (const piece of piecesOf(word, width, font)) {
      if (line !== '' && widthOf(line + piece, font) > width) {
        lines.push(line)
        line = ''
      }
      line += piece
    }
  }
  if (line !== '') lines.push(line)
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), fit(lines.slice(most - 1).join(' '), width, font)]
}

/** A host name or an ARN is better broken behind its punctuation than anywhere. */
function piecesOf(word: string, width: number, font: Font): string[] {
  return word
    .split(/(?<=[./,:-])/)
    .flatMap((piece) =>
      widthOf(piece, font) <= width ? [piece] : [...graphemes.segment(piece)].map(({ segment }) => segment),
    )
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!)
}
