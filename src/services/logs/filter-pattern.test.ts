import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileFilter } from './filter-pattern.ts'

const event = JSON.stringify({
  level: 'ERROR',
  code: 500,
  ok: false,
  none: null,
  user: { name: 'Ann Lee', 'first name': 'Ann' },
  list: [{ id: 7 }],
  path: '/a/b/c',
})

/** pattern | what matches | what does not */
const rows: [pattern: string, yes: string[], no: string[]][] = [
  ['', ['', 'anything'], []],
  ['ERROR', ['an ERROR here', 'ERRORS'], ['error', '']],
  ['ERROR disk', ['disk ERROR', 'ERROR: disk full'], ['ERROR', 'disk']],
  ['"disk full"', ['a disk full b'], ['full disk', 'disk']],
  [String.raw`"say \"hi\""`, ['say "hi"'], ['say hi']],
  ['?ERROR ?WARN', ['a WARN', 'an ERROR'], ['INFO']],
  ['ERROR -known', ['ERROR x'], ['ERROR known', 'x']],
  ['-"known bug"', ['anything'], ['a known bug']],
  ['{ $.level = "ERROR" }', [event], ['{"level":"WARN"}', 'no json', '[]', 'null']],
  ['{$.level=ERROR}', [event], ['{"level":"ERRORS"}']],
  ['{ $.level = "ERR*" }', [event], ['{"level":"WARN ERR"}']],
  ['{ $.path = "/a*b*" && $.path = "*c" }', [event], ['{"path":"/b/c"}']],
  ['{ $.code = 500 }', [event, '{"code":500.0}'], ['{"code":501}']],
  ['{ $.code >= 500 && $.code < 600 }', [event], ['{"code":600}', '{"code":"500"}', '{}']],
  ['{ $.code != 500 }', ['{"code":1}', '{"code":"x"}'], [event, '{}']],
  ['{ ($.code = 1) || ($.user.name = "Ann *") }', [event, '{"code":1}'], ['{"code":2}']],
  ['{ $.a = 1 || $.b = 1 && $.c = 1 }', ['{"a":1}', '{"b":1,"c":1}'], ['{"b":1}']],
  ['{ ($.a = 1 || $.b = 1) && $.c = 1 }', ['{"a":1,"c":1}'], ['{"a":1}']],
  ['{ $.user["first name"] = "Ann" }', [event], ['{"user":{}}']],
  ['{ $.list[0].id = 7 }', [event], ['{"list":[{"id":8},{"id":7}]}']],
  ['{ $.ok IS FALSE }', [event], ['{"ok":true}', '{"ok":0}']],
  ['{ $.ok IS TRUE }', ['{"ok":true}'], [event, '{"ok":"true"}']],
  ['{ $.none IS NULL }', [event], ['{"none":0}', '{}']],
  ['{ $.gone NOT EXISTS }', [event], ['{"gone":null}']],
  ['{ $.constructor NOT EXISTS }', [event], ['{"constructor":1}']],
]

const refused: [pattern: string, code: string][] = [
  ['disk-full', 'InvalidParameterException'],
  ['"open', 'InvalidParameterException'],
  ['{ $.a = }', 'InvalidParameterException'],
  ['{ $.a = 1', 'InvalidParameterException'],
  ['{ a = 1 }', 'InvalidParameterException'],
  ['{ $.a > x }', 'InvalidParameterException'],
  ['{ $.a = 1 && }', 'InvalidParameterException'],
  ['{ ($.a = 1 }', 'InvalidParameterException'],
  ['{ $.a = 1 $.b = 2 }', 'InvalidParameterException'],
  ['{ $.a IS MAYBE }', 'InvalidParameterException'],
  [`{ ${'('.repeat(60)}$.a = 1${')'.repeat(60)} }`, 'InvalidParameterException'],
  ['[ip, user, status]', 'NotImplemented'],
  ['%ERR.*%', 'NotImplemented'],
  ['{ $.a = %x% }', 'NotImplemented'],
]

void describe('filter patterns', () => {
  for (const [pattern, yes, no] of rows) {
    void it(pattern || '(empty)', () => {
      const filter = compileFilter(pattern)
      for (const message of yes) assert.ok(filter(message), `should match: ${message}`)
      for (const message of no) assert.ok(!filter(message), `should not match: ${message}`)
    })
  }
  for (const [pattern, code] of refused) {
    void it(`refused: ${pattern}`, () => {
      assert.throws(() => compileFilter(pattern), { code })
    })
  }
})
