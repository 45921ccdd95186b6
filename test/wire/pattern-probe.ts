/**
 * Runs every pattern of every model on hostile strings, in a process of its own that the test kills when it hangs.
 * Prints the pattern before it is tried, so that the last line names the culprit.
 */
import { writeSync } from 'node:fs'
import { model, services } from '../../src/wire/model.ts'
import { compilePattern, matches, runLength } from '../../src/wire/pattern.ts'
import { hostileStrings } from './hostile-strings.ts'
import { rawShapes } from './raw-shapes.ts'

const done = new Set<string>()
for (const service of Object.keys(services))
  for (const name of rawShapes(service)) {
    const shape = model(service).shape(name)
    if (shape.pattern === undefined) continue
    const length = runLength(shape)
    const pattern = shape.match ?? shape.pattern
    if (done.has(`${pattern} ${length}`)) continue
    done.add(`${pattern} ${length}`)
    writeSync(1, `${service}:${name} ${pattern}\n`)
    compilePattern(pattern)
    const start = performance.now()
    for (const text of hostileStrings(pattern, length)) matches(shape, text)
    const ms = performance.now() - start
    if (process.env['PROBE_TIMES'] && ms > 20)
      writeSync(2, `${ms.toFixed(0)} ms at ${length} ${service}:${name} ${pattern}\n`)
  }
writeSync(1, `tried ${done.size}\n`)
