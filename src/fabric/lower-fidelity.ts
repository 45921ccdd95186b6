/** Said wherever a program runs that way. */
export const LOWER_FIDELITY =
  'Lower fidelity (proxy): no VPC is made. HTTP(S) that goes by the proxy is placed in the network; other traffic, and programs that ask no proxy, use this machine’s own; silence, resets and missing names are told by the proxy.'
