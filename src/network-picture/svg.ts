import { readable } from './names.ts'
import { escapeXml, fit, widthOf } from './text.ts'
import type { Font } from './text.ts'

/** A drawing that grows: elements in the order in which they are painted, and the room that they take. */
export interface Canvas {
  box: (at: { x: number; y: number; width: number; height: number; radius?: number }, style: string) => void
  /** Text on the baseline `y`. `width`: cut to it. Answers the width that it takes. */
  text: (
    text: string,
    at: { x: number; y: number; width?: number; anchor?: 'start' | 'middle' | 'end' },
    font: Font,
    style?: string,
  ) => number
  line: (path: string, style: string) => void
  svg: (size: { width: number; height: number }, title: string, description: string) => string
}

/** Coordinates on a grid of a tenth, so that the same picture is the same text. */
export const at = (value: number): string => String(Math.round(value * 10) / 10)

export function canvas(): Canvas {
  const elements: string[] = []
  return {
    box({ x, y, width, height, radius = 6 }, style) {
      elements.push(
        `<rect class="${style}" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="${at(radius)}"/>`,
      )
    },
    text(text, { x, y, width = Infinity, anchor = 'start' }, font, style = '') {
      const shown = fit(readable(text), width, font)
      if (shown === '') return 0
      const classes = [font.mono && 'm', font.bold && 'b', style].filter(Boolean).join(' ')
      const attributes = [
        classes && `class="${classes}"`,
        `x="${at(x)}" y="${at(y)}" font-size="${at(font.size)}"`,
        anchor !== 'start' && `text-anchor="${anchor}"`,
      ]
      // What was cut is told when somebody points at it.
      const whole = shown === readable(text) ? '' : `<title>${escapeXml(readable(text))}</title>`
      elements.push(`<text ${attributes.filter(Boolean).join(' ')}>${escapeXml(shown)}${whole}</text>`)
      return widthOf(shown, font)
    },
    line(path, style) {
      elements.push(`<path class="${style}" d="${path}"/>`)
    },
    svg({ width, height }, title, description) {
      const [w, h] = [at(width), at(height)]
      return [
        `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-labelledby="title desc">`,
        `<title id="title">${escapeXml(readable(title))}</title>`,
        `<desc id="desc">${escapeXml(readable(description))}</desc>`,
        `<style>${STYLE}</style>`,
        `<rect class="page" width="${w}" height="${h}"/>`,
        ...elements,
        '</svg>\n',
      ].join('\n')
    },
  }
}

/** [selector, light, dark]: both palettes side by side. Nothing but colours depends on the scheme. */
const COLOURS: readonly (readonly [selector: string, light: string, dark: string])[] = [
  ['.page', 'fill:#ffffff', 'fill:#0f1419'],
  ['text', 'fill:#1f2937', 'fill:#e5e9f0'],
  ['.quiet', 'fill:#6b7280', 'fill:#93a0b4'],
  ['.vpc', 'fill:#fafbfc;stroke:#7c8698', 'fill:#141b23;stroke:#66738a'],
  ['.zone', 'stroke:#b6bfcc', 'stroke:#3b4757'],
  ['.public', 'fill:#eef7ee;stroke:#9ccaa0', 'fill:#14261a;stroke:#3f7a4a'],
  ['.private', 'fill:#eef4fc;stroke:#9dbde8', 'fill:#14213a;stroke:#3d659c'],
  ['.isolated', 'fill:#f3f3f6;stroke:#b9bcc8', 'fill:#1d212b;stroke:#535c6e'],
  ['.card', 'fill:#ffffff;stroke:#d3d9e2', 'fill:#1a222d;stroke:#364253'],
  ['.badge', 'fill:#f1edfb;stroke:#cfc2ef', 'fill:#2a2344;stroke:#56487f'],
  ['.badge-text', 'fill:#4c3a88', 'fill:#cbbdf5'],
  ['.tag-public', 'fill:#2f7d3b', 'fill:#7fca8a'],
  ['.tag-private', 'fill:#2c5fa5', 'fill:#8ab4ee'],
  ['.tag-isolated', 'fill:#5d6474', 'fill:#a8b0c0'],
  ['.good', 'fill:#2f7d3b', 'fill:#7fca8a'],
  ['.bad', 'fill:#c0272d', 'fill:#ff8a86'],
  ['.bad-card', 'fill:#fdf0ef;stroke:#c0272d', 'fill:#351a1b;stroke:#e5605c'],
  ['.good-card', 'fill:#eef7ee;stroke:#5ba066', 'fill:#14261a;stroke:#4f9a5d'],
  ['.note', 'fill:#fff9e8;stroke:#dcc98c', 'fill:#2a2618;stroke:#6f6333'],
  ['.shade', 'fill:#f4f6f9;stroke:#d3d9e2', 'fill:#151c25;stroke:#313c4b'],
  ['.wire', 'stroke:#8b95a5', 'stroke:#77849a'],
  ['.wire-good', 'stroke:#5ba066', 'stroke:#5fae6d'],
  ['.wire-bad', 'stroke:#c0272d', 'stroke:#ff7a76'],
  ['.wire-beyond', 'stroke:#b6bfcc', 'stroke:#4a5768'],
  ...[
    ['#2c6fbb', '#6aa5e8'],
    ['#8a4fbf', '#bf93ea'],
    ['#1f8a84', '#5cc4bd'],
    ['#b7791f', '#e3b062'],
    ['#b8457a', '#ea8db4'],
    ['#56688a', '#9fb0cf'],
  ].flatMap(([light, dark], index) => [
    [`.c${index}`, `fill:${light}`, `fill:${dark}`] as const,
    [`.w${index}`, `stroke:${light}`, `stroke:${dark}`] as const,
  ]),
  ['.on', 'fill:#ffffff', 'fill:#0f1419'],
]

/** How many colours there are for things that are told apart by them. */
export const HUES = 6

const SHAPES =
  'text{font-family:Arial,Helvetica,"Liberation Sans",sans-serif}' +
  '.m{font-family:"Liberation Mono",Menlo,Consolas,"Courier New",monospace}' +
  '.b{font-weight:bold}' +
  'path{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}' +
  'rect{stroke-width:1}.vpc{stroke-width:1.5}.zone{fill:none;stroke-dasharray:4 4}' +
  '.dashed{stroke-dasharray:4 4}.thick{stroke-width:3}.icon{stroke-width:1.4}'

const palette = (column: 1 | 2): string => COLOURS.map((row) => `${row[0]}{${row[column]}}`).join('')

const STYLE = `${SHAPES}${palette(1)}@media(prefers-color-scheme:dark){${palette(2)}}`
