import { execFileSync } from 'node:child_process'
import type { JobLab } from './lab.ts'

/** Names of what is in an archive of the jobs' bucket. */
export async function findObject(lab: JobLab, Key: string): Promise<string[]> {
  const { Body } = await lab.call('s3', 'GetObject', { Bucket: 'jobs', Key })
  const names = execFileSync('tar', ['-tz'], { input: Body as Buffer, encoding: 'utf8' })
  return names.split('\n').filter(Boolean).toSorted()
}
