import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Call, Permit } from '../../door/call.ts'
import { openStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { operations } from './operations.ts'

type Operations = typeof operations
type Name = keyof Operations
type Input<N extends Name> = Parameters<Operations[N]['perform']>[0]
type Output<N extends Name> = Awaited<ReturnType<Operations[N]['perform']>>

const start = Date.UTC(2026, 10, 23, 10)
const HOUR = 3_600_000
const DAY = 24 * HOUR

let store: Store
let now: number

beforeEach(() => {
  store = openStore(':memory:')
  now = start
})

function callNow(): Call {
  const world = { store, hex: (length: number) => randomBytes(length / 2).toString('hex') }
  return { account: '123456789012', region: 'us-east-1', time: now, world } as unknown as Call
}

function run<N extends Name>(name: N, input: Input<N>): Output<N> {
  const call = callNow()
  const { perform } = operations[name] as unknown as { perform: (input: Input<N>, permit: Permit) => Output<N> }
  return perform(input, { call, world: call.world } as Permit)
}

function needsOf<N extends Name>(name: N, input: Input<N>) {
  const { needs } = operations[name] as unknown as {
    needs: (input: Input<N>, call: Call) => { action: string; resource: string; context?: unknown }[]
  }
  return needs(input, callNow())
}

const logGroupName = '/aws/sagemaker/TrainingJobs'
const logStreamName = 'job/algo-1-1'
const stream = { logGroupName, logStreamName }
const groupArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs'

function makeStream(name = logStreamName): void {
  if (run('DescribeLogGroups', {}).logGroups!.length === 0) run('CreateLogGroup', { logGroupName })
  run('CreateLogStream', { logGroupName, logStreamName: name })
}

function put(events: [timestamp: number, message: string][], name = logStreamName) {
  return run('PutLogEvents', {
    logGroupName,
    logStreamName: name,
    logEvents: events.map(([timestamp, message]) => ({ timestamp, message })),
  })
}

const messages = (events: { message?: string }[] | undefined) => events?.map(({ message }) => message)

void describe('what Logs asks permission for', () => {
  const rows: [Name, Record<string, unknown>, action: string, resource: string][] = [
    ['CreateLogGroup', { logGroupName }, 'logs:CreateLogGroup', `${groupArn}:log-stream:`],
    ['DeleteLogGroup', { logGroupName }, 'logs:DeleteLogGroup', `${groupArn}:log-stream:`],
    ['DescribeLogGroups', {}, 'logs:DescribeLogGroups', 'arn:aws:logs:us-east-1:123456789012:log-group::log-stream:'],
    [
      'DescribeLogGroups',
      { logGroupNamePrefix: '/a' },
      'logs:DescribeLogGroups',
      'arn:aws:logs:us-east-1:123456789012:log-group:/a:log-stream:',
    ],
    ['CreateLogStream', stream, 'logs:CreateLogStream', `${groupArn}:log-stream:job/algo-1-1`],
    ['DeleteLogStream', stream, 'logs:DeleteLogStream', `${groupArn}:log-stream:job/algo-1-1`],
    ['DescribeLogStreams', { logGroupName }, 'logs:DescribeLogStreams', `${groupArn}:log-stream:`],
    [
      'DescribeLogStreams',
      { logGroupIdentifier: `${groupArn}:*` },
      'logs:DescribeLogStreams',
      `${groupArn}:log-stream:`,
    ],
    ['PutLogEvents', { ...stream, logEvents: [] }, 'logs:PutLogEvents', `${groupArn}:log-stream:job/algo-1-1`],
    ['GetLogEvents', stream, 'logs:GetLogEvents', `${groupArn}:log-stream:job/algo-1-1`],
    ['FilterLogEvents', { logGroupName }, 'logs:FilterLogEvents', `${groupArn}:log-stream:`],
    ['PutRetentionPolicy', { logGroupName, retentionInDays: 1 }, 'logs:PutRetentionPolicy', `${groupArn}:log-stream:`],
    ['DeleteRetentionPolicy', { logGroupName }, 'logs:DeleteRetentionPolicy', `${groupArn}:log-stream:`],
    ['TagResource', { resourceArn: groupArn, tags: { a: 'b' } }, 'logs:TagResource', groupArn],
    ['UntagResource', { resourceArn: groupArn, tagKeys: ['a'] }, 'logs:UntagResource', groupArn],
    ['ListTagsForResource', { resourceArn: groupArn }, 'logs:ListTagsForResource', groupArn],
  ]
  for (const [name, input, action, resource] of rows) {
    void it(`${name} ${JSON.stringify(input)}`, () => {
      assert.deepEqual(
        needsOf(name, input as never).map((need) => [need.action, need.resource]),
        [[action, resource]],
      )
    })
  }

  void it('a group made with tags asks for TagResource too, with their keys', () => {
    const needs = needsOf('CreateLogGroup', { logGroupName, tags: { team: 'ml' } })
    assert.deepEqual(
      needs.map(({ action, resource }) => [action, resource]),
      [
        ['logs:CreateLogGroup', `${groupArn}:log-stream:`],
        ['logs:TagResource', groupArn],
      ],
    )
    for (const { context } of needs) assert.deepEqual(context, { 'aws:RequestTag/team': 'ml', 'aws:TagKeys': ['team'] })
  })

  void it("a group's tags are in the context", () => {
    run('CreateLogGroup', { logGroupName, tags: { team: 'ml' } })
    assert.deepEqual(needsOf('GetLogEvents', stream)[0]?.context, { 'aws:ResourceTag/team': 'ml' })
  })
})

void describe('log groups', () => {
  void it('are made once, described and deleted with all that is in them', () => {
    makeStream()
    put([[start, 'a']])
    assert.throws(() => run('CreateLogGroup', { logGroupName }), {
      code: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    })
    assert.deepEqual(run('DescribeLogGroups', {}).logGroups, [
      {
        logGroupName,
        creationTime: start,
        metricFilterCount: 0,
        arn: `${groupArn}:*`,
        logGroupArn: groupArn,
        storedBytes: 27,
        logGroupClass: 'STANDARD',
        deletionProtectionEnabled: false,
      },
    ])
    run('DeleteLogGroup', { logGroupName })
    assert.deepEqual(run('DescribeLogGroups', {}).logGroups, [])
    // Its events go bit by bit (upkeep.ts).
    assert.equal(store.count('logs/stream') + store.count('logs/size'), 0)
    assert.equal(store.count('logs/garbage'), 1)
    assert.throws(() => run('DeleteLogGroup', { logGroupName }), {
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
  })

  void it('are listed in pages, by prefix and by pattern', () => {
    for (const name of ['b', 'a/2', 'a/1', 'A']) run('CreateLogGroup', { logGroupName: name })
    const names = (input: Input<'DescribeLogGroups'>) =>
      run('DescribeLogGroups', input).logGroups!.map((group) => group.logGroupName)
    assert.deepEqual(names({}), ['A', 'a/1', 'a/2', 'b'])
    assert.deepEqual(names({ logGroupNamePrefix: 'a' }), ['a/1', 'a/2'])
    assert.deepEqual(names({ logGroupNamePattern: 'a' }), ['A', 'a/1', 'a/2'])
    const first = run('DescribeLogGroups', { limit: 3 })
    run('DeleteLogGroup', { logGroupName: 'a/2' })
    assert.deepEqual(names({ limit: 3, nextToken: first.nextToken! }), ['b'])
    assert.throws(() => names({ nextToken: 'nonsense' }), { code: 'InvalidParameterException' })
    assert.throws(() => names({ logGroupNamePrefix: 'a', logGroupNamePattern: 'a' }), {
      code: 'InvalidParameterException',
    })
  })

  void it('that are protected stay; reserved names are refused', () => {
    run('CreateLogGroup', { logGroupName, deletionProtectionEnabled: true })
    assert.throws(() => run('DeleteLogGroup', { logGroupName }), { code: 'ValidationException' })
    assert.throws(() => run('CreateLogGroup', { logGroupName: 'AWS/x' }), { code: 'InvalidParameterException' })
  })

  void it('carry tags', () => {
    run('CreateLogGroup', { logGroupName, tags: { a: '1' } })
    run('TagResource', { resourceArn: groupArn, tags: { b: '2', a: '3' } })
    run('UntagResource', { resourceArn: `${groupArn}:*`, tagKeys: ['b', 'none'] })
    assert.deepEqual(run('ListTagsForResource', { resourceArn: groupArn }).tags, { a: '3' })
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, '']))
    assert.throws(() => run('TagResource', { resourceArn: groupArn, tags }), { code: 'TooManyTagsException' })
    assert.throws(() => run('ListTagsForResource', { resourceArn: 'arn:aws:s3:::b' }), {
      code: 'InvalidParameterException',
    })
  })
})

void describe('log streams', () => {
  void it('are made once, described by name or by last event, and deleted', () => {
    for (const name of ['b', 'a', 'c']) makeStream(name)
    put([[start - 1, 'x']], 'c')
    put([[start - 9, 'x']], 'a')
    const names = (input: Omit<Input<'DescribeLogStreams'>, 'logGroupName'>) =>
      run('DescribeLogStreams', { logGroupName, ...input }).logStreams!.map((found) => found.logStreamName)
    assert.deepEqual(names({}), ['a', 'b', 'c'])
    assert.deepEqual(names({ descending: true }), ['c', 'b', 'a'])
    assert.deepEqual(names({ orderBy: 'LastEventTime', descending: true }), ['c', 'a', 'b'])
    const { nextToken } = run('DescribeLogStreams', { logGroupName, limit: 2, descending: true })
    assert.deepEqual(names({ descending: true, nextToken: nextToken! }), ['a'])
    assert.throws(() => names({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }), {
      message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
    })
    assert.throws(() => makeStream('a'), { message: 'The specified log stream already exists' })
    run('DeleteLogStream', { logGroupName, logStreamName: 'a' })
    assert.deepEqual(names({}), ['b', 'c'])
    assert.throws(() => run('DeleteLogStream', { logGroupName, logStreamName: 'a' }), {
      message: 'The specified log stream does not exist.',
    })
  })

  void it('need their group', () => {
    assert.throws(() => run('CreateLogStream', stream), { message: 'The specified log group does not exist.' })
  })

  void it('keep what belongs to others apart, whatever their names', () => {
    for (const name of ['a', 'a/b', 'a%2Fb', 'ä', 'a\0b']) {
      makeStream(name)
      put([[start, name]], name)
    }
    for (const name of ['a', 'a/b', 'a%2Fb', 'ä', 'a\0b']) {
      assert.deepEqual(messages(run('GetLogEvents', { logGroupName, logStreamName: name }).events), [name])
    }
    run('DeleteLogStream', { logGroupName, logStreamName: 'a' })
    assert.equal(run('FilterLogEvents', { logGroupName }).events!.length, 4)
  })
})

void describe('PutLogEvents', () => {
  beforeEach(() => makeStream())

  void it('wants events in order, within a day, and not too many bytes', () => {
    const refused = (events: [number, string][], message: string) =>
      assert.throws(() => put(events), { code: 'InvalidParameterException', message })
    refused(
      [
        [start, 'b'],
        [start - 1, 'a'],
      ],
      'Log events in a single PutLogEvents request must be in chronological order.',
    )
    refused(
      [
        [start - DAY - 1, 'a'],
        [start, 'b'],
      ],
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    )
    refused([[start, 'x'.repeat(1_048_551)]], 'Upload too large: 1048577 bytes exceeds limit of 1048576')
    put([[start, 'x'.repeat(1_048_550)]])
  })

  void it('tells which events are too old, expired or too new, and keeps the others', () => {
    const old = start - 14 * DAY
    assert.deepEqual(
      put([
        [old - 1, 'old'],
        [old, 'kept'],
      ]).rejectedLogEventsInfo,
      { tooOldLogEventEndIndex: 1 },
    )
    assert.deepEqual(
      put([
        [start, 'kept'],
        [start + 2 * HOUR, 'kept'],
        [start + 2 * HOUR + 1, 'new'],
      ]).rejectedLogEventsInfo,
      { tooNewLogEventStartIndex: 2 },
    )
    run('PutRetentionPolicy', { logGroupName, retentionInDays: 1 })
    assert.deepEqual(
      put([
        [start - DAY - 1, 'expired'],
        [start - DAY, 'kept'],
      ]).rejectedLogEventsInfo,
      { expiredLogEventEndIndex: 1 },
    )
    assert.equal(put([[start, 'kept']]).rejectedLogEventsInfo, undefined)
    run('DeleteRetentionPolicy', { logGroupName })
    const all = messages(run('GetLogEvents', { ...stream, startFromHead: true }).events)
    assert.deepEqual(all, ['kept', 'kept', 'kept', 'kept', 'kept'])
  })

  void it('takes any sequence token, and hands one out', () => {
    const { nextSequenceToken } = put([[start, 'a']])
    assert.match(nextSequenceToken!, /^\d{56}$/)
    run('PutLogEvents', { ...stream, logEvents: [{ timestamp: start, message: 'b' }], sequenceToken: 'any' })
    const [described] = run('DescribeLogStreams', { logGroupName }).logStreams!
    assert.equal(described?.firstEventTimestamp, start)
    assert.equal(described?.lastIngestionTime, start)
  })

  void it('events that outlive their retention are gone', () => {
    put([[start, 'a']])
    run('PutRetentionPolicy', { logGroupName, retentionInDays: 1 })
    now = start + DAY + 1
    assert.deepEqual(run('GetLogEvents', stream).events, [])
    assert.deepEqual(run('FilterLogEvents', { logGroupName }).events, [])
    assert.throws(() => run('PutRetentionPolicy', { logGroupName, retentionInDays: 2 }), {
      code: 'InvalidParameterException',
    })
  })
})

void describe('GetLogEvents', () => {
  beforeEach(() => makeStream())

  void it('pages forward from the head, and waits there for more', () => {
    put([
      [start, 'a'],
      [start + 1, 'b'],
    ])
    put([
      [start + 1, 'c'],
      [start + 2, 'd'],
    ])
    const first = run('GetLogEvents', { ...stream, startFromHead: true, limit: 3 })
    assert.deepEqual(messages(first.events), ['a', 'b', 'c'])
    const second = run('GetLogEvents', { ...stream, startFromHead: true, nextToken: first.nextForwardToken! })
    assert.deepEqual(messages(second.events), ['d'])
    const end = run('GetLogEvents', { ...stream, startFromHead: true, nextToken: second.nextForwardToken! })
    assert.deepEqual(end.events, [])
    assert.equal(end.nextForwardToken, second.nextForwardToken)
    put([[start + 2, 'e']])
    const more = run('GetLogEvents', { ...stream, startFromHead: true, nextToken: end.nextForwardToken! })
    assert.deepEqual(messages(more.events), ['e'])
  })

  void it('pages backward from the tail', () => {
    put([
      [start, 'a'],
      [start + 1, 'b'],
      [start + 2, 'c'],
    ])
    const first = run('GetLogEvents', { ...stream, limit: 2 })
    assert.deepEqual(messages(first.events), ['b', 'c'])
    const second = run('GetLogEvents', { ...stream, limit: 2, nextToken: first.nextBackwardToken! })
    assert.deepEqual(messages(second.events), ['a'])
    const end = run('GetLogEvents', { ...stream, nextToken: second.nextBackwardToken! })
    assert.deepEqual(end.events, [])
    assert.equal(end.nextBackwardToken, second.nextBackwardToken)
    assert.deepEqual(messages(run('GetLogEvents', { ...stream, nextToken: end.nextForwardToken! }).events), [
      'a',
      'b',
      'c',
    ])
  })

  void it('reads a stream that was empty at first', () => {
    for (const startFromHead of [true, false]) {
      const { nextForwardToken } = run('GetLogEvents', { ...stream, startFromHead })
      put([[start, 'a']])
      const { events } = run('GetLogEvents', { ...stream, startFromHead: true, nextToken: nextForwardToken! })
      assert.equal(events![0]?.message, 'a')
    }
  })

  void it('keeps to the time that is asked for: from its start, up to but without its end', () => {
    put([
      [start, 'a'],
      [start + 1, 'b'],
      [start + 2, 'c'],
    ])
    for (const startFromHead of [true, false]) {
      const { events } = run('GetLogEvents', { ...stream, startFromHead, startTime: start + 1, endTime: start + 2 })
      assert.deepEqual(events, [{ timestamp: start + 1, message: 'b', ingestionTime: start }])
    }
  })

  void it('gives no more than a mebibyte at once, and never nothing', () => {
    for (const letter of ['a', 'b', 'c']) put([[start, letter.repeat(600_000)]])
    let token: string | undefined
    for (const letter of ['a', 'b', 'c']) {
      const page = run('GetLogEvents', {
        ...stream,
        startFromHead: true,
        ...(token === undefined ? {} : { nextToken: token }),
      })
      assert.deepEqual(
        messages(page.events)!.map((message) => message![0]),
        [letter],
      )
      token = page.nextForwardToken
    }
  })

  void it('refuses a token that is none', () => {
    assert.throws(() => run('GetLogEvents', { ...stream, nextToken: 'f/1/s' }), { code: 'InvalidParameterException' })
  })

  void it('whatever the batches, both directions and FilterLogEvents tell the same story in order', () => {
    const batch = fc
      .array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 })
      .map((times) => times.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 8 }), fc.integer({ min: 1, max: 7 }), (batches, limit) => {
        store = openStore(':memory:')
        makeStream()
        makeStream('other')
        const all: { time: number; message: string; place: number; other: boolean }[] = []
        batches.forEach((times, i) => {
          const other = i % 3 === 2
          put(
            times.map((time, j) => [start + time, `${i}.${j}`]),
            other ? 'other' : logStreamName,
          )
          times.forEach((time, j) => all.push({ time, message: `${i}.${j}`, place: i * 10 + j, other }))
        })
        // Names decide between streams: `job/…` comes before `other`.
        all.sort((a, b) => a.time - b.time || Number(a.other) - Number(b.other) || a.place - b.place)
        const own = all.filter(({ other }) => !other).map(({ message }) => message)

        assert.deepEqual(
          walk(
            (nextToken) => run('GetLogEvents', { ...stream, startFromHead: true, limit, ...nextToken }),
            'nextForwardToken',
          ),
          own,
        )
        const pages = walkPages(
          (nextToken) => run('GetLogEvents', { ...stream, limit, ...nextToken }),
          'nextBackwardToken',
        )
        assert.deepEqual(pages.reverse().flat(), own)

        const filtered = (startFromHead: boolean) =>
          walk((nextToken) => run('FilterLogEvents', { logGroupName, limit, startFromHead, ...nextToken }), 'nextToken')
        assert.deepEqual(
          filtered(true),
          all.map(({ message }) => message),
        )
        assert.deepEqual(filtered(false), all.map(({ message }) => message).reverse())
      }),
      { seed: 9, numRuns: 60 },
    )
  })
})

type Page = { events?: { message?: string }[] } & Record<string, unknown>

/** Messages of every page, until a page is empty or there is no token. */
function walkPages(next: (token: { nextToken?: string }) => Page, tokenName: string): (string | undefined)[][] {
  const pages: (string | undefined)[][] = []
  let token: { nextToken?: string } = {}
  for (;;) {
    const page = next(token)
    if (page.events!.length === 0) return pages
    pages.push(messages(page.events)!)
    if (page[tokenName] === undefined) return pages
    token = { nextToken: page[tokenName] as string }
  }
}

const walk = (next: (token: { nextToken?: string }) => Page, tokenName: string) => walkPages(next, tokenName).flat()

void describe('FilterLogEvents', () => {
  beforeEach(() => {
    for (const name of ['a', 'b']) makeStream(name)
    put(
      [
        [start, 'one ERROR'],
        [start + 2, 'two'],
      ],
      'a',
    )
    put(
      [
        [start + 1, 'three ERROR'],
        [start + 3, 'four ERROR'],
      ],
      'b',
    )
  })

  void it('interleaves streams and filters', () => {
    const { events, searchedLogStreams } = run('FilterLogEvents', { logGroupName, filterPattern: 'ERROR' })
    assert.deepEqual(messages(events), ['one ERROR', 'three ERROR', 'four ERROR'])
    assert.deepEqual(
      events!.map(({ logStreamName }) => logStreamName),
      ['a', 'b', 'b'],
    )
    assert.equal(new Set(events!.map(({ eventId }) => eventId)).size, 3)
    for (const { eventId } of events!) assert.match(eventId!, /^\d{56}$/)
    assert.deepEqual(searchedLogStreams, [])
  })

  void it('keeps to the streams and the time that are asked for, the end included', () => {
    const found = (input: Omit<Input<'FilterLogEvents'>, 'logGroupName'>) =>
      messages(run('FilterLogEvents', { logGroupName, ...input }).events)
    assert.deepEqual(found({ logStreamNames: ['a'] }), ['one ERROR', 'two'])
    assert.deepEqual(found({ logStreamNamePrefix: 'b' }), ['three ERROR', 'four ERROR'])
    assert.deepEqual(found({ startTime: start + 1, endTime: start + 2 }), ['three ERROR', 'two'])
    assert.throws(() => found({ logStreamNames: ['none'] }), { message: 'The specified log stream does not exist.' })
    assert.throws(() => found({ logStreamNames: ['a'], logStreamNamePrefix: 'a' }), {
      code: 'InvalidParameterException',
    })
    assert.throws(() => found({ nextToken: 'nonsense' }), { code: 'InvalidParameterException' })
  })
})
