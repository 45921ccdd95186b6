import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { awsCli, type AwsCli } from '../clients/aws-cli.ts'
import { boto3, type Boto3 } from '../clients/boto3.ts'
import { serve, type ChildServer } from '../clients/child-server.ts'
import { environmentOf, root, type Environment } from '../clients/command.ts'
import { until } from '../clients/until.ts'

const logGroupName = '/app/web'
const stream = { logGroupName, logStreamName: 'one' }
const groupArn = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`

let dataDir: string
let server: ChildServer
let env: Environment
let python: Boto3
let cli: AwsCli

async function start(): Promise<void> {
  server = await serve(dataDir)
  // Live Tail's host has a prefix that no loopback name answers to.
  env = { ...(await environmentOf(dataDir)), AWS_DISABLE_HOST_PREFIX_INJECTION: 'true' }
  python = boto3(env)
  cli = awsCli(env)
}

async function stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await Promise.all([python.close(), cli.close()])
  await server.end(signal)
}

const put = (...messages: string[]) =>
  python.call('logs', 'PutLogEvents', {
    ...stream,
    logEvents: messages.map((message) => ({ timestamp: Date.now(), message })),
  })

const messages = (answer: { events: { message: string }[] }) => answer.events.map(({ message }) => message)

void describe('CloudWatch Logs by its clients', () => {
  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    await start()
    await python.call('logs', 'CreateLogGroup', { logGroupName, tags: { team: 'web' } })
    await python.call('logs', 'CreateLogStream', stream)
  })
  after(async () => {
    await stop('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  })

  void it('metric filters publish what they find', async () => {
    await python.call('logs', 'PutMetricFilter', {
      logGroupName,
      filterName: 'latency',
      filterPattern: '{ $.ms = * }',
      metricTransformations: [
        { metricName: 'Latency', metricNamespace: 'Web', metricValue: '$.ms', unit: 'Milliseconds' },
      ],
    })
    await put('{"ms":10,"level":"INFO"}', '{"ms":30,"level":"ERROR"}', 'plain ERROR')
    const { Datapoints } = await python.call('cloudwatch', 'GetMetricStatistics', {
      Namespace: 'Web',
      MetricName: 'Latency',
      StartTime: Math.floor(Date.now() / 1000) - 600,
      EndTime: Math.floor(Date.now() / 1000) + 600,
      Period: 3600,
      Statistics: ['Sum', 'SampleCount'],
    })
    const total = (name: string) =>
      Datapoints.reduce((sum: number, point: Record<string, number>) => sum + point[name]!, 0)
    assert.deepEqual([total('Sum'), total('SampleCount')], [40, 2])
  })

  void it('the AWS CLI filters', async () => {
    assert.deepEqual(
      messages(await cli.call('logs', 'FilterLogEvents', { logGroupName, filterPattern: '{ $.ms > 10 }' })),
      ['{"ms":30,"level":"ERROR"}'],
    )
  })

  void it('queries of Logs Insights', async () => {
    const now = Math.floor(Date.now() / 1000)
    const { queryId } = await cli.call('logs', 'StartQuery', {
      LogGroupName: logGroupName,
      StartTime: String(now - 600),
      EndTime: String(now + 600),
      QueryString: 'filter ispresent(ms) | stats count(*) as n, sum(ms) as total by level | sort total desc',
    })
    const results = await done(queryId)
    assert.deepEqual(
      results.results.map((line: { field: string; value: string }[]) =>
        line.map(({ field, value }) => `${field}=${value}`),
      ),
      [
        ['level=ERROR', 'n=1', 'total=30'],
        ['level=INFO', 'n=1', 'total=10'],
      ],
    )
    assert.equal(results.statistics.recordsScanned, 3)
    assert.equal(results.statistics.recordsMatched, 2)

    const all = await python.call('logs', 'StartQuery', {
      logGroupNames: [logGroupName],
      startTime: now - 600,
      endTime: now + 600,
      queryString: 'fields @message | filter @message = "plain ERROR"',
    })
    const [line] = (await done(all.queryId)).results
    const logRecordPointer = line.find(({ field }: { field: string }) => field === '@ptr').value
    const { logRecord } = await python.call('logs', 'GetLogRecord', { logRecordPointer })
    assert.equal(logRecord['@message'], 'plain ERROR')
    const { logGroupFields } = await python.call('logs', 'GetLogGroupFields', { logGroupName })
    assert.equal(logGroupFields.find(({ name }: { name: string }) => name === 'ms').percent, 67)
    await assert.rejects(
      python.call('logs', 'StartQuery', { logGroupName, startTime: 0, endTime: now, queryString: 'count()' }),
      { code: 'MalformedQueryException' },
    )
  })

  async function done(queryId: string) {
    for (;;) {
      const results = await python.call('logs', 'GetQueryResults', { queryId })
      if (results.status === 'Complete') return results
      assert.ok(['Scheduled', 'Running'].includes(results.status), results.status)
      await delay(50)
    }
  }

  void it('boto3 follows live', async () => {
    const program = [
      'import boto3, sys',
      `r = boto3.client('logs').start_live_tail(logGroupIdentifiers=['${groupArn}'], logEventFilterPattern='live')`,
      "for e in r['responseStream']:",
      "    if 'sessionStart' in e: print('started', flush=True)",
      "    for l in e.get('sessionUpdate', {}).get('sessionResults', []):",
      "        print(l['logStreamName'], l['message'], flush=True)",
      "        if 'end' in l['message']: sys.exit(0)",
    ].join('\n')
    const child = spawn(join(root, '.venv/bin/python'), ['-c', program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (part: Buffer) => (said += part.toString()))
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await until('the session has begun', () => said.includes('started'))
    await put('live one', 'not this')
    await until('the first event has come', () => said.includes('one live one'))
    await put('live end')
    assert.equal(await exited, 0)
    assert.equal(said, 'started\none live one\none live end\n')
  })

  void it('what was acknowledged is there after a kill', async () => {
    const before = messages(await python.call('logs', 'GetLogEvents', { ...stream, startFromHead: true }))
    await put('last words')
    await stop('SIGKILL')
    await start()
    assert.deepEqual(messages(await python.call('logs', 'GetLogEvents', { ...stream, startFromHead: true })), [
      ...before,
      'last words',
    ])
    const { logGroups } = await cli.call('logs', 'DescribeLogGroups')
    const bytes = [...before, 'last words'].reduce((sum, message) => sum + Buffer.byteLength(message) + 26, 0)
    assert.equal(logGroups[0].storedBytes, bytes)
    assert.equal(logGroups[0].metricFilterCount, 1)
  })
})
