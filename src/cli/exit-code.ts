/** What a command's end means: a denial is an answer, not a failure of the tool. */
export const exitCode = { ok: 0, failure: 1, denied: 2, findings: 3, usage: 64 } as const
