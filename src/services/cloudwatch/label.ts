import type { Series } from './math/values.ts'

/** What a dynamic label may speak of (User Guide, "Use dynamic labels"). */
export interface Labelled {
  series: Series
  /** Of a metric: its properties. */
  properties: Readonly<Record<string, string>>
  /** `+0130`: how far its times are from UTC. */
  timezone?: string
}

const values: Readonly<Record<string, (values: readonly number[]) => number | undefined>> = {
  AVG: (all) => (all.length > 0 ? total(all) / all.length : undefined),
  DATAPOINT_COUNT: (all) => all.length,
  FIRST: (all) => all[0],
  LAST: (all) => all.at(-1),
  MAX: (all) => all[indexOf(all, Math.max)],
  MIN: (all) => all[indexOf(all, Math.min)],
  SUM: (all) => (all.length > 0 ? total(all) : undefined),
}

const times: Readonly<Record<string, (series: Series) => number | undefined>> = {
  FIRST: ({ times: all }) => all[0],
  LAST: ({ times: all }) => all.at(-1),
  MAX: ({ times: all, values: of }) => all[indexOf(of, Math.max)],
  MIN: ({ times: all, values: of }) => all[indexOf(of, Math.min)],
}

const total = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0)

function indexOf(all: readonly number[], best: (a: number, b: number) => number): number {
  return all.indexOf(all.reduce((a, b) => best(a, b), all[0] ?? 0))
}

/** The label with its `${…}` filled in; what is not known stays as it is. */
export function fillLabel(label: string, labelled: Labelled): string {
  return label.replaceAll(/\$\{(?:PROP\('([^']+)'\)|([A-Z_]+))\}/g, (whole, property?: string, name = '') => {
    if (property !== undefined) return labelled.properties[property] ?? ''
    if (name === 'LABEL') return labelled.series.label
    const [, of, part] = /^([A-Z]+)_(TIME|TIME_RELATIVE)$/.exec(name as string) ?? []
    if (of !== undefined && Object.hasOwn(times, of)) return timeText(times[of]!(labelled.series), part!, labelled)
    if (!Object.hasOwn(values, name as string)) return whole
    const value = values[name as string]!(labelled.series.values)
    return value === undefined ? '--' : String(Number(value.toPrecision(12)))
  })
}

function timeText(time: number | undefined, part: string, { timezone = '+0000', series }: Labelled): string {
  if (time === undefined) return '--'
  if (part === 'TIME_RELATIVE') {
    const seconds = (series.times.at(-1) ?? time) - time
    return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`
  }
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(timezone) ?? []
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return new Date(time * 1000 + shift).toISOString().slice(0, 19).replace('T', ' ')
}
