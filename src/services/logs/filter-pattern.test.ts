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

const apache = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534'

const trail = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
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

  // Of the CloudWatch Logs User Guide, "Filter pattern syntax".
  ['ERROR -"Exiting"', ['[ERROR] A fatal exception has occurred'], ['Exiting with ERRORCODE: -1']],
  ['ERROR Exception', ['[ERROR] Caught IllegalArgumentException', '[ERROR] Unhandled Exception'], ['[ERROR] x']],
  ['?ERROR ?WARN', ['ERROR WARN message', 'ERROR message', 'WARN message'], []],
  ['ERROR WARN', ['ERROR WARN message'], ['ERROR message', 'WARN message']],
  ['[w1=ERROR, w2]', ['ERROR message'], ['ERROR WARN message', 'WARN message']],
  ['[w1=ERROR || w1=WARN, w2]', ['ERROR message', 'WARN message'], ['ERROR WARN message']],
  ['[w1!=ERROR&&w1!=WARN, w2]', ['INFO message'], ['ERROR message', 'WARN message']],
  ['[ip, user, username, timestamp, request, status_code, bytes > 1000]', [apache], [apache.replace('1534', '99')]],
  ['[..., status_code, bytes]', [apache, 'a b'], ['a']],
  ['[ip, user, ..., status_code = 4*, bytes]', [apache.replace(' 200 ', ' 404 ')], [apache]],
  ['[ip, user, ...]', [apache, 'a b'], ['a']],
  ['[..., status_code = 2* && status_code != 204, bytes]', [apache], [apache.replace(' 200 ', ' 204 ')]],
  ['[..., request = *.gif*, status_code = 2*, bytes > 1e3]', [apache], ['a b c']],
  ['[..., request=*.gif*, status_code=2*,]', [apache], [apache.replace('gif', 'png')]],
  ['[ip = %127\\.0\\.0\\.[1-9]%, ...]', [apache], ['10.0.0.1 a']],
  ['[w1, w2 = "a, b"]', ['x "a, b"'], ['x a, b']],
  ['{ $.eventType = "UpdateTrail" }', [trail], ['{"eventType":"x"}']],
  ['{ $.sourceIPAddress != 123.123.* }', [trail], ['{"sourceIPAddress":"123.123.1.1"}']],
  ['{ $.arrayKey[0] = "value" }', [trail], ['{"arrayKey":"value"}']],
  ['{ $.objectList[1].id = 2 }', [trail], ['{}']],
  ['{ $.SomeObject IS NULL }', [trail], ['{"SomeObject":1}']],
  ['{ $.SomeOtherObject NOT EXISTS }', [trail], ['{"SomeOtherObject":1}']],
  ['{ $.ThisFlag IS TRUE }', [trail], ['{"ThisFlag":false}']],
  ['{ $.users != 1 }', ['{"users":2}'], ['{"users":[1,2,3]}']],
  ['{ $.latency = * }', ['{"latency":5}', '{"latency":"x"}'], ['{}']],
  ['{ $.n < 10e-3 }', ['{"n":0.001}'], ['{"n":0.02}']],
  ['{ $.n > +1000 }', ['{"n":1001}'], ['{"n":1000}']],
  ['%AUTHORIZED%', ['[ERROR 401] UNAUTHORIZED REQUEST', '[SUCCESS 200] AUTHORIZED REQUEST'], ['OK']],
  ['%colou?r%', ['color', 'colour'], ['colr']],
  ['%^[hc]at%', ['hat', 'cats'], ['a hat']],
  ['%10\\.10\\.0\\.[\\d]{1,3}%', ['at 10.10.0.5'], ['10x10.0.5']],
  ['ERROR -%known|old%', ['ERROR new'], ['ERROR old']],
  ['{ $.ip = %10\\.0\\.% }', ['{"ip":"10.0.1"}'], ['{"ip":"11.0"}']],
]

/** A message that shows how quickly an expression ends that backtracking would not. */
const hostile = `${'a'.repeat(200_000)}b`

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
  ['[ip, user', 'InvalidParameterException'],
  ['[a, ..., b, ...]', 'InvalidParameterException'],
  ['[a = ]', 'InvalidParameterException'],
  ['[a = 1 || b = 2]', 'InvalidParameterException'],
  ['[a = 1 && b > 1]', 'InvalidParameterException'],
  ['[a > x]', 'InvalidParameterException'],
  ['[a b]', 'InvalidParameterException'],
  ['[a = %x%, b = %y%, c = %z%]', 'InvalidParameterException'],
  ['%something!%', 'InvalidParameterException'],
  ['%(a)%', 'InvalidParameterException'],
  ['%[a%', 'InvalidParameterException'],
  ['{ $.a = %(x)% }', 'InvalidParameterException'],
]

void describe('filter patterns', () => {
  for (const [pattern, yes, no] of rows) {
    void it(pattern || '(empty)', () => {
      const filter = compileFilter(pattern)
      for (const message of yes) assert.ok(filter.test(message), `should match: ${message}`)
      for (const message of no) assert.ok(!filter.test(message), `should not match: ${message}`)
    })
  }
  for (const [pattern, code] of refused) {
    void it(`refused: ${pattern}`, () => {
      assert.throws(() => compileFilter(pattern), { code })
    })
  }

  void it('neither expressions nor messages can hold it up', () => {
    assert.equal(compileFilter('%a+a+a+a+a+c$%').test(hostile), false)
    assert.equal(compileFilter('[a, ..., b = x]').test('[ " '.repeat(200_000)), false)
    assert.equal(compileFilter(`{ $.a = "${'*a'.repeat(400)}c" }`).test(JSON.stringify({ a: hostile })), false)
  })

  void it('parts of what matched have names', () => {
    assert.deepEqual(compileFilter('[..., request=*.gif*, status_code=2*,]').extracted(apache), {
      $1: '127.0.0.1',
      $2: '-',
      $3: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $request: 'GET /apache_pb.gif HTTP/1.0',
      $status_code: '200',
      $7: '1534',
    })
    assert.deepEqual(compileFilter('{ $.objectList[1].id = 2 }').extracted(trail), { '$.objectList[1].id': '2' })
    assert.equal(compileFilter('{ $.ThisFlag IS TRUE }').value(trail, '$.eventType'), 'UpdateTrail')
  })
})
