import type { Document } from './documents.ts'

/** A moment in the life of a job or of a resource, as its document shows it. */
export type Moment =
  /** It is there, and nothing is done yet. */
  | { at: 'queued' }
  /** The step of that index is under way; they count from 0. */
  | { at: 'step'; index: number }
  /** Its user has asked to stop it. */
  | { at: 'stopping' }
  /** A member of the description is so. */
  | { at: 'state'; member: string; value: string }
  /** Its outcome is known, and what it used is not given back yet. */
  | { at: 'over' }

/** True from that moment on. A job that is over will not come to it any more. */
export function isReached(moment: Moment, document: Document | undefined): boolean {
  if (!document) return false
  if (document.over) return true
  const { steps = [] } = document
  switch (moment.at) {
    case 'queued':
      return true
    case 'step':
      return steps.length > moment.index
    case 'stopping':
      return document.stopRequested === true
    case 'state':
      return document.description[moment.member] === moment.value
    case 'over':
      return false
  }
}

/** True in that moment alone. */
export function isAt(moment: Moment, document: Document | undefined): boolean {
  if (!document || !isReached(moment, document)) return false
  if (moment.at === 'over') return true
  if (document.over) return false
  const { steps = [] } = document
  if (moment.at === 'queued') return steps.length === 0
  if (moment.at === 'step') return steps.length === moment.index + 1 && steps.at(-1)!.status === 'running'
  return true
}
