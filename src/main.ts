import { enableCompileCache } from 'node:module'

// Type stripping and compilation are remembered between runs: a start costs a fraction then.
enableCompileCache()
const { run } = await import('./cli/program.ts')
process.exitCode = await run(process.argv)
