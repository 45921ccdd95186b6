import pc from 'picocolors'

/** Colours of what is written to `stream`: on a terminal, and elsewhere only where FORCE_COLOR asks for them; never
 * under NO_COLOR. That a program runs in CI (which the library takes for a reason) makes its output no terminal. */
export function coloursOf(stream: NodeJS.WriteStream) {
  return pc.createColors(pc.isColorSupported && (stream.isTTY || Boolean(process.env['FORCE_COLOR'])))
}

export const colour = coloursOf(process.stdout)
