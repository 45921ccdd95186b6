import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readQuery } from './query.ts'
import { Run } from './run.ts'
import type { Value } from './value.ts'

const start = Date.UTC(2019, 3, 30, 14)

function run(query: string, messages: readonly string[], limit = 10_000) {
  const made = new Run(readQuery(query), limit, start)
  for (const [index, message] of [...messages.entries()].reverse()) {
    const fields = new Map<string, Value>([
      ['@timestamp', new Date(start + index * 60_000)],
      ['@message', message],
      ['@logStream', 's'],
      ['@ptr', `p${index}`],
    ])
    made.take({ message, fields })
  }
  const { lines, matched } = made.end()
  return { matched, rows: lines.map((line) => Object.fromEntries(line.map(({ field, value }) => [field, value]))) }
}

const rows = (query: string, messages: readonly string[]) =>
  run(query, messages).rows.map(({ '@ptr': _, ...row }) => row)

const json = (...events: object[]) => events.map((event) => JSON.stringify(event))

const flows = json(
  { srcAddr: '10.0.0.1', dstAddr: '10.0.0.9', bytes: 100, packets: 1, protocol: 17, duration: 5 },
  { srcAddr: '10.0.0.2', dstAddr: '10.0.0.9', bytes: 300, packets: 4, protocol: 6, duration: 10 },
  { srcAddr: '10.0.0.1', dstAddr: '10.0.0.8', bytes: 500, packets: 2, protocol: 17 },
)

const line = '25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException'
const parsed = [{ level: 'ERROR', config: '{foo=2, bar=data}', exception: 'DataIntegrityException' }]

const trail = json(
  {
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    requestParameters: { userName: 'ann' },
    responseElements: { user: { arn: 'arn:x' } },
  },
  { eventName: 'UpdateTrail', errorCode: 'AccessDenied', errorMessage: 'no', list: [{ id: 7 }] },
)

/** Queries of the CloudWatch Logs User Guide where there is such a one | events | results */
const cases: [query: string, messages: readonly string[], expected: Record<string, string>[]][] = [
  [
    'fields @timestamp, @message | sort @timestamp desc | limit 1',
    ['a', 'b'],
    [{ '@timestamp': '2019-04-30 14:01:00.000', '@message': 'b' }],
  ],
  [
    'filter @message like /Exception/ \n| stats count(*) as exceptionCount by bin(1h)\n| sort exceptionCount desc',
    ['an Exception', 'x', 'Exception'],
    [{ 'bin(1h)': '2019-04-30 14:00:00.000', exceptionCount: '2' }],
  ],
  ['fields @message | filter @message not like /Exception/', ['Exception', 'x'], [{ '@message': 'x' }]],
  ['filter @message like "a"', ['b', 'a'], [{ '@timestamp': '2019-04-30 14:01:00.000', '@message': 'a' }]],
  ['fields f1 | filter f1 like /(?i)EXCEPTION/', json({ f1: 'Exception' }, { f1: 'x' }), [{ f1: 'Exception' }]],
  [
    'fields f1 | filter f1 =~ /^(?i)exception$/',
    json({ f1: 'Exception' }, { f1: 'Exceptions' }),
    [{ f1: 'Exception' }],
  ],
  ['fields f1 | filter f1 =~ "cept"', json({ f1: 'Exception' }), [{ f1: 'Exception' }]],
  [
    'stats sum(packets) as packetsTransferred by srcAddr, dstAddr\n| sort packetsTransferred  desc\n| limit 2',
    flows,
    [
      { srcAddr: '10.0.0.2', dstAddr: '10.0.0.9', packetsTransferred: '4' },
      { srcAddr: '10.0.0.1', dstAddr: '10.0.0.8', packetsTransferred: '2' },
    ],
  ],
  ['filter protocol=17 | stats count(*) by srcAddr', flows, [{ srcAddr: '10.0.0.1', 'count(*)': '2' }]],
  [
    'stats avg(bytes), max(bytes), min(bytes) by bin(5m)',
    flows,
    [{ 'bin(5m)': '2019-04-30 14:00:00.000', 'avg(bytes)': '300', 'max(bytes)': '500', 'min(bytes)': '100' }],
  ],
  [
    'stats max(bytes / 100) as most, min(bytes/100) as least, most - least as span',
    flows,
    [{ most: '5', least: '1', span: '4' }],
  ],
  ['stats count(*) as n by srcAddr | sort n | limit 1', flows, [{ srcAddr: '10.0.0.2', n: '1' }]],
  ['stats count(*) by srcAddr | sort count(*) desc | limit 1', flows, [{ srcAddr: '10.0.0.1', 'count(*)': '2' }]],
  ['stats count(duration) as n, count() as all, count_distinct(srcAddr) as d', flows, [{ n: '2', all: '3', d: '2' }]],
  ['stats pct(bytes, 50) as p, median(bytes) as m, stddev(bytes) as s', flows, [{ p: '300', m: '300', s: '200' }]],
  [
    'stats earliest(bytes) as e, latest(bytes) as l, sum(bytes)/count(*) as mean',
    flows,
    [{ e: '100', l: '500', mean: '300' }],
  ],
  ['stats sum(bytes) as b by srcAddr | stats max(b) as most', flows, [{ most: '600' }]],
  ['filter bytes > 1000 | stats count(*) as n', flows, [{ n: '0' }]],
  ['filter bytes > 1000 | stats count(*) as n by srcAddr', flows, []],
  [
    'filter (range>3000 and accountId=123456789012) | fields range',
    json({ range: 3001, accountId: '123456789012' }, { range: 1 }),
    [{ range: '3001' }],
  ],
  [
    'fields @message | filter statusCode in [300,400,500]',
    json({ statusCode: 300 }, { statusCode: 200 }),
    [{ '@message': '{"statusCode":300}' }],
  ],
  [
    'fields Type | filter Type not in ["foo","bar",1]',
    json({ Type: 'foo' }, { Type: 1 }, { Type: 'x' }),
    [{ Type: 'x' }],
  ],
  [
    'fields f1 | filter statusCode like /2\\d\\d/',
    json({ statusCode: 204, f1: 1 }, { statusCode: 404, f1: 2 }),
    [{ f1: '1' }],
  ],
  [
    'parse @message "[*] * The error was: *" as level, config, exception | display level, config, exception',
    [line],
    parsed,
  ],
  [
    'parse @message /\\[(?<level>\\S+)\\]\\s+(?<config>\\{.*\\})\\s+The error was: (?<exception>\\S+)/ | display level, config, exception',
    [line],
    parsed,
  ],
  [
    'fields @message\n| parse @message "[*] *" as loggingType, loggingMessage\n| filter loggingType = "ERROR"\n| display loggingMessage',
    ['[ERROR] bad', '[INFO] fine'],
    [{ loggingMessage: 'bad' }],
  ],
  [
    'parse @message "user=*, latency=*" as user, ms | stats avg(ms) as a by user',
    ['user=x, latency=10', 'user=x, latency=20', 'z'],
    [{}, { a: '15', user: 'x' }],
  ],
  [
    "fields concat(Operation, '-', StatusCode) as opStatus",
    json({ Operation: 'Put', StatusCode: 200 }),
    [{ opStatus: 'Put-200' }],
  ],
  [
    'fields `foo-bar`, action, abs(f3-f4)',
    json({ 'foo-bar': 1, action: 'x', f3: 1, f4: 3 }),
    [{ 'foo-bar': '1', action: 'x', 'abs(f3-f4)': '2' }],
  ],
  ['fields ispresent(resolverArn) as isRes', json({ resolverArn: 'x' }, {}), [{ isRes: '0' }, { isRes: '1' }]],
  [
    'fields strlen("añb") as n, toupper("a") as u, coalesce(none, "c") as c, 2 ^ 3 as p, 10 % 3 as r',
    ['x'],
    [{ n: '3', u: 'A', c: 'c', p: '8', r: '1' }],
  ],
  [
    'fields trim("xyZfooxyZ", "xyZ") as t, ltrim("xyZfooxyZ","xyZ") as l, rtrim("xyZfooxyZ","xyZ") as r, substr("xyZfooxyZ", 3, 3) as s, replace("foobar", "o", "y") as y',
    ['x'],
    [{ t: 'foo', l: 'fooxyZ', r: 'xyZfoo', s: 'foo', y: 'fyybar' }],
  ],
  [
    'fields datefloor(@timestamp, 1d) as d, dateceil(@timestamp, 1h) as c, tomillis(@timestamp) as m, fromMillis(0) as f',
    ['x'],
    [{ d: '2019-04-30 00:00:00.000', c: '2019-04-30 14:00:00.000', m: String(start), f: '1970-01-01 00:00:00.000' }],
  ],
  ['fields 1 + 2 * 3 - 4 / 2 as n, -(1) as m, 1 / 0 as none', ['x'], [{ n: '5', m: '-1' }]],
  [
    'filter eventName="CreateUser"\n| fields awsRegion, requestParameters.userName, responseElements.user.arn',
    trail,
    [{ awsRegion: 'us-east-1', 'requestParameters.userName': 'ann', 'responseElements.user.arn': 'arn:x' }],
  ],
  [
    'filter eventName="UpdateTrail" and ispresent(errorCode)\n| stats count(*) by errorCode, errorMessage',
    trail,
    [{ errorCode: 'AccessDenied', errorMessage: 'no', 'count(*)': '1' }],
  ],
  ['filter list.0.id = 7 | fields eventName', trail, [{ eventName: 'UpdateTrail' }]],
  [
    'filter (eventName="A" or not eventName="CreateUser") and 1=1 | fields eventName',
    trail,
    [{ eventName: 'UpdateTrail' }],
  ],
  ['fields srcAddr | dedup srcAddr | sort srcAddr', flows, [{ srcAddr: '10.0.0.1' }, { srcAddr: '10.0.0.2' }]],
  ['fields @message\n    # | filter @message like /delay/\n    | limit 1', ['x'], [{ '@message': 'x' }]],
  ['fields a | sort a desc, b asc', json({ a: 2 }, { a: 10 }, {}), [{}, { a: '10' }, { a: '2' }]],
  ['FIELDS a | FILTER a = 1 | LIMIT 1', json({ a: 1 }), [{ a: '1' }]],
  ['fields a | filter a = "x|y"', json({ a: 'x|y' }), [{ a: 'x|y' }]],
]

/** query | where it is wrong */
const malformed: [query: string, start: number, end: number][] = [
  ['', 0, 4],
  ['fields @timestamp, custom_field | count()', 34, 38],
  ['stats', 5, 9],
  ['fields a |', 10, 14],
  ['fields a b', 9, 9],
  ['filter a >', 10, 14],
  ['filter (a = 1', 13, 17],
  ['filter a like b', 14, 14],
  ['filter a like /(/', 14, 16],
  ['filter a like /(?=x)y/', 14, 21],
  ['fields nope(a)', 7, 10],
  ['fields strlen(a, b)', 7, 12],
  ['limit 0', 6, 6],
  ['parse @message "* *" as a', 24, 24],
  ['parse @message /x/', 15, 17],
  ['stats a by b', 8, 9],
  ['parse "*" as a', 6, 6],
  [`fields ${'('.repeat(60)}1${')'.repeat(60)}`, 58, 58],
]

void describe('Logs Insights', () => {
  for (const [query, messages, expected] of cases) {
    void it(query, () => {
      assert.deepEqual(rows(query, messages), expected)
    })
  }

  for (const [query, startCharOffset, endCharOffset] of malformed) {
    void it(`malformed: ${query}`, () => {
      assert.throws(
        () => readQuery(query),
        (error: Error & { code: string; fields: { queryCompileError: string } }) => {
          assert.equal(error.code, 'MalformedQueryException')
          const { location, message } = JSON.parse(error.fields.queryCompileError) as Record<string, unknown>
          assert.deepEqual(location, {
            startCharOffset: Math.min(startCharOffset, query.length),
            endCharOffset: Math.min(endCharOffset, query.length),
          })
          assert.equal(message, error.message)
          return true
        },
      )
    })
  }

  void it('commands that are not built are refused by name', () => {
    assert.throws(() => readQuery('fields a | pattern @message'), { code: 'NotImplemented', message: /pattern/ })
  })

  void it('tells which events matched, and points at them', () => {
    assert.equal(run('filter @message like "a"', ['a', 'b', 'a'], 1).matched, 2)
    assert.equal(run('filter @message like "a" | stats count(*) as n | filter n > 0', ['a', 'b']).matched, 1)
    assert.deepEqual(run('fields @message', ['a']).rows, [{ '@message': 'a', '@ptr': 'p0' }])
  })

  void it('a query cannot make it run out of memory or time', () => {
    const doubled = Array.from({ length: 60 }, (_, i) => `fields concat(x${i}, x${i}) as x${i + 1}`).join(' | ')
    run(`fields "0123456789" as x0 | ${doubled} | fields strlen(x60) as n | display n`, ['a'])
    assert.deepEqual(rows('fields strlen(replace(@message, "a", @message)) as n', ['a'.repeat(100_000)]), [{}])
    assert.deepEqual(rows('filter @message like /a+a+a+a+a+$/ | fields 1 as n', [`${'a'.repeat(50_000)}b`]), [])
  })
})
