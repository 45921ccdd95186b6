import type { Line } from '../verify/matrix.ts'
import { connect } from './client.ts'
import { colour } from './colour.ts'
import { exitCode } from './exit-code.ts'
import { startTemporary } from './tour/server.ts'

interface Options {
  only?: string
  format: 'pretty' | 'json' | 'markdown'
}

const marks: Record<Line['verdict'], string> = {
  suffices: colour.green('✔ suffices  '),
  needed: colour.green('✔ needed    '),
  misses: colour.yellow('– goes on   '),
  'not needed': colour.dim('· not needed'),
  'kept out': colour.green('✔ kept out  '),
  wrong: colour.red('✘ WRONG     '),
}

/**
 * `verify`: everything that SageMaker's role page says, tried on a server of its own: each documented policy suffices, each of
 * its actions is needed, neighbours are kept out. Exit code 0 when every line is as expected, 1 otherwise.
 */
export async function verify({ only, format }: Options): Promise<number> {
  const [{ runMatrix }, { buildWorld, quickCompiler }, { markdown }] = await Promise.all([
    import('../verify/matrix.ts'),
    import('../verify/world.ts'),
    import('../verify/table.ts'),
  ])
  const compiler = quickCompiler()
  const server = await startTemporary({ fabric: 'off', compilerImage: compiler.folder })
  try {
    const client = connect(server.variables)
    const values = await buildWorld(client)
    const told = ({ chapter, row, what, verdict, text }: Line) => {
      if (format !== 'pretty') return
      const said = verdict === 'wrong' || verdict === 'not needed' ? colour.dim(`  ${text ?? ''}`) : ''
      process.stdout.write(`${marks[verdict]} ${chapter}, ${row}: ${what}${said}\n`)
    }
    const lines = await runMatrix(client, values, told, only)
    if (format === 'json') process.stdout.write(`${JSON.stringify({ version: 1, lines }, null, 2)}\n`)
    if (format === 'markdown') process.stdout.write(markdown(lines))
    const wrong = lines.filter(({ verdict }) => verdict === 'wrong').length
    if (format === 'pretty') process.stdout.write(summary(lines))
    return wrong === 0 ? exitCode.ok : exitCode.failure
  } finally {
    await server.stop()
    compiler.remove()
  }
}

function summary(lines: readonly Line[]): string {
  const counts = Map.groupBy(lines, ({ verdict }) => verdict)
  return `\n${lines.length} lines: ${[...counts].map(([verdict, some]) => `${some.length} ${verdict}`).join(', ')}\n`
}
