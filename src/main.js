import { enableCompileCache } from 'node:module'

// Type stripping and compilation are remembered between runs: a start costs a fraction then. This file alone is read
// before that, and so it is JavaScript: else every run would load the compiler that takes its types off.
enableCompileCache()
const { run } = await import('./cli/program.ts')
process.exitCode = await run(process.argv)
