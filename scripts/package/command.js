#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// The command of an installed package. An older Node.js could not even read the rest, so it is told here.
if (Number(process.versions.node.split('.', 1)[0]) >= 24) await import('./dist/main.js')
else {
  process.stderr.write(`sallyport: Node.js 24 or newer is needed, this is ${process.version}\n`)
  process.exitCode = 1
}
