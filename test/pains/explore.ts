import { kinds, type KindName } from './kinds.ts'
import { openPainsLab } from './lab.ts'
import { pains } from './pains.ts'

const lab = await openPainsLab()
const filter = process.argv[2] ?? ''
const kindFilter = process.argv[3] ?? ''
let n = 0
for (const pain of pains) {
  if (!new RegExp(filter).test(`${pain.pain} ${pain.name}`)) continue
  for (const name of pain.kinds) {
    if (!name.includes(kindFilter)) continue
    const kind = kinds[name]
    const { request, asks, ...broken } = pain
    const t0 = performance.now()
    console.log(`\n## ${pain.pain} ${pain.name}: ${name}`)
    try {
      const one = await lab.open(`case-${++n}`, kind, { ...broken, request: request?.(kind) ?? {}, ...(asks && { caller: asks(kind)! }) })
      const t1 = performance.now()
      const ended = await one.attempt()
      console.log(`  ${ended.good ? 'GOOD' : 'BAD'} ${ended.code ?? ''} ${ended.text?.slice(0, 330)}`)
      if (!ended.good) {
        const ex = await one.explained(ended.id).catch(() => one.explained(/Request ID: ([-0-9a-f]+)/.exec(ended.text ?? '')?.[1] ?? 'x'))
        for (const b of ex.blockers.slice(0, 2)) console.log(`  [${b.layer}] ${b.code} ${b.component}: ${b.text.slice(0, 180)}`)
        for (const f of ex.fixes) console.log(`  -> ${f.text} ${f.account ?? ''} ${process.env['LONG'] ? JSON.stringify(f.call.input).slice(0, 600) : ''}`)
        await one.mend(ex)
        const again = await one.attempt()
        console.log(`  ${again.good ? 'MENDED' : 'STILL BAD'} ${again.text ?? ''} (open ${Math.round(t1 - t0)} whole ${Math.round(performance.now() - t0)} ms)`)
        if (!again.good) {
          const ex2 = await one.explained(again.id)
          for (const b of ex2.blockers) console.log(`   2 [${b.layer}] ${b.code} ${b.component}: ${b.text.slice(0, 180)}`)
        }
      }
    } catch (error) {
      console.log('  THROWN', String(error).slice(0, 300))
    }
  }
}
await lab.close()
