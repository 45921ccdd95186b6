/**
 * What `trace` prints for some networks of the corpus; `trace-goldens/NAME.txt` is compared by trace.test.ts.
 * Run as a program it writes them anew: read the diff.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { offline } from '../../src/cli/network-input.ts'
import { trace } from '../../src/cli/trace.ts'
import { answerFiles, corpusDocuments } from './trace-corpus.ts'

const API = 'api.sagemaker.us-east-1.amazonaws.com'

export const TRACES: readonly { name: string; file: string; from: string; to: string }[] = [
  { name: 'arrives-by-nat-gateway', file: 'nat-gateway', from: 'eni-0job', to: API },
  { name: 'two-groups-closed', file: 'both-groups-closed', from: 'eni-0job', to: API },
  { name: 'no-private-dns', file: 'interface-endpoint-without-private-dns', from: 'eni-0job', to: API },
  { name: 'no-resolver', file: 'enable-dns-support-off', from: 'subnet-0b', to: API },
  { name: 'refused', file: 'internet-client', from: 'internet', to: `${API}:22` },
]

if (import.meta.main) {
  mkdirSync(new URL('trace-goldens/', import.meta.url), { recursive: true })
  for (const { name, file, from, to } of TRACES) {
    const input = offline(answerFiles(corpusDocuments(file)), 'us-east-1')
    const { text } = trace(input, { from, to, securityGroups: ['sg-0job'], protocol: 'tcp', format: 'pretty' })
    writeFileSync(new URL(`trace-goldens/${name}.txt`, import.meta.url), text)
  }
}
