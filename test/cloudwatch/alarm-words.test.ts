import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { holds, parseRule } from '../../src/services/cloudwatch/alarm-rule.ts'
import { javaDouble, reasonOf, type Told } from '../../src/services/cloudwatch/alarm-text.ts'
import { decideAlarm } from '../../src/services/cloudwatch/decide-alarm.ts'

describe('reasons', () => {
  const time = Date.UTC(2023, 0, 9, 14, 1) / 1000
  const tell = (values: (number | undefined)[], more: Partial<Told> = {}) => {
    const datapoints = values.map((value, i) => ({ time: time + i * 60, ...(value === undefined ? {} : { value }) }))
    const told = {
      periods: values.length,
      toAlarm: values.length,
      outOf: false,
      treatMissing: 'missing',
      threshold: 42,
      comparison: 'GreaterThanThreshold',
      from: 'OK' as const,
      ...more,
    }
    const verdict = decideAlarm({ ...told, breaching: values.map((value) => value && value > 42) as boolean[] })
    return reasonOf({ ...told, datapoints, verdict })
  }
  const rows: [string, string][] = [
    [
      tell([1, 0.5]),
      'Threshold Crossed: 2 datapoints [0.5 (09/01/23 14:02:00), 1.0 (09/01/23 14:01:00)] were not greater than the threshold (42.0).',
    ],
    [tell([50]), 'Threshold Crossed: 1 datapoint [50.0 (09/01/23 14:01:00)] was greater than the threshold (42.0).'],
    [
      tell([50], { outOf: true }),
      'Threshold Crossed: 1 out of the last 1 datapoint [50.0 (09/01/23 14:01:00)] was greater than the threshold (42.0) (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    [tell([undefined]), 'Insufficient Data: 1 datapoint was unknown.'],
    [
      tell([undefined, undefined, undefined], { treatMissing: 'notBreaching' }),
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
    ],
    [
      tell([undefined, 50, undefined], { treatMissing: 'breaching' }),
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    ],
  ]
  for (const [said, expected] of rows) it(expected, () => assert.equal(said, expected))

  const doubles: [number, string][] = [
    [0, '0.0'],
    [42, '42.0'],
    [99.97, '99.97'],
    [12_000_000, '1.2E7'],
    [10_000_000, '1.0E7'],
    [0.0005, '5.0E-4'],
    [-3, '-3.0'],
  ]
  for (const [value, text] of doubles) it(`prints ${value} as ${text}`, () => assert.equal(javaDouble(value), text))
})

describe('rules of composite alarms', () => {
  const states: Record<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'> = {
    red: 'ALARM',
    green: 'OK',
    'with (space)': 'INSUFFICIENT_DATA',
  }
  const rows: [rule: string, holds: boolean | undefined][] = [
    ['ALARM(red)', true],
    ['ALARM("red") AND OK(green)', true],
    ['ALARM(green) OR OK(red)', false],
    ['NOT ALARM(green) AND ALARM(red)', true],
    ['ALARM(green) AND ALARM(red) OR TRUE', true],
    ['ALARM(green) AND (ALARM(red) OR TRUE)', false],
    ['INSUFFICIENT_DATA("with (space)")', true],
    ['NOT (TRUE AND FALSE)', true],
    ['ALARM(nobody)', false],
    ['ALARM()', undefined],
    ['ALARM(red', undefined],
    ['ALARM(red) AND', undefined],
    ['red', undefined],
    ['alarm(red)', undefined],
    ['', undefined],
    ['('.repeat(5000), undefined],
  ]
  for (const [text, expected] of rows) {
    it(`${text.slice(0, 60)}: ${expected}`, () => {
      const rule = parseRule(text)
      assert.equal(rule && holds(rule, (name) => states[name]), expected)
    })
  }
})
